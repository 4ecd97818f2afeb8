//! All personal canisters that the hub has made, whoever controls them now.

use std::cell::RefCell;

use candid::Principal;
use ic_stable_structures::{StableBTreeMap, StableBTreeSet};
use stable_record::storable_as_cbor;

use crate::creation::types::{
    MOST_LISTED, PersonalCanisterRecord, PersonalCanisterRecordFilter, PersonalCanisterRecordList,
    PersonalCanisterRecordPage,
};
use crate::memory::{self, Memory};

/// How many records one call may look through for those that match a filter.
const MOST_SCANNED: usize = 2000;

storable_as_cbor!(PersonalCanisterRecord);

thread_local! {
    static RECORDS: RefCell<StableBTreeMap<Principal, PersonalCanisterRecord, Memory>> =
        RefCell::new(StableBTreeMap::init(memory::memory(memory::creation::PERSONAL_CANISTERS)));
    static BY_CREATOR: RefCell<StableBTreeSet<(Principal, Principal), Memory>> =
        RefCell::new(StableBTreeSet::init(memory::memory(memory::creation::PERSONAL_CANISTERS_BY_CREATOR)));
}

pub fn get(canister_id: Principal) -> Option<PersonalCanisterRecord> {
    RECORDS.with_borrow(|records| records.get(&canister_id))
}

/// How many there ever were.
pub fn count() -> u64 {
    RECORDS.with_borrow(|records| records.len())
}

pub fn put(record: PersonalCanisterRecord) {
    let key = (record.created_by, record.canister_id);
    BY_CREATOR.with_borrow_mut(|index| index.insert(key));
    RECORDS.with_borrow_mut(|records| records.insert(record.canister_id, record));
}

/// Records in order of their canisters' ids. A page may be shorter than asked for where there is a
/// `next`.
pub fn list(
    filter: &PersonalCanisterRecordFilter,
    page: &PersonalCanisterRecordPage,
) -> PersonalCanisterRecordList {
    let limit = page.limit.unwrap_or(MOST_LISTED).clamp(1, MOST_LISTED) as usize;
    let mut records = Vec::new();
    let mut last = None;
    let candidates = candidates(filter.created_by, page.after);
    let is_cut = candidates.len() == MOST_SCANNED;
    for canister_id in candidates {
        last = Some(canister_id);
        let record = get(canister_id);
        records.extend(record.filter(|it| filter.status.is_none_or(|status| it.status == status)));
        if records.len() == limit {
            break;
        }
    }
    let has_more = is_cut || records.len() == limit;
    PersonalCanisterRecordList { records, next: last.filter(|_| has_more) }
}

fn candidates(created_by: Option<Principal>, after: Option<Principal>) -> Vec<Principal> {
    let start = after.unwrap_or(Principal::management_canister());
    let is_behind = |id: &Principal| Some(*id) != after;
    match created_by {
        Some(creator) => BY_CREATOR.with_borrow(|index| {
            let of_creator = index.range((creator, start)..).take_while(|(who, _)| *who == creator);
            of_creator.map(|(_, id)| id).filter(is_behind).take(MOST_SCANNED).collect()
        }),
        None => RECORDS.with_borrow(|records| {
            records.keys_range(start..).filter(is_behind).take(MOST_SCANNED).collect()
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::creation::types::RecordStatus;

    fn put_record(number: u8, creator: u8, status: RecordStatus) -> Principal {
        let canister_id = Principal::from_slice(&[0, number]);
        put(PersonalCanisterRecord {
            canister_id,
            created_by: Principal::from_slice(&[creator, 1]),
            capsule_id: String::new(),
            name: String::new(),
            created_at_time_ns: 0,
            updated_at_time_ns: 0,
            status,
            cycles_consumed: 0,
            module_hash: None,
        });
        canister_id
    }

    fn ids(list: &PersonalCanisterRecordList) -> Vec<Principal> {
        list.records.iter().map(|record| record.canister_id).collect()
    }

    #[test]
    fn records_are_found_by_creator_and_status_and_in_pages() {
        let all: Vec<Principal> = (0..5)
            .map(|number| {
                let status =
                    if number == 3 { RecordStatus::Failed } else { RecordStatus::Completed };
                put_record(number, number % 2, status)
            })
            .collect();
        let page = |after| PersonalCanisterRecordPage { after, limit: Some(2) };
        let none = PersonalCanisterRecordFilter::default();
        let first = list(&none, &page(None));
        assert_eq!((ids(&first), first.next), (all[..2].to_vec(), Some(all[1])));
        let second = list(&none, &page(first.next));
        assert_eq!(ids(&second), all[2..4]);
        let third = list(&none, &page(second.next));
        assert_eq!((ids(&third), third.next), (all[4..].to_vec(), None));
        let odd = PersonalCanisterRecordFilter {
            created_by: Some(Principal::from_slice(&[1, 1])),
            status: Some(RecordStatus::Failed),
        };
        assert_eq!(ids(&list(&odd, &PersonalCanisterRecordPage::default())), [all[3]]);
        put_record(3, 1, RecordStatus::Deleted);
        assert!(list(&odd, &PersonalCanisterRecordPage::default()).records.is_empty());
    }
}
