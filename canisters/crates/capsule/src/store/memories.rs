//! Memories: added, read, changed, deleted.

use candid::Principal;
use ic_stable_structures::Memory;
use serde_bytes::ByteBuf;

use super::access::at_least;
use super::index::Term;
use super::{Blobs, Capsules, Context, ReadBlobs};
use crate::error::{CapsuleError, CapsuleResult, excerpt};
use crate::id::{Id, Kind};
use crate::limits::MAX_INLINE_BYTES;
use crate::model::{
    Asset, CapsuleMemory, Level, MemoryInfo, NewAsset, NewMemory, UpdateMemory, Visibility,
};
use crate::rules;

impl<M: Memory> Capsules<M> {
    pub fn add_memory<B: Blobs>(
        &mut self,
        context: &mut Context<B>,
        capsule: &str,
        new: NewMemory,
    ) -> CapsuleResult<MemoryInfo> {
        let (capsule_id, capsule) = self.writable_capsule(context.caller, capsule)?;
        let limit = context.limits.max_memories_per_capsule;
        if capsule.memories >= limit {
            return Err(CapsuleError::too_many("memories", limit));
        }
        if capsule.owner != context.caller && new.visibility.is_some() {
            return Err(CapsuleError::NotOwner { id: capsule_id.to_string() });
        }
        rules::assets(&new.assets, context.limits)?;
        let mut memory = CapsuleMemory {
            capsule: capsule_id,
            created_by: context.caller,
            memory_type: new.memory_type,
            title: rules::name("title", new.title)?,
            description: rules::description("description", new.description.unwrap_or_default())?,
            tags: rules::tags(new.tags.unwrap_or_default(), context.limits)?,
            metadata: rules::metadata(new.metadata.unwrap_or_default(), context.limits)?,
            date_ns: new.date_ns,
            assets: Vec::new(),
            visibility: new.visibility.unwrap_or_default(),
            created_at: context.now,
            updated_at: context.now,
        };
        memory.assets = self.take_assets(context, capsule_id, new.assets, true)?;
        let id = self.new_id(Kind::Memory, context.now);
        self.index.insert_memory(id, &memory);
        self.change_capsule(capsule_id, |capsule| capsule.memories += 1);
        self.note_if_public(id, &memory);
        let info = memory.info(id);
        self.memories.insert(id, memory);
        Ok(info)
    }

    /// A memory, with the bytes of its small assets.
    pub fn get_memory(
        &self,
        caller: Principal,
        text: &str,
        blobs: &impl ReadBlobs,
    ) -> CapsuleResult<MemoryInfo> {
        let (id, memory, _) = self.readable_memory(caller, text)?;
        let mut info = memory.info(id);
        for (told, asset) in info.assets.iter_mut().zip(&memory.assets) {
            if asset.len <= u64::from(MAX_INLINE_BYTES) {
                told.content = blobs.read(&asset.hash, 0, asset.len).map(ByteBuf::from);
            }
        }
        Ok(info)
    }

    /// The same, where it must be in a capsule.
    pub fn get_memory_in(
        &self,
        caller: Principal,
        capsule: &str,
        text: &str,
        blobs: &impl ReadBlobs,
    ) -> CapsuleResult<MemoryInfo> {
        let info = self.get_memory(caller, text, blobs)?;
        match info.capsule_id == capsule {
            true => Ok(info),
            false => Err(CapsuleError::MemoryNotFound { memory_id: excerpt(text) }),
        }
    }

    /// The id of a memory that the caller may see.
    pub fn check_readable(&self, caller: Principal, text: &str) -> CapsuleResult<Id> {
        self.readable_memory(caller, text).map(|(id, _, _)| id)
    }

    /// An asset of a memory that the caller may see.
    pub fn asset(&self, caller: Principal, text: &str, variant: &str) -> CapsuleResult<Asset> {
        let (id, memory, _) = self.readable_memory(caller, text)?;
        memory.asset(variant).cloned().ok_or_else(|| CapsuleError::AssetNotFound {
            memory_id: id.to_string(),
            variant: excerpt(variant),
        })
    }

