//! A model of the IC that can be told to fail: canisters with what operations change of them.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::time::Duration;

use candid::Principal;
use futures::executor::block_on;
use futures::future::{Either, pending, ready};
use ic_management_canister_types::CanisterInstallMode;
use serde_bytes::ByteBuf;

use crate::environment::Environment;
use crate::operations::{self, drive};
use management_calls::{Call, CallError, Info, Reply, Snapshot, Status};

pub const TRILLION: u128 = 1_000_000_000_000;
pub const CREATION_FEE: u128 = TRILLION / 2;
/// What a canister keeps when its cycles are sent away.
pub const UNRECOVERABLE: u128 = TRILLION / 20;

/// How often a `LongTransient` call is refused.
const LONG: usize = 7;

/// How one call goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Refused for good, with nothing done.
    Rejected,
    /// What the call is about is not there any more: its snapshot, or the canister itself.
    NotFound,
    /// Could not even be made.
    NotMade,
    /// Refused for the moment.
    Transient,
    /// Refused for the moment, more often than most calls are tried.
    LongTransient,
    /// Never done and never answered: the factory trapped or was replaced meanwhile.
    LostBefore,
    /// Done, and the answer lost.
    LostAfter,
}

#[derive(Clone, Debug, Default)]
pub struct FakeCanister {
    pub controllers: Vec<Principal>,
    pub is_running: bool,
    pub module_hash: Option<Vec<u8>>,
    pub chunks: Vec<Vec<u8>>,
    pub snapshots: Vec<(Vec<u8>, u64, Option<Vec<u8>>)>,
    pub cycles: u128,
    pub has_recovery_module: bool,
}

pub struct FakeIc {
    pub canisters: RefCell<BTreeMap<Principal, FakeCanister>>,
    pub balance: Cell<u128>,
    pub is_stopping: Cell<bool>,
    /// Methods called so far.
    pub calls: RefCell<Vec<&'static str>>,
    /// Which call goes wrong, counted from 0, and how.
    pub fault: Cell<Option<(usize, Fault)>>,
    waiting: RefCell<Vec<u64>>,
    time: Cell<u64>,
    /// Cycles that left the factory and all canisters: fees, and what went with deleted canisters.
    pub burned: Cell<u128>,
}

pub fn factory() -> Principal {
    Principal::from_slice(&[1, 1])
}

pub fn user(number: u8) -> Principal {
    Principal::from_slice(&[2, number])
}

impl FakeIc {
    pub fn new() -> Self {
        Self {
            canisters: RefCell::default(),
            balance: Cell::new(100 * TRILLION),
            is_stopping: Cell::new(false),
            calls: RefCell::default(),
            fault: Cell::new(None),
            waiting: RefCell::default(),
            time: Cell::new(1_000),
            burned: Cell::new(0),
        }
    }

    /// Lets the next calls go wrong from the call on that has this number, counted from the next one.
    pub fn fail_at(&self, number: usize, fault: Fault) {
        self.fault.set(Some((self.calls.borrow().len() + number, fault)));
    }

    /// Drives an operation to its end, as often as it takes; returns whether an answer was lost.
    pub fn run(&self, operation_id: u64) {
        self.poll(operation_id);
        for _ in 0..20 {
            let waiting = self.waiting.take();
            waiting.into_iter().for_each(|each| self.poll(each));
            operations::open().into_iter().for_each(|each| self.poll(each));
        }
    }

    /// Drives an operation until it ends, waits, or its answer is lost: then it is dropped, as the
    /// IC drops what a trap or an upgrade interrupts.
    pub fn poll(&self, operation_id: u64) {
        let driving = Box::pin(drive(self, operation_id));
        let _ = block_on(futures::future::select(driving, ready(())));
    }

    pub fn canister(&self, canister_id: Principal) -> Option<FakeCanister> {
        self.canisters.borrow().get(&canister_id).cloned()
    }

    /// Cycles of the factory and of all canisters.
    pub fn cycles(&self) -> u128 {
        let canisters = self.canisters.borrow();
        self.balance.get() + canisters.values().map(|canister| canister.cycles).sum::<u128>()
    }

    fn burn(&self, cycles: u128) {
        self.burned.set(self.burned.get() + cycles);
    }

    fn answer(&self, call: Call) -> Option<Result<Reply, CallError>> {
        let number = self.calls.borrow().len();
        let method = call.method();
        self.calls.borrow_mut().push(method);
        let rejected = |code| {
            let message = "as the test wants it".to_owned();
            Some(Err(CallError { method, reject_code: code, message }))
        };
        match self.fault.get().filter(|(at, _)| *at <= number) {
            Some((at, Fault::LongTransient)) if self.calls.borrow()[at] == method => {
                let calls = self.calls.borrow();
                let tried = calls[at..].iter().filter(|each| **each == method).count();
                if tried <= LONG {
                    return rejected(Some(2));
                }
            }
            Some((at, fault)) if at == number => match fault {
                Fault::Rejected => return rejected(Some(5)),
                Fault::NotFound => {
                    self.lose(&call);
                    return rejected(Some(3));
                }
                Fault::NotMade => return rejected(None),
                Fault::Transient => return rejected(Some(2)),
                Fault::LostBefore => return None,
                Fault::LostAfter => {
                    let _ = self.perform_one(call);
                    return None;
                }
                Fault::LongTransient => {}
            },
            _ => {}
        }
        Some(self.perform_one(call).map_err(|(code, message)| CallError {
            method,
            reject_code: Some(code),
            message: message.to_owned(),
        }))
    }

