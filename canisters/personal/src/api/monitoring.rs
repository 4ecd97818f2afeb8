//! Whose the canister is, how it is, and what it holds.

use candid::{CandidType, Deserialize, Principal};
use capsule::{API_VERSION, ImportStage};
use ic_cdk::api::{canister_liquid_cycle_balance, msg_caller};

use crate::environment::{Environment, Ic};
use crate::events::{self, Event};
use crate::lifecycle::BUILD;
use crate::{access, config, host, import, setup};

#[derive(CandidType, Deserialize, Clone, Debug)]
pub struct Version {
    pub api_version: u32,
    pub build: String,
}

#[derive(CandidType, Deserialize, Clone, Debug)]
pub struct Whoami {
    pub principal: Principal,
    pub is_owner: bool,
    pub is_controller: bool,
    /// The owner has granted the caller something.
    pub is_invited: bool,
}

/// Whose the canister is, and where its capsule comes from.
#[derive(CandidType, Deserialize, Clone, Debug)]
pub struct CanisterInfo {
    pub owner: Principal,
    pub hub: Principal,
    pub capsule_id: String,
    pub stage: ImportStage,
    /// The hub is no controller any more, so nothing comes from it and writing has begun.
    pub is_handed_off: bool,
    pub version: Version,
}

#[derive(CandidType, Deserialize, Clone, Debug)]
pub struct CyclesStatus {
    pub balance: u128,
    /// What can be spent before the canister freezes.
    pub spendable: u128,
    pub min_cycles: u128,
    /// Less is there than `min_cycles`: time to top up.
    pub is_low: bool,
}

#[derive(CandidType, Deserialize, Clone, Debug)]
pub struct HealthReport {
    /// Nothing where all is well.
    pub problems: Vec<String>,
    pub cycles_balance: u128,
    pub min_cycles: u128,
    /// How much of `max_stored_bytes` is used, in percent.
    pub storage_used_percent: u64,
    pub time_ns: u64,
}

#[derive(CandidType, Deserialize, Clone, Debug)]
pub struct CanisterStats {
    pub memories: u64,
    pub galleries: u64,
    pub connections: u64,
    pub grants: u64,
    /// Memories whose assets are certified.
    pub certified_memories: u64,
    pub cycles_balance: u128,
    pub events: u64,
    /// Of uploads and assets.
    pub stored_bytes: u64,
    /// Different contents that are committed or come with a memory.
    pub blobs: u64,
    pub uploads: u64,
    pub open_uploads: u64,
}

#[ic_cdk::query]
fn version() -> Version {
    Version { api_version: API_VERSION, build: BUILD.to_owned() }
}

/// What the canister knows of the caller.
#[ic_cdk::query]
fn whoami() -> Whoami {
    let caller = msg_caller();
    Whoami {
        principal: caller,
        is_owner: caller == setup::get().owner,
        is_controller: Ic.is_controller(caller),
        is_invited: host::read(|host| host.capsules.has_grants(caller)),
    }
}

#[ic_cdk::query]
fn get_owner() -> Principal {
    setup::get().owner
}

#[ic_cdk::query]
fn get_canister_info() -> CanisterInfo {
    let setup = setup::get();
    CanisterInfo {
        owner: setup.owner,
        hub: setup.hub,
        capsule_id: setup.capsule.to_string(),
        stage: import::status().stage,
        is_handed_off: setup::is_handed_off(&Ic),
        version: version(),
    }
}

/// How many cycles there are.
#[ic_cdk::query]
fn cycles_status() -> CyclesStatus {
    let (balance, min_cycles) = (Ic.cycles_balance(), config::get().min_cycles);
    let spendable = canister_liquid_cycle_balance();
    CyclesStatus { balance, spendable, min_cycles, is_low: balance < min_cycles }
}

/// Whether the canister can do its work, and what keeps it from it.
#[ic_cdk::query]
pub fn health_check() -> HealthReport {
    let config = config::get();
    let stored = host::read(|host| host.uploads.totals().stored_bytes);
    let report = HealthReport {
        problems: Vec::new(),
        cycles_balance: Ic.cycles_balance(),
        min_cycles: config.min_cycles,
        storage_used_percent: stored.saturating_mul(100) / config.max_stored_bytes.max(1),
        time_ns: Ic.now(),
    };
    HealthReport { problems: report.found_problems(), ..report }
}

impl HealthReport {
    fn found_problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if !import::is_finalized() {
            problems.push("Import unfinished: the capsule is on its way here".to_owned());
        }
        if self.cycles_balance < self.min_cycles {
            let (balance, least) = (self.cycles_balance, self.min_cycles);
            problems.push(format!("Low on cycles: {balance} of at least {least}"));
        }
        if self.storage_used_percent >= 90 {
            let percent = self.storage_used_percent;
            problems.push(format!("Storage nearly full: {percent} % of max_stored_bytes"));
        }
        problems
    }
}

/// What the canister holds; nothing but for the owner, controllers and the hub.
#[ic_cdk::query]
fn get_canister_stats() -> Option<CanisterStats> {
    access::sees_import(&Ic, msg_caller()).then(stats)
}

fn stats() -> CanisterStats {
    host::read(|host| {
        let totals = host.capsules.totals();
        CanisterStats {
            memories: totals.memories,
            galleries: totals.galleries,
            connections: totals.connections,
            grants: totals.grants,
            certified_memories: host.publication.count(),
            cycles_balance: Ic.cycles_balance(),
            events: events::count(),
            stored_bytes: host.uploads.totals().stored_bytes,
            blobs: host.uploads.content_count(),
            uploads: host.uploads.count(),
            open_uploads: host.uploads.open_count(),
        }
    })
}

/// Events behind an id, oldest first, at most 500; for the owner and controllers, nothing for others.
#[ic_cdk::query]
fn get_events(after: Option<u64>, limit: Option<u32>) -> Vec<Event> {
    if !access::is_admin(&Ic, msg_caller()) {
        return Vec::new();
    }
    let limit = limit.unwrap_or(events::MOST_LISTED).min(events::MOST_LISTED);
    events::list(after.unwrap_or(0), limit)
}
