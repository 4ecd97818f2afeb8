//! Galleries, and what they hold.

use std::collections::BTreeSet;

use candid::Principal;
use ic_stable_structures::Memory;

use super::access::at_least;
use super::index::Term;
use super::{Blobs, Capsules, Context};
use crate::error::{CapsuleError, CapsuleResult, excerpt};
use crate::id::{Id, Kind};
use crate::model::{Gallery, GalleryInfo, Level, NewGallery, UpdateGallery, Visibility};
use crate::rules;

impl<M: Memory> Capsules<M> {
    /// Keeps a gallery; there is no other way for it to go than `delete_gallery` and
    /// `delete_capsule`.
    pub fn store_gallery<B: Blobs>(
        &mut self,
        context: &Context<B>,
        new: NewGallery,
    ) -> CapsuleResult<GalleryInfo> {
        let text = match new.capsule_id {
            Some(text) => text,
            None => self.first_capsule_of(context.caller)?.to_string(),
        };
        let (capsule_id, capsule) = self.writable_capsule(context.caller, &text)?;
        let limit = context.limits.max_galleries_per_capsule;
        if capsule.galleries >= limit {
            return Err(CapsuleError::too_many("galleries", limit));
        }
        if capsule.owner != context.caller && new.visibility.is_some() {
            return Err(CapsuleError::NotOwner { id: capsule_id.to_string() });
        }
        let gallery = Gallery {
            capsule: capsule_id,
            created_by: context.caller,
            title: rules::name("title", new.title)?,
            description: rules::description("description", new.description.unwrap_or_default())?,
            items: self.checked_items(context, capsule_id, &new.items)?,
            visibility: new.visibility.unwrap_or_default(),
            created_at: context.now,
            updated_at: context.now,
        };
        let id = self.new_id(Kind::Gallery, context.now);
        let info = gallery.info(id, gallery.items.iter().copied());
        self.put_gallery(id, gallery);
        Ok(info)
    }

    /// Puts a new gallery into everything that knows of it.
    pub(super) fn put_gallery(&mut self, id: Id, gallery: Gallery) {
        self.index.insert(gallery.capsule, &Term::Galleries, id);
        self.index_visibility(id, &gallery);
        self.change_capsule(gallery.capsule, |capsule| capsule.galleries += 1);
        gallery.items.iter().for_each(|item| {
            self.gallery_refs.insert((*item, id));
        });
        self.galleries.insert(id, gallery);
    }

    pub fn get_gallery(&self, caller: Principal, text: &str) -> CapsuleResult<GalleryInfo> {
        let (id, gallery, _) = self.readable_gallery(caller, text)?;
        Ok(self.shown(caller, id, &gallery))
    }

    pub fn update_gallery<B: Blobs>(
        &mut self,
        context: &Context<B>,
        text: &str,
        update: UpdateGallery,
    ) -> CapsuleResult<GalleryInfo> {
        let (id, mut gallery, level) = self.readable_gallery(context.caller, text)?;
        at_least(Level::Write, level, id)?;
        self.check_unsealed(gallery.capsule)?;
        let before = gallery.items.clone();
        if let Some(title) = update.title.clone() {
            gallery.title = rules::name("title", title)?;
        }
        if let Some(description) = update.description.clone() {
            gallery.description = rules::description("description", description)?;
        }
        gallery.items = self.changed_items(context, id, &gallery, &update)?;
        gallery.updated_at = context.now;
        self.move_references(id, &before, &gallery.items);
        let info = self.shown(context.caller, id, &gallery);
        self.galleries.insert(id, gallery);
        Ok(info)
    }

    pub fn delete_gallery<B: Blobs>(
        &mut self,
        context: &Context<B>,
        text: &str,
    ) -> CapsuleResult<()> {
        let (id, gallery, level) = self.readable_gallery(context.caller, text)?;
        at_least(Level::Write, level, id)?;
        self.check_unsealed(gallery.capsule)?;
        self.remove_gallery(id);
        Ok(())
    }

    /// Takes a gallery out of everything that knows of it.
    pub(super) fn remove_gallery(&mut self, id: Id) {
        let Some(gallery) = self.galleries.remove(&id) else {
            return;
        };
        self.index.remove(gallery.capsule, &Term::Galleries, id);
        self.index.remove(gallery.capsule, &Term::PublicGalleries, id);
        self.forget_grants(gallery.capsule, id);
        self.remove_from_galleries(id);
        for item in gallery.items {
            self.gallery_refs.remove(&(item, id));
        }
        self.change_capsule(gallery.capsule, |capsule| capsule.galleries -= 1);
    }

    /// Takes something that goes out of all galleries that hold it.
    pub(super) fn remove_from_galleries(&mut self, item: Id) {
        let holding = self.gallery_refs.range((item, Id::MIN)..=(item, Id::MAX));
        let holding: Vec<Id> = holding.map(|(_, gallery)| gallery).collect();
        for id in holding {
            self.gallery_refs.remove(&(item, id));
            if let Some(mut gallery) = self.galleries.get(&id) {
                gallery.items.retain(|held| *held != item);
                self.galleries.insert(id, gallery);
            }
        }
    }

