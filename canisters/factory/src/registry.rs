//! The canisters that the factory has made, whoever controls them now.

use std::cell::RefCell;

use candid::{CandidType, Deserialize, Principal};
use ic_stable_structures::{StableBTreeMap, StableBTreeSet};
use serde::Serialize;
use serde_bytes::ByteBuf;
use stable_record::storable_as_cbor;

use crate::error::{FactoryResult, Reason};
use crate::memory::{self, Memory};

pub const MOST_LISTED: u32 = 200;
/// How many records one call may look through for those that match a filter.
const MOST_SCANNED: usize = 2000;

#[derive(CandidType, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    Creating,
    Active,
    Upgrading,
    Stopped,
    Deleted,
}

/// What is known of a canister.
#[derive(CandidType, Serialize, Deserialize, Clone, Debug, PartialEq)]
pub struct CanisterInfo {
    pub canister_id: Principal,
    /// On whose request, and against whose limit, it was made.
    pub created_by: Principal,
    pub owner: Principal,
    pub created_at: u64,
    /// Its template, or `custom` where it was made from an upload.
    pub canister_type: String,
    pub status: Status,
    /// As of the last look; `refresh_canister_info` looks again.
    pub cycles_balance: u128,
    pub module_hash: Option<ByteBuf>,
    pub upload_id: Option<u64>,
    pub controllers: Vec<Principal>,
}

storable_as_cbor!(CanisterInfo);

/// Which canisters are listed; what is left out is not asked for.
#[derive(CandidType, Deserialize, Clone, Debug, Default)]
pub struct CanisterFilter {
    pub owner: Option<Principal>,
    pub created_by: Option<Principal>,
    /// Deleted canisters are listed only where they are asked for.
    pub status: Option<Status>,
    pub canister_type: Option<String>,
    pub upload_id: Option<u64>,
}

/// Which part of a list.
#[derive(CandidType, Deserialize, Clone, Debug, Default)]
pub struct CanisterPage {
    /// The last canister, or the `next`, of the page before.
    pub after: Option<Principal>,
    pub limit: Option<u32>,
}

#[derive(CandidType, Deserialize, Clone, Debug)]
pub struct CanisterList {
    pub canisters: Vec<CanisterInfo>,
    /// Where to go on, where there may be more.
    pub next: Option<Principal>,
}

thread_local! {
    static CANISTERS: RefCell<StableBTreeMap<Principal, CanisterInfo, Memory>> =
        RefCell::new(StableBTreeMap::init(memory::memory(memory::CANISTERS)));
    static BY_OWNER: RefCell<StableBTreeSet<(Principal, Principal), Memory>> =
        RefCell::new(StableBTreeSet::init(memory::memory(memory::CANISTERS_BY_OWNER)));
    static BY_CREATOR: RefCell<StableBTreeSet<(Principal, Principal), Memory>> =
        RefCell::new(StableBTreeSet::init(memory::memory(memory::CANISTERS_BY_CREATOR)));
}

pub fn get(canister_id: Principal) -> Option<CanisterInfo> {
    CANISTERS.with_borrow(|canisters| canisters.get(&canister_id))
}

/// How many there ever were.
pub fn count() -> u64 {
    CANISTERS.with_borrow(|canisters| canisters.len())
}

pub fn put(info: CanisterInfo) {
    let canister_id = info.canister_id;
    BY_OWNER.with_borrow_mut(|index| index.insert((info.owner, canister_id)));
    BY_CREATOR.with_borrow_mut(|index| index.insert((info.created_by, canister_id)));
    CANISTERS.with_borrow_mut(|canisters| canisters.insert(canister_id, info));
}

/// Changes a record, if it is there; owner and creator stay.
pub fn change(canister_id: Principal, change: impl FnOnce(&mut CanisterInfo)) {
    if let Some(mut info) = get(canister_id) {
        change(&mut info);
        CANISTERS.with_borrow_mut(|canisters| canisters.insert(canister_id, info));
    }
}

/// A canister that is there, if the caller owns it or is an admin.
pub fn managed(
    canister_id: Principal,
    caller: Principal,
    is_admin: bool,
) -> FactoryResult<CanisterInfo> {
    let visible = get(canister_id).filter(|info| is_admin || info.owner == caller);
    let info = visible.ok_or(Reason::CanisterNotFound { canister_id })?;
    match info.status {
        Status::Deleted => Err(Reason::CanisterDeleted { canister_id }.into()),
        _ => Ok(info),
    }
}

/// Canisters in order of their ids.
pub fn list(filter: &CanisterFilter, page: &CanisterPage) -> CanisterList {
    let limit = page.limit.unwrap_or(MOST_LISTED).clamp(1, MOST_LISTED) as usize;
    let mut canisters = Vec::new();
    let mut last = None;
    let mut scanned = 0;
    for canister_id in candidates(filter, page.after).into_iter() {
        scanned += 1;
        last = Some(canister_id);
        canisters.extend(get(canister_id).filter(|info| filter.matches(info)));
        if canisters.len() == limit {
            break;
        }
    }
    let is_all = canisters.len() < limit && scanned < MOST_SCANNED;
    CanisterList { canisters, next: last.filter(|_| !is_all) }
}

