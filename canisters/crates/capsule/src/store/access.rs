//! Who may read and change what.

use std::borrow::Cow;
use std::ops::Bound;

use candid::Principal;
use ic_stable_structures::Memory;
use ic_stable_structures::storable::{Bound as Size, Storable};

use super::seal::still_here;
use super::{Blobs, Capsules, Context};
use crate::error::{CapsuleError, CapsuleResult, excerpt};
use crate::id::{Id, Kind, from_digits, to_digits};
use crate::model::{
    AccessInfo, Capsule, CapsuleMemory, Gallery, Grant, Level, Page, Permission, SharedList,
    Visibility,
};

impl Storable for Permission {
    const BOUND: Size = Size::Bounded { max_size: 1, is_fixed_size: true };

    fn to_bytes(&self) -> Cow<'_, [u8]> {
        Cow::Owned(vec![*self as u8])
    }

    fn into_bytes(self) -> Vec<u8> {
        vec![self as u8]
    }

    fn from_bytes(bytes: Cow<'_, [u8]>) -> Self {
        match bytes[0] {
            0 => Self::Read,
            _ => Self::Write,
        }
    }
}

impl<M: Memory> Capsules<M> {
    /// What a caller may do with a capsule, and with all that is in it.
    pub(super) fn level_in(&self, caller: Principal, id: Id, capsule: &Capsule) -> Level {
        if capsule.owner == caller {
            return Level::Owner;
        }
        public_level(capsule.visibility).max(self.granted(caller, id))
    }

    /// What a caller may do with something in a capsule.
    pub(super) fn level_of(
        &self,
        caller: Principal,
        capsule: (Id, &Capsule),
        item: Id,
        visibility: Visibility,
    ) -> Level {
        self.level_in(caller, capsule.0, capsule.1)
            .max(public_level(visibility))
            .max(self.granted(caller, item))
    }

    fn granted(&self, caller: Principal, item: Id) -> Level {
        self.grants.get(&(item, caller)).map_or(Level::None, Level::from)
    }

    pub(super) fn readable_capsule(
        &self,
        caller: Principal,
        text: &str,
    ) -> CapsuleResult<(Id, Capsule, Level)> {
        let find = || {
            let id = Id::parse_as(Kind::Capsule, text)?;
            let capsule = self.capsule(id)?;
            let level = self.level_in(caller, id, &capsule);
            (level >= Level::Read).then_some((id, capsule, level))
        };
        let found =
            find().ok_or_else(|| CapsuleError::CapsuleNotFound { capsule_id: excerpt(text) })?;
        still_here(found.0, &found.1)?;
        Ok(found)
    }

    pub(super) fn writable_capsule(
        &self,
        caller: Principal,
        text: &str,
    ) -> CapsuleResult<(Id, Capsule)> {
        let (id, capsule, level) = self.readable_capsule(caller, text)?;
        at_least(Level::Write, level, id)?;
        self.check_unsealed(id)?;
        Ok((id, capsule))
    }

    pub(super) fn owned_capsule(
        &self,
        caller: Principal,
        text: &str,
    ) -> CapsuleResult<(Id, Capsule)> {
        let (id, capsule, level) = self.readable_capsule(caller, text)?;
        at_least(Level::Owner, level, id)?;
        Ok((id, capsule))
    }

    /// A capsule of the caller's that may change.
    pub(super) fn changeable_capsule(
        &self,
        caller: Principal,
        text: &str,
    ) -> CapsuleResult<(Id, Capsule)> {
        let (id, capsule) = self.owned_capsule(caller, text)?;
        self.check_unsealed(id)?;
        Ok((id, capsule))
    }

