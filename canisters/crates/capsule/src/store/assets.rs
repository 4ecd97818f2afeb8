//! The bytes of assets: taken, counted by capsule, given up.

use blob_store::Hash;
use ic_stable_structures::Memory;
use serde_bytes::ByteBuf;

use super::{Blobs, Capsules, Context};
use crate::error::{CapsuleError, CapsuleResult, excerpt};
use crate::id::Id;
use crate::limits::MAX_INLINE_BYTES;
use crate::model::{Asset, AssetContent, NewAsset};
use crate::rules;

/// A new asset whose bytes are known, and are to be stored where they came along.
struct Resolved {
    asset: Asset,
    bytes: Option<ByteBuf>,
}

impl<M: Memory> Capsules<M> {
    /// Makes new assets the capsule's. The capsule's own bytes may be named by those who may read
    /// all of it only: a hash is no proof that somebody has seen them.
    pub(super) fn take_assets<B: Blobs>(
        &mut self,
        context: &mut Context<B>,
        capsule: Id,
        new: Vec<NewAsset>,
        may_name_capsules: bool,
    ) -> CapsuleResult<Vec<Asset>> {
        let resolved =
            new.into_iter().map(|new| self.resolved(context, capsule, new, may_name_capsules));
        let resolved: Vec<Resolved> = resolved.collect::<CapsuleResult<_>>()?;
        self.check_bytes(context, capsule, &resolved)?;
        store_inline(context.blobs, &resolved)?;
        for Resolved { asset, bytes } in &resolved {
            self.refer(context.blobs, capsule, asset, bytes.is_some());
        }
        Ok(resolved.into_iter().map(|resolved| resolved.asset).collect())
    }

    /// Gives up the bytes of assets that go.
    pub(super) fn drop_assets(&mut self, blobs: &mut impl Blobs, capsule: Id, assets: &[Asset]) {
        for asset in assets {
            let key = (capsule, asset.hash);
            match self.blob_refs.get(&key).unwrap_or(1) {
                1 => {
                    self.blob_refs.remove(&key);
                    blobs.release(&asset.hash);
                    self.change_capsule(capsule, |capsule| capsule.bytes -= asset.len);
                }
                count => {
                    self.blob_refs.insert(key, count - 1);
                }
            }
        }
    }

    fn resolved<B: Blobs>(
        &self,
        context: &Context<B>,
        capsule: Id,
        new: NewAsset,
        may_name_capsules: bool,
    ) -> CapsuleResult<Resolved> {
        let NewAsset { variant, content_type, file_name, content } = new;
        let (hash, len, bytes) = match content {
            AssetContent::Inline(bytes) => {
                let size = bytes.len() as u64;
                let limit = u64::from(MAX_INLINE_BYTES);
                if size > limit {
                    return Err(CapsuleError::InlineTooLarge { size, limit });
                }
                (blob_store::sha256(&bytes), size, Some(bytes))
            }
            AssetContent::Blob { sha256_hex } => {
                let hash = rules::hash("sha256_hex", &sha256_hex)?;
                let is_known = may_name_capsules && self.blob_refs.contains_key(&(capsule, hash));
                let may_use = is_known || context.blobs.is_uploaded_by(context.caller, &hash);
                let len = context.blobs.len_of(&hash).filter(|_| may_use);
                let sha256_hex = excerpt(&sha256_hex);
                (hash, len.ok_or(CapsuleError::BlobNotFound { sha256_hex })?, None)
            }
        };
        Ok(Resolved { asset: Asset { variant, content_type, file_name, hash, len }, bytes })
    }

    fn check_bytes<B: Blobs>(
        &self,
        context: &Context<B>,
        capsule: Id,
        resolved: &[Resolved],
    ) -> CapsuleResult<()> {
        let mut added: Vec<(Hash, u64)> = resolved
            .iter()
            .map(|resolved| (resolved.asset.hash, resolved.asset.len))
            .filter(|(hash, _)| !self.blob_refs.contains_key(&(capsule, *hash)))
            .collect();
        added.sort_unstable();
        added.dedup();
        let kept = self.capsules.get(&capsule).map_or(0, |capsule| capsule.bytes);
        let needed = added.iter().fold(kept, |sum, (_, len)| sum.saturating_add(*len));
        let limit = context.limits.max_bytes_per_capsule;
        match needed > limit && !added.is_empty() {
            true => Err(CapsuleError::CapsuleFull { needed, limit }),
            false => Ok(()),
        }
    }

    /// Counts one more asset of the capsule; `is_held` where storing the bytes has held them.
    pub(super) fn refer(
        &mut self,
        blobs: &mut impl Blobs,
        capsule: Id,
        asset: &Asset,
        is_held: bool,
    ) {
        let key = (capsule, asset.hash);
        let count = self.blob_refs.get(&key).unwrap_or(0);
        self.blob_refs.insert(key, count + 1);
        match (count, is_held) {
            (0, false) => blobs.hold(&asset.hash),
            (0, true) => {}
            (_, false) => {}
            (_, true) => blobs.release(&asset.hash),
        }
        if count == 0 {
            self.change_capsule(capsule, |capsule| capsule.bytes += asset.len);
        }
    }
}

/// Stores the bytes that came along, all or none.
fn store_inline(blobs: &mut impl Blobs, resolved: &[Resolved]) -> CapsuleResult<()> {
    let mut stored = Vec::new();
    for bytes in resolved.iter().filter_map(|resolved| resolved.bytes.as_ref()) {
        match blobs.store(bytes) {
            Ok(hash) => stored.push(hash),
            Err(refused) => {
                stored.iter().for_each(|hash| blobs.release(hash));
                return Err(refused);
            }
        }
    }
    Ok(())
}
