//! The flows that the tests run, and what must hold at the end of each.

use candid::Principal;
use chunked_upload::{CreateUploadRequest, to_hex};
use serde_bytes::ByteBuf;

use super::fake_ic::{CREATION_FEE, FakeCanister, FakeIc, TRILLION, factory, user};
use crate::operations::{
    CanisterSettings, CreatePlan, InstallPlan, Kind, Operation, Stage, begin_creation,
    begin_deletion, begin_installation, get, open,
};
use crate::registry::{self, CanisterFilter, CanisterPage, Status};
use crate::{callers, config, uploads};

#[derive(Clone, Copy, Debug)]
pub enum Flow {
    Create,
    CreateAndHandOff,
    Upgrade,
    UpgradeWithoutSnapshot,
    UpgradeOfAStoppedCanister,
    UpgradeAndHandOff,
    Reinstall,
    Delete,
}

pub const FLOWS: [Flow; 8] = [
    Flow::Create,
    Flow::CreateAndHandOff,
    Flow::Upgrade,
    Flow::UpgradeWithoutSnapshot,
    Flow::UpgradeOfAStoppedCanister,
    Flow::UpgradeAndHandOff,
    Flow::Reinstall,
    Flow::Delete,
];

pub const OLD: &[u8] = b"\0asm old";
pub const NEW: &[u8] = b"\0asm new";

/// A world in which an operation of a flow has begun.
pub struct Begun {
    pub ic: FakeIc,
    pub operation_id: u64,
    pub flow: Flow,
    /// The canister as it was before; nothing where the flow makes one.
    pub before: Option<(Principal, FakeCanister)>,
    pub stored_bytes: u64,
}

pub fn upload(bytes: &[u8]) -> u64 {
    let (owner, policy) = (user(1), config::upload_policy());
    let upload_id = uploads::change(|uploads| {
        let request = CreateUploadRequest::default();
        let upload_id = uploads.create(owner, request, 0, &policy).unwrap().upload_id;
        for chunk in bytes.chunks(1 << 20) {
            uploads.append(upload_id, owner, chunk, 0, &policy).unwrap();
        }
        upload_id
    });
    let hash = to_hex(&chunked_upload::sha256(bytes));
    uploads::commit(upload_id, owner, &hash, 0).unwrap();
    upload_id
}

pub fn create_plan(upload_id: u64, handoff: bool) -> CreatePlan {
    CreatePlan {
        owner: user(1),
        canister_type: "test".to_owned(),
        upload_id,
        module: uploads::module_of(upload_id).unwrap(),
        init_arg: b"argument".to_vec(),
        cycles: TRILLION,
        is_template: false,
        settings: CanisterSettings::default(),
        extra_controllers: Vec::new(),
        handoff,
        key: None,
    }
}

fn install_plan(flow: Flow, canister_id: Principal, upload_id: u64) -> InstallPlan {
    InstallPlan {
        kind: if matches!(flow, Flow::Reinstall) { Kind::Reinstall } else { Kind::Upgrade },
        canister_id,
        upload_id,
        module: uploads::module_of(upload_id).unwrap(),
        arg: Vec::new(),
        snapshot_first: !matches!(flow, Flow::UpgradeWithoutSnapshot),
        extra_controllers: Vec::new(),
        handoff: matches!(flow, Flow::UpgradeAndHandOff),
    }
}

/// Sets a flow up, with its operation begun and not driven.
pub fn begin(flow: Flow) -> Begun {
    let ic = FakeIc::new();
    let (old, new) = (upload(OLD), upload(NEW));
    let stored_bytes = uploads::read(|uploads| uploads.totals().stored_bytes);
    if let Flow::Create | Flow::CreateAndHandOff = flow {
        let plan = create_plan(new, matches!(flow, Flow::CreateAndHandOff));
        let operation_id = begin_creation(&ic, user(1), plan).unwrap();
        return Begun { ic, operation_id, flow, before: None, stored_bytes };
    }
    let created = begin_creation(&ic, user(1), create_plan(old, false)).unwrap();
    ic.run(created);
    let canister_id = get(created).unwrap().canister_id.unwrap();
    if let Flow::UpgradeOfAStoppedCanister = flow {
        ic.canisters.borrow_mut().get_mut(&canister_id).unwrap().is_running = false;
        registry::change(canister_id, |info| info.status = Status::Stopped);
    }
    let before = Some((canister_id, ic.canister(canister_id).unwrap()));
    let operation_id = match flow {
        Flow::Delete => begin_deletion(&ic, user(1), canister_id),
        _ => begin_installation(&ic, user(1), install_plan(flow, canister_id, new)),
    };
    Begun { operation_id: operation_id.unwrap(), ic, flow, before, stored_bytes }
}