    pub(super) fn readable_memory(
        &self,
        caller: Principal,
        text: &str,
    ) -> CapsuleResult<(Id, CapsuleMemory, Level)> {
        let find = || {
            let id = Id::parse_as(Kind::Memory, text)?;
            let memory = self.memories.get(&id)?;
            let capsule = self.capsule(memory.capsule)?;
            let level = self.level_of(caller, (memory.capsule, &capsule), id, memory.visibility);
            (level >= Level::Read).then_some((id, memory, level, capsule))
        };
        let found = find();
        let (id, memory, level, capsule) =
            found.ok_or_else(|| CapsuleError::MemoryNotFound { memory_id: excerpt(text) })?;
        still_here(memory.capsule, &capsule)?;
        Ok((id, memory, level))
    }

    pub(super) fn readable_gallery(
        &self,
        caller: Principal,
        text: &str,
    ) -> CapsuleResult<(Id, Gallery, Level)> {
        let find = || {
            let id = Id::parse_as(Kind::Gallery, text)?;
            let gallery = self.galleries.get(&id)?;
            let capsule = self.capsule(gallery.capsule)?;
            let level = self.level_of(caller, (gallery.capsule, &capsule), id, gallery.visibility);
            (level >= Level::Read).then_some((id, gallery, level, capsule))
        };
        let found = find();
        let (id, gallery, level, capsule) =
            found.ok_or_else(|| CapsuleError::GalleryNotFound { gallery_id: excerpt(text) })?;
        still_here(gallery.capsule, &capsule)?;
        Ok((id, gallery, level))
    }

    /// Shows something to everybody, or only to those who were named.
    pub fn set_visibility<B: Blobs>(
        &mut self,
        context: &Context<B>,
        text: &str,
        visibility: Visibility,
    ) -> CapsuleResult<()> {
        let (id, capsule) = self.owned_item(context.caller, text)?;
        self.check_unsealed(capsule)?;
        match id.kind() {
            Some(Kind::Capsule) => self.set_capsule_visibility(id, visibility),
            Some(Kind::Memory) => self.set_memory_visibility(id, visibility),
            _ => self.set_gallery_visibility(id, visibility),
        }
        Ok(())
    }

    /// Lets a principal read or change something; a grant that was there is replaced.
    pub fn grant<B: Blobs>(
        &mut self,
        context: &Context<B>,
        text: &str,
        grantee: Principal,
        permission: Permission,
    ) -> CapsuleResult<()> {
        let (id, capsule) = self.owned_item(context.caller, text)?;
        self.check_unsealed(capsule)?;
        if [Principal::anonymous(), Principal::management_canister(), context.caller]
            .contains(&grantee)
        {
            let problem = "may be neither the owner nor a principal that signs nothing";
            return Err(CapsuleError::invalid("grantee", problem));
        }
        let limit = context.limits.max_grants_per_item;
        let is_new = !self.grants.contains_key(&(id, grantee));
        if is_new && self.grants_of(id).count() >= limit as usize {
            return Err(CapsuleError::too_many("grants", limit));
        }
        self.grants.insert((id, grantee), permission);
        self.by_grantee.insert((grantee, capsule, id));
        Ok(())
    }

    /// Takes a grant back; returns whether there was one.
    pub fn revoke<B: Blobs>(
        &mut self,
        context: &Context<B>,
        text: &str,
        grantee: Principal,
    ) -> CapsuleResult<bool> {
        let (id, capsule) = self.owned_item(context.caller, text)?;
        self.check_unsealed(capsule)?;
        self.by_grantee.remove(&(grantee, capsule, id));
        Ok(self.grants.remove(&(id, grantee)).is_some())
    }

    /// Who may read or change something.
    pub fn access(&self, caller: Principal, text: &str) -> CapsuleResult<AccessInfo> {
        let (id, _) = self.owned_item(caller, text)?;
        let visibility = match id.kind() {
            Some(Kind::Capsule) => self.capsules.get(&id).map(|capsule| capsule.visibility),
            Some(Kind::Memory) => self.memories.get(&id).map(|memory| memory.visibility),
            _ => self.galleries.get(&id).map(|gallery| gallery.visibility),
        };
        let grants = self.grants_of(id);
        let grants = grants.map(|(grantee, permission)| Grant { grantee, permission });
        Ok(AccessInfo { visibility: visibility.unwrap_or_default(), grants: grants.collect() })
    }

