//! The module that personal canisters run. The hub holds its bytes, whatever becomes of the upload.

use std::cell::RefCell;

use blob_store::Hash;
use candid::{Deserialize, Principal};
use capsule::Blobs;
use chunked_upload::UploadError;
use ic_stable_structures::StableCell;
use serde::Serialize;
use serde_bytes::ByteBuf;
use stable_record::storable_as_cbor;

use crate::creation::error::CreationError;
use crate::creation::types::PersonalCanisterWasm;
use crate::environment::Environment;
use crate::error::BackendResult;
use crate::events::{self, PersonalCanisterEvent, Turning};
use crate::host;
use crate::memory::{self, Memory};

const WASM_MAGIC: &[u8] = b"\0asm";
const GZIP_MAGIC: &[u8] = &[0x1f, 0x8b];
/// What the IC takes, unpacked or not.
const MOST_BYTES: u64 = 100 * 1024 * 1024;

/// A committed module, held by whoever installs it.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct Module {
    #[serde(with = "serde_bytes")]
    pub hash: Hash,
    pub len: u64,
}

#[derive(Serialize, Deserialize, Clone, Debug, Default)]
struct Current(Option<PersonalCanisterWasm>);

storable_as_cbor!(Current);

thread_local! {
    static CURRENT: RefCell<StableCell<Current, Memory>> = RefCell::new(
        StableCell::init(memory::memory(memory::creation::PERSONAL_WASM), Current::default())
    );
}

pub fn info() -> Option<PersonalCanisterWasm> {
    CURRENT.with_borrow(|current| current.get().0.clone())
}

/// The module, where there is one.
pub fn module() -> Option<Module> {
    let info = info()?;
    let hash = Hash::try_from(info.module_hash.as_slice()).ok()?;
    Some(Module { hash, len: info.size })
}

/// Makes a committed upload the module of all installations that begin from here on.
pub fn set(
    environment: &impl Environment,
    admin: Principal,
    upload_id: u64,
) -> BackendResult<PersonalCanisterWasm> {
    let module = module_of(upload_id)?;
    let former = self::module();
    hold(environment, &module);
    let info = PersonalCanisterWasm {
        module_hash: ByteBuf::from(module.hash),
        size: module.len,
        upload_id,
        set_by: admin,
        set_at_time_ns: environment.now(),
    };
    CURRENT.with_borrow_mut(|current| current.set(Current(Some(info.clone()))));
    if let Some(former) = former {
        release(environment, &former);
    }
    let note = format!("upload {upload_id}, SHA-256 {}", chunked_upload::to_hex(&module.hash));
    let event = PersonalCanisterEvent::general(Turning::WasmSet, None, note);
    events::record(environment.now(), admin, event);
    Ok(info)
}

fn module_of(upload_id: u64) -> BackendResult<Module> {
    host::read(|hub| {
        let upload = hub.uploads.get(upload_id).ok_or(UploadError::UploadNotFound { upload_id })?;
        let hash = upload.committed_hash.ok_or(UploadError::NotCommitted { upload_id })?;
        let first = hub.uploads.first_bytes(upload_id, WASM_MAGIC.len());
        if !first.starts_with(WASM_MAGIC) && !first.starts_with(GZIP_MAGIC) {
            let problem = "is no WASM: it begins neither with \\0asm nor with the mark of gzip";
            return Err(CreationError::invalid("upload_id", problem).into());
        }
        if upload.total_len > MOST_BYTES {
            let problem = format!("has {} bytes, the IC takes {MOST_BYTES}", upload.total_len);
            return Err(CreationError::invalid("upload_id", problem).into());
        }
        Ok(Module { hash, len: upload.total_len })
    })
}

/// Keeps a module's bytes until they are released.
pub fn hold(environment: &impl Environment, module: &Module) {
    change_blobs(environment, |blobs| blobs.hold(&module.hash));
}

pub fn release(environment: &impl Environment, module: &Module) {
    change_blobs(environment, |blobs| blobs.release(&module.hash));
}

fn change_blobs(
    environment: &impl Environment,
    change: impl FnOnce(&mut capsule_host::HostBlobs<Memory>),
) {
    let changed = host::act(environment, environment.canister_id(), |_, context| {
        change(context.blobs);
        Ok(())
    });
    changed.expect("this act refuses nothing");
}
