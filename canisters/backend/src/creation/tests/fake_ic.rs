//! A model of the IC that can be told to fail: canisters with what creations change of them.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::time::Duration;

use candid::Principal;
use futures::executor::block_on;
use futures::future::{Either, pending, ready, select};
use ic_management_canister_types::CanisterInstallMode;
use management_calls::{Call, CallError, Info, Reply, Status};
use serde_bytes::ByteBuf;

use super::model::{Lie, PersonalModel, refusal};
use crate::creation::network::{Answer, Network, Request};
use crate::creation::{drive, resume_all, table};
use crate::environment::Environment;

pub const TRILLION: u128 = 1_000_000_000_000;
pub const CREATION_FEE: u128 = TRILLION / 2;
/// What a canister keeps when its cycles are sent away.
pub const UNRECOVERABLE: u128 = TRILLION / 20;

/// How often a `LongTransient` call is refused: more often than calls are tried.
const LONG: usize = 7;
/// Longer than any delay.
const PAUSE: u64 = 120_000_000_000;

/// How one call goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Refused for good, with nothing done.
    Rejected,
    /// Could not even be made.
    NotMade,
    /// Refused for the moment.
    Transient,
    /// Refused for the moment, again and again.
    LongTransient,
    /// Never done and never answered: the hub trapped or was replaced meanwhile.
    LostBefore,
    /// Done, and the answer lost.
    LostAfter,
    /// The personal canister answers with an error of its own.
    Refused,
    /// The user has stopped the canister.
    Stopped,
    /// The user has taken the hub off the controllers.
    Taken,
    /// The user has deleted the canister.
    Deleted,
    /// The canister has hardly any cycles left.
    OutOfCycles,
}

#[derive(Clone, Debug, Default)]
pub struct FakeCanister {
    pub controllers: Vec<Principal>,
    pub is_running: bool,
    pub module_hash: Option<Vec<u8>>,
    pub chunks: Vec<Vec<u8>>,
    pub cycles: u128,
    pub has_recovery_module: bool,
    pub personal: PersonalModel,
}

pub struct FakeIc {
    pub canisters: RefCell<BTreeMap<Principal, FakeCanister>>,
    pub balance: Cell<u128>,
    pub is_stopping: Cell<bool>,
    /// Methods called so far.
    pub calls: RefCell<Vec<&'static str>>,
    /// Which call goes wrong, counted from 0, and how.
    pub fault: Cell<Option<(usize, Fault)>>,
    /// What the personal canisters that are installed from here on do wrong.
    pub lie: Cell<Option<Lie>>,
    pub waiting: RefCell<Vec<Principal>>,
    pub certified: Cell<[u8; 32]>,
    time: Cell<u64>,
    made: Cell<u8>,
    /// Cycles that left the hub and all canisters: fees, and what went with deleted canisters.
    pub burned: Cell<u128>,
}

pub fn hub() -> Principal {
    Principal::from_slice(&[1, 1])
}

impl FakeIc {
    pub fn new() -> Self {
        Self {
            canisters: RefCell::default(),
            balance: Cell::new(100 * TRILLION),
            is_stopping: Cell::new(false),
            calls: RefCell::default(),
            fault: Cell::new(None),
            lie: Cell::new(None),
            waiting: RefCell::default(),
            certified: Cell::new([0; 32]),
            time: Cell::new(1_000),
            made: Cell::new(0),
            burned: Cell::new(0),
        }
    }

    /// Lets a call go wrong, counted from the next one.
    pub fn fail_at(&self, number: usize, fault: Fault) {
        self.fault.set(Some((self.calls.borrow().len() + number, fault)));
    }

    /// Drives all creations to their ends, as timers do.
    pub fn run(&self) {
        for _ in 0..200 {
            self.turn();
            if self.waiting.borrow().is_empty() && table::running().is_empty() {
                return;
            }
        }
        let left: Vec<_> = table::running().into_iter().map(table::get).collect();
        panic!("it goes on for ever: {left:?}");
    }

    /// Lets each timer that was set run once, and the one that goes on with all.
    pub fn turn(&self) {
        self.time.set(self.time.get() + PAUSE);
        resume_all(self);
        let mut users = self.waiting.take();
        users.sort();
        users.dedup();
        for user in users {
            let _ = self.poll(drive(self, user));
        }
    }

    /// Lets something run until it ends or its answer is lost: then it is dropped, as the IC drops
    /// what a trap or an upgrade interrupts.
    pub fn poll<T>(&self, future: impl Future<Output = T>) -> Option<T> {
        match block_on(select(Box::pin(future), ready(()))) {
            Either::Left((value, _)) => Some(value),
            Either::Right(_) => None,
        }
    }

    pub fn canister(&self, canister_id: Principal) -> Option<FakeCanister> {
        self.canisters.borrow().get(&canister_id).cloned()
    }

    pub fn change(&self, canister_id: Principal, change: impl FnOnce(&mut FakeCanister)) {
        if let Some(canister) = self.canisters.borrow_mut().get_mut(&canister_id) {
            change(canister);
        }
    }

