//! What the backend does by itself: expired uploads go, deleted capsules are cleared away, and what
//! has become public is certified.

use std::cell::Cell;
use std::time::Duration;

use crate::environment::{Environment, Ic};
use crate::events::{self, EventKind};
use crate::{entropy, host};

const INTERVAL: Duration = Duration::from_secs(60);

/// One message does no more when it has come to so many instructions; of 40 billion.
const ENOUGH_INSTRUCTIONS: u64 = 2_000_000_000;

thread_local! {
    static IS_SOON: Cell<bool> = const { Cell::new(false) };
}

/// Sets the timers; called after each installation and upgrade, which end all timers.
pub fn start() {
    ic_cdk_timers::set_timer(Duration::ZERO, async { entropy::gather().await });
    work_soon();
    #[cfg(feature = "personal_canister_creation")]
    crate::creation::resume_all(&Ic);
    ic_cdk_timers::set_timer_interval(INTERVAL, || async {
        #[cfg(feature = "personal_canister_creation")]
        crate::creation::resume_all(&Ic);
        expire_uploads(&Ic, ic_cdk::api::instruction_counter);
        work_soon();
        entropy::gather().await;
    });
}

/// Goes on with what is left to do in the next message.
pub fn work_soon() {
    if !IS_SOON.replace(true) {
        ic_cdk_timers::set_timer(Duration::ZERO, async { work() });
    }
}

fn work() {
    IS_SOON.set(false);
    let mut has_worked = false;
    while host::work() {
        has_worked = true;
        if ic_cdk::api::instruction_counter() > ENOUGH_INSTRUCTIONS {
            work_soon();
            break;
        }
    }
    if has_worked {
        Ic.certify(host::root_hash());
    }
}

/// Deletes uploads that have expired, as many as one message may; returns how many.
pub fn expire_uploads(environment: &impl Environment, instructions: impl Fn() -> u64) -> u64 {
    let now = environment.now();
    let mut count = 0;
    while instructions() < ENOUGH_INSTRUCTIONS && host::expire_upload(now) {
        count += 1;
    }
    if count > 0 {
        events::record(now, environment.canister_id(), EventKind::UploadsExpired { count });
    }
    count
}