    /// Ids of what others let a caller read or change.
    pub fn shared_with(&self, caller: Principal, page: &Page) -> CapsuleResult<SharedList> {
        let first = match &page.after {
            None => Bound::Included((caller, Id::MIN, Id::MIN)),
            Some(cursor) => {
                let (capsule, id) = pair_of(cursor)?;
                Bound::Excluded((caller, capsule, id))
            }
        };
        let last = Bound::Included((caller, Id::MAX, Id::MAX));
        let there = self.by_grantee.range((first, last));
        let mut there = there.filter(|(_, capsule, _)| self.is_here(*capsule));
        let found: Vec<_> = there.by_ref().take(page.size()).collect();
        let next = there.next().and(found.last());
        let next =
            next.map(|(_, capsule, id)| to_digits(capsule.as_bytes()) + &to_digits(id.as_bytes()));
        Ok(SharedList { ids: found.iter().map(|(_, _, id)| id.to_string()).collect(), next })
    }

    /// Whether an owner's capsules hold these bytes.
    pub fn holds(&self, owner: Principal, hash: &blob_store::Hash) -> bool {
        self.capsules_of(owner).any(|capsule| self.blob_refs.contains_key(&(capsule, *hash)))
    }

    /// Something of the caller's, and its capsule.
    fn owned_item(&self, caller: Principal, text: &str) -> CapsuleResult<(Id, Id)> {
        let found = match Id::parse(text).and_then(|id| id.kind()) {
            Some(Kind::Capsule) => {
                self.readable_capsule(caller, text).map(|(id, _, level)| (id, id, level))
            }
            Some(Kind::Memory) => self
                .readable_memory(caller, text)
                .map(|(id, memory, level)| (id, memory.capsule, level)),
            Some(Kind::Gallery) => self
                .readable_gallery(caller, text)
                .map(|(id, gallery, level)| (id, gallery.capsule, level)),
            None => Err(CapsuleError::NotFound { id: excerpt(text) }),
        };
        let (id, capsule, level) = found?;
        at_least(Level::Owner, level, id)?;
        Ok((id, capsule))
    }

    pub(super) fn grants_of(&self, id: Id) -> impl Iterator<Item = (Principal, Permission)> + '_ {
        let first = (id, Principal::from_slice(&[]));
        let of_item = self.grants.range(first..).map(|entry| entry.into_pair());
        of_item
            .take_while(move |((item, _), _)| *item == id)
            .map(|((_, grantee), permission)| (grantee, permission))
    }

    /// Takes back all grants on something that goes.
    pub(super) fn forget_grants(&mut self, capsule: Id, id: Id) {
        let grantees: Vec<Principal> = self.grants_of(id).map(|(grantee, _)| grantee).collect();
        for grantee in grantees {
            self.grants.remove(&(id, grantee));
            self.by_grantee.remove(&(grantee, capsule, id));
        }
    }
}

fn public_level(visibility: Visibility) -> Level {
    match visibility {
        Visibility::Public => Level::Read,
        Visibility::Private => Level::None,
    }
}

/// Refuses a caller who may read something, and not what is needed.
pub(super) fn at_least(needed: Level, level: Level, id: Id) -> CapsuleResult<()> {
    match (level >= needed, needed) {
        (true, _) => Ok(()),
        (false, Level::Owner) => Err(CapsuleError::NotOwner { id: id.to_string() }),
        (false, _) => Err(CapsuleError::ReadOnly { id: id.to_string() }),
    }
}

fn pair_of(cursor: &str) -> CapsuleResult<(Id, Id)> {
    let pair = || {
        let bytes = from_digits(cursor)?;
        let (capsule, id) = bytes.split_at_checked(16)?;
        Some((Id::from_bytes(capsule.try_into().ok()?), Id::from_bytes(id.try_into().ok()?)))
    };
    pair().ok_or_else(|| CapsuleError::invalid("after", "is no `next` of this list"))
}
