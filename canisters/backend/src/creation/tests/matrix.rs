//! Each flow, each of its calls, each way for it to go wrong.

use std::thread;

use super::fake_ic::{FakeIc, Fault};
use super::model::Lie;
use super::world::*;
use crate::creation::CreationError;
use crate::creation::record::Step;
use crate::creation::requests;
use crate::creation::table;
use crate::creation::types::CreationStatus;

const FAULTS: [Fault; 11] = [
    Fault::Rejected,
    Fault::NotMade,
    Fault::Transient,
    Fault::LongTransient,
    Fault::LostBefore,
    Fault::LostAfter,
    Fault::Refused,
    Fault::Stopped,
    Fault::Taken,
    Fault::Deleted,
    Fault::OutOfCycles,
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flow {
    Create,
    /// The first attempt was found to have stored a wrong byte.
    Retry,
    /// The same, and an admin has it cleared away.
    Clear,
}

/// Runs a test with a state of its own, which is bound to its thread.
pub fn apart<T: Send + 'static>(test: impl FnOnce() -> T + Send + 'static) -> T {
    thread::spawn(test).join().expect("the test of a cell fails")
}

/// A world in which a flow begins.
fn begin(flow: Flow) -> (FakeIc, String) {
    let ic = hub();
    let capsule_id = capsule_of(&ic, user(1));
    if flow != Flow::Create {
        ic.lie.set(Some(Lie::WrongByte));
        create(&ic, user(1)).unwrap();
        ic.run();
        assert_eq!(status_of(user(1)), CreationStatus::Failed);
        check_rest(&ic, true);
        ic.lie.set(None);
    }
    (ic, capsule_id)
}

fn run(ic: &FakeIc, flow: Flow) {
    match flow {
        Flow::Create | Flow::Retry => create(ic, user(1)).unwrap(),
        Flow::Clear => drop(ic.poll(requests::clear(ic, admin(), user(1)))),
    }
    ic.run();
}

/// The calls that a flow makes when all goes well.
fn calls_of(flow: Flow) -> Vec<&'static str> {
    apart(move || {
        let (ic, capsule_id) = begin(flow);
        let first = ic.calls.borrow().len();
        run(&ic, flow);
        check_rest(&ic, true);
        check_bytes(&[&capsule_id]);
        match flow {
            Flow::Clear => assert_eq!(table::get(user(1)), None),
            _ => check_completed(&ic, user(1)),
        }
        ic.calls.borrow()[first..].to_vec()
    })
}

#[test]
fn each_flow_makes_the_calls_that_it_needs_and_no_more() {
    let import = [
        &["begin_import"][..],
        &["put_memory_chunk"; 11],
        &["commit_memory", "commit_gallery", "commit_connection"],
        &["finalize_import", "finalize_import", "canister_status", "update_settings"],
        &["canister_info"],
    ]
    .concat();
    let install = ["upload_chunk", "install_chunked_code", "clear_chunk_store", "api_version"];
    let create = [&["create_canister"][..], &install, &import].concat();
    assert_eq!(calls_of(Flow::Create), create);
    let retry = [&["canister_status", "clear_chunk_store"][..], &install, &import].concat();
    assert_eq!(calls_of(Flow::Retry), retry);
    let clear = [
        "stop_canister",
        "update_settings",
        "install_code",
        "start_canister",
        "recover",
        "stop_canister",
        "canister_status",
        "delete_canister",
    ];
    assert_eq!(calls_of(Flow::Clear), clear);
}

#[test]
fn whatever_goes_wrong_a_creation_completes_or_another_attempt_does() {
    let mut cells = 0;
    for flow in [Flow::Create, Flow::Retry] {
        for (number, method) in calls_of(flow).into_iter().enumerate() {
            for fault in FAULTS {
                apart(move || run_cell(flow, number, method, fault));
                cells += 1;
            }
        }
    }
    println!("{cells} cells");
    assert!(cells > 400);
}

fn run_cell(flow: Flow, number: usize, method: &str, fault: Fault) {
    println!("{flow:?}, call {number} ({method}): {fault:?}");
    let (ic, capsule_id) = begin(flow);
    ic.fail_at(number, fault);
    run(&ic, flow);
    let is_lost = matches!(fault, Fault::LostBefore | Fault::LostAfter);
    let knows_all = !(is_lost && method == "create_canister");
    check_rest(&ic, knows_all);
    check_bytes(&[&capsule_id]);
    if matches!(fault, Fault::NotMade | Fault::Transient) || (is_lost && knows_all) {
        assert_eq!(status_of(user(1)), CreationStatus::Completed, "it goes on by itself");
    }
    if status_of(user(1)) == CreationStatus::Failed {
        check_in_hub(&ic, user(1));
        check_error(&ic, fault);
        ic.fault.set(None);
        try_again(&ic);
    }
    check_rest(&ic, knows_all);
    check_bytes(&[&capsule_id]);
    match ic.canister(creation_of(user(1)).canister_id.unwrap()) {
        // Its user deleted it when it was theirs alone.
        None => assert_eq!(fault, Fault::Deleted),
        Some(_) => check_completed(&ic, user(1)),
    }
}

