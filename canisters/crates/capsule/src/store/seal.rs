//! Capsules on their way to a canister of their own, and those that are there.

use candid::Principal;
use ic_stable_structures::Memory;

use super::Capsules;
use super::access::at_least;
use crate::error::{CapsuleError, CapsuleResult, excerpt};
use crate::id::{Id, Kind};
use crate::model::{Capsule, Level, Seal};

impl<M: Memory> Capsules<M> {
    /// Refuses all changes of a capsule from here on; reading goes on. One that has moved stays so.
    pub fn freeze(&mut self, id: Id) {
        self.change_capsule(id, |capsule| capsule.seal = capsule.seal.or(Some(Seal::Frozen)));
    }

    /// Takes changes again; one that has moved stays so.
    pub fn thaw(&mut self, id: Id) {
        self.change_capsule(id, |capsule| {
            capsule.seal = capsule.seal.filter(|seal| *seal != Seal::Frozen);
        });
    }

    /// Answers from here on that the capsule is in another canister; what was public is no more.
    pub fn mark_moved(&mut self, id: Id, canister_id: Principal) {
        self.change_capsule(id, |capsule| capsule.seal = Some(Seal::Moved { canister_id }));
        self.note_changed(id);
    }

    pub fn seal(&self, id: Id) -> Option<Seal> {
        self.capsule(id)?.seal
    }

    /// A capsule of an owner, sealed or not; the first one that has not moved where none is named.
    pub fn owned_id(&self, owner: Principal, text: Option<&str>) -> CapsuleResult<Id> {
        let Some(text) = text else {
            return self.first_capsule_of(owner);
        };
        let find = || {
            let id = Id::parse_as(Kind::Capsule, text)?;
            let level = self.level_in(owner, id, &self.capsule(id)?);
            (level >= Level::Read).then_some((id, level))
        };
        let not_found = || CapsuleError::CapsuleNotFound { capsule_id: excerpt(text) };
        let (id, level) = find().ok_or_else(not_found)?;
        at_least(Level::Owner, level, id)?;
        Ok(id)
    }

    /// Gives up what a capsule holds that has moved, piece by piece as `purge` goes on; that it has
    /// moved is still told. Others stay as they are.
    pub fn release_copy(&mut self, id: Id) {
        if matches!(self.seal(id), Some(Seal::Moved { .. })) {
            self.deleted.insert(id);
        }
    }

    /// A capsule that is neither deleted nor moved.
    pub(super) fn capsule_here(&self, id: Id) -> Option<Capsule> {
        self.capsule(id).filter(|capsule| still_here(id, capsule).is_ok())
    }

    pub(super) fn is_here(&self, id: Id) -> bool {
        self.capsule_here(id).is_some()
    }

    /// Refuses to change a sealed capsule.
    pub(super) fn check_unsealed(&self, id: Id) -> CapsuleResult<()> {
        match self.seal(id) {
            None => Ok(()),
            Some(seal) => Err(refusal(id, seal)),
        }
    }
}

/// Refuses to read a capsule that has moved, to those who may read it.
pub(super) fn still_here(id: Id, capsule: &Capsule) -> CapsuleResult<()> {
    match capsule.seal {
        Some(seal @ Seal::Moved { .. }) => Err(refusal(id, seal)),
        _ => Ok(()),
    }
}

fn refusal(id: Id, seal: Seal) -> CapsuleError {
    let capsule_id = id.to_string();
    match seal {
        Seal::Frozen => CapsuleError::CapsuleFrozen { capsule_id },
        Seal::Moved { canister_id } => CapsuleError::Moved { capsule_id, canister_id },
    }
}
