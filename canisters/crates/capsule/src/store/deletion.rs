//! Capsules that go: at once for everybody, and piece by piece from memory.

use candid::Principal;
use ic_stable_structures::Memory;

use super::index::Term;
use super::{Blobs, Capsules, Context};
use crate::error::CapsuleResult;
use crate::id::Id;
use crate::model::Capsule;

impl<M: Memory> Capsules<M> {
    /// Deletes a capsule with all that is in it. `purge` frees the room.
    pub fn delete_capsule<B: Blobs>(
        &mut self,
        context: &Context<B>,
        text: &str,
    ) -> CapsuleResult<()> {
        let (id, capsule) = self.changeable_capsule(context.caller, text)?;
        self.delete(id, &capsule);
        Ok(())
    }

    pub(super) fn delete(&mut self, id: Id, capsule: &Capsule) {
        self.by_owner.remove(&(capsule.owner, id));
        self.forget_grants(id, id);
        self.change_capsule(id, |capsule| capsule.is_deleted = true);
        self.deleted.insert(id);
    }

    /// Takes one more thing out of a deleted or released capsule; returns whether there was any.
    pub fn purge(&mut self, blobs: &mut impl Blobs) -> bool {
        let Some(id) = self.deleted.first() else {
            return false;
        };
        if let Some(gallery) = self.first_of(id, &Term::Galleries) {
            self.remove_gallery(gallery);
        } else if let Some(memory) = self.first_of(id, &Term::All) {
            self.remove_memory(blobs, memory);
        } else if let Some(peer) = self.first_peer(id) {
            self.connections.remove(&(id, peer));
            self.change_capsule(id, |capsule| capsule.connections -= 1);
        } else {
            self.deleted.remove(&id);
            if self.capsule(id).is_none() {
                self.capsules.remove(&id);
                self.changed.remove(&id);
            }
        }
        true
    }

    fn first_of(&self, capsule: Id, term: &Term) -> Option<Id> {
        self.index.ids(capsule, term, None).next()
    }

    fn first_peer(&self, capsule: Id) -> Option<Principal> {
        let first = (capsule, Principal::from_slice(&[]));
        let (id, peer) = *self.connections.range(first..).next()?.key();
        (id == capsule).then_some(peer)
    }
}
