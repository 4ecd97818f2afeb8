use candid::Principal;

use super::stage::*;
use crate::*;

struct Scene {
    stage: Stage,
    capsule: String,
    memory: String,
    gallery: String,
}

fn scene() -> Scene {
    let mut stage = Stage::new();
    let capsule = stage.capsule(user(1));
    let memory = stage.add(user(1), &capsule, note("a")).unwrap();
    let gallery = stage.gallery(user(1), &capsule, &[&memory]).unwrap();
    Scene { stage, capsule, memory, gallery }
}

impl Scene {
    fn grant(&mut self, id: &str, grantee: Principal, permission: Permission) {
        self.stage.act(user(1), |capsules, context| {
            capsules.grant(context, id, grantee, permission).unwrap();
        });
    }

    fn show(&mut self, id: &str) {
        self.stage.act(user(1), |capsules, context| {
            capsules.set_visibility(context, id, Visibility::Public).unwrap();
        });
    }

    /// Whether a caller sees capsule, memory and gallery.
    fn seen(&self, caller: Principal) -> [bool; 3] {
        let capsules = &self.stage.capsules;
        [
            capsules.get_capsule(caller, Some(&self.capsule)).is_ok(),
            capsules.get_memory(caller, &self.memory, &self.stage.blobs).is_ok(),
            capsules.get_gallery(caller, &self.gallery).is_ok(),
        ]
    }
}

#[test]
fn what_is_private_looks_to_strangers_as_if_it_were_not_there() {
    let mut scene = scene();
    let absent = |text: &str| format!("{}{}", &text[..1], "0".repeat(32).replace("00", "01"));
    let swapped = |error: CapsuleError, is: &str, was: &str| error.to_string().replace(was, is);
    assert_eq!(scene.seen(user(2)), [false; 3]);
    let capsules = &scene.stage.capsules;
    let id = absent(&scene.capsule);
    let there = capsules.get_capsule(user(2), Some(&scene.capsule)).unwrap_err();
    let not = capsules.get_capsule(user(2), Some(&id)).unwrap_err();
    assert_eq!(swapped(there, "X", &scene.capsule), swapped(not, "X", &id));
    let id = absent(&scene.memory);
    let there = capsules.get_memory(user(2), &scene.memory, &scene.stage.blobs).unwrap_err();
    let not = capsules.get_memory(user(2), &id, &scene.stage.blobs).unwrap_err();
    assert_eq!(swapped(there, "X", &scene.memory), swapped(not, "X", &id));
    let (capsule, memory) = (scene.capsule.clone(), scene.memory.clone());
    scene.stage.act(user(2), |capsules, context| {
        let refused = capsules.delete_memory(context, &capsule, &memory).unwrap_err();
        assert!(matches!(refused, CapsuleError::MemoryNotFound { .. }));
        let refused = capsules.delete_capsule(context, &capsule).unwrap_err();
        assert!(matches!(refused, CapsuleError::CapsuleNotFound { .. }));
        for id in [&capsule, &memory] {
            let refused = capsules.set_visibility(context, id, Visibility::Public).unwrap_err();
            assert!(refused.to_string().contains("not found"), "{refused}");
        }
    });
    let galleries = scene.stage.capsules.list_galleries(user(2), user(1), &Page::default());
    assert_eq!(galleries.unwrap(), GalleryList { galleries: vec![], next: None });
}

#[test]
fn a_grant_or_publicity_opens_what_it_is_for() {
    let anonymous = Principal::anonymous();
    let mut of_memory = scene();
    of_memory.grant(&of_memory.memory.clone(), user(2), Permission::Read);
    assert_eq!(of_memory.seen(user(2)), [false, true, false]);
    assert_eq!(of_memory.seen(user(3)), [false; 3]);
    let mut of_gallery = scene();
    of_gallery.grant(&of_gallery.gallery.clone(), user(2), Permission::Read);
    assert_eq!(of_gallery.seen(user(2)), [false, false, true]);
    assert!(of_gallery.stage.items(user(2), &of_gallery.gallery).is_empty());
    of_gallery.show(&of_gallery.memory.clone());
    assert_eq!(of_gallery.stage.items(user(2), &of_gallery.gallery), [of_gallery.memory.clone()]);
    let mut of_capsule = scene();
    of_capsule.grant(&of_capsule.capsule.clone(), user(2), Permission::Read);
    assert_eq!(of_capsule.seen(user(2)), [true; 3]);
    assert_eq!(of_capsule.seen(anonymous), [false; 3]);
    of_capsule.show(&of_capsule.capsule.clone());
    assert_eq!(of_capsule.seen(anonymous), [true; 3]);
}

