//! Canisters that lie are not handed over; a copy goes only where both sides are equal.

use capsule::Seal;

use super::fake_ic::{Fault, hub as hub_id};
use super::matrix::apart;
use super::model::Lie;
use super::world::*;
use crate::creation::release::release_hub_copy;
use crate::creation::requests;
use crate::creation::types::{CreationStatus, HubCopyRelease};
use crate::host as hub_state;

#[test]
fn a_canister_that_lies_is_never_handed_over() {
    for (lie, kind) in [
        (Lie::OtherVersion, "ApiVersionMismatch"),
        (Lie::OneMemoryFewer, "VerifyFailed"),
        (Lie::WrongByte, "VerifyFailed"),
        (Lie::OtherCapsule, "VerifyFailed"),
    ] {
        apart(move || {
            let ic = hub();
            capsule_of(&ic, user(1));
            ic.lie.set(Some(lie));
            create(&ic, user(1)).unwrap();
            ic.run();
            let creation = creation_of(user(1));
            assert_eq!(creation.failure.unwrap().error.kind(), kind);
            let canister = ic.canister(creation.canister_id.unwrap()).unwrap();
            assert!(canister.controllers.contains(&hub_id()));
            check_in_hub(&ic, user(1));
            ic.lie.set(None);
            create(&ic, user(1)).unwrap();
            ic.run();
            check_completed(&ic, user(1));
        });
    }
}

#[test]
fn a_canister_with_other_code_is_never_handed_over() {
    let ic = hub();
    capsule_of(&ic, user(1));
    create(&ic, user(1)).unwrap();
    // Whoever else controls it has its chance before its module is looked at.
    ic.fail_at(22, Fault::LostBefore);
    while ic.calls.borrow().last() != Some(&"canister_status") {
        ic.turn();
    }
    let canister_id = creation_of(user(1)).canister_id.unwrap();
    ic.change(canister_id, |canister| canister.module_hash = Some(b"other".to_vec()));
    ic.run();
    let failure = creation_of(user(1)).failure.unwrap();
    assert!(failure.error.to_string().contains("module: "), "{}", failure.error);
}

#[test]
fn the_copy_in_the_hub_goes_when_both_sides_are_equal_still() {
    let ic = hub();
    let capsule_id = capsule_of(&ic, user(1));
    assert!(ic.poll(release_hub_copy(&ic, user(1), &capsule_id)).unwrap().is_err());
    create(&ic, user(1)).unwrap();
    ic.run();
    let creation = creation_of(user(1));
    let canister_id = creation.canister_id.unwrap();
    let stranger = ic.poll(release_hub_copy(&ic, user(7), &capsule_id)).unwrap();
    assert!(stranger.is_err());
    ic.change(canister_id, |canister| canister.personal.lie = Some(Lie::WrongByte));
    let refused = ic.poll(release_hub_copy(&ic, user(1), &capsule_id)).unwrap().unwrap_err();
    assert!(refused.message.contains("root_hash: "), "{}", refused.message);
    check_completed(&ic, user(1));
    ic.change(canister_id, |canister| canister.personal.lie = None);
    for _ in 0..2 {
        let released = ic.poll(release_hub_copy(&ic, user(1), &capsule_id)).unwrap().unwrap();
        let root_hash_hex = creation.progress.manifest.clone().unwrap().root_hash_hex;
        assert_eq!(released, HubCopyRelease::Released { root_hash_hex });
    }
    while hub_state::work() {}
    hub_state::read(|hub| {
        assert_eq!(hub.capsules.totals().memories, 0);
        assert_eq!(hub.capsules.seal(creation.capsule), Some(Seal::Moved { canister_id }));
    });
    check_bytes(&[&capsule_id]);
    let refused = create(&ic, user(1)).map(|()| status_of(user(1)));
    assert_eq!(refused, Ok(CreationStatus::Completed));
    assert!(ic.poll(requests::clear(&ic, admin(), user(1))).unwrap().is_err());
}
