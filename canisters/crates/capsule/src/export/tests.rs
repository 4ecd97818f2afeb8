use candid::Principal;

use super::*;
use crate::id::{Id, Kind};
use crate::tests::stage::*;
use crate::*;

/// A capsule with something of everything.
fn full(stage: &mut Stage) -> Id {
    let capsule = stage.capsule(user(1));
    for number in 0..7u8 {
        let assets = vec![
            asset("original", inline(&[number / 2; 9])),
            asset("thumbnail", inline(&[number, 1])),
        ];
        let new = NewMemory { assets, date_ns: Some(7), ..note(&format!("memory {number}")) };
        let memory = stage.add(user(1), &capsule, new).unwrap();
        stage.gallery(user(1), &capsule, &[&memory]).unwrap();
        stage.act(user(1), |capsules, context| {
            capsules.grant(context, &memory, user(3), Permission::Read).unwrap();
            let peer = user(10 + number);
            let new = NewConnection { peer, name: None, relation: None, note: None };
            capsules.add_connection(context, &capsule, new).unwrap();
        });
    }
    Id::parse_as(Kind::Capsule, &capsule).unwrap()
}

fn manifest_of(stage: &Stage, capsule: Id) -> Manifest {
    ManifestBuilder::new(capsule).step(&stage.capsules, usize::MAX).unwrap()
}

#[test]
fn a_manifest_is_the_same_by_steps_of_any_size_and_from_storage_between() {
    let mut stage = Stage::new();
    let capsule = full(&mut stage);
    let whole = manifest_of(&stage, capsule);
    assert_eq!((whole.memories, whole.galleries, whole.connections), (7, 7, 7));
    assert_eq!((whole.blobs, whole.total_bytes), (11, 4 * 9 + 7 * 2));
    for most in 1..6 {
        let mut builder = ManifestBuilder::new(capsule);
        let mut before = 0;
        let made = loop {
            if let Some(made) = builder.step(&stage.capsules, most) {
                break made;
            }
            builder = stable_record::decode(&stable_record::encode(&builder));
            let (done, total) = builder.progress();
            assert!(done >= before && done <= total && total == 22);
            before = done;
        };
        assert_eq!((made, builder.progress()), (whole.clone(), (22, 22)));
    }
}

#[test]
fn a_capsule_that_is_not_there_has_a_manifest_of_nothing() {
    let stage = Stage::new();
    let nothing = manifest_of(&stage, Id::MIN);
    assert_eq!((nothing.memories, nothing.blobs, nothing.total_bytes), (0, 0, 0));
}

fn principal(bytes: &[u8]) -> Principal {
    Principal::from_slice(bytes)
}

/// The capsule that the module's documentation speaks of.
fn spelt_out(stage: &mut Stage) -> Id {
    let owner = principal(&[1, 1, 1]);
    let bob = principal(&[2, 2]);
    let id = |letter: &str, byte: &str, last: &str| format!("{letter}{}{last}", byte.repeat(15));
    let capsule_id = Id::parse(&id("c", "01", "00")).unwrap();
    let hash = stage.blobs.store(b"hello").unwrap();
    let asset = |variant: &str, file_name: Option<&str>| ExportedAsset {
        variant: variant.to_owned(),
        content_type: "text/plain".to_owned(),
        file_name: file_name.map(str::to_owned),
        size: 5,
        sha256_hex: blob_store::to_hex(&hash),
    };
    let capsule = ExportedCapsule {
        capsule_id: capsule_id.to_string(),
        owner,
        name: "Ada's".to_owned(),
        description: String::new(),
        visibility: Visibility::Private,
        created_at_time_ns: 1000,
        updated_at_time_ns: 2000,
        grants: vec![
            Grant { grantee: principal(&[9]), permission: Permission::Write },
            Grant { grantee: bob, permission: Permission::Read },
        ],
    };
    let memory = ExportedMemory {
        memory_id: id("m", "02", "01"),
        created_by: owner,
        memory_type: MemoryType::Note,
        title: "Grüße".to_owned(),
        description: "first".to_owned(),
        tags: vec!["a".to_owned(), "b".to_owned()],
        metadata: vec![MetadataEntry { key: "place".to_owned(), value: "Zürich".to_owned() }],
        date_ns: Some(1_700_000_000_000_000_000),
        assets: vec![asset("original", Some("hello.txt")), asset("copy", None)],
        visibility: Visibility::Public,
        created_at_time_ns: 3000,
        updated_at_time_ns: 3000,
        grants: Vec::new(),
    };
    let gallery = ExportedGallery {
        gallery_id: id("g", "03", "02"),
        created_by: owner,
        title: "All".to_owned(),
        description: String::new(),
        items: vec![memory.memory_id.clone()],
        visibility: Visibility::Private,
        created_at_time_ns: 4000,
        updated_at_time_ns: 5000,
        grants: vec![Grant { grantee: bob, permission: Permission::Read }],
    };
    let connection = |peer: &[u8]| ConnectionInfo {
        peer: principal(peer),
        name: "Bob".to_owned(),
        relation: "friend".to_owned(),
        note: String::new(),
        created_at_time_ns: 6000,
        updated_at_time_ns: 6000,
    };
    let capsules = &mut stage.capsules;
    capsules.import_capsule(capsule_id, capsule).unwrap();
    let memory = capsules.prepare_memory(capsule_id, memory, 1).unwrap();
    capsules.import_memory(&mut stage.blobs, memory);
    capsules.import_gallery(capsule_id, gallery, 1).unwrap();
    capsules.import_connection(capsule_id, connection(&[4, 4]), 2).unwrap();
    capsules.import_connection(capsule_id, connection(&[7]), 2).unwrap();
    capsule_id
}

