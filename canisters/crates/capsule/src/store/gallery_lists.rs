//! Lists of galleries, as far as a caller may see them.

use std::ops::Bound;

use candid::Principal;
use ic_stable_structures::Memory;

use super::Capsules;
use super::capsules::after_id;
use super::index::Term;
use crate::error::CapsuleResult;
use crate::id::{Id, Kind};
use crate::model::{Capsule, GalleryList, Level, Page};

/// About the most bytes of a page; a reply has 2 MiB.
const MOST_BYTES: usize = 1_000_000;

impl<M: Memory> Capsules<M> {
    /// The galleries of a user's capsules that the caller may see, oldest first.
    pub fn list_galleries(
        &self,
        caller: Principal,
        user: Principal,
        page: &Page,
    ) -> CapsuleResult<GalleryList> {
        let after = after_id(Kind::Gallery, page)?;
        let most = page.size() + 1;
        let mut ids: Vec<Id> = Vec::new();
        for (id, capsule) in
            self.capsules_of(user).filter_map(|id| Some((id, self.capsule_here(id)?)))
        {
            ids.extend(self.visible_galleries(caller, id, &capsule, after, most));
        }
        ids.sort_unstable();
        Ok(self.page_of(caller, ids, page.size()))
    }

    /// Up to so many galleries of a capsule that the caller may see, behind one of them.
    fn visible_galleries(
        &self,
        caller: Principal,
        id: Id,
        capsule: &Capsule,
        after: Option<Id>,
        most: usize,
    ) -> Vec<Id> {
        if self.level_in(caller, id, capsule) >= Level::Read {
            return self.index.ids(id, &Term::Galleries, after).take(most).collect();
        }
        let public = self.index.ids(id, &Term::PublicGalleries, after).take(most);
        let first = after.map_or(Bound::Included((caller, id, Id::MIN)), |after| {
            Bound::Excluded((caller, id, after))
        });
        let granted = self.by_grantee.range((first, Bound::Included((caller, id, Id::MAX))));
        let granted = granted.map(|(_, _, item)| item);
        let granted = granted.filter(|item| item.kind() == Some(Kind::Gallery)).take(most);
        let mut ids: Vec<Id> = public.chain(granted).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    fn page_of(&self, caller: Principal, ids: Vec<Id>, size: usize) -> GalleryList {
        let mut galleries = Vec::new();
        let mut bytes = 0;
        for (at, id) in ids.iter().enumerate() {
            let Some(gallery) = self.galleries.get(id) else {
                continue;
            };
            if galleries.len() == size || bytes > MOST_BYTES {
                let next = at.checked_sub(1).map(|last| ids[last].to_string());
                return GalleryList { galleries, next };
            }
            let info = self.shown(caller, *id, &gallery);
            bytes += 300 + info.title.len() + info.description.len() + 35 * info.items.len();
            galleries.push(info);
        }
        GalleryList { galleries, next: None }
    }
}