/// Ids behind the last one, out of the narrowest index that the filter allows.
fn candidates(filter: &CanisterFilter, after: Option<Principal>) -> Vec<Principal> {
    let in_index = |index: &StableBTreeSet<(Principal, Principal), Memory>, whose: Principal| {
        let start = after.unwrap_or(Principal::management_canister());
        let entries = index.range((whose, start)..).take_while(|(each, _)| *each == whose);
        let ids = entries.map(|(_, canister_id)| canister_id);
        ids.filter(|id| Some(*id) != after).take(MOST_SCANNED).collect()
    };
    match (filter.owner, filter.created_by) {
        (Some(owner), _) => BY_OWNER.with_borrow(|index| in_index(index, owner)),
        (_, Some(creator)) => BY_CREATOR.with_borrow(|index| in_index(index, creator)),
        _ => CANISTERS.with_borrow(|canisters| {
            let start = after.unwrap_or(Principal::management_canister());
            let ids = canisters.keys_range(start..);
            ids.filter(|id| Some(*id) != after).take(MOST_SCANNED).collect()
        }),
    }
}

impl CanisterFilter {
    fn matches(&self, info: &CanisterInfo) -> bool {
        let status_matches = match self.status {
            Some(status) => info.status == status,
            None => info.status != Status::Deleted,
        };
        status_matches
            && self.owner.is_none_or(|owner| info.owner == owner)
            && self.created_by.is_none_or(|creator| info.created_by == creator)
            && self.canister_type.as_ref().is_none_or(|name| info.canister_type == *name)
            && self.upload_id.is_none_or(|upload_id| info.upload_id == Some(upload_id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(number: u8) -> Principal {
        Principal::from_slice(&[number, 1])
    }

    fn canister(number: u8, owner: u8, status: Status) -> Principal {
        let canister_id = Principal::from_slice(&[0, number]);
        put(CanisterInfo {
            canister_id,
            created_by: user(9),
            owner: user(owner),
            created_at: 0,
            canister_type: "memory".to_owned(),
            status,
            cycles_balance: 0,
            module_hash: None,
            upload_id: Some(u64::from(number)),
            controllers: Vec::new(),
        });
        canister_id
    }

    fn listed(filter: &CanisterFilter, page: &CanisterPage) -> (Vec<Principal>, Option<Principal>) {
        let list = list(filter, page);
        (list.canisters.iter().map(|info| info.canister_id).collect(), list.next)
    }

    #[test]
    fn pages_follow_one_another() {
        let ids: Vec<_> = (0..5).map(|number| canister(number, 1, Status::Active)).collect();
        for filter in [
            CanisterFilter::default(),
            CanisterFilter { owner: Some(user(1)), ..Default::default() },
            CanisterFilter { created_by: Some(user(9)), ..Default::default() },
        ] {
            let page = |after| CanisterPage { after, limit: Some(2) };
            assert_eq!(listed(&filter, &page(None)), (ids[..2].to_vec(), Some(ids[1])));
            assert_eq!(listed(&filter, &page(Some(ids[1]))), (ids[2..4].to_vec(), Some(ids[3])));
            assert_eq!(listed(&filter, &page(Some(ids[3]))), (ids[4..].to_vec(), None));
        }
    }

    #[test]
    fn filters_join() {
        let first = canister(1, 1, Status::Active);
        let deleted = canister(2, 1, Status::Deleted);
        canister(3, 2, Status::Active);
        let all = CanisterPage::default();
        let of_one = CanisterFilter { owner: Some(user(1)), ..Default::default() };
        assert_eq!(listed(&of_one, &all), (vec![first], None));
        let gone = CanisterFilter { status: Some(Status::Deleted), ..of_one.clone() };
        assert_eq!(listed(&gone, &all), (vec![deleted], None));
        let by_upload = CanisterFilter { upload_id: Some(3), ..of_one.clone() };
        assert_eq!(listed(&by_upload, &all), (vec![], None));
        let by_type = CanisterFilter { canister_type: Some("other".to_owned()), ..of_one };
        assert_eq!(listed(&by_type, &all), (vec![], None));
    }

    #[test]
    fn a_canister_is_managed_by_its_owner_and_by_admins() {
        let id = canister(1, 1, Status::Active);
        assert!(managed(id, user(1), false).is_ok());
        assert!(managed(id, user(2), true).is_ok());
        let refused = managed(id, user(2), false).unwrap_err();
        assert_eq!(refused.reason, Reason::CanisterNotFound { canister_id: id });
        let gone = canister(2, 1, Status::Deleted);
        let refused = managed(gone, user(1), false).unwrap_err();
        assert_eq!(refused.reason, Reason::CanisterDeleted { canister_id: gone });
    }
}
