//! The cycles for personal canisters: how much there is, who has been promised some, what is gone.

use std::cell::RefCell;

use candid::Deserialize;
use ic_stable_structures::StableCell;
use serde::Serialize;
use stable_record::storable_as_cbor;

use crate::config;
use crate::creation::error::CreationError;
use crate::creation::record::Creation;
use crate::creation::types::{CyclesReserve, CyclesReserveUpdate};
use crate::creation::{settings, statistics, wasm};
use crate::environment::Environment;
use crate::events::{self, PersonalCanisterEvent, Turning};
use crate::memory::{self, Memory};

const TRILLION: u128 = 1_000_000_000_000;

#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq)]
struct Reserve {
    reserve: u128,
    min_threshold: u128,
    consumed: u128,
    promised: u128,
    /// An alert was given, and the reserve has not been enough since.
    is_low: bool,
}

impl Default for Reserve {
    fn default() -> Self {
        let (reserve, min_threshold) = (100 * TRILLION, 2 * TRILLION);
        Self { reserve, min_threshold, consumed: 0, promised: 0, is_low: false }
    }
}

storable_as_cbor!(Reserve);

thread_local! {
    static RESERVE: RefCell<StableCell<Reserve, Memory>> = RefCell::new(
        StableCell::init(memory::memory(memory::creation::CYCLES_RESERVE), Reserve::default())
    );
}

fn get() -> Reserve {
    RESERVE.with_borrow(|reserve| *reserve.get())
}

fn change(change: impl FnOnce(&mut Reserve)) {
    RESERVE.with_borrow_mut(|cell| {
        let mut reserve = *cell.get();
        change(&mut reserve);
        cell.set(reserve);
    });
}

pub fn info(environment: &impl Environment) -> CyclesReserve {
    let reserve = get();
    let balance = environment.cycles_balance();
    CyclesReserve {
        reserve: reserve.reserve,
        min_threshold: reserve.min_threshold,
        consumed: reserve.consumed,
        promised: reserve.promised,
        available: reserve.available(balance),
        balance,
        cycles_per_creation: settings::get().cycles_per_creation,
    }
}

pub fn update(environment: &impl Environment, update: CyclesReserveUpdate) {
    change(|reserve| {
        reserve.reserve = update.reserve.unwrap_or(reserve.reserve);
        reserve.min_threshold = update.min_threshold.unwrap_or(reserve.min_threshold);
    });
    watch(environment);
}

/// Whether less is available than the next creation needs.
pub fn is_low(environment: &impl Environment) -> bool {
    check(environment, settings::get().cycles_per_creation, 0).is_err()
}

/// What keeps personal canisters from being made, where they are.
pub fn problem(environment: &impl Environment) -> Option<String> {
    let are_made = settings::get().enabled && wasm::info().is_some();
    (are_made && is_low(environment)).then(|| {
        let CyclesReserve { available, min_threshold, .. } = info(environment);
        format!("Cycles reserve low: {available} available, {min_threshold} must remain")
    })
}

/// Puts cycles aside for a creation that needs a canister.
pub fn promise(
    environment: &impl Environment,
    creation: &mut Creation,
) -> Result<(), CreationError> {
    let needed = settings::get().cycles_per_creation;
    check(environment, needed, get().promised)?;
    change(|reserve| reserve.promised += needed);
    creation.cycles_promised = needed;
    Ok(())
}

/// Promises the cycles of a call anew that brought them back.
pub fn promise_again(creation: &mut Creation, cycles: u128) {
    change(|reserve| reserve.promised += cycles);
    creation.cycles_promised += cycles;
}

/// Takes a promise back, where there is one.
pub fn forgo(creation: &mut Creation) {
    let promised = std::mem::take(&mut creation.cycles_promised);
    change(|reserve| reserve.promised = reserve.promised.saturating_sub(promised));
}

/// Refuses cycles for a call that is about to be made; they may have gone since they were promised.
pub fn preflight(environment: &impl Environment, needed: u128) -> Result<(), CreationError> {
    check(environment, needed, 0)
}

/// Notes cycles that leave with a call.
pub fn consume(environment: &impl Environment, creation: &mut Creation, cycles: u128) {
    creation.cycles_attached += cycles;
    change(|reserve| reserve.consumed += cycles);
    watch(environment);
}

/// Notes that cycles came back with the call that they left by.
pub fn give_back(environment: &impl Environment, creation: &mut Creation, cycles: u128) {
    creation.cycles_attached = creation.cycles_attached.saturating_sub(cycles);
    change(|reserve| reserve.consumed = reserve.consumed.saturating_sub(cycles));
    watch(environment);
}

/// Notes cycles that came back out of a canister.
pub fn recover(environment: &impl Environment, creation: &mut Creation, cycles: u128) {
    creation.cycles_recovered += cycles;
    statistics::change(|statistics| statistics.cycles_recovered += cycles);
    change(|reserve| reserve.consumed = reserve.consumed.saturating_sub(cycles));
    watch(environment);
}

fn check(
    environment: &impl Environment,
    needed: u128,
    promised: u128,
) -> Result<(), CreationError> {
    let reserve = get();
    let available = reserve.available(environment.cycles_balance()).saturating_sub(promised);
    let min_threshold = reserve.min_threshold;
    match available >= needed.saturating_add(min_threshold) {
        true => Ok(()),
        false => Err(CreationError::ReserveInsufficient { needed, available, min_threshold }),
    }
}

/// Tells admins when the reserve does not last for the next creation any more, once each time.
pub fn watch(environment: &impl Environment) {
    let is_low = is_low(environment);
    if is_low == get().is_low {
        return;
    }
    change(|reserve| reserve.is_low = is_low);
    if is_low {
        let CyclesReserve { available, min_threshold, .. } = info(environment);
        let note = format!("{min_threshold} must remain");
        let event = PersonalCanisterEvent::general(Turning::ReserveLow, Some(available), note);
        events::record(environment.now(), environment.canister_id(), event);
    }
}

impl Reserve {
    fn available(&self, balance: u128) -> u128 {
        let left = self.reserve.saturating_sub(self.consumed);
        left.min(balance.saturating_sub(config::get().min_cycles))
    }
}
