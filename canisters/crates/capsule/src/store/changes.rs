//! Memories whose public face may have changed, for those who certify what is public.

use ic_stable_structures::Memory;

use super::Capsules;
use crate::id::{Id, Kind};
use crate::model::{Capsule, CapsuleMemory, Visibility};

impl<M: Memory> Capsules<M> {
    /// The next memory whose public face may have changed, each once; of a capsule that changed, one
    /// after the other.
    pub fn next_changed(&mut self) -> Option<Id> {
        loop {
            let (id, done) = self.changed.first_key_value()?;
            if id.kind() != Some(Kind::Capsule) {
                self.changed.remove(&id);
                return Some(id);
            }
            match self.memory_behind(id, done) {
                Some(memory) => {
                    self.changed.insert(id, memory);
                    return Some(memory);
                }
                None => self.changed.remove(&id),
            };
        }
    }

    /// Whether `next_changed` has any.
    pub fn has_changed(&self) -> bool {
        !self.changed.is_empty()
    }

    /// A memory that everybody may read.
    pub fn public_memory(&self, id: Id) -> Option<CapsuleMemory> {
        let memory = self.memories.get(&id)?;
        let capsule = self.capsule_here(memory.capsule)?;
        is_public(&capsule, memory.visibility).then_some(memory)
    }

    pub(super) fn note_changed(&mut self, id: Id) {
        self.changed.insert(id, Id::MIN);
    }

    /// Notes a memory where it is or was public.
    pub(super) fn note_if_public(&mut self, id: Id, memory: &CapsuleMemory) {
        let capsule = self.capsules.get(&memory.capsule);
        if capsule.is_none_or(|capsule| is_public(&capsule, memory.visibility)) {
            self.note_changed(id);
        }
    }
}

fn is_public(capsule: &Capsule, visibility: Visibility) -> bool {
    visibility == Visibility::Public || capsule.visibility == Visibility::Public
}