    fn lose(&self, call: &Call) {
        match call {
            Call::CreateCanister { .. } | Call::LoadSnapshot { .. } => {}
            Call::DeleteSnapshot { canister_id, .. } => {
                let mut canisters = self.canisters.borrow_mut();
                canisters.get_mut(canister_id).unwrap().snapshots.clear();
            }
            other => {
                let lost = self.canisters.borrow_mut().remove(&target(other));
                self.burn(lost.map_or(0, |canister| canister.cycles));
            }
        }
    }

    fn perform_one(&self, call: Call) -> Result<Reply, (u32, &'static str)> {
        if let Call::CreateCanister { settings, cycles } = call {
            return self.create(settings.controllers.unwrap_or_default(), cycles);
        }
        let canister_id = target(&call);
        let mut canisters = self.canisters.borrow_mut();
        let canister = canisters.get_mut(&canister_id).ok_or((3, "no such canister"))?;
        let needs_control = !matches!(call, Call::CanisterInfo { .. } | Call::DepositCycles { .. });
        if needs_control && !canister.controllers.contains(&factory()) {
            return Err((5, "not a controller"));
        }
        match call {
            Call::DeleteCanister { .. } if canister.is_running => Err((5, "running")),
            Call::DeleteCanister { .. } => {
                self.burn(canister.cycles);
                canisters.remove(&canister_id);
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
            other => canister.perform(other, self.time.get()),
        }
    }

    fn create(
        &self,
        controllers: Vec<Principal>,
        cycles: u128,
    ) -> Result<Reply, (u32, &'static str)> {
        self.balance.set(self.balance.get() - cycles);
        self.burn(CREATION_FEE);
        let mut canisters = self.canisters.borrow_mut();
        let canister_id = Principal::from_slice(&[3, canisters.len() as u8]);
        let canister = FakeCanister {
            controllers,
            is_running: true,
            cycles: cycles - CREATION_FEE,
            ..FakeCanister::default()
        };
        canisters.insert(canister_id, canister);
        Ok(Reply::Created(canister_id))
    }
}

fn target(call: &Call) -> Principal {
    match call {
        Call::CreateCanister { .. } => unreachable!("it has no target yet"),
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
        | Call::TakeSnapshot { canister_id }
        | Call::ListSnapshots { canister_id }
        | Call::LoadSnapshot { canister_id, .. }
        | Call::DeleteSnapshot { canister_id, .. }
        | Call::InstallRecovery { canister_id, .. }
        | Call::RecoverCycles { canister_id } => *canister_id,
    }
}

impl FakeCanister {
    fn perform(&mut self, call: Call, now: u64) -> Result<Reply, (u32, &'static str)> {
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
                let hash = chunked_upload::sha256(&chunk).to_vec();
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
                if !arguments.chunk_hashes_list.iter().all(|each| self.chunks.contains(&each.hash))
                {
                    return Err((5, "a chunk is missing"));
                }
                self.module_hash = Some(arguments.wasm_module_hash);
            }
            Call::TakeSnapshot { .. } => {
                let id = vec![self.snapshots.len() as u8 + 1];
                self.snapshots.push((id.clone(), now, self.module_hash.clone()));
                return Ok(Reply::Snapshot(id));
            }
            Call::ListSnapshots { .. } => {
                let snapshots = self.snapshots.iter().map(|(id, taken_at, _)| Snapshot {
                    id: ByteBuf::from(id.clone()),
                    taken_at_timestamp: *taken_at,
                });
                return Ok(Reply::Snapshots(snapshots.collect()));
            }
            Call::LoadSnapshot { snapshot, .. } => {
                let found = self.snapshots.iter().find(|(id, _, _)| *id == snapshot);
                self.module_hash = found.ok_or((3, "no such snapshot"))?.2.clone();
            }
            Call::DeleteSnapshot { snapshot, .. } => {
                self.snapshots.retain(|(id, _, _)| *id != snapshot);
            }
            Call::InstallRecovery { .. } => {
                self.has_recovery_module = true;
                self.module_hash = Some(b"recovery".to_vec());
            }
            other => unreachable!("{other:?} is no call about a canister's own state"),
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
        factory()
    }

    fn cycles_balance(&self) -> u128 {
        self.balance.get()
    }

    fn creation_fee(&self) -> u128 {
        CREATION_FEE
    }

    fn is_controller(&self, _principal: Principal) -> bool {
        false
    }

    fn is_stopping(&self) -> bool {
        self.is_stopping.get()
    }

    fn drive_later(&self, operation_id: u64, _delay: Duration) {
        self.waiting.borrow_mut().push(operation_id);
    }

    fn perform(&self, calls: Vec<Call>) -> impl Future<Output = Result<Vec<Reply>, CallError>> {
        let answers: Option<Vec<_>> = calls.into_iter().map(|call| self.answer(call)).collect();
        match answers {
            Some(answers) => Either::Left(ready(answers.into_iter().collect())),
            None => Either::Right(pending()),
        }
    }
}
