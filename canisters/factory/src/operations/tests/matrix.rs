//! Each flow, each of its calls, each way for it to go wrong.

use std::thread;

use super::fake_ic::{FakeIc, Fault, TRILLION, factory, user};
use super::flows::{Begun, FLOWS, Flow, NEW, begin, create_plan, upload};
use crate::error::Reason;
use crate::operations::{Stage, begin_creation, begin_deletion, get, outcome};
use crate::{callers, config, registry};

const FAULTS: [Fault; 7] = [
    Fault::Rejected,
    Fault::NotFound,
    Fault::NotMade,
    Fault::Transient,
    Fault::LongTransient,
    Fault::LostBefore,
    Fault::LostAfter,
];

/// Runs a test with a state of its own, which is bound to its thread.
fn apart<T: Send + 'static>(test: impl FnOnce() -> T + Send + 'static) -> T {
    thread::spawn(test).join().expect("the test of a cell fails")
}

/// The calls that a flow makes when all goes well.
fn calls_of(flow: Flow) -> Vec<&'static str> {
    apart(move || {
        let begun = begin(flow);
        let first = begun.ic.calls.borrow().len();
        begun.ic.run(begun.operation_id);
        assert_eq!(begun.operation().stage, Stage::Completed, "{flow:?}");
        begun.check_end(true);
        begun.ic.calls.borrow()[first..].to_vec()
    })
}

#[test]
fn each_flow_makes_the_calls_that_it_needs_and_no_more() {
    let create = ["create_canister", "upload_chunk", "install_chunked_code", "clear_chunk_store"];
    assert_eq!(calls_of(Flow::Create), create);
    assert_eq!(calls_of(Flow::CreateAndHandOff), [&create[..], &["update_settings"]].concat());
    assert_eq!(
        calls_of(Flow::Upgrade),
        [
            "canister_status",
            "stop_canister",
            "take_canister_snapshot",
            "upload_chunk",
            "install_chunked_code",
            "clear_chunk_store",
            "delete_canister_snapshot",
            "start_canister",
        ]
    );
    assert_eq!(
        calls_of(Flow::UpgradeWithoutSnapshot),
        [
            "canister_status",
            "stop_canister",
            "upload_chunk",
            "install_chunked_code",
            "clear_chunk_store",
            "start_canister",
        ]
    );
    assert_eq!(
        calls_of(Flow::Delete),
        [
            "stop_canister",
            "update_settings",
            "install_code",
            "start_canister",
            "recover",
            "stop_canister",
            "canister_status",
            "delete_canister",
        ]
    );
}

#[test]
fn whatever_goes_wrong_nothing_is_lost() {
    let mut cells = 0;
    for flow in FLOWS {
        let calls = calls_of(flow);
        for (number, method) in calls.into_iter().enumerate() {
            for fault in FAULTS {
                apart(move || run_cell(flow, number, method, fault));
                cells += 1;
            }
        }
    }
    println!("{cells} cells");
    assert!(cells > 300);
}

fn run_cell(flow: Flow, number: usize, method: &str, fault: Fault) {
    println!("{flow:?}, call {number} ({method}): {fault:?}");
    let begun = begin(flow);
    begun.ic.fail_at(number, fault);
    begun.ic.run(begun.operation_id);
    let is_lost = matches!(fault, Fault::LostBefore | Fault::LostAfter);
    begun.check_end(!(is_lost && method == "create_canister"));
    if fault == Fault::NotMade || (is_lost && method != "create_canister") {
        assert_eq!(begun.operation().stage, Stage::Completed, "it goes on by itself");
    }
}

#[test]
fn a_creation_that_fails_leaves_no_canister_and_brings_the_cycles_back() {
    for (number, stage) in [(1, Stage::StoringChunks), (2, Stage::Installing)] {
        apart(move || {
            let Begun { ic, operation_id, .. } = begin(Flow::Create);
            ic.fail_at(number, Fault::Rejected);
            ic.run(operation_id);
            let operation = get(operation_id).unwrap();
            assert_eq!(operation.failure.as_ref().map(|failure| failure.stage), Some(stage));
            assert!(operation.canister_deleted && ic.canisters.borrow().is_empty());
            assert!(operation.cycles_recovered > TRILLION / 3);
            let Err(error) = outcome(operation_id) else { panic!("it has failed") };
            assert!(error.message.contains("cycles came back"), "{}", error.message);
        });
    }
}

#[test]
fn a_hand_off_that_is_refused_undoes_the_creation() {
    let Begun { ic, operation_id, .. } = begin(Flow::CreateAndHandOff);
    ic.fail_at(4, Fault::Rejected);
    ic.run(operation_id);
    let operation = get(operation_id).unwrap();
    assert_eq!(operation.failure.map(|failure| failure.stage), Some(Stage::HandingOff));
    assert!(operation.canister_deleted);
}

#[test]
fn a_hand_off_whose_answer_was_lost_is_found_done() {
    let Begun { ic, operation_id, .. } = begin(Flow::CreateAndHandOff);
    ic.fail_at(4, Fault::LostAfter);
    ic.run(operation_id);
    let operation = get(operation_id).unwrap();
    assert_eq!((operation.stage, operation.failure), (Stage::Completed, None));
    let canister = ic.canister(operation.canister_id.unwrap()).unwrap();
    assert_eq!(canister.controllers, [user(1)]);
}

