//! Capsules that move to a canister of their own.

use candid::Principal;

use super::stage::*;
use crate::id::{Id, Kind};
use crate::*;

struct Scene {
    stage: Stage,
    id: Id,
    capsule: String,
    memory: String,
    gallery: String,
}

fn scene() -> Scene {
    let mut stage = Stage::new();
    let capsule = stage.capsule(user(1));
    let new = NewMemory { assets: vec![asset("original", inline(b"bytes"))], ..note("a") };
    let memory = stage.add(user(1), &capsule, new).unwrap();
    let gallery = stage.gallery(user(1), &capsule, &[&memory]).unwrap();
    stage.act(user(1), |capsules, context| {
        capsules.grant(context, &capsule, user(2), Permission::Write).unwrap();
        capsules.set_visibility(context, &memory, Visibility::Public).unwrap();
        let new = NewConnection { peer: user(4), name: None, relation: None, note: None };
        capsules.add_connection(context, &capsule, new).unwrap();
    });
    let id = Id::parse_as(Kind::Capsule, &capsule).unwrap();
    Scene { stage, id, capsule, memory, gallery }
}

impl Scene {
    /// What each way to change something answers a caller.
    fn writes(&mut self, caller: Principal) -> Vec<CapsuleError> {
        let Self { capsule, memory, gallery, .. } = self;
        let (capsule, memory, gallery) = (capsule.clone(), memory.clone(), gallery.clone());
        let connection = || NewConnection { peer: user(5), name: None, relation: None, note: None };
        let new_gallery = || NewGallery {
            capsule_id: Some(capsule.clone()),
            title: "b".to_owned(),
            ..Default::default()
        };
        self.stage.act(caller, |capsules, context| {
            let answers = [
                capsules.add_memory(context, &capsule, note("b")).err(),
                capsules.update_memory(context, &capsule, &memory, Default::default()).err(),
                capsules.delete_memory(context, &capsule, &memory).err(),
                capsules.store_gallery(context, new_gallery()).err(),
                capsules.update_gallery(context, &gallery, Default::default()).err(),
                capsules.delete_gallery(context, &gallery).err(),
                capsules.update_capsule(context, &capsule, Default::default()).err(),
                capsules.delete_capsule(context, &capsule).err(),
                capsules.add_connection(context, &capsule, connection()).err(),
                capsules.update_connection(context, &capsule, user(4), Default::default()).err(),
                capsules.remove_connection(context, &capsule, user(4)).err(),
                capsules.set_visibility(context, &capsule, Visibility::Public).err(),
                capsules.set_visibility(context, &memory, Visibility::Private).err(),
                capsules.grant(context, &gallery, user(6), Permission::Read).err(),
                capsules.revoke(context, &capsule, user(2)).err(),
            ];
            answers.map(|answer| answer.expect("a sealed capsule does not change")).to_vec()
        })
    }

    fn reads(&self, caller: Principal) -> Vec<Option<CapsuleError>> {
        let capsules = &self.stage.capsules;
        let (memory, all) = (&self.memory, Default::default());
        vec![
            capsules.get_capsule(caller, Some(&self.capsule)).err(),
            capsules.get_memory(caller, memory, &self.stage.blobs).err(),
            capsules.asset(caller, memory, "original").err(),
            capsules.get_gallery(caller, &self.gallery).err(),
            capsules.list_memories(caller, &self.capsule, &all, &Page::default()).err(),
        ]
    }
}

#[test]
fn a_frozen_capsule_is_read_and_not_changed() {
    let mut scene = scene();
    scene.stage.capsules.freeze(scene.id);
    let before = ManifestBuilder::new(scene.id).step(&scene.stage.capsules, 100);
    let frozen = CapsuleError::CapsuleFrozen { capsule_id: scene.capsule.clone() };
    assert!(scene.writes(user(1)).iter().all(|answer| *answer == frozen));
    assert!(scene.writes(user(3)).iter().all(|answer| *answer != frozen));
    assert_eq!(scene.reads(user(1)), vec![None; 5]);
    assert_eq!(scene.reads(user(2)), vec![None; 5]);
    assert_eq!(ManifestBuilder::new(scene.id).step(&scene.stage.capsules, 100), before);
    assert!(frozen.to_string().starts_with("Capsule frozen: "));
    scene.stage.capsules.thaw(scene.id);
    scene.stage.add(user(2), &scene.capsule, note("b")).unwrap();
    scene.stage.check_blobs();
}

