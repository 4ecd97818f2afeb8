//! What comes from another canister: with the ids, times and grants that it had there.

use std::collections::BTreeSet;

use blob_store::from_hex;
use candid::Principal;
use ic_stable_structures::Memory;

use super::{Blobs, Capsules};
use crate::error::{CapsuleError, CapsuleResult};
use crate::export::{ExportedAsset, ExportedCapsule, ExportedGallery, ExportedMemory};
use crate::id::{Id, Kind};
use crate::import::{ImportError, ImportResult};
use crate::limits::Limits;
use crate::model::{Asset, Capsule, CapsuleMemory, Connection, ConnectionInfo, Gallery, Grant};
use crate::rules;

/// What another canister may have let its users keep, whatever this one does.
const MOST: Limits = Limits {
    max_capsules_per_user: 1,
    max_memories_per_capsule: u64::MAX,
    max_bytes_per_capsule: u64::MAX,
    max_galleries_per_capsule: u32::MAX,
    max_items_per_gallery: 10_000,
    max_connections_per_capsule: u32::MAX,
    max_grants_per_item: 10_000,
    max_tags_per_memory: 200,
    max_metadata_per_memory: 200,
    max_assets_per_memory: 32,
};

/// A memory that has passed the rules.
pub struct PreparedMemory {
    id: Id,
    memory: CapsuleMemory,
    grants: Vec<Grant>,
    is_there: bool,
}

impl PreparedMemory {
    pub fn assets(&self) -> &[Asset] {
        &self.memory.assets
    }
}

impl<M: Memory> Capsules<M> {
    /// Takes a capsule with nothing in it yet.
    pub(crate) fn import_capsule(
        &mut self,
        id: Id,
        exported: ExportedCapsule,
    ) -> CapsuleResult<()> {
        check_principal("owner", exported.owner)?;
        check_grants(&exported.grants)?;
        let capsule = Capsule {
            owner: exported.owner,
            name: rules::name("name", exported.name)?,
            description: rules::description("description", exported.description)?,
            visibility: exported.visibility,
            created_at: exported.created_at_time_ns,
            updated_at: exported.updated_at_time_ns,
            memories: 0,
            galleries: 0,
            connections: 0,
            bytes: 0,
            is_deleted: false,
            seal: None,
        };
        self.by_owner.insert((capsule.owner, id));
        self.capsules.insert(id, capsule);
        self.put_grants(id, id, &exported.grants);
        self.skip_ids_up_to(id);
        Ok(())
    }

    /// Checks a memory against the rules, and against the one of its id where that is there.
    pub(crate) fn prepare_memory(
        &self,
        capsule: Id,
        exported: ExportedMemory,
        most: u64,
    ) -> ImportResult<PreparedMemory> {
        let id = id_of(Kind::Memory, "memory_id", &exported.memory_id)?;
        if let Some(there) = self.memories.get(&id) {
            let grants = self.exported_grants(id);
            same(&ExportedMemory::new(id, there.clone(), grants), &exported, id)?;
            return Ok(PreparedMemory { id, memory: there, grants: Vec::new(), is_there: true });
        }
        self.check_room(capsule, "memories", most, |capsule| capsule.memories)?;
        check_principal("created_by", exported.created_by)?;
        check_grants(&exported.grants)?;
        let tags = rules::tags(exported.tags.clone(), &MOST)?;
        if tags != exported.tags {
            return Err(CapsuleError::invalid("tags", "has one twice").into());
        }
        let memory = CapsuleMemory {
            capsule,
            created_by: exported.created_by,
            memory_type: exported.memory_type,
            title: rules::name("title", exported.title)?,
            description: rules::description("description", exported.description)?,
            tags,
            metadata: rules::metadata(exported.metadata, &MOST)?,
            date_ns: exported.date_ns,
            assets: assets_of(exported.assets)?,
            visibility: exported.visibility,
            created_at: exported.created_at_time_ns,
            updated_at: exported.updated_at_time_ns,
        };
        Ok(PreparedMemory { id, memory, grants: exported.grants, is_there: false })
    }

    /// Takes a memory whose bytes are there.
    pub(crate) fn import_memory(&mut self, blobs: &mut impl Blobs, prepared: PreparedMemory) {
        let PreparedMemory { id, memory, grants, is_there } = prepared;
        if is_there {
            return;
        }
        for asset in &memory.assets {
            self.refer(blobs, memory.capsule, asset, false);
        }
        self.index.insert_memory(id, &memory);
        self.change_capsule(memory.capsule, |capsule| capsule.memories += 1);
        self.note_if_public(id, &memory);
        self.put_grants(memory.capsule, id, &grants);
        self.memories.insert(id, memory);
        self.skip_ids_up_to(id);
    }

    /// Takes a gallery; what is in it need not be there yet.
    pub(crate) fn import_gallery(
        &mut self,
        capsule: Id,
        exported: ExportedGallery,
        most: u64,
    ) -> ImportResult<()> {
        let id = id_of(Kind::Gallery, "gallery_id", &exported.gallery_id)?;
        if let Some(there) = self.galleries.get(&id) {
            let grants = self.exported_grants(id);
            return same(&ExportedGallery::new(id, there, grants), &exported, id);
        }
        self.check_room(capsule, "galleries", most, |capsule| capsule.galleries.into())?;
        check_principal("created_by", exported.created_by)?;
        check_grants(&exported.grants)?;
        let gallery = Gallery {
            capsule,
            created_by: exported.created_by,
            title: rules::name("title", exported.title)?,
            description: rules::description("description", exported.description)?,
            items: items_of(&exported.items)?,
            visibility: exported.visibility,
            created_at: exported.created_at_time_ns,
            updated_at: exported.updated_at_time_ns,
        };
        self.put_grants(capsule, id, &exported.grants);
        self.put_gallery(id, gallery);
        self.skip_ids_up_to(id);
        Ok(())
    }

