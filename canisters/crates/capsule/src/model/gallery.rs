//! A gallery: memories and further galleries of one capsule, in an order.

use candid::{CandidType, Deserialize, Principal};
use serde::Serialize;
use stable_record::storable_as_cbor;

use crate::id::Id;
use crate::model::Visibility;

#[derive(CandidType, Serialize, Deserialize, Clone, Debug, Default)]
pub struct NewGallery {
    /// The caller's first capsule, where it is left out.
    pub capsule_id: Option<String>,
    /// At most 200 bytes.
    pub title: String,
    /// At most 4,000 bytes.
    pub description: Option<String>,
    /// Ids of memories and galleries of the capsule, each once.
    pub items: Vec<String>,
    /// Private, where it is left out.
    pub visibility: Option<Visibility>,
}

/// What is to change; what is left out stays.
#[derive(CandidType, Serialize, Deserialize, Clone, Debug, Default)]
pub struct UpdateGallery {
    pub title: Option<String>,
    pub description: Option<String>,
    /// All items, in their new order.
    pub items: Option<Vec<String>>,
    /// Put behind those that are there.
    pub add_items: Option<Vec<String>>,
    pub remove_items: Option<Vec<String>>,
}

/// What is kept of a gallery.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gallery {
    pub capsule: Id,
    pub created_by: Principal,
    pub title: String,
    pub description: String,
    pub items: Vec<Id>,
    pub visibility: Visibility,
    pub created_at: u64,
    pub updated_at: u64,
}

storable_as_cbor!(Gallery);

#[derive(CandidType, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub struct GalleryInfo {
    pub gallery_id: String,
    pub capsule_id: String,
    pub created_by: Principal,
    pub title: String,
    pub description: String,
    /// Those that the caller may see.
    pub items: Vec<String>,
    pub visibility: Visibility,
    pub created_at_time_ns: u64,
    pub updated_at_time_ns: u64,
}

impl Gallery {
    pub fn info(&self, id: Id, items: impl IntoIterator<Item = Id>) -> GalleryInfo {
        GalleryInfo {
            gallery_id: id.to_string(),
            capsule_id: self.capsule.to_string(),
            created_by: self.created_by,
            title: self.title.clone(),
            description: self.description.clone(),
            items: items.into_iter().map(|item| item.to_string()).collect(),
            visibility: self.visibility,
            created_at_time_ns: self.created_at,
            updated_at_time_ns: self.updated_at,
        }
    }

    /// About how many bytes its info takes in a reply.
    pub fn weight(&self) -> usize {
        300 + self.title.len() + self.description.len() + 35 * self.items.len()
    }
}
