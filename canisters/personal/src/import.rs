//! How the capsule comes in: the import of the crate `capsule`, on this canister's memory.

use std::cell::RefCell;

use capsule::{
    Chunk, ConnectionInfo, ExportedCapsule, ExportedGallery, ExportedMemory, Import, ImportError,
    ImportStage, ImportStatus, ImportedManifest, Manifest, Progress,
};

use crate::environment::Environment;
use crate::error::PersonalResult;
use crate::events::{self, EventKind};
use crate::memory::{self, Memory};
use crate::{config, host, setup};

/// One message checks or clears no more when it has come to so many instructions; of 40 billion.
const ENOUGH_INSTRUCTIONS: u64 = 5_000_000_000;

thread_local! {
    static IMPORT: RefCell<Import<Memory>> =
        RefCell::new(Import::init(memory::import_memories()));
}

fn read<T>(read: impl FnOnce(&Import<Memory>) -> T) -> T {
    IMPORT.with_borrow(read)
}

fn change<T>(change: impl FnOnce(&mut Import<Memory>) -> T) -> T {
    IMPORT.with_borrow_mut(change)
}

/// Whether all has come, and been checked.
pub fn is_finalized() -> bool {
    read(|import| import.stage() == ImportStage::Finalized)
}

pub fn status() -> ImportStatus {
    host::read(|host| read(|import| import.status(&host.capsules)))
}

pub fn manifest() -> Option<ImportedManifest> {
    read(Import::manifest)
}

pub fn note_change() {
    change(Import::note_change);
}

/// Begins a session; returns its id and when it expires.
pub fn begin(
    environment: &impl Environment,
    instructions: impl Fn() -> u64,
    manifest: Manifest,
    capsule: ExportedCapsule,
) -> PersonalResult<(u64, u64)> {
    check_is_ours(&capsule)?;
    expire(environment);
    clear(instructions);
    let (now, limits) = (environment.now(), config::import_limits());
    let before = read(Import::stage);
    let begun = host::change(|host| {
        change(|import| import.begin(&mut host.capsules, manifest, capsule, now, &limits))
    })?;
    if before == ImportStage::Empty {
        events::record(now, setup::get().hub, EventKind::ImportBegun);
    }
    Ok(begun)
}

fn check_is_ours(capsule: &ExportedCapsule) -> Result<(), ImportError> {
    let setup = setup::get();
    let names = |owner: candid::Principal, capsule: &str| format!("{capsule} of {owner}");
    let (expected, actual) =
        (names(setup.owner, &setup.capsule.to_string()), names(capsule.owner, &capsule.capsule_id));
    match expected == actual {
        true => Ok(()),
        false => Err(ImportError::WrongCapsule { expected, actual }),
    }
}

pub fn put(
    environment: &impl Environment,
    session_id: u64,
    chunks: &[Chunk],
) -> PersonalResult<()> {
    expire(environment);
    let (now, limits) = (environment.now(), config::import_limits());
    Ok(host::change(|host| {
        let (_, blobs) = host.parts(config::upload_policy());
        let mut blobs = staging(blobs);
        change(|import| import.put(&mut blobs, session_id, chunks, now, &limits))
    })?)
}

pub fn commit_memories(
    environment: &impl Environment,
    session_id: u64,
    memories: Vec<ExportedMemory>,
) -> PersonalResult<()> {
    expire(environment);
    #[cfg(feature = "faults")]
    let memories = crate::faults::kept(memories);
    let (now, limits) = (environment.now(), config::import_limits());
    Ok(host::change(|host| {
        let (capsules, blobs) = host.parts(config::upload_policy());
        let mut blobs = staging(blobs);
        change(|import| {
            import.commit_memories(capsules, &mut blobs, session_id, memories, now, &limits)
        })
    })?)
}

pub fn commit_galleries(
    environment: &impl Environment,
    session_id: u64,
    galleries: Vec<ExportedGallery>,
) -> PersonalResult<()> {
    expire(environment);
    let (now, limits) = (environment.now(), config::import_limits());
    Ok(host::change(|host| {
        change(|import| {
            import.commit_galleries(&mut host.capsules, session_id, galleries, now, &limits)
        })
    })?)
}

pub fn commit_connections(
    environment: &impl Environment,
    session_id: u64,
    connections: Vec<ConnectionInfo>,
) -> PersonalResult<()> {
    expire(environment);
    let (now, limits) = (environment.now(), config::import_limits());
    Ok(host::change(|host| {
        change(|import| {
            import.commit_connections(&mut host.capsules, session_id, connections, now, &limits)
        })
    })?)
}

/// Checks all that has come, as much as one message may; called until it is finalized.
pub fn finalize(
    environment: &impl Environment,
    instructions: impl Fn() -> u64,
    session_id: u64,
) -> PersonalResult<Progress> {
    expire(environment);
    let (now, limits) = (environment.now(), config::import_limits());
    let was_finalized = is_finalized();
    let goes_on = || instructions() < ENOUGH_INSTRUCTIONS;
    let progress = host::change(|host| {
        let (capsules, blobs) = host.parts(config::upload_policy());
        let mut blobs = staging(blobs);
        change(|import| import.finalize(capsules, &mut blobs, session_id, now, &limits, goes_on))
    })?;
    if let Progress::Finalized(manifest) = &progress
        && !was_finalized
    {
        let root_hash_hex = manifest.root_hash_hex.clone();
        let event = EventKind::ImportFinalized { root_hash_hex };
        events::record(now, setup::get().hub, event);
        host::settle(environment);
    }
    Ok(progress)
}

pub fn abort(environment: &impl Environment, session_id: u64) -> PersonalResult<()> {
    expire(environment);
    let was_open = read(Import::stage) != ImportStage::Clearing;
    host::change(|host| change(|import| import.abort(&mut host.capsules, session_id)))?;
    if was_open && read(Import::stage) == ImportStage::Clearing {
        events::record(environment.now(), setup::get().hub, EventKind::ImportAborted);
    }
    environment.work_later();
    Ok(())
}

/// Ends a session that has expired.
pub fn expire(environment: &impl Environment) {
    let now = environment.now();
    if host::change(|host| change(|import| import.expire(&mut host.capsules, now))) {
        events::record(now, environment.canister_id(), EventKind::ImportExpired);
        environment.work_later();
    }
}

/// Clears away what sessions that are over have brought, as much as one message may; returns whether
/// there is more.
pub fn clear(instructions: impl Fn() -> u64) -> bool {
    while instructions() < ENOUGH_INSTRUCTIONS {
        let has_cleared = host::change(|host| {
            let (capsules, mut blobs) = host.parts(config::upload_policy());
            change(|import| import.clear_one(capsules, &mut blobs))
        });
        if !has_cleared {
            return false;
        }
    }
    true
}

#[cfg(not(feature = "faults"))]
use std::convert::identity as staging;

#[cfg(feature = "faults")]
use crate::faults::staging;
