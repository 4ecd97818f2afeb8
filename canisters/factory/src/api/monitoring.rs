//! How the factory is, what it has done, and for whom.

use candid::{CandidType, Deserialize};
use ic_cdk::api::msg_caller;

use crate::environment::{Environment, Ic};
use crate::events::{self, Event};
use crate::lifecycle::BUILD;
use crate::operations::MOST_ATTEMPTS;
use crate::{access, callers, config, operations, statistics, uploads};

/// Rises when a method or a type changes in a way that clients see.
const API_VERSION: u32 = 1;

/// An operation that has not moved for so long, in nanoseconds, has a problem.
const STUCK_AFTER: u64 = 10 * 60 * 1_000_000_000;

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
    pub min_factory_cycles: u128,
    pub emergency_stop: bool,
    pub open_operations: u64,
    /// Operations that have not moved for ten minutes, or are refused again and again.
    pub stuck_operations: Vec<u64>,
    pub stored_bytes: u64,
    pub max_stored_bytes: u64,
    pub time_ns: u64,
}

#[derive(CandidType, Deserialize, Clone, Debug)]
pub struct FactoryStats {
    pub total_canisters_created: u64,
    pub total_uploads: u64,
    /// Uploads that are not committed.
    pub active_uploads: u64,
    pub factory_cycles_balance: u128,
    pub unique_callers: u64,
    pub committed_uploads: u64,
    /// Different modules that are kept.
    pub stored_modules: u64,
    pub stored_bytes: u64,
    /// Canisters in the registry that are not deleted.
    pub active_canisters: u64,
    pub total_canisters_deleted: u64,
    pub total_canisters_upgraded: u64,
    pub open_operations: u64,
    pub failed_operations: u64,
    /// Attached to new canisters.
    pub cycles_spent: u128,
    /// Back from canisters before they were deleted.
    pub cycles_recovered: u128,
    /// Gone with canisters that were deleted.
    pub cycles_lost: u128,
    pub events: u64,
}

#[derive(CandidType, Deserialize, Clone, Debug)]
pub struct CallerStats {
    pub canisters_created: u64,
    /// Those that count against the limit.
    pub canisters_held: u32,
    pub max_canisters: u32,
    pub uploads_begun: u64,
    pub bytes_uploaded: u64,
    pub cycles_used: u128,
}

#[ic_cdk::query]
fn version() -> Version {
    Version { api_version: API_VERSION, build: BUILD.to_owned() }
}

/// Whether the factory can do its work, and what keeps it from it.
#[ic_cdk::query]
pub fn health_check() -> HealthReport {
    let config = config::get();
    let report = HealthReport {
        problems: Vec::new(),
        cycles_balance: Ic.cycles_balance(),
        min_factory_cycles: config.min_factory_cycles,
        emergency_stop: config.emergency_stop,
        open_operations: operations::open_count(),
        stuck_operations: stuck_operations(),
        stored_bytes: uploads::read(|uploads| uploads.totals().stored_bytes),
        max_stored_bytes: config.max_stored_bytes,
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
        if self.cycles_balance <= self.min_factory_cycles {
            problems.push(format!(
                "Factory low on cycles: {} of at least {}",
                self.cycles_balance, self.min_factory_cycles
            ));
        }
        if !self.stuck_operations.is_empty() {
            problems.push(format!("Operations have not moved: {:?}", self.stuck_operations));
        }
        if self.stored_bytes >= self.max_stored_bytes / 10 * 9 {
            problems.push(format!(
                "Storage for uploads nearly full: {} of {} bytes",
                self.stored_bytes, self.max_stored_bytes
            ));
        }
        problems
    }
}

fn stuck_operations() -> Vec<u64> {
    let is_stuck = |operation_id: &u64| {
        let operation = operations::get(*operation_id);
        operation.is_some_and(|operation| {
            operation.attempts >= MOST_ATTEMPTS || operation.updated_at + STUCK_AFTER < Ic.now()
        })
    };
    operations::open().into_iter().filter(is_stuck).collect()
}

#[ic_cdk::query]
pub fn get_factory_stats() -> FactoryStats {
    let totals = statistics::get();
    let (begun, all, open, modules, stored_bytes) = uploads::read(|uploads| {
        let totals = uploads.totals();
        let counts = (uploads.count(), uploads.open_count(), uploads.content_count());
        (totals.begun, counts.0, counts.1, counts.2, totals.stored_bytes)
    });
    FactoryStats {
        total_canisters_created: totals.canisters_created,
        total_uploads: begun,
        active_uploads: open,
        factory_cycles_balance: Ic.cycles_balance(),
        unique_callers: callers::count(),
        committed_uploads: all - open,
        stored_modules: modules,
        stored_bytes,
        active_canisters: crate::registry::count() - totals.canisters_deleted,
        total_canisters_deleted: totals.canisters_deleted,
        total_canisters_upgraded: totals.canisters_upgraded,
        open_operations: operations::open_count(),
        failed_operations: totals.operations_failed,
        cycles_spent: totals.cycles_spent,
        cycles_recovered: totals.cycles_recovered,
        cycles_lost: totals.cycles_lost,
        events: events::count(),
    }
}

/// What the caller has had of the factory.
#[ic_cdk::query]
fn my_stats() -> CallerStats {
    let figures = callers::get(msg_caller());
    CallerStats {
        canisters_created: figures.canisters_created,
        canisters_held: figures.canisters_held,
        max_canisters: config::get().max_canisters_per_caller,
        uploads_begun: figures.uploads_begun,
        bytes_uploaded: figures.bytes_uploaded,
        cycles_used: figures.cycles_used,
    }
}

/// The same as `my_stats`.
#[ic_cdk::query]
fn get_caller_stats() -> CallerStats {
    my_stats()
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
