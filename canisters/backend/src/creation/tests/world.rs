//! A hub with a user whose capsule has something of everything, and what must hold in the end.

use candid::Principal;
use capsule::*;
use chunked_upload::to_hex;
use ic_certification::LookupResult;
use serde_bytes::ByteBuf;

use super::fake_ic::{FakeIc, TRILLION, hub as hub_id};
use super::model::CHUNK_BYTES;
use crate::creation::cycles;
use crate::creation::record::{Creation, Step};
use crate::creation::types::{
    CreatePersonalCanisterConfig, CreationStatus, CyclesReserveUpdate,
    PersonalCanisterRecordFilter, PersonalCanisterRecordPage, RecordStatus,
};
use crate::creation::{in_flight, receipts, registry, requests, table, wasm};
use crate::error::BackendResult;
use crate::{host, users};

pub const MODULE: &[u8] = b"\0asm personal";
const BALANCE: u128 = 100 * TRILLION;

pub fn user(number: u8) -> Principal {
    Principal::from_slice(&[2, number])
}

pub fn admin() -> Principal {
    user(200)
}

/// A hub that has the personal canisters' module.
pub fn hub() -> FakeIc {
    let ic = FakeIc::new();
    host::mix_entropy(b"of the test");
    receipts::certify(&ic);
    set_module(&ic, MODULE);
    ic
}

pub fn set_module(ic: &FakeIc, module: &[u8]) {
    users::register(admin(), 1).unwrap();
    let upload_id = upload(admin(), module).0;
    wasm::set(ic, admin(), upload_id).unwrap();
    host::delete_upload(upload_id);
}

/// Uploads bytes; the upload, and what names them in a new asset.
pub fn upload(owner: Principal, bytes: &[u8]) -> (u64, AssetContent) {
    let sha256_hex = to_hex(&chunked_upload::sha256(bytes));
    let begun = host::begin_upload(owner, Default::default(), 1).unwrap().upload_id;
    host::change_uploads(|uploads, policy| {
        uploads.append(begun, owner, bytes, 1, policy)?;
        uploads.commit(begun, owner, &sha256_hex, 1, policy)
    })
    .unwrap();
    (begun, AssetContent::Blob { sha256_hex })
}

