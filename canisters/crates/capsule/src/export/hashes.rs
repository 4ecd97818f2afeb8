//! The hashes of items.

use blob_store::Hash;

use super::records::{ExportedAsset, ExportedCapsule, ExportedGallery, ExportedMemory};
use super::value::{Map, Value, hash_of};
use crate::model::{ConnectionInfo, Grant, MemoryType, MetadataEntry, Permission, Visibility};

/// What the chain of a manifest takes in.
pub trait Item {
    fn fields(&self) -> Map;

    fn hash(&self) -> Hash {
        hash_of(&self.fields())
    }
}

impl Item for ExportedCapsule {
    fn fields(&self) -> Map {
        vec![
            ("kind", "capsule".into()),
            ("capsule_id", (&self.capsule_id).into()),
            ("owner", self.owner.into()),
            ("name", (&self.name).into()),
            ("description", (&self.description).into()),
            ("visibility", self.visibility.into()),
            ("created_at_time_ns", self.created_at_time_ns.into()),
            ("updated_at_time_ns", self.updated_at_time_ns.into()),
            ("grants", list(&self.grants)),
        ]
    }
}

impl Item for ExportedMemory {
    fn fields(&self) -> Map {
        let mut fields = vec![
            ("kind", "memory".into()),
            ("memory_id", (&self.memory_id).into()),
            ("created_by", self.created_by.into()),
            ("memory_type", self.memory_type.into()),
            ("title", (&self.title).into()),
            ("description", (&self.description).into()),
            ("tags", list(&self.tags)),
            ("metadata", list(&self.metadata)),
            ("assets", list(&self.assets)),
            ("visibility", self.visibility.into()),
            ("created_at_time_ns", self.created_at_time_ns.into()),
            ("updated_at_time_ns", self.updated_at_time_ns.into()),
            ("grants", list(&self.grants)),
        ];
        fields.extend(self.date_ns.map(|date| ("date_ns", date.into())));
        fields
    }
}

impl Item for ExportedGallery {
    fn fields(&self) -> Map {
        vec![
            ("kind", "gallery".into()),
            ("gallery_id", (&self.gallery_id).into()),
            ("created_by", self.created_by.into()),
            ("title", (&self.title).into()),
            ("description", (&self.description).into()),
            ("items", list(&self.items)),
            ("visibility", self.visibility.into()),
            ("created_at_time_ns", self.created_at_time_ns.into()),
            ("updated_at_time_ns", self.updated_at_time_ns.into()),
            ("grants", list(&self.grants)),
        ]
    }
}

impl Item for ConnectionInfo {
    fn fields(&self) -> Map {
        vec![
            ("kind", "connection".into()),
            ("peer", self.peer.into()),
            ("name", (&self.name).into()),
            ("relation", (&self.relation).into()),
            ("note", (&self.note).into()),
            ("created_at_time_ns", self.created_at_time_ns.into()),
            ("updated_at_time_ns", self.updated_at_time_ns.into()),
        ]
    }
}

impl From<&ExportedAsset> for Value {
    fn from(asset: &ExportedAsset) -> Self {
        let mut fields: Map = vec![
            ("variant", (&asset.variant).into()),
            ("content_type", (&asset.content_type).into()),
            ("size", asset.size.into()),
            ("sha256_hex", (&asset.sha256_hex).into()),
        ];
        fields.extend(asset.file_name.as_ref().map(|name| ("file_name", name.into())));
        Self::Map(fields)
    }
}

impl From<&MetadataEntry> for Value {
    fn from(entry: &MetadataEntry) -> Self {
        Self::Map(vec![("key", (&entry.key).into()), ("value", (&entry.value).into())])
    }
}

impl From<&Grant> for Value {
    fn from(grant: &Grant) -> Self {
        let permission = grant.permission.into();
        Self::Map(vec![("grantee", grant.grantee.into()), ("permission", permission)])
    }
}

impl From<Visibility> for Value {
    fn from(visibility: Visibility) -> Self {
        match visibility {
            Visibility::Private => "Private",
            Visibility::Public => "Public",
        }
        .into()
    }
}

impl From<Permission> for Value {
    fn from(permission: Permission) -> Self {
        match permission {
            Permission::Read => "Read",
            Permission::Write => "Write",
        }
        .into()
    }
}

impl From<MemoryType> for Value {
    fn from(memory_type: MemoryType) -> Self {
        match memory_type {
            MemoryType::Text => "Text",
            MemoryType::Image => "Image",
            MemoryType::Document => "Document",
            MemoryType::Audio => "Audio",
            MemoryType::Video => "Video",
            MemoryType::Note => "Note",
        }
        .into()
    }
}

fn list<'a, T>(elements: &'a [T]) -> Value
where
    &'a T: Into<Value>,
{
    Value::List(elements.iter().map(Into::into).collect())
}