#[test]
fn a_snapshot_that_cannot_be_loaded_is_kept_and_named() {
    let Begun { ic, operation_id, before, .. } = begin(Flow::Upgrade);
    let (canister_id, _) = before.unwrap();
    ic.canisters.borrow_mut().get_mut(&canister_id).unwrap().snapshots.clear();
    ic.fail_at(4, Fault::Rejected);
    let first = ic.calls.borrow().len();
    ic.run(operation_id);
    let calls = ic.calls.borrow()[first..].to_vec();
    assert_eq!(calls[5], "load_canister_snapshot");
    assert!(!get(operation_id).unwrap().keeps_snapshot, "this one was loaded");
}

#[test]
fn a_creation_of_many_chunks_goes_on_where_it_was() {
    let ic = FakeIc::new();
    let mut bytes = NEW.to_vec();
    bytes.extend((0..9u32 << 19).map(|number| (number.wrapping_mul(2_654_435_761) >> 24) as u8));
    let upload_id = upload(&bytes);
    let operation_id = begin_creation(&ic, user(1), create_plan(upload_id, false)).unwrap();
    ic.fail_at(5, Fault::LostBefore);
    ic.run(operation_id);
    let operation = outcome(operation_id).unwrap();
    assert_eq!(operation.stored_chunks.len(), 5);
    let uploads = ic.calls.borrow().iter().filter(|method| **method == "upload_chunk").count();
    assert_eq!(uploads, 6, "only the chunk is sent again whose answer was lost");
}

#[test]
fn a_factory_that_is_being_stopped_begins_no_call_and_goes_on_later() {
    let Begun { ic, operation_id, .. } = begin(Flow::Create);
    ic.is_stopping.set(true);
    ic.poll(operation_id);
    assert!(ic.calls.borrow().is_empty());
    assert!(matches!(
        outcome(operation_id).unwrap_err().reason,
        Reason::OperationUnfinished { .. }
    ));
    ic.is_stopping.set(false);
    ic.run(operation_id);
    assert!(outcome(operation_id).is_ok());
}

#[test]
fn cycles_that_are_gone_when_the_turn_comes_end_a_creation_before_it_begins() {
    let Begun { ic, operation_id, .. } = begin(Flow::Create);
    ic.balance.set(5 * TRILLION);
    ic.run(operation_id);
    let error = outcome(operation_id).unwrap_err();
    assert!(error.message.starts_with("Factory low on cycles"), "{}", error.message);
    assert!(ic.calls.borrow().is_empty());
    assert_eq!(callers::get(user(1)).canisters_held, 0);
}

#[test]
fn promised_cycles_are_not_promised_twice() {
    let ic = FakeIc::new();
    ic.balance.set(7 * TRILLION + TRILLION / 2);
    let upload_id = upload(NEW);
    let create = || begin_creation(&ic, user(1), create_plan(upload_id, false));
    assert!(create().is_ok() && create().is_ok());
    let refused = create().unwrap_err();
    let Reason::FactoryLowOnCycles { reserved, .. } = refused.reason else {
        panic!("{}", refused.message)
    };
    assert_eq!(reserved, 2 * TRILLION);
}

#[test]
fn limits_are_checked_before_anything_is_reserved() {
    let ic = FakeIc::new();
    let upload_id = upload(NEW);
    let plan = || create_plan(upload_id, false);
    let refused = |plan| begin_creation(&ic, user(1), plan).unwrap_err().message;
    let mut dear = plan();
    dear.cycles = 6 * TRILLION;
    assert!(refused(dear).starts_with("Too many cycles"));
    let mut poor = plan();
    poor.cycles = 1;
    assert!(refused(poor).starts_with("Invalid argument: cycles"));
    let mut others = plan();
    others.owner = user(2);
    assert!(refused(others).starts_with("Caller may not act for another owner"));
    let mut crowded = plan();
    crowded.extra_controllers = (0..10).map(user).collect();
    assert!(refused(crowded).starts_with("Invalid argument: extra_controllers"));
    let mut keyed = plan();
    keyed.key = Some("k".repeat(65));
    assert!(refused(keyed).starts_with("Invalid argument: idempotency_key"));
    config::set(config::Config { max_operations: 1, ..config::get() });
    begin_creation(&ic, user(1), plan()).unwrap();
    assert!(refused(plan()).starts_with("Too many operations"));
    assert_eq!(callers::get(user(1)).canisters_held, 1);
}

#[test]
fn a_canister_has_one_operation_at_a_time() {
    let Begun { ic, before, .. } = begin(Flow::Upgrade);
    let (canister_id, _) = before.unwrap();
    let refused = begin_deletion(&ic, user(1), canister_id).unwrap_err();
    assert_eq!(refused.reason, Reason::CanisterBusy { canister_id });
}

#[test]
fn what_was_handed_over_is_the_owners_business() {
    let Begun { ic, operation_id, .. } = begin(Flow::CreateAndHandOff);
    ic.run(operation_id);
    let canister_id = outcome(operation_id).unwrap().canister_id.unwrap();
    assert!(!registry::get(canister_id).unwrap().controllers.contains(&factory()));
    let refused = begin_deletion(&ic, user(1), canister_id).unwrap_err();
    assert_eq!(refused.reason, Reason::NotController { canister_id });
}
