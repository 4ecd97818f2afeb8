//! A timer that counts.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use ic_cdk_timers::TimerId;

thread_local! {
    static TICKS: Cell<u64> = const { Cell::new(0) };
    static TIMER: RefCell<Option<TimerId>> = const { RefCell::new(None) };
}

/// Counts once in every interval, until stopped or upgraded.
#[ic_cdk::update]
fn start_ticking(interval_milliseconds: u64) {
    stop_ticking();
    let interval = Duration::from_millis(interval_milliseconds);
    let timer = ic_cdk_timers::set_timer_interval(interval, async || count());
    TIMER.set(Some(timer));
}

#[ic_cdk::update]
fn stop_ticking() {
    if let Some(timer) = TIMER.take() {
        ic_cdk_timers::clear_timer(timer);
    }
}

/// Counts once, after the delay.
#[ic_cdk::update]
fn tick_once(delay_milliseconds: u64) {
    let delay = Duration::from_millis(delay_milliseconds);
    ic_cdk_timers::set_timer(delay, async { count() });
}

#[ic_cdk::query]
fn ticks() -> u64 {
    TICKS.get()
}

fn count() {
    TICKS.set(TICKS.get() + 1);
}
