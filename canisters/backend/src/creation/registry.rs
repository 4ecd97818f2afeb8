//! All personal canisters that the hub has made, whoever controls them now.

use std::cell::RefCell;

use candid::Principal;
use ic_stable_structures::{StableBTreeMap, StableBTreeSet};
use stable_record::storable_as_cbor;

use crate::creation::error::CreationError;
use crate::creation::network::Network;
use crate::creation::orchestrator;
use crate::creation::record::{Creation, Step};
use crate::creation::types::{
    MOST_LISTED, PersonalCanisterRecord, PersonalCanisterRecordFilter, PersonalCanisterRecordList,
    PersonalCanisterRecordPage, RecordStatus,
};
use crate::events::Turning;
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

/// Notes a canister the moment that its id is known, and what becomes of it.
pub fn register(environment: &impl Network, creation: &Creation) {
    let Some(canister_id) = creation.canister_id else {
        return;
    };
    let now = environment.now();
    let status = match creation.step {
        Step::Completed => RecordStatus::Completed,
        Step::Cleared if !creation.is_taken => RecordStatus::Deleted,
        Step::Failed if !is_taken(creation) => RecordStatus::Failed,
        Step::Failed | Step::Cleared => RecordStatus::Taken,
        _ => RecordStatus::Creating,
    };
    let known = get(canister_id);
    if known.as_ref().is_some_and(|record| {
        record.status == status && record.cycles_consumed == creation.cycles_consumed()
    }) {
        return;
    }
    put(PersonalCanisterRecord {
        canister_id,
        created_by: creation.user,
        capsule_id: creation.capsule.to_string(),
        name: creation.name.clone(),
        created_at_time_ns: known.as_ref().map_or(now, |record| record.created_at_time_ns),
        updated_at_time_ns: now,
        status,
        cycles_consumed: creation.cycles_consumed(),
        module_hash: creation.module_hash.clone(),
    });
    if known.is_none() {
        let cycles = Some(creation.cycles_sent);
        orchestrator::note(environment, creation, Turning::Created, creation.user, cycles);
    }
}

pub fn is_taken(creation: &Creation) -> bool {
    let error = creation.failure.as_ref().map(|failure| &failure.error);
    matches!(error, Some(CreationError::CanisterTaken { .. }))
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
