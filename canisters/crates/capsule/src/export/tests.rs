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