/// A capsule of a new user with memories, galleries, connections and grants.
pub fn capsule_of(ic: &FakeIc, owner: Principal) -> String {
    users::register(owner, 1).unwrap();
    let large: Vec<u8> = (0..u32::from(owner.as_slice()[1]) + 9 * CHUNK_BYTES)
        .map(|number| (number.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect();
    let (upload_id, blob) = upload(owner, &large);
    let capsule_id = host::act(ic, owner, |capsules, context| {
        let capsule_id = capsules.create_capsule(context, CreateCapsule::default())?.capsule_id;
        let mut items = Vec::new();
        for number in 0..5u8 {
            let inline = AssetContent::Inline(ByteBuf::from(vec![number / 2; 200]));
            let mut assets = vec![asset("original", inline)];
            if number == 3 {
                assets.push(asset("large", blob.clone()));
            }
            let memory = capsules.add_memory(context, &capsule_id, memory(number, assets))?;
            items.push(memory.memory_id);
        }
        let gallery = NewGallery {
            capsule_id: Some(capsule_id.clone()),
            title: "all".to_owned(),
            items: items.clone(),
            ..NewGallery::default()
        };
        let gallery_id = capsules.store_gallery(context, gallery)?.gallery_id;
        let outer = NewGallery {
            capsule_id: Some(capsule_id.clone()),
            title: "outer".to_owned(),
            items: vec![gallery_id.clone()],
            ..NewGallery::default()
        };
        capsules.store_gallery(context, outer)?;
        capsules.grant(context, &items[0], user(201), Permission::Read)?;
        capsules.grant(context, &capsule_id, user(202), Permission::Write)?;
        let peer = user(203);
        let connection = NewConnection { peer, name: None, relation: None, note: None };
        capsules.add_connection(context, &capsule_id, connection)?;
        Ok(capsule_id)
    })
    .unwrap();
    host::delete_upload(upload_id);
    capsule_id
}

fn asset(variant: &str, content: AssetContent) -> NewAsset {
    let (variant, content_type) = (variant.to_owned(), "image/png".to_owned());
    NewAsset { variant, content_type, file_name: None, content }
}

fn memory(number: u8, assets: Vec<NewAsset>) -> NewMemory {
    NewMemory {
        memory_type: MemoryType::Image,
        title: format!("memory {number}"),
        description: None,
        tags: None,
        metadata: None,
        date_ns: Some(7),
        assets,
        visibility: (number == 1).then_some(Visibility::Public),
    }
}

pub fn create(ic: &FakeIc, owner: Principal) -> BackendResult<()> {
    requests::create(ic, owner, CreatePersonalCanisterConfig::default())
}

pub fn creation_of(owner: Principal) -> Creation {
    table::get(owner).expect("it was begun")
}

pub fn status_of(owner: Principal) -> CreationStatus {
    table::get(owner).map_or(CreationStatus::NotStarted, |creation| creation.status())
}

pub fn set_reserve(ic: &FakeIc, reserve: u128, min_threshold: u128) {
    let (reserve, min_threshold) = (Some(reserve), Some(min_threshold));
    cycles::update(ic, CyclesReserveUpdate { reserve, min_threshold });
}

/// What holds whenever nothing is under way; `knows_all` unless an answer was lost that told the id of
/// a new canister.
pub fn check_rest(ic: &FakeIc, knows_all: bool) {
    assert_eq!((table::running(), table::queued(), in_flight::count()), (vec![], 0, 0));
    assert_eq!(ic.cycles() + ic.burned.get(), BALANCE, "every cycle is somewhere");
    let reserve = cycles::info(ic);
    assert_eq!(reserve.promised, 0);
    if knows_all {
        assert_eq!(reserve.consumed, BALANCE - ic.balance.get(), "the reserve paid what has gone");
    }
    check_registry(ic, knows_all);
}

/// The registry tells the truth about each canister, and knows each that the hub controls.
fn check_registry(ic: &FakeIc, knows_all: bool) {
    let all = PersonalCanisterRecordPage::default();
    let records = registry::list(&PersonalCanisterRecordFilter::default(), &all).records;
    for (canister_id, canister) in ic.canisters.borrow().iter() {
        let record = records.iter().find(|record| record.canister_id == *canister_id);
        let is_controlled = canister.controllers.contains(&hub_id());
        assert!(record.is_some() || !is_controlled || !knows_all, "{canister_id} is an orphan");
        let Some(record) = record else { continue };
        let expected: &[RecordStatus] = match is_controlled {
            true => &[RecordStatus::Failed],
            false => &[RecordStatus::Completed, RecordStatus::Taken, RecordStatus::Failed],
        };
        assert!(expected.contains(&record.status), "{record:?}");
        assert!(canister.controllers.contains(&record.created_by), "its user controls it");
    }
    for record in &records {
        let is_there = ic.canister(record.canister_id).is_some();
        assert!(is_there || record.status != RecordStatus::Completed, "{record:?}");
        assert!(!is_there || record.status != RecordStatus::Deleted, "{record:?}");
    }
}

/// A capsule that is in the hub, as it was: it may be changed.
pub fn check_in_hub(ic: &FakeIc, owner: Principal) {
    let capsule = creation_of(owner).capsule;
    assert_eq!(host::read(|hub| hub.capsules.seal(capsule)), None);
    let update = UpdateCapsule { name: Some("still here".to_owned()), description: None };
    host::act(ic, owner, |capsules, context| {
        capsules.update_capsule(context, &capsule.to_string(), update)
    })
    .unwrap();
}

/// A creation that is completed: the personal canister has all that the hub has, its user alone
/// controls it, and the hub says where the capsule is.
pub fn check_completed(ic: &FakeIc, owner: Principal) {
    let creation = creation_of(owner);
    assert_eq!(creation.step, Step::Completed, "{creation:?}");
    let canister_id = creation.canister_id.unwrap();
    let canister = ic.canister(canister_id).unwrap();
    assert_eq!(canister.controllers, [owner]);
    assert_eq!(creation.controllers, [owner]);
    assert_eq!(canister.module_hash, creation.module_hash.clone().map(ByteBuf::into_vec));
    assert!(canister.cycles > 0);
    let moved = Some(Seal::Moved { canister_id });
    host::read(|hub| {
        assert_eq!(hub.capsules.seal(creation.capsule), moved);
        let memories = hub.capsules.exported_memories(creation.capsule, None, 999, 1 << 30);
        let memories: Vec<_> = memories.into_iter().map(|(_, memory)| memory).collect();
        let there: Vec<_> = canister.personal.memories.values().cloned().collect();
        assert_eq!(memories, there);
        let galleries = hub.capsules.exported_galleries(creation.capsule, None, 999, 1 << 30);
        let galleries: Vec<_> = galleries.into_iter().map(|(_, gallery)| gallery).collect();
        assert_eq!(galleries, canister.personal.galleries.values().cloned().collect::<Vec<_>>());
        let connections = hub.capsules.exported_connections(creation.capsule, None, 999);
        assert_eq!(
            connections,
            canister.personal.connections.values().cloned().collect::<Vec<_>>()
        );
        let blobs = hub.capsules.blobs_of(creation.capsule, None, 999);
        assert_eq!(blobs.len(), canister.personal.blobs.len());
        for hash in blobs {
            let bytes = hub.uploads.read(&hash, 0, u64::MAX).unwrap();
            assert_eq!(canister.personal.blobs[&hash.to_vec()].bytes(), bytes);
        }
    });
    check_receipt(ic, owner, &creation);
}

fn check_receipt(ic: &FakeIc, owner: Principal, creation: &Creation) {
    let signed = receipts::signed(ic, owner, None).expect("there is a receipt");
    assert_eq!(signed.receipt.hub_manifest, signed.receipt.personal_manifest);
    assert_eq!(signed.receipt.controllers, [owner]);
    assert_eq!(signed.receipt.cycles_consumed, creation.cycles_consumed());
    assert_eq!(host::root_hash(), ic.certified.get(), "what is certified is up to date");
    let witness = receipts::proof_of(&creation.capsule, &signed.content);
    assert_eq!(witness.digest(), ic.certified.get());
    let path = [b"receipts".to_vec(), signed.receipt.capsule_id.clone().into_bytes()];
    let content = blob_store::sha256(&signed.content);
    assert_eq!(witness.lookup_path(&path), LookupResult::Found(&content));
}

/// No bytes are held but those of capsules and of the module.
pub fn check_bytes(capsules: &[&str]) {
    let bytes: u64 = capsules
        .iter()
        .map(|text| {
            let id = Id::parse_as(Kind::Capsule, text).unwrap();
            let blobs = host::read(|hub| hub.capsules.blobs_of(id, None, 999));
            let len = |hash| host::read(|hub| hub.uploads.content_len(hash)).unwrap();
            blobs.iter().map(len).sum::<u64>()
        })
        .sum();
    let stored = host::read(|hub| hub.uploads.totals().stored_bytes);
    assert_eq!(stored, bytes + wasm::module().unwrap().len);
}
