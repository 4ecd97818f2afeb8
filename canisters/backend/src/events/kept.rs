//! Events as they are kept: one flat record for all cases.

use candid::Principal;
use serde::{Deserialize, Serialize};

use super::{EventKind, PersonalCanisterEvent};

/// The kind by its name, and whatever it has.
#[derive(Serialize, Deserialize, Clone, Debug)]
pub struct Kept {
    kind: String,
    #[serde(default)]
    text: String,
    #[serde(default)]
    principal: Option<Principal>,
    #[serde(default)]
    number: u64,
    #[serde(default)]
    personal_canister: Option<PersonalCanisterEvent>,
}

impl From<EventKind> for Kept {
    fn from(event: EventKind) -> Self {
        let kept = |kind: &str| Self {
            kind: kind.to_owned(),
            text: String::new(),
            principal: None,
            number: 0,
            personal_canister: None,
        };
        match event {
            EventKind::BackendInstalled { build } => {
                Self { text: build, ..kept("BackendInstalled") }
            }
            EventKind::BackendUpgraded { build } => Self { text: build, ..kept("BackendUpgraded") },
            EventKind::AdminAdded { admin } => {
                Self { principal: Some(admin), ..kept("AdminAdded") }
            }
            EventKind::AdminRemoved { admin } => {
                Self { principal: Some(admin), ..kept("AdminRemoved") }
            }
            EventKind::EmergencyStopSet { stopped } => {
                Self { number: stopped.into(), ..kept("EmergencyStopSet") }
            }
            EventKind::ConfigUpdated => kept("ConfigUpdated"),
            EventKind::UserRegistered => kept("UserRegistered"),
            EventKind::CapsuleCreated { capsule_id } => {
                Self { text: capsule_id, ..kept("CapsuleCreated") }
            }
            EventKind::CapsuleDeleted { capsule_id } => {
                Self { text: capsule_id, ..kept("CapsuleDeleted") }
            }
            EventKind::UploadsExpired { count } => Self { number: count, ..kept("UploadsExpired") },
            EventKind::PersonalCanister(event) => {
                Self { personal_canister: Some(event), ..kept("PersonalCanister") }
            }
        }
    }
}

impl From<Kept> for EventKind {
    fn from(kept: Kept) -> Self {
        let Kept { kind, text, principal, number, personal_canister } = kept;
        if let Some(event) = personal_canister {
            return Self::PersonalCanister(event);
        }
        let admin = principal.unwrap_or(Principal::management_canister());
        match kind.as_str() {
            "BackendInstalled" => Self::BackendInstalled { build: text },
            "BackendUpgraded" => Self::BackendUpgraded { build: text },
            "AdminAdded" => Self::AdminAdded { admin },
            "AdminRemoved" => Self::AdminRemoved { admin },
            "EmergencyStopSet" => Self::EmergencyStopSet { stopped: number == 1 },
            "UserRegistered" => Self::UserRegistered,
            "CapsuleCreated" => Self::CapsuleCreated { capsule_id: text },
            "CapsuleDeleted" => Self::CapsuleDeleted { capsule_id: text },
            "UploadsExpired" => Self::UploadsExpired { count: number },
            _ => Self::ConfigUpdated,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::Turning;

    #[test]
    fn each_event_comes_back_as_it_was() {
        let admin = Principal::from_slice(&[7]);
        let text = || "text".to_owned();
        for event in [
            EventKind::BackendInstalled { build: text() },
            EventKind::BackendUpgraded { build: text() },
            EventKind::AdminAdded { admin },
            EventKind::AdminRemoved { admin },
            EventKind::EmergencyStopSet { stopped: true },
            EventKind::ConfigUpdated,
            EventKind::UserRegistered,
            EventKind::CapsuleCreated { capsule_id: text() },
            EventKind::CapsuleDeleted { capsule_id: text() },
            EventKind::UploadsExpired { count: 3 },
            PersonalCanisterEvent::general(Turning::ReserveLow, Some(4), text()),
        ] {
            let bytes = stable_record::encode(&event);
            assert_eq!(stable_record::decode::<EventKind>(&bytes), event);
        }
    }
}