    pub(super) fn set_gallery_visibility(&mut self, id: Id, visibility: Visibility) {
        if let Some(mut gallery) = self.galleries.get(&id) {
            gallery.visibility = visibility;
            self.index_visibility(id, &gallery);
            self.galleries.insert(id, gallery);
        }
    }

    /// A gallery as a caller sees it.
    pub(super) fn shown(&self, caller: Principal, id: Id, gallery: &Gallery) -> GalleryInfo {
        let items = gallery.items.iter().copied();
        match self.may_read_all(caller, gallery.capsule) {
            true => gallery.info(id, items),
            false => gallery.info(id, items.filter(|item| self.may_read(caller, *item))),
        }
    }

    fn may_read_all(&self, caller: Principal, id: Id) -> bool {
        let capsule = self.capsule(id);
        capsule.is_some_and(|capsule| self.level_in(caller, id, &capsule) >= Level::Read)
    }

    fn may_read(&self, caller: Principal, item: Id) -> bool {
        match item.kind() {
            Some(Kind::Memory) => self.readable_memory(caller, &item.to_string()).is_ok(),
            _ => self.readable_gallery(caller, &item.to_string()).is_ok(),
        }
    }

    fn index_visibility(&mut self, id: Id, gallery: &Gallery) {
        match gallery.visibility {
            Visibility::Public => self.index.insert(gallery.capsule, &Term::PublicGalleries, id),
            Visibility::Private => self.index.remove(gallery.capsule, &Term::PublicGalleries, id),
        }
    }

    fn move_references(&mut self, id: Id, before: &[Id], after: &[Id]) {
        let (before, after): (BTreeSet<Id>, BTreeSet<Id>) =
            (before.iter().copied().collect(), after.iter().copied().collect());
        for item in before.difference(&after) {
            self.gallery_refs.remove(&(*item, id));
        }
        for item in after.difference(&before) {
            self.gallery_refs.insert((*item, id));
        }
    }

    /// The items that a gallery has after an update.
    fn changed_items<B: Blobs>(
        &self,
        context: &Context<B>,
        id: Id,
        gallery: &Gallery,
        update: &UpdateGallery,
    ) -> CapsuleResult<Vec<Id>> {
        let mut items = gallery.items.clone();
        if let Some(texts) = &update.items {
            let named = self.checked_items(context, gallery.capsule, texts)?;
            // What the caller can't see is not the caller's to take out.
            let is_hidden =
                |item: &Id| !named.contains(item) && !self.may_read(context.caller, *item);
            let hidden: Vec<Id> = items.into_iter().filter(is_hidden).collect();
            items = [named, hidden].concat();
        }
        if let Some(texts) = &update.remove_items {
            let removed: BTreeSet<Id> = texts.iter().filter_map(|text| Id::parse(text)).collect();
            items.retain(|item| !removed.contains(item) || !self.may_read(context.caller, *item));
        }
        if let Some(texts) = &update.add_items {
            let there: BTreeSet<Id> = items.iter().copied().collect();
            let added = self.checked_items(context, gallery.capsule, texts)?;
            items.extend(added.into_iter().filter(|item| !there.contains(item)));
        }
        rules::check_count("items", items.len(), context.limits.max_items_per_gallery)?;
        match self.reaches(&items, id) {
            true => Err(CapsuleError::CyclicGallery { gallery_id: id.to_string() }),
            false => Ok(items),
        }
    }

    /// The ids of texts that name something of the capsule, each once, that the caller may see.
    fn checked_items<B: Blobs>(
        &self,
        context: &Context<B>,
        capsule: Id,
        texts: &[String],
    ) -> CapsuleResult<Vec<Id>> {
        rules::check_count("items", texts.len(), context.limits.max_items_per_gallery)?;
        let mut seen = BTreeSet::new();
        let sees_all = self.may_read_all(context.caller, capsule);
        let ids = texts.iter().map(|text| {
            let id = Id::parse(text).filter(|id| self.is_in(*id, capsule));
            let id = id.filter(|id| sees_all || self.may_read(context.caller, *id));
            let id = id.ok_or_else(|| CapsuleError::DanglingReference { id: excerpt(text) })?;
            match seen.insert(id) {
                true => Ok(id),
                false => Err(CapsuleError::invalid("items", "holds something twice")),
            }
        });
        ids.collect()
    }

    fn is_in(&self, id: Id, capsule: Id) -> bool {
        let of = match id.kind() {
            Some(Kind::Memory) => self.memories.get(&id).map(|memory| memory.capsule),
            Some(Kind::Gallery) => self.galleries.get(&id).map(|gallery| gallery.capsule),
            _ => None,
        };
        of == Some(capsule)
    }

    /// Whether a gallery is among these items, or in galleries among them, however deep.
    fn reaches(&self, items: &[Id], gallery: Id) -> bool {
        let is_gallery = |id: &Id| id.kind() == Some(Kind::Gallery);
        let mut left: Vec<Id> = items.iter().copied().filter(is_gallery).collect();
        let mut seen = BTreeSet::new();
        while let Some(id) = left.pop() {
            if id == gallery {
                return true;
            }
            if seen.insert(id) {
                let held = self.galleries.get(&id).map(|gallery| gallery.items);
                left.extend(held.unwrap_or_default().into_iter().filter(is_gallery));
            }
        }
        false
    }
}