impl Begun {
    pub fn operation(&self) -> Operation {
        get(self.operation_id).unwrap()
    }

    /// What holds however an operation has ended; `knows_all` unless an answer was lost that told the
    /// id of a new canister.
    pub fn check_end(&self, knows_all: bool) {
        let operation = self.operation();
        assert!(operation.stage.is_final(), "{operation:?}");
        assert_eq!(operation.stage == Stage::Failed, operation.failure.is_some());
        assert_eq!(open(), [0; 0], "nothing is open");
        self.check_uploads();
        self.check_cycles(knows_all);
        self.check_registry(knows_all);
        if operation.stage == Stage::Failed && !operation.canister_deleted {
            self.check_rolled_back(&operation);
        }
    }

    /// No content is held by an operation that has ended.
    fn check_uploads(&self) {
        let now = uploads::read(|uploads| uploads.totals().stored_bytes);
        assert_eq!(now, self.stored_bytes);
        uploads::change(|uploads| {
            let ids: Vec<u64> = uploads.list(None, 0, 10).iter().map(|(id, _)| *id).collect();
            ids.into_iter().for_each(|id| drop(uploads.delete(id)));
            assert_eq!(uploads.totals().stored_bytes, 0, "an operation holds a module still");
        });
    }

    /// Every cycle is with the factory, with a canister, or burned as a fee or with a canister.
    fn check_cycles(&self, knows_all: bool) {
        assert_eq!(self.ic.cycles() + self.ic.burned.get(), 100 * TRILLION);
        let operation = self.operation();
        if knows_all && operation.canister_deleted && self.before.is_none() {
            let gone = 100 * TRILLION - self.ic.balance.get();
            let told = operation.cycles - operation.cycles_recovered;
            assert_eq!(gone, told, "what did not come back is what the record says");
            assert!(operation.cycles_lost <= told - CREATION_FEE);
        }
    }

    /// The registry tells the truth about each canister, and knows each that the factory controls.
    fn check_registry(&self, knows_all: bool) {
        let canisters = self.ic.canisters.borrow();
        let living = registry::list(&CanisterFilter::default(), &CanisterPage::default()).canisters;
        for (canister_id, canister) in canisters.iter() {
            let info = living.iter().find(|info| info.canister_id == *canister_id);
            let is_orphan = info.is_none() && canister.controllers.contains(&factory());
            assert!(!is_orphan || !knows_all, "{canister_id} is known to nobody");
            let Some(info) = info else { continue };
            let expected = if canister.is_running { Status::Active } else { Status::Stopped };
            assert!(info.status == expected || info.status == Status::Stopped, "{info:?}");
            assert_eq!(info.controllers, canister.controllers);
            let module_hash = info.module_hash.clone().map(ByteBuf::into_vec);
            assert!(module_hash == canister.module_hash || canister.has_recovery_module);
            let says_so = !self.operation().left_behind.is_empty();
            let is_clear = canister.chunks.is_empty() && canister.snapshots.is_empty();
            assert!(is_clear || says_so || self.operation().keeps_snapshot, "{canister:?}");
        }
        assert!(living.iter().all(|info| canisters.contains_key(&info.canister_id)));
        assert_eq!(callers::get(user(1)).canisters_held as usize, living.len());
    }

    /// A canister that was there before has its code, and runs if it did, or the error says why not.
    fn check_rolled_back(&self, operation: &Operation) {
        let Some((canister_id, before)) = &self.before else {
            return;
        };
        let Some(now) = self.ic.canister(*canister_id) else {
            return;
        };
        let is_install = !matches!(self.flow, Flow::Delete);
        if is_install && !operation.keeps_snapshot && !operation.is_installed {
            assert_eq!(now.module_hash, before.module_hash, "the old code is back");
        }
        if !operation.is_left_stopped {
            assert_eq!(now.is_running, before.is_running);
        }
    }
}