    /// Cycles of the hub and of all canisters.
    pub fn cycles(&self) -> u128 {
        let canisters = self.canisters.borrow();
        self.balance.get() + canisters.values().map(|canister| canister.cycles).sum::<u128>()
    }

    fn burn(&self, cycles: u128) {
        self.burned.set(self.burned.get() + cycles);
    }

    fn delete(&self, canister_id: Principal) {
        let gone = self.canisters.borrow_mut().remove(&canister_id);
        self.burn(gone.map_or(0, |canister| canister.cycles));
    }

    fn answer(&self, request: Request) -> Option<Result<Answer, CallError>> {
        let number = self.calls.borrow().len();
        let method = method_of(&request);
        self.calls.borrow_mut().push(method);
        let rejected = |code| {
            let message = "as the test wants it".to_owned();
            Some(Err(CallError { method, reject_code: code, message }))
        };
        match self.fault.get().filter(|(at, _)| *at <= number) {
            Some((at, Fault::LongTransient)) if self.calls.borrow()[at] == method => {
                let calls = self.calls.borrow();
                if calls[at..].iter().filter(|each| **each == method).count() <= LONG {
                    return rejected(Some(2));
                }
            }
            Some((at, fault)) if at == number => match fault {
                Fault::Rejected => return rejected(Some(5)),
                Fault::NotMade => return rejected(None),
                Fault::Transient => return rejected(Some(2)),
                Fault::LostBefore => return None,
                Fault::LostAfter => {
                    let _ = self.perform_one(request);
                    return None;
                }
                Fault::Refused if matches!(request, Request::Personal { .. }) => {
                    return Some(Ok(Answer::Personal { method, bytes: refusal() }));
                }
                other => self.meddle(other, target(&request)),
            },
            _ => {}
        }
        Some(self.perform_one(request).map_err(|(code, message)| CallError {
            method,
            reject_code: Some(code),
            message: message.to_owned(),
        }))
    }

    /// What the canister's user may do to it: they are a controller.
    fn meddle(&self, fault: Fault, canister_id: Option<Principal>) {
        let Some(canister_id) = canister_id else { return };
        match fault {
            Fault::Stopped => self.change(canister_id, |it| it.is_running = false),
            Fault::Taken => self.change(canister_id, |it| it.controllers.retain(|id| *id != hub())),
            Fault::Deleted => self.delete(canister_id),
            Fault::OutOfCycles => {
                let left = TRILLION / 1000;
                self.change(canister_id, |it| {
                    self.burn(it.cycles.saturating_sub(left));
                    it.cycles = it.cycles.min(left);
                });
            }
            _ => {}
        }
    }

    fn perform_one(&self, request: Request) -> Result<Answer, (u32, &'static str)> {
        match request {
            Request::Management(call) => self.manage(*call).map(Answer::Management),
            Request::Personal { canister_id, method, arguments } => {
                let mut canisters = self.canisters.borrow_mut();
                let canister = canisters.get_mut(&canister_id).ok_or((3, "no such canister"))?;
                if !canister.is_running || canister.module_hash.is_none() {
                    return Err((5, "stopped, or without code"));
                }
                if canister.cycles < TRILLION / 100 {
                    return Err((2, "out of cycles"));
                }
                let bytes = canister.personal.answer(method, &arguments);
                Ok(Answer::Personal { method, bytes })
            }
        }
    }

    fn manage(&self, call: Call) -> Result<Reply, (u32, &'static str)> {
        if let Call::CreateCanister { settings, cycles } = call {
            return self.create(settings.controllers.unwrap_or_default(), cycles);
        }
        let canister_id = target_of(&call).unwrap();
        let mut canisters = self.canisters.borrow_mut();
        let canister = canisters.get_mut(&canister_id).ok_or((3, "no such canister"))?;
        let needs_control = !matches!(call, Call::CanisterInfo { .. } | Call::DepositCycles { .. });
        if needs_control && !canister.controllers.contains(&hub()) {
            return Err((5, "not a controller"));
        }
        match call {
            Call::DeleteCanister { .. } if canister.is_running => Err((5, "running")),
            Call::DeleteCanister { .. } => {
                self.burn(canister.cycles);
                canisters.remove(&canister_id);
                Ok(Reply::Done)
            }
            Call::DepositCycles { cycles, .. } => {
                self.balance.set(self.balance.get() - cycles);
                canister.cycles += cycles;
                Ok(Reply::Done)
            }
            Call::RecoverCycles { .. } if !canister.has_recovery_module || !canister.is_running => {
                Err((5, "nothing there that recovers cycles"))
            }
            Call::RecoverCycles { .. } => {
                let sent = canister.cycles.saturating_sub(UNRECOVERABLE);
                canister.cycles -= sent;
                self.balance.set(self.balance.get() + sent);
                Ok(Reply::Recovered(sent))
            }
            other => canister.manage(other, self.lie.get()),
        }
    }

