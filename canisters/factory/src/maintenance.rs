//! What the factory does by itself: expired uploads go, and operations that nobody drives go on.

use std::time::Duration;

use crate::environment::{Environment, Ic};
use crate::events::{self, EventKind};
use crate::in_flight::{self, Work};
use crate::{operations, uploads};

const INTERVAL: Duration = Duration::from_secs(60);

/// One message expires no more uploads when it has come to so many instructions; of 40 billion.
const ENOUGH_INSTRUCTIONS: u64 = 2_000_000_000;

/// Sets the timers; called after each installation and upgrade, which end all timers.
pub fn start(environment: Ic) {
    resume(&environment);
    ic_cdk_timers::set_timer_interval(INTERVAL, move || async move {
        resume(&environment);
        expire_uploads(&environment, ic_cdk::api::instruction_counter);
    });
}

/// Goes on with all operations that have not ended, oldest first.
fn resume(environment: &impl Environment) {
    for operation_id in operations::open() {
        if !in_flight::contains(Work::Operation(operation_id)) {
            environment.drive_later(operation_id, Duration::ZERO);
        }
    }
}

/// Deletes uploads that have expired, as many as one message may; returns how many.
pub fn expire_uploads(environment: &impl Environment, instructions: impl Fn() -> u64) -> u64 {
    let now = environment.now();
    let mut count = 0;
    while instructions() < ENOUGH_INSTRUCTIONS
        && uploads::change(|uploads| uploads.expire_one(now)).is_some()
    {
        count += 1;
    }
    if count > 0 {
        events::record(now, environment.canister_id(), EventKind::UploadsExpired { count });
    }
    count
}
