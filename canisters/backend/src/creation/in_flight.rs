//! Whose creation waits for an answer of another canister at this moment. Kept on the heap: a callback
//! finds its way by the heap too.

use std::cell::RefCell;
use std::collections::BTreeSet;

use candid::Principal;

thread_local! {
    static IN_FLIGHT: RefCell<BTreeSet<Principal>> = const { RefCell::new(BTreeSet::new()) };
}

/// Whoever has it works on a user's creation; nobody else does until it is dropped, as it is by a trap
/// too.
#[derive(Debug)]
pub struct Ticket(Principal);

/// A ticket, unless somebody has it.
pub fn begin(user: Principal) -> Option<Ticket> {
    let is_free = IN_FLIGHT.with_borrow_mut(|all| all.insert(user));
    is_free.then(|| Ticket(user))
}

pub fn contains(user: Principal) -> bool {
    IN_FLIGHT.with_borrow(|all| all.contains(&user))
}

pub fn count() -> usize {
    IN_FLIGHT.with_borrow(BTreeSet::len)
}

impl Drop for Ticket {
    fn drop(&mut self) {
        IN_FLIGHT.with_borrow_mut(|all| all.remove(&self.0));
    }
}
