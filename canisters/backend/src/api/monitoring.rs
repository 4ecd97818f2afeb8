//! How the backend is, and what it holds.

use candid::{CandidType, Deserialize};
use ic_cdk::api::msg_caller;

use crate::environment::{Environment, Ic};
use crate::events::{self, Event};
use crate::lifecycle::BUILD;
use crate::{access, config, host, users};

/// Rises when a method or a type changes in a way that clients see.
const API_VERSION: u32 = 1;

#[derive(CandidType, Deserialize, Clone, Debug)]
pub struct Version {
    pub api_version: u32,
    pub build: String,
}

#[derive(CandidType, Deserialize, Clone, Debug)]
pub struct HealthReport {
    /// Nothing where all is well.
    pub problems: Vec<String>,
    pub cycles_balance: u128,
    pub min_cycles: u128,
    pub emergency_stop: bool,
    /// How much of `max_stored_bytes` is used, in percent.
    pub storage_used_percent: u64,
    pub time_ns: u64,
}

#[derive(CandidType, Deserialize, Clone, Debug)]
pub struct BackendStats {
    pub users: u64,
    pub capsules: u64,
    pub memories: u64,
    pub galleries: u64,
    pub connections: u64,
    pub grants: u64,
    /// Memories whose assets are certified.
    pub certified_memories: u64,
    /// Capsules that are being cleared away.
    pub deleted_capsules: u64,
    pub cycles_balance: u128,
    pub events: u64,
    /// Told to admins only: by these a stranger could find out whether somebody has certain bytes.
    pub storage: Option<StorageStats>,
}

#[derive(CandidType, Deserialize, Clone, Debug)]
pub struct StorageStats {
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

/// Whether the backend can do its work, and what keeps it from it.
#[ic_cdk::query]
pub fn health_check() -> HealthReport {
    let config = config::get();
    let stored = host::read(|host| host.uploads.totals().stored_bytes);
    let report = HealthReport {
        problems: Vec::new(),
        cycles_balance: Ic.cycles_balance(),
        min_cycles: config.min_cycles,
        emergency_stop: config.emergency_stop,
        storage_used_percent: stored.saturating_mul(100) / config.max_stored_bytes.max(1),
        time_ns: Ic.now(),
    };
    HealthReport { problems: report.found_problems(), ..report }
}

impl HealthReport {
    fn found_problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if self.emergency_stop {
            problems.push("Emergency stop is in force".to_owned());
        }
        if self.cycles_balance <= self.min_cycles {
            let (balance, least) = (self.cycles_balance, self.min_cycles);
            problems.push(format!("Low on cycles: {balance} of at least {least}"));
        }
        if self.storage_used_percent >= 90 {
            let percent = self.storage_used_percent;
            problems.push(format!("Storage nearly full: {percent} % of max_stored_bytes"));
        }
        #[cfg(feature = "personal_canister_creation")]
        problems.extend(crate::creation::cycles::problem(&Ic));
        problems
    }
}

#[ic_cdk::query]
pub fn get_backend_stats() -> BackendStats {
    let is_admin = access::is_admin(&Ic, msg_caller());
    let (totals, certified_memories, storage) = host::read(|host| {
        let storage = StorageStats {
            stored_bytes: host.uploads.totals().stored_bytes,
            blobs: host.uploads.content_count(),
            uploads: host.uploads.count(),
            open_uploads: host.uploads.open_count(),
        };
        (host.capsules.totals(), host.publication.count(), storage)
    });
    BackendStats {
        users: users::count(),
        capsules: totals.capsules,
        memories: totals.memories,
        galleries: totals.galleries,
        connections: totals.connections,
        grants: totals.grants,
        certified_memories,
        deleted_capsules: totals.deleted_capsules,
        cycles_balance: Ic.cycles_balance(),
        events: events::count(),
        storage: is_admin.then_some(storage),
    }
}

/// Events behind an id, oldest first, at most 500; for admins, nothing for others.
#[ic_cdk::query]
fn get_events(after: Option<u64>, limit: Option<u32>) -> Vec<Event> {
    if !access::is_admin(&Ic, msg_caller()) {
        return Vec::new();
    }
    let limit = limit.unwrap_or(events::MOST_LISTED).min(events::MOST_LISTED);
    events::list(after.unwrap_or(0), limit)
}