    pub fn update_memory<B: Blobs>(
        &mut self,
        context: &mut Context<B>,
        capsule: &str,
        text: &str,
        update: UpdateMemory,
    ) -> CapsuleResult<MemoryInfo> {
        let (id, before) = self.writable_memory(context.caller, capsule, text)?;
        let mut memory = changed(before.clone(), &update, context)?;
        let new = update.set_assets.unwrap_or_default();
        rules::assets(&new, context.limits)?;
        let removed = update.remove_assets.unwrap_or_default();
        let (kept, gone) = split(&before.assets, &new, &removed);
        let limit = context.limits.max_assets_per_memory;
        rules::check_count("assets", kept.len() + new.len(), limit)?;
        let may_name_capsules = self.may_write_capsule(context.caller, memory.capsule);
        let taken = self.take_assets(context, memory.capsule, new, may_name_capsules)?;
        self.drop_assets(context.blobs, memory.capsule, &gone);
        memory.assets = [kept, taken].concat();
        self.index.move_memory(id, &before, &memory);
        self.note_if_public(id, &memory);
        let info = memory.info(id);
        self.memories.insert(id, memory);
        Ok(info)
    }

    pub fn delete_memory<B: Blobs>(
        &mut self,
        context: &mut Context<B>,
        capsule: &str,
        text: &str,
    ) -> CapsuleResult<()> {
        let (id, _) = self.writable_memory(context.caller, capsule, text)?;
        self.remove_memory(context.blobs, id);
        Ok(())
    }

    /// Takes a memory out of everything that knows of it.
    pub(super) fn remove_memory(&mut self, blobs: &mut impl Blobs, id: Id) {
        let Some(memory) = self.memories.remove(&id) else {
            return;
        };
        self.note_if_public(id, &memory);
        self.index.remove_memory(id, &memory);
        self.forget_grants(memory.capsule, id);
        self.remove_from_galleries(id);
        self.drop_assets(blobs, memory.capsule, &memory.assets);
        self.change_capsule(memory.capsule, |capsule| capsule.memories -= 1);
    }

    pub(super) fn set_memory_visibility(&mut self, id: Id, visibility: Visibility) {
        if let Some(mut memory) = self.memories.get(&id)
            && memory.visibility != visibility
        {
            memory.visibility = visibility;
            self.memories.insert(id, memory);
            self.note_changed(id);
        }
    }

    /// The memory of a capsule that comes behind an id.
    pub(super) fn memory_behind(&self, capsule: Id, after: Id) -> Option<Id> {
        self.index.ids(capsule, &Term::All, Some(after)).next()
    }

    fn writable_memory(
        &self,
        caller: Principal,
        capsule: &str,
        text: &str,
    ) -> CapsuleResult<(Id, CapsuleMemory)> {
        let (id, memory, level) = self.readable_memory(caller, text)?;
        if memory.capsule.to_string() != capsule {
            return Err(CapsuleError::MemoryNotFound { memory_id: excerpt(text) });
        }
        at_least(Level::Write, level, id)?;
        self.check_unsealed(memory.capsule)?;
        Ok((id, memory))
    }

    pub(super) fn may_write_capsule(&self, caller: Principal, id: Id) -> bool {
        let capsule = self.capsule(id);
        capsule.is_some_and(|capsule| self.level_in(caller, id, &capsule) >= Level::Write)
    }
}

/// A memory as it is after an update of everything but its assets.
fn changed<B: Blobs>(
    mut memory: CapsuleMemory,
    update: &UpdateMemory,
    context: &Context<B>,
) -> CapsuleResult<CapsuleMemory> {
    if let Some(memory_type) = update.memory_type {
        memory.memory_type = memory_type;
    }
    if let Some(title) = &update.title {
        memory.title = rules::name("title", title.clone())?;
    }
    if let Some(description) = &update.description {
        memory.description = rules::description("description", description.clone())?;
    }
    if let Some(tags) = &update.tags {
        memory.tags = rules::tags(tags.clone(), context.limits)?;
    }
    if let Some(metadata) = &update.metadata {
        memory.metadata = rules::metadata(metadata.clone(), context.limits)?;
    }
    memory.date_ns = update.date_ns.or(memory.date_ns);
    memory.updated_at = context.now;
    Ok(memory)
}

/// Assets that stay, and those that go because others take their place or they are to.
fn split(assets: &[Asset], new: &[NewAsset], removed: &[String]) -> (Vec<Asset>, Vec<Asset>) {
    let is_kept = |asset: &&Asset| {
        !removed.contains(&asset.variant) && new.iter().all(|new| new.variant != asset.variant)
    };
    let (kept, gone): (Vec<&Asset>, Vec<&Asset>) = assets.iter().partition(is_kept);
    (kept.into_iter().cloned().collect(), gone.into_iter().cloned().collect())
}