/// The root hash was computed by another program, from the documentation of the module.
#[test]
fn the_root_hash_is_as_documented() {
    let mut stage = Stage::new();
    let capsule = spelt_out(&mut stage);
    let manifest = manifest_of(&stage, capsule);
    let expected = Manifest {
        api_version: 1,
        capsule_id: "c01010101010101010101010101010100".to_owned(),
        memories: 1,
        galleries: 1,
        connections: 2,
        blobs: 1,
        total_bytes: 5,
        root_hash_hex: "36f6aac743744c319415975967b904960dd21733191a03e5749134a62c853956"
            .to_owned(),
    };
    assert_eq!(manifest, expected);
}

#[test]
fn whatever_changes_changes_the_root_hash() {
    let mut stage = Stage::new();
    let capsule = full(&mut stage);
    let mut known = vec![manifest_of(&stage, capsule).root_hash_hex];
    let owner = user(1);
    let text = capsule.to_string();
    let exported = stage.capsules.exported_memories(capsule, None, 1, 1 << 20);
    let memory = exported[0].1.memory_id.clone();
    let gallery = stage.capsules.exported_galleries(capsule, None, 1, 1 << 20)[0].1.clone();
    type Change<'a> = Box<dyn Fn(&mut Stage) + 'a>;
    let act: [Change; 6] = [
        Box::new(|stage| {
            stage.act(owner, |capsules, context| {
                let update = UpdateCapsule { name: Some("other".into()), ..Default::default() };
                capsules.update_capsule(context, &text, update).unwrap();
            });
        }),
        Box::new(|stage| {
            stage.act(owner, |capsules, context| {
                capsules.set_visibility(context, &memory, Visibility::Public).unwrap();
            });
        }),
        Box::new(|stage| {
            stage.act(owner, |capsules, context| {
                capsules.grant(context, &gallery.gallery_id, user(8), Permission::Read).unwrap();
            });
        }),
        Box::new(|stage| {
            stage.act(owner, |capsules, context| {
                capsules.grant(context, &gallery.gallery_id, user(8), Permission::Write).unwrap();
            });
        }),
        Box::new(|stage| {
            stage.act(owner, |capsules, context| {
                capsules.remove_connection(context, &text, user(10)).unwrap();
            });
        }),
        Box::new(|stage| {
            stage.act(owner, |capsules, context| {
                capsules.delete_memory(context, &text, &memory).unwrap();
            });
        }),
    ];
    for change in act {
        change(&mut stage);
        let root = manifest_of(&stage, capsule).root_hash_hex;
        assert!(!known.contains(&root));
        known.push(root);
    }
}

#[test]
fn an_export_in_pages_is_all_that_the_capsule_holds() {
    let mut stage = Stage::new();
    let capsule = full(&mut stage);
    let text = capsule.to_string();
    for limit in [1, 3, 7, 100] {
        let mut all = ExportPage::default();
        let mut page = Page { after: None, limit: Some(limit) };
        loop {
            let found = stage.capsules.export(user(1), Some(&text), &page).unwrap();
            all.capsule = all.capsule.or(found.capsule);
            all.memories.extend(found.memories);
            all.galleries.extend(found.galleries);
            all.connections.extend(found.connections);
            match found.next {
                Some(next) => page.after = Some(next),
                None => break,
            }
        }
        assert_eq!(all.capsule, stage.capsules.exported_capsule(capsule));
        let numbers = (all.memories.len(), all.galleries.len(), all.connections.len());
        assert_eq!(numbers, (7, 7, 7), "in pages of {limit}");
    }
    let refused = stage.capsules.export(user(2), Some(&text), &Page::default());
    assert_eq!(refused, Err(CapsuleError::CapsuleNotFound { capsule_id: text }));
}