#[test]
fn reading_is_not_writing_and_writing_is_not_owning() {
    let mut scene = scene();
    let (capsule, memory) = (scene.capsule.clone(), scene.memory.clone());
    scene.grant(&capsule, user(2), Permission::Read);
    scene.grant(&capsule, user(3), Permission::Write);
    let refused = scene.stage.add(user(2), &capsule, note("b")).unwrap_err();
    assert_eq!(refused, CapsuleError::ReadOnly { id: capsule.clone() });
    scene.stage.add(user(3), &capsule, note("b")).unwrap();
    scene.stage.act(user(3), |capsules, context| {
        let not_owner = CapsuleError::NotOwner { id: memory.clone() };
        let shown = capsules.set_visibility(context, &memory, Visibility::Public);
        assert_eq!(shown, Err(not_owner.clone()));
        let granted = capsules.grant(context, &memory, user(4), Permission::Read);
        assert_eq!(granted, Err(not_owner));
        let not_owner = Err(CapsuleError::NotOwner { id: capsule.clone() });
        assert_eq!(capsules.delete_capsule(context, &capsule), not_owner);
    });
    let published = NewMemory { visibility: Some(Visibility::Public), ..note("c") };
    let refused = scene.stage.add(user(3), &capsule, published).unwrap_err();
    assert_eq!(refused, CapsuleError::NotOwner { id: capsule });
}

#[test]
fn what_was_shared_is_listed_until_it_is_taken_back_or_gone() {
    let mut scene = scene();
    let (capsule, memory, gallery) =
        (scene.capsule.clone(), scene.memory.clone(), scene.gallery.clone());
    for id in [&capsule, &memory, &gallery] {
        scene.grant(id, user(2), Permission::Write);
    }
    let listed = |stage: &Stage| {
        let (mut ids, mut page) = (Vec::new(), Page { after: None, limit: Some(1) });
        loop {
            let list = stage.capsules.shared_with(user(2), &page).unwrap();
            ids.extend(list.ids);
            page.after = list.next;
            if page.after.is_none() {
                ids.sort();
                return ids;
            }
        }
    };
    assert_eq!(listed(&scene.stage), [capsule.clone(), gallery.clone(), memory.clone()]);
    scene.stage.act(user(1), |capsules, context| {
        assert_eq!(capsules.revoke(context, &gallery, user(2)), Ok(true));
        assert_eq!(capsules.revoke(context, &gallery, user(2)), Ok(false));
    });
    assert_eq!(listed(&scene.stage), [capsule.clone(), memory]);
    scene.stage.act(user(1), |capsules, context| {
        capsules.delete_capsule(context, &capsule).unwrap();
    });
    assert_eq!(listed(&scene.stage), [""; 0]);
    while scene.stage.capsules.purge(&mut scene.stage.blobs) {}
    scene.stage.check_blobs();
    let totals = scene.stage.capsules.totals();
    assert_eq!((totals.capsules, totals.memories, totals.grants), (0, 0, 0));
}

#[test]
fn memories_that_may_have_become_public_or_private_are_told_once() {
    let mut scene = scene();
    let (capsule, memory) = (scene.capsule.clone(), scene.memory.clone());
    let second = scene.stage.add(user(1), &capsule, note("b")).unwrap();
    assert_eq!(scene.stage.capsules.next_changed(), None);
    scene.show(&memory);
    let changed = |scene: &mut Scene| {
        let ids = std::iter::from_fn(|| scene.stage.capsules.next_changed());
        ids.map(|id| id.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(changed(&mut scene), std::slice::from_ref(&memory));
    scene.show(&capsule);
    assert_eq!(changed(&mut scene), [memory.clone(), second.clone()]);
    scene.stage.act(user(1), |capsules, context| {
        capsules.delete_memory(context, &capsule, &second).unwrap();
    });
    assert_eq!(changed(&mut scene), std::slice::from_ref(&second));
    assert!(scene.stage.capsules.public_memory(Id::parse(&second).unwrap()).is_none());
    assert!(scene.stage.capsules.public_memory(Id::parse(&memory).unwrap()).is_some());
}
