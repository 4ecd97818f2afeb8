//! What names, tags, metadata and assets must be like.
//!
//! Texts are kept as they come, HTML and all: whoever shows them escapes them.

use blob_store::{Hash, from_hex};

use crate::error::{CapsuleError, CapsuleResult};
use crate::limits::{
    Limits, MAX_DESCRIPTION_BYTES, MAX_FILE_NAME_BYTES, MAX_METADATA_KEY_BYTES,
    MAX_METADATA_VALUE_BYTES, MAX_NAME_BYTES, MAX_TAG_BYTES,
};
use crate::model::{MetadataEntry, NewAsset};
use crate::words::folded;

const MAX_VARIANT_BYTES: usize = 32;
const MAX_CONTENT_TYPE_BYTES: usize = 100;

/// A text of one line.
pub fn name(argument: &str, text: String) -> CapsuleResult<String> {
    line(argument, &text, MAX_NAME_BYTES)?;
    Ok(text)
}

/// A text of any lines.
pub fn description(argument: &str, text: String) -> CapsuleResult<String> {
    check_len(argument, &text, MAX_DESCRIPTION_BYTES)?;
    match text.chars().any(|char| char.is_control() && !matches!(char, '\n' | '\r' | '\t')) {
        true => Err(CapsuleError::invalid(argument, "may hold no control characters")),
        false => Ok(text),
    }
}

/// Tags in their order; those that differ in case only are the same.
pub fn tags(tags: Vec<String>, limits: &Limits) -> CapsuleResult<Vec<String>> {
    check_count("tags", tags.len(), limits.max_tags_per_memory)?;
    let mut kept: Vec<String> = Vec::new();
    for tag in tags {
        line("tags", &tag, MAX_TAG_BYTES)?;
        if tag.trim().is_empty() {
            return Err(CapsuleError::invalid("tags", "may not be empty"));
        }
        if !kept.iter().any(|known| folded(known) == folded(&tag)) {
            kept.push(tag);
        }
    }
    Ok(kept)
}

pub fn metadata(entries: Vec<MetadataEntry>, limits: &Limits) -> CapsuleResult<Vec<MetadataEntry>> {
    check_count("metadata entries", entries.len(), limits.max_metadata_per_memory)?;
    for (at, entry) in entries.iter().enumerate() {
        line("metadata", &entry.key, MAX_METADATA_KEY_BYTES)?;
        check_len("metadata", &entry.value, MAX_METADATA_VALUE_BYTES)?;
        if entry.key.is_empty() || entries[..at].iter().any(|other| other.key == entry.key) {
            return Err(CapsuleError::invalid(
                "metadata",
                "has a key that is empty or there twice",
            ));
        }
    }
    Ok(entries)
}

/// All but the bytes of new assets.
pub fn assets(assets: &[NewAsset], limits: &Limits) -> CapsuleResult<()> {
    check_count("assets", assets.len(), limits.max_assets_per_memory)?;
    for (at, asset) in assets.iter().enumerate() {
        self::asset(&asset.variant, &asset.content_type, asset.file_name.as_deref())?;
        if assets[..at].iter().any(|other| other.variant == asset.variant) {
            return Err(CapsuleError::invalid("variant", "is there twice"));
        }
    }
    Ok(())
}

/// What is said of an asset.
pub fn asset(variant: &str, content_type: &str, file_name: Option<&str>) -> CapsuleResult<()> {
    check_variant(variant)?;
    check_content_type(content_type)?;
    if let Some(name) = file_name {
        line("file_name", name, MAX_FILE_NAME_BYTES)?;
        if name.contains(['/', '\\']) {
            return Err(CapsuleError::invalid("file_name", "may be no path"));
        }
    }
    Ok(())
}

/// A SHA-256.
pub fn hash(argument: &str, text: &str) -> CapsuleResult<Hash> {
    let invalid = || CapsuleError::invalid(argument, "is not 64 hexadecimal digits");
    from_hex(text).ok_or_else(invalid)
}

pub fn check_count(what: &str, count: usize, limit: u32) -> CapsuleResult<()> {
    match count > limit as usize {
        true => Err(CapsuleError::too_many(what, limit)),
        false => Ok(()),
    }
}

fn check_variant(variant: &str) -> CapsuleResult<()> {
    let is_allowed = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-');
    match (1..=MAX_VARIANT_BYTES).contains(&variant.len()) && variant.bytes().all(is_allowed) {
        true => Ok(()),
        false => Err(CapsuleError::invalid("variant", "must be 1 to 32 of a-z, 0-9, _ and -")),
    }
}

/// A MIME type goes into a header, so nothing but its own characters is let in.
fn check_content_type(content_type: &str) -> CapsuleResult<()> {
    let is_token = |text: &str| {
        let is_allowed = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'+' | b'-');
        !text.is_empty() && text.bytes().all(is_allowed)
    };
    let parts = content_type.split_once('/');
    match content_type.len() <= MAX_CONTENT_TYPE_BYTES
        && parts.is_some_and(|(kind, subtype)| is_token(kind) && is_token(subtype))
    {
        true => Ok(()),
        false => Err(CapsuleError::invalid(
            "content_type",
            "must be a MIME type in lower case with no parameters, as image/png",
        )),
    }
}

fn line(argument: &str, text: &str, limit: u32) -> CapsuleResult<()> {
    check_len(argument, text, limit)?;
    match text.chars().any(char::is_control) {
        true => Err(CapsuleError::invalid(argument, "may hold no control characters")),
        false => Ok(()),
    }
}

fn check_len(argument: &str, text: &str, limit: u32) -> CapsuleResult<()> {
    match text.len() > limit as usize {
        true => {
            let problem = format!("has {} bytes, at most {limit} are taken", text.len());
            Err(CapsuleError::invalid(argument, problem))
        }
        false => Ok(()),
    }
}
