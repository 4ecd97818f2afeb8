//! Whose canister it is, where its capsule comes from, and which capsule that is.

use std::cell::RefCell;

use candid::{CandidType, Deserialize, Principal};
use capsule::{Id, Kind};
use ic_stable_structures::StableCell;
use serde::Serialize;
use stable_record::storable_as_cbor;

use crate::config::ConfigUpdate;
use crate::environment::Environment;
use crate::error::{PersonalError, PersonalResult};
use crate::memory::{self, Memory};

/// The argument of the installation.
#[derive(CandidType, Deserialize, Clone, Debug)]
pub struct InitArgument {
    pub owner: Principal,
    /// Imports the capsule, while it is a controller.
    pub hub: Principal,
    pub capsule_id: String,
    /// What is left out has its default.
    pub limits: Option<ConfigUpdate>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setup {
    pub owner: Principal,
    pub hub: Principal,
    pub capsule: Id,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Kept(Option<Setup>);

storable_as_cbor!(Kept);

thread_local! {
    static SETUP: RefCell<StableCell<Kept, Memory>> =
        RefCell::new(StableCell::init(memory::memory(memory::SETUP), Kept::default()));
}

/// # Panics
/// Before the installation has said it.
pub fn get() -> Setup {
    SETUP.with_borrow(|setup| setup.get().0).expect("an installed canister has its setup")
}

/// Whether the hub has done its part: it controls the canister no more.
pub fn is_handed_off(environment: &impl Environment) -> bool {
    !environment.is_controller(get().hub)
}

pub fn set(argument: &InitArgument) -> PersonalResult<()> {
    for (name, principal) in [("owner", argument.owner), ("hub", argument.hub)] {
        if [Principal::anonymous(), Principal::management_canister()].contains(&principal) {
            return Err(PersonalError::invalid(name, "may be no principal that signs nothing"));
        }
    }
    if argument.owner == argument.hub {
        return Err(PersonalError::invalid("owner", "may not be the hub"));
    }
    let capsule = Id::parse_as(Kind::Capsule, &argument.capsule_id);
    let capsule =
        capsule.ok_or_else(|| PersonalError::invalid("capsule_id", "names no capsule"))?;
    let setup = Setup { owner: argument.owner, hub: argument.hub, capsule };
    SETUP.with_borrow_mut(|cell| cell.set(Kept(Some(setup))));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_canister_is_somebodys_and_comes_from_somewhere() {
        let user = |number: u8| Principal::from_slice(&[number]);
        let capsule_id = Id::from_bytes([4; 16]).to_string();
        let good = InitArgument { owner: user(1), hub: user(2), capsule_id, limits: None };
        let nobody = Principal::anonymous();
        for bad in [
            InitArgument { owner: nobody, ..good.clone() },
            InitArgument { hub: nobody, ..good.clone() },
            InitArgument { hub: Principal::management_canister(), ..good.clone() },
            InitArgument { hub: user(1), ..good.clone() },
            InitArgument { capsule_id: "c1".to_owned(), ..good.clone() },
        ] {
            let refused = set(&bad).unwrap_err();
            assert!(refused.message.starts_with("Invalid argument: "), "{}", refused.message);
        }
        set(&good).unwrap();
        assert_eq!((get().owner, get().hub), (user(1), user(2)));
    }
}