/// The error is of the stage, and of what the canister's user did.
fn check_error(ic: &FakeIc, fault: Fault) {
    let creation = creation_of(user(1));
    let failure = creation.failure.clone().unwrap();
    if let Fault::Taken | Fault::Deleted = fault {
        assert_eq!(failure.error.kind(), "CanisterTaken");
        assert!(creation.is_taken);
        return;
    }
    let expected: &[&str] = match failure.stage {
        CreationStatus::Creating => &["CreateFailed", "InstallFailed"],
        CreationStatus::Installing => &["InstallFailed"],
        CreationStatus::Importing => &["ImportFailed"],
        CreationStatus::Verifying => &["VerifyFailed"],
        CreationStatus::HandingOff => &["HandoffFailed"],
        other => panic!("nothing fails while it is {other:?}"),
    };
    assert!(expected.contains(&failure.error.kind()), "{failure:?}");
    assert!(!creation.is_taken && ic.canisters.borrow().len() <= 2);
}

/// What a user does, and an admin where it takes one.
fn try_again(ic: &FakeIc) {
    if creation_of(user(1)).is_taken {
        let refused = create(ic, user(1)).unwrap_err();
        assert!(refused.message.starts_with("Canister taken: "), "{}", refused.message);
        let cleared = ic.poll(requests::clear(ic, admin(), user(1))).unwrap().unwrap();
        assert!(cleared.is_cleared);
    }
    create(ic, user(1)).unwrap();
    ic.run();
}

#[test]
fn whatever_goes_wrong_a_creation_can_be_cleared_away() {
    for (number, method) in calls_of(Flow::Clear).into_iter().enumerate() {
        for fault in FAULTS {
            apart(move || {
                println!("clearing, call {number} ({method}): {fault:?}");
                let (ic, capsule_id) = begin(Flow::Clear);
                ic.fail_at(number, fault);
                run(&ic, Flow::Clear);
                let knows_all = !(fault == Fault::LostAfter && method == "recover");
                check_rest(&ic, knows_all);
                ic.fault.set(None);
                if let Some(creation) = table::get(user(1)) {
                    assert_eq!(creation.step, Step::Failed);
                    let error = creation.failure.unwrap().error;
                    assert!(matches!(error, CreationError::ClearFailed { .. }), "{error:?}");
                    run(&ic, Flow::Clear);
                }
                check_rest(&ic, knows_all);
                check_bytes(&[&capsule_id]);
                create(&ic, user(1)).unwrap();
                ic.run();
                check_completed(&ic, user(1));
            });
        }
    }
}

#[test]
fn a_creation_can_be_cleared_away_whatever_it_waits_for() {
    for number in 0..calls_of(Flow::Create).len() {
        apart(move || {
            let (ic, capsule_id) = begin(Flow::Create);
            ic.fail_at(number, Fault::LostAfter);
            create(&ic, user(1)).unwrap();
            while ic.calls.borrow().len() <= number {
                ic.turn();
            }
            let cleared = ic.poll(requests::clear(&ic, admin(), user(1)));
            ic.run();
            check_bytes(&[&capsule_id]);
            match table::get(user(1)) {
                // It was the user's already.
                Some(_) => check_completed(&ic, user(1)),
                None => assert!(cleared.unwrap().unwrap().is_cleared),
            }
            check_rest(&ic, number != 0);
        });
    }
}

#[test]
fn a_hub_that_is_being_stopped_begins_no_call_and_goes_on_later() {
    let (ic, _) = begin(Flow::Create);
    create(&ic, user(1)).unwrap();
    ic.is_stopping.set(true);
    (0..3).for_each(|_| ic.turn());
    assert!(ic.calls.borrow().is_empty());
    ic.is_stopping.set(false);
    ic.run();
    check_completed(&ic, user(1));
}

#[test]
fn asking_again_changes_nothing_at_any_moment() {
    let (ic, _) = begin(Flow::Create);
    create(&ic, user(1)).unwrap();
    for _ in 0..50 {
        create(&ic, user(1)).unwrap();
        ic.turn();
    }
    check_completed(&ic, user(1));
    assert_eq!(ic.canisters.borrow().len(), 1);
    assert_eq!(creation_of(user(1)).attempts, 1);
}

#[test]
fn a_module_that_is_replaced_meanwhile_is_for_others() {
    let (ic, capsule_id) = begin(Flow::Create);
    ic.fail_at(2, Fault::LostBefore);
    create(&ic, user(1)).unwrap();
    while ic.calls.borrow().len() < 3 {
        ic.turn();
    }
    set_module(&ic, b"\0asm another");
    ic.run();
    check_completed(&ic, user(1));
    check_bytes(&[&capsule_id]);
    let hash = creation_of(user(1)).module_hash.unwrap();
    assert_eq!(hash.to_vec(), chunked_upload::sha256(MODULE));
}