    fn create(
        &self,
        controllers: Vec<Principal>,
        cycles: u128,
    ) -> Result<Reply, (u32, &'static str)> {
        self.balance.set(self.balance.get() - cycles);
        self.burn(CREATION_FEE);
        self.made.set(self.made.get() + 1);
        let canister_id = Principal::from_slice(&[3, self.made.get()]);
        let canister = FakeCanister {
            controllers,
            is_running: true,
            cycles: cycles - CREATION_FEE,
            ..FakeCanister::default()
        };
        self.canisters.borrow_mut().insert(canister_id, canister);
        Ok(Reply::Created(canister_id))
    }
}

fn method_of(request: &Request) -> &'static str {
    match request {
        Request::Management(call) => call.method(),
        Request::Personal { method, .. } => method,
    }
}

fn target(request: &Request) -> Option<Principal> {
    match request {
        Request::Management(call) => target_of(call),
        Request::Personal { canister_id, .. } => Some(*canister_id),
    }
}

fn target_of(call: &Call) -> Option<Principal> {
    Some(match call {
        Call::CreateCanister { .. } => return None,
        Call::InstallChunkedCode(arguments) => arguments.target_canister,
        Call::UpdateSettings { canister_id, .. }
        | Call::CanisterStatus { canister_id }
        | Call::CanisterInfo { canister_id }
        | Call::StartCanister { canister_id }
        | Call::StopCanister { canister_id }
        | Call::DeleteCanister { canister_id }
        | Call::DepositCycles { canister_id, .. }
        | Call::UploadChunk { canister_id, .. }
        | Call::ClearChunkStore { canister_id }
        | Call::InstallRecovery { canister_id, .. }
        | Call::RecoverCycles { canister_id } => *canister_id,
        other => panic!("no creation makes {other:?}"),
    })
}

impl FakeCanister {
    fn manage(&mut self, call: Call, lie: Option<Lie>) -> Result<Reply, (u32, &'static str)> {
        match call {
            Call::UpdateSettings { settings, .. } => {
                self.controllers = settings.controllers.unwrap_or(self.controllers.clone());
            }
            Call::CanisterStatus { .. } => {
                return Ok(Reply::Status(Status {
                    is_running: self.is_running,
                    is_stopped: !self.is_running,
                    controllers: self.controllers.clone(),
                    module_hash: self.module_hash.clone(),
                    cycles: self.cycles,
                }));
            }
            Call::CanisterInfo { .. } => {
                return Ok(Reply::Info(Info {
                    controllers: self.controllers.clone(),
                    module_hash: self.module_hash.clone().map(ByteBuf::from),
                }));
            }
            Call::StartCanister { .. } => self.is_running = true,
            Call::StopCanister { .. } => self.is_running = false,
            Call::UploadChunk { chunk, .. } => {
                let hash = blob_store::sha256(&chunk).to_vec();
                if !self.chunks.contains(&hash) {
                    self.chunks.push(hash.clone());
                }
                return Ok(Reply::ChunkHash(hash));
            }
            Call::ClearChunkStore { .. } => self.chunks.clear(),
            Call::InstallChunkedCode(arguments) => {
                if arguments.mode == CanisterInstallMode::Install && self.module_hash.is_some() {
                    return Err((5, "not empty"));
                }
                if !arguments.chunk_hashes_list.iter().all(|it| self.chunks.contains(&it.hash)) {
                    return Err((5, "a chunk is missing"));
                }
                self.module_hash = Some(arguments.wasm_module_hash);
                self.personal = PersonalModel { lie, ..PersonalModel::default() };
            }
            Call::InstallRecovery { .. } => {
                self.has_recovery_module = true;
                self.module_hash = Some(b"recovery".to_vec());
            }
            other => panic!("{other:?} is no call about a canister's own state"),
        }
        Ok(Reply::Done)
    }
}

impl Environment for FakeIc {
    fn now(&self) -> u64 {
        self.time.set(self.time.get() + 1);
        self.time.get()
    }

    fn canister_id(&self) -> Principal {
        hub()
    }

    fn cycles_balance(&self) -> u128 {
        self.balance.get()
    }

    fn is_controller(&self, _principal: Principal) -> bool {
        false
    }

    fn certify(&self, root_hash: [u8; 32]) {
        self.certified.set(root_hash);
    }

    fn note_change(&self) {}

    fn work_later(&self) {}
}

impl Network for FakeIc {
    fn creation_fee(&self) -> u128 {
        CREATION_FEE
    }

    fn is_stopping(&self) -> bool {
        self.is_stopping.get()
    }

    fn drive_later(&self, user: Principal, _delay: Duration) {
        self.waiting.borrow_mut().push(user);
    }

    fn perform(
        &self,
        requests: Vec<Request>,
    ) -> impl Future<Output = Result<Vec<Answer>, CallError>> {
        // All are made, even where one of them fails.
        let answers: Vec<_> = requests.into_iter().map(|request| self.answer(request)).collect();
        let answers: Option<Vec<_>> = answers.into_iter().collect();
        match answers {
            Some(answers) => Either::Left(ready(answers.into_iter().collect())),
            None => Either::Right(pending()),
        }
    }
}
