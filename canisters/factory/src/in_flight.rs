//! What waits for an answer of another canister at this moment. Kept on the heap: a callback finds
//! its way by the heap too.

use std::cell::RefCell;
use std::collections::BTreeSet;

use candid::Principal;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Work {
    Operation(u64),
    /// A single call about a canister.
    Canister(Principal),
}

thread_local! {
    static IN_FLIGHT: RefCell<BTreeSet<Work>> = const { RefCell::new(BTreeSet::new()) };
}

/// Whoever has it does the work; nobody else does until it is dropped, as it is by a trap too.
#[derive(Debug)]
pub struct Ticket(Work);

/// A ticket for the work, unless somebody has it.
pub fn begin(work: Work) -> Option<Ticket> {
    let is_free = IN_FLIGHT.with_borrow_mut(|all| all.insert(work));
    is_free.then(|| Ticket(work))
}

pub fn contains(work: Work) -> bool {
    IN_FLIGHT.with_borrow(|all| all.contains(&work))
}

pub fn count() -> usize {
    IN_FLIGHT.with_borrow(BTreeSet::len)
}

impl Drop for Ticket {
    fn drop(&mut self) {
        IN_FLIGHT.with_borrow_mut(|all| all.remove(&self.0));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_is_done_by_one_at_a_time() {
        let ticket = begin(Work::Operation(1));
        assert!(ticket.is_some());
        assert!(begin(Work::Operation(1)).is_none() && contains(Work::Operation(1)));
        assert!(begin(Work::Operation(2)).is_some(), "dropped at once");
        assert_eq!(count(), 1);
        drop(ticket);
        assert!(begin(Work::Operation(1)).is_some());
    }
}