#[test]
fn a_capsule_that_moved_says_where_to_those_who_may_read_it() {
    let mut scene = scene();
    let (capsule_id, canister_id) = (scene.capsule.clone(), user(9));
    scene.stage.capsules.freeze(scene.id);
    scene.stage.capsules.mark_moved(scene.id, canister_id);
    scene.stage.capsules.thaw(scene.id);
    scene.stage.capsules.freeze(scene.id);
    let moved = CapsuleError::Moved { capsule_id, canister_id };
    assert_eq!(scene.stage.capsules.seal(scene.id), Some(Seal::Moved { canister_id }));
    assert!(scene.writes(user(1)).iter().all(|answer| *answer == moved));
    for reader in [user(1), user(2)] {
        assert_eq!(scene.reads(reader), vec![Some(moved.clone()); 5]);
    }
    let stranger = scene.reads(Principal::anonymous());
    assert!(matches!(stranger[0], Some(CapsuleError::CapsuleNotFound { .. })));
    assert_eq!(stranger[2], Some(moved.clone()), "the memory was public");
    assert!(matches!(stranger[3], Some(CapsuleError::GalleryNotFound { .. })));
    let capsules = &scene.stage.capsules;
    assert_eq!(capsules.get_capsule(user(1), None), Err(moved));
    assert_eq!(capsules.list_capsules(user(1), &Page::default()).unwrap().capsules, []);
    assert!(capsules.shared_with(user(2), &Page::default()).unwrap().ids.is_empty());
    assert_eq!(capsules.owned_id(user(1), None), Ok(scene.id));
    let not_owner = CapsuleError::NotOwner { id: scene.capsule.clone() };
    assert_eq!(capsules.owned_id(user(2), Some(&scene.capsule)), Err(not_owner));
}

#[test]
fn what_was_public_is_no_more_when_it_has_moved() {
    let mut scene = scene();
    while scene.stage.capsules.next_changed().is_some() {}
    scene.stage.capsules.mark_moved(scene.id, user(9));
    let changed = scene.stage.capsules.next_changed().unwrap();
    assert_eq!(changed.to_string(), scene.memory);
    assert_eq!(scene.stage.capsules.public_memory(changed), None);
}

#[test]
fn a_new_capsule_comes_first_where_the_one_before_has_moved() {
    let mut scene = scene();
    scene.stage.capsules.mark_moved(scene.id, user(9));
    let next = scene.stage.capsule(user(1));
    assert_eq!(scene.stage.capsules.get_capsule(user(1), None).unwrap().capsule_id, next);
}

#[test]
fn a_released_copy_leaves_nothing_but_where_it_has_gone() {
    let mut scene = scene();
    scene.stage.capsules.release_copy(scene.id);
    assert!(!scene.stage.capsules.purge(&mut scene.stage.blobs), "it has not moved");
    scene.stage.capsules.mark_moved(scene.id, user(9));
    scene.stage.capsules.release_copy(scene.id);
    let mut pieces = 0;
    while scene.stage.capsules.purge(&mut scene.stage.blobs) {
        pieces += 1;
        scene.stage.check_blobs();
    }
    assert_eq!(pieces, 4);
    assert!(scene.stage.blobs.kept.is_empty());
    let totals = scene.stage.capsules.totals();
    assert_eq!((totals.capsules, totals.memories, totals.connections), (1, 0, 0));
    let told = scene.stage.capsules.get_capsule(user(2), Some(&scene.capsule));
    assert!(matches!(told, Err(CapsuleError::Moved { .. })));
}
