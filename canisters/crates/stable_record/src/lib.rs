//! Records in stable structures, kept as CBOR.
//!
//! Fields are kept by name: a field that is added later needs `#[serde(default)]`, and a field that
//! is dropped is skipped where old records still have it.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// The bytes of a record.
///
/// # Panics
/// Never for records of this workspace: CBOR has a form for each of their fields.
pub fn encode(record: &impl Serialize) -> Vec<u8> {
    let mut bytes = Vec::new();
    ciborium::into_writer(record, &mut bytes).expect("a record has a form in CBOR");
    bytes
}

/// The record of these bytes.
///
/// # Panics
/// Where a required field is missing: the state is of a build that this one cannot follow, and an
/// upgrade that panics changes nothing.
pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> T {
    ciborium::from_reader(bytes).expect("stable memory holds a record that this build can read")
}

/// Lets a type that serde knows be a value of a stable structure.
#[macro_export]
macro_rules! storable_as_cbor {
    ($($record:ty),+ $(,)?) => {$(
        impl ::ic_stable_structures::Storable for $record {
            const BOUND: ::ic_stable_structures::storable::Bound =
                ::ic_stable_structures::storable::Bound::Unbounded;

            fn to_bytes(&self) -> ::std::borrow::Cow<'_, [u8]> {
                ::std::borrow::Cow::Owned($crate::encode(self))
            }

            fn into_bytes(self) -> ::std::vec::Vec<u8> {
                $crate::encode(&self)
            }

            fn from_bytes(bytes: ::std::borrow::Cow<'_, [u8]>) -> Self {
                $crate::decode(&bytes)
            }
        }
    )+};
}

#[cfg(test)]
mod tests {
    use ic_stable_structures::{StableBTreeMap, VectorMemory};
    use serde::{Deserialize, Serialize};

    #[derive(Serialize, Deserialize)]
    struct Old {
        name: String,
        dropped: u64,
    }

    #[derive(Serialize, Deserialize, Debug, PartialEq)]
    struct New {
        name: String,
        #[serde(default)]
        added: Option<u128>,
    }

    storable_as_cbor!(Old, New);

    #[test]
    fn fields_may_come_and_go_between_builds() {
        let memory = VectorMemory::default();
        let mut old = StableBTreeMap::init(memory.clone());
        let name = "a".to_owned();
        old.insert(1u64, Old { name, dropped: 2 });
        let new: StableBTreeMap<u64, New, _> = StableBTreeMap::init(memory);
        let name = "a".to_owned();
        assert_eq!(new.get(&1), Some(New { name, added: None }));
    }

    #[test]
    fn amounts_of_cycles_keep_all_their_bits() {
        let memory = VectorMemory::default();
        let record = New { name: String::new(), added: Some(u128::MAX) };
        let mut map = StableBTreeMap::init(memory);
        map.insert(1u64, record);
        assert_eq!(map.get(&1).and_then(|record: New| record.added), Some(u128::MAX));
    }
}
