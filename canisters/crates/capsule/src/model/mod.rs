//! What is kept, and what callers send and are told of it.

mod access;
mod capsule;
mod connection;
mod gallery;
mod memory;
mod page;
mod seal;

pub use access::{AccessInfo, Grant, Level, Permission, Visibility};
pub use capsule::{Capsule, CapsuleInfo, CreateCapsule, UpdateCapsule};
pub use connection::{Connection, ConnectionInfo, NewConnection, UpdateConnection};
pub use gallery::{Gallery, GalleryInfo, NewGallery, UpdateGallery};
pub use memory::{
    Asset, AssetContent, AssetInfo, CapsuleMemory, MemoryInfo, MemoryType, MetadataEntry, NewAsset,
    NewMemory, UpdateMemory,
};
pub use page::{
    CapsuleList, ConnectionList, GalleryList, MemoryFilter, MemoryList, Page, SharedList,
};
pub use seal::Seal;