    pub(crate) fn import_connection(
        &mut self,
        capsule: Id,
        exported: ConnectionInfo,
        most: u64,
    ) -> ImportResult<()> {
        let peer = exported.peer;
        if let Some(there) = self.connections.get(&(capsule, peer)) {
            return match there.info(peer) == exported {
                true => Ok(()),
                false => Err(ImportError::ItemConflict { id: peer.to_string() }),
            };
        }
        self.check_room(capsule, "connections", most, |capsule| capsule.connections.into())?;
        check_principal("peer", peer)?;
        let connection = Connection {
            name: rules::name("name", exported.name)?,
            relation: rules::name("relation", exported.relation)?,
            note: rules::description("note", exported.note)?,
            created_at: exported.created_at_time_ns,
            updated_at: exported.updated_at_time_ns,
        };
        self.connections.insert((capsule, peer), connection);
        self.change_capsule(capsule, |capsule| capsule.connections += 1);
        Ok(())
    }

    /// Deletes a capsule on nobody's behalf. `purge` frees the room.
    pub(crate) fn discard(&mut self, id: Id) {
        if let Some(capsule) = self.capsule(id) {
            self.delete(id, &capsule);
        }
    }

    /// Whether somebody has a grant anywhere.
    pub fn has_grants(&self, grantee: Principal) -> bool {
        let all = (grantee, Id::MIN, Id::MIN)..=(grantee, Id::MAX, Id::MAX);
        self.by_grantee.range(all).next().is_some()
    }

    fn check_room(
        &self,
        id: Id,
        what: &str,
        limit: u64,
        count: impl Fn(&Capsule) -> u64,
    ) -> ImportResult<()> {
        match self.capsule(id).is_some_and(|capsule| count(&capsule) < limit) {
            true => Ok(()),
            false => Err(ImportError::TooMany { what: what.to_owned(), limit }),
        }
    }

    fn put_grants(&mut self, capsule: Id, item: Id, grants: &[Grant]) {
        for Grant { grantee, permission } in grants {
            self.grants.insert((item, *grantee), *permission);
            self.by_grantee.insert((*grantee, capsule, item));
        }
    }

    /// Ids that are given from here on are larger than one that has come.
    fn skip_ids_up_to(&mut self, id: Id) {
        let mut source = self.ids.get().clone();
        if source.skip_up_to(id) {
            self.ids.set(source);
        }
    }
}

fn id_of(kind: Kind, argument: &str, text: &str) -> CapsuleResult<Id> {
    let problem = "is no id of its kind";
    Id::parse_as(kind, text).ok_or_else(|| CapsuleError::invalid(argument, problem))
}

fn same<T: PartialEq>(there: &T, come: &T, id: Id) -> ImportResult<()> {
    match there == come {
        true => Ok(()),
        false => Err(ImportError::ItemConflict { id: id.to_string() }),
    }
}

fn check_principal(argument: &str, principal: Principal) -> CapsuleResult<()> {
    match [Principal::anonymous(), Principal::management_canister()].contains(&principal) {
        true => Err(CapsuleError::invalid(argument, "may be no principal that signs nothing")),
        false => Ok(()),
    }
}

/// Grants come in the order in which they are hashed, each grantee once.
fn check_grants(grants: &[Grant]) -> CapsuleResult<()> {
    rules::check_count("grants", grants.len(), MOST.max_grants_per_item)?;
    grants.iter().try_for_each(|grant| check_principal("grantee", grant.grantee))?;
    match grants.is_sorted_by(|one, next| one.grantee < next.grantee) {
        true => Ok(()),
        false => Err(CapsuleError::invalid("grants", "must be in order of their grantees")),
    }
}

fn assets_of(exported: Vec<ExportedAsset>) -> CapsuleResult<Vec<Asset>> {
    rules::check_count("assets", exported.len(), MOST.max_assets_per_memory)?;
    let mut assets: Vec<Asset> = Vec::new();
    for asset in exported {
        let ExportedAsset { variant, content_type, file_name, size, sha256_hex } = asset;
        rules::asset(&variant, &content_type, file_name.as_deref())?;
        if assets.iter().any(|other| other.variant == variant) {
            return Err(CapsuleError::invalid("variant", "is there twice"));
        }
        let hash = from_hex(&sha256_hex).filter(|_| sha256_hex == sha256_hex.to_lowercase());
        let problem = "is not 64 hexadecimal digits in lower case";
        let hash = hash.ok_or_else(|| CapsuleError::invalid("sha256_hex", problem))?;
        assets.push(Asset { variant, content_type, file_name, hash, len: size });
    }
    Ok(assets)
}

fn items_of(texts: &[String]) -> CapsuleResult<Vec<Id>> {
    rules::check_count("items", texts.len(), MOST.max_items_per_gallery)?;
    let item = |text: &String| {
        let id =
            Id::parse(text).filter(|id| matches!(id.kind(), Some(Kind::Memory | Kind::Gallery)));
        id.ok_or_else(|| CapsuleError::invalid("items", "names what is no memory or gallery"))
    };
    let items: Vec<Id> = texts.iter().map(item).collect::<CapsuleResult<_>>()?;
    match items.iter().collect::<BTreeSet<_>>().len() == items.len() {
        true => Ok(items),
        false => Err(CapsuleError::invalid("items", "holds something twice")),
    }
}
