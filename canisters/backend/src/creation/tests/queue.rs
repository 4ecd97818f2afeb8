//! Who has their turn when, and what the reserve says to it.

use super::fake_ic::{FakeIc, Fault, TRILLION};
use super::world::*;
use crate::creation::types::{CreatePersonalCanisterConfig, CreationStatus};
use crate::creation::{CreationError, cycles, orchestrator, requests, settings, status, table};
use crate::error::Reason;
use crate::events::{self, Event, EventKind, Turning};

fn reason(refused: crate::error::BackendError) -> CreationError {
    match refused.reason {
        Reason::Creation(error) => *error,
        other => panic!("{other:?}"),
    }
}

fn limit(update: settings::PersonalCanisterCreationConfigUpdate) {
    settings::update(update, 1).unwrap();
}

fn concurrent(most: u32) {
    limit(settings::PersonalCanisterCreationConfigUpdate {
        max_concurrent_creations: Some(most),
        ..Default::default()
    });
}

fn crowd(ic: &FakeIc, count: u8) {
    set_reserve(ic, 1000 * TRILLION, 0);
    ic.balance.set(100 * TRILLION);
    limit(settings::PersonalCanisterCreationConfigUpdate {
        cycles_per_creation: Some(TRILLION),
        ..Default::default()
    });
    for number in 0..count {
        capsule_of(ic, user(number));
        create(ic, user(number)).unwrap();
    }
}

#[test]
fn fifty_users_have_their_turn_in_the_order_in_which_they_asked() {
    let ic = hub();
    concurrent(5);
    crowd(&ic, 50);
    assert_eq!((table::running_count(), table::queued()), (5, 45));
    assert_eq!(status::status_of(user(5)).queue_position, Some(1));
    assert_eq!(status::status_of(user(49)).queue_position, Some(45));
    ic.fail_at(60, Fault::LostBefore);
    let mut ended: Vec<u8> = Vec::new();
    while table::running_count() + table::queued() > 0 {
        ic.turn();
        assert!(table::running_count() <= 5);
        for number in 0..50 {
            if status_of(user(number)) == CreationStatus::Completed && !ended.contains(&number) {
                ended.push(number);
            }
        }
    }
    assert_eq!(ended.len(), 50);
    for (place, number) in ended.iter().enumerate() {
        assert!(place.abs_diff(usize::from(*number)) < 10, "{ended:?}");
    }
    (0..50).for_each(|number| check_completed(&ic, user(number)));
    check_rest(&ic, true);
    assert_eq!(ic.canisters.borrow().len(), 50);
    assert_eq!(status::totals(&ic).completed, 50);
}

#[test]
fn a_queue_that_is_full_takes_nobody_else() {
    let ic = hub();
    concurrent(1);
    limit(settings::PersonalCanisterCreationConfigUpdate {
        max_queued_creations: Some(2),
        ..Default::default()
    });
    (0..4).for_each(|number| drop(capsule_of(&ic, user(number))));
    (0..3).for_each(|number| create(&ic, user(number)).unwrap());
    let refused = reason(create(&ic, user(3)).unwrap_err());
    assert_eq!(refused, CreationError::TooManyConcurrent { limit: 2 });
    assert_eq!(status_of(user(3)), CreationStatus::NotStarted);
    ic.run();
    create(&ic, user(3)).unwrap();
    ic.run();
    (0..4).for_each(|number| check_completed(&ic, user(number)));
}

#[test]
fn what_is_switched_off_takes_nothing_in_and_lets_what_runs_end() {
    let ic = hub();
    concurrent(1);
    (0..3).for_each(|number| drop(capsule_of(&ic, user(number))));
    (0..2).for_each(|number| create(&ic, user(number)).unwrap());
    settings::set_enabled(false);
    assert!(matches!(reason(create(&ic, user(2)).unwrap_err()), CreationError::Disabled { .. }));
    (0..30).for_each(|_| ic.turn());
    check_completed(&ic, user(0));
    assert_eq!(status_of(user(1)), CreationStatus::Queued);
    settings::set_enabled(true);
    orchestrator::admit(&ic);
    ic.run();
    check_completed(&ic, user(1));
}

#[test]
fn the_reserve_is_promised_once_and_tells_when_it_is_low() {
    let ic = hub();
    concurrent(1);
    set_reserve(&ic, 7 * TRILLION, 2 * TRILLION);
    (0..3).for_each(|number| drop(capsule_of(&ic, user(number))));
    (0..2).for_each(|number| create(&ic, user(number)).unwrap());
    assert_eq!(cycles::info(&ic).promised, 4 * TRILLION);
    let refused = reason(create(&ic, user(2)).unwrap_err());
    let (needed, min_threshold) = (2 * TRILLION, 2 * TRILLION);
    let available = 3 * TRILLION;
    assert_eq!(refused, CreationError::ReserveInsufficient { needed, available, min_threshold });
    let lows = || {
        let all = events::list(0, 500);
        let is_low = |it: &&Event| matches!(&it.event, EventKind::PersonalCanister(event) if event.what == Turning::ReserveLow);
        all.iter().filter(is_low).count()
    };
    assert_eq!(lows(), 0);
    ic.run();
    let info = cycles::info(&ic);
    assert_eq!((info.consumed, info.promised), (4 * TRILLION, 0));
    assert_eq!(info.available, 3 * TRILLION);
    assert_eq!(lows(), 1, "the next one is refused");
    set_reserve(&ic, 20 * TRILLION, 2 * TRILLION);
    set_reserve(&ic, 5 * TRILLION, 2 * TRILLION);
    assert_eq!(lows(), 2);
}

#[test]
fn a_hub_that_has_fewer_cycles_than_its_reserve_says_so_before_anything_is_made() {
    let ic = hub();
    capsule_of(&ic, user(1));
    create(&ic, user(1)).unwrap();
    ic.balance.set(4 * TRILLION);
    ic.run();
    let failure = creation_of(user(1)).failure.unwrap();
    assert_eq!(failure.error.kind(), "ReserveInsufficient");
    assert!(ic.calls.borrow().is_empty());
    check_in_hub(&ic, user(1));
    assert_eq!(cycles::info(&ic).promised, 0);
    ic.balance.set(100 * TRILLION);
    create(&ic, user(1)).unwrap();
    ic.run();
    check_completed(&ic, user(1));
}

#[test]
fn a_user_has_one_canister_of_one_capsule() {
    let ic = hub();
    let first = capsule_of(&ic, user(1));
    let second = capsule_of(&ic, user(1));
    let ask = |capsule_id: &str| {
        let capsule_id = Some(capsule_id.to_owned());
        let config = CreatePersonalCanisterConfig { capsule_id, ..Default::default() };
        requests::create(&ic, user(1), config)
    };
    ask(&first).unwrap();
    assert!(matches!(reason(ask(&second).unwrap_err()), CreationError::InvalidArgument { .. }));
    ic.run();
    ask(&first).unwrap();
    let canister_id = creation_of(user(1)).canister_id.unwrap();
    assert_eq!(reason(ask(&second).unwrap_err()), CreationError::AlreadyExists { canister_id });
    let others = CreatePersonalCanisterConfig { capsule_id: Some(second), ..Default::default() };
    crate::users::register(user(9), 1).unwrap();
    assert!(matches!(
        requests::create(&ic, user(9), others).unwrap_err().reason,
        Reason::Capsule(_)
    ));
}
