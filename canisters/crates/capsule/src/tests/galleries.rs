use super::stage::*;
use crate::*;

#[test]
fn a_gallery_holds_what_is_in_its_capsule_and_never_itself() {
    let mut stage = Stage::new();
    let (capsule, other) = (stage.capsule(user(1)), stage.capsule(user(1)));
    let memory = stage.add(user(1), &capsule, note("a")).unwrap();
    let foreign = stage.add(user(1), &other, note("b")).unwrap();
    let inner = stage.gallery(user(1), &capsule, &[&memory]).unwrap();
    let outer = stage.gallery(user(1), &capsule, &[&inner, &memory]).unwrap();
    for bad in [foreign.as_str(), capsule.as_str(), "m00", "\u{1}"] {
        let refused = stage.gallery(user(1), &capsule, &[bad]).unwrap_err();
        assert!(matches!(refused, CapsuleError::DanglingReference { .. }), "{refused}");
    }
    stage.gallery(user(1), &capsule, &[&memory, &memory]).unwrap_err();
    for gallery in [&inner, &outer] {
        let update = UpdateGallery { add_items: Some(vec![outer.clone()]), ..Default::default() };
        stage.act(user(1), |capsules, context| {
            let refused = capsules.update_gallery(context, gallery, update).unwrap_err();
            assert_eq!(refused, CapsuleError::CyclicGallery { gallery_id: gallery.clone() });
        });
    }
    stage.check_blobs();
}

#[test]
fn what_goes_leaves_all_galleries() {
    let mut stage = Stage::new();
    let capsule = stage.capsule(user(1));
    let memory = stage.add(user(1), &capsule, note("a")).unwrap();
    let kept = stage.add(user(1), &capsule, note("b")).unwrap();
    let inner = stage.gallery(user(1), &capsule, &[&memory, &kept]).unwrap();
    let outer = stage.gallery(user(1), &capsule, &[&inner, &memory]).unwrap();
    stage.act(user(1), |capsules, context| {
        capsules.delete_memory(context, &capsule, &memory).unwrap();
    });
    assert_eq!(stage.items(user(1), &inner), [kept]);
    assert_eq!(stage.items(user(1), &outer), std::slice::from_ref(&inner));
    stage.act(user(1), |capsules, context| capsules.delete_gallery(context, &inner).unwrap());
    assert_eq!(stage.items(user(1), &outer), [""; 0]);
    stage.check_blobs();
}

#[test]
fn who_may_change_a_gallery_does_not_lose_what_is_hidden_in_it() {
    let mut stage = Stage::new();
    let capsule = stage.capsule(user(1));
    let [hidden, open] = ["a", "b"].map(|title| stage.add(user(1), &capsule, note(title)).unwrap());
    let gallery = stage.gallery(user(1), &capsule, &[&hidden, &open]).unwrap();
    stage.act(user(1), |capsules, context| {
        capsules.set_visibility(context, &open, Visibility::Public).unwrap();
        capsules.grant(context, &gallery, user(2), Permission::Write).unwrap();
    });
    let change = |stage: &mut Stage, update| {
        stage.act(user(2), |capsules, context| capsules.update_gallery(context, &gallery, update))
    };
    let all = vec![hidden.clone(), open.clone()];
    let named = UpdateGallery { items: Some(vec![hidden.clone()]), ..Default::default() };
    let refused = change(&mut stage, named).unwrap_err();
    assert!(matches!(refused, CapsuleError::DanglingReference { .. }));
    let removed = UpdateGallery { remove_items: Some(all), ..Default::default() };
    assert!(change(&mut stage, removed).unwrap().items.is_empty());
    let emptied = UpdateGallery { items: Some(vec![open.clone()]), ..Default::default() };
    assert_eq!(change(&mut stage, emptied).unwrap().items, std::slice::from_ref(&open));
    assert_eq!(stage.items(user(1), &gallery), [open, hidden]);
}

#[test]
fn galleries_of_a_user_are_listed_as_far_as_the_caller_may_see_them() {
    let mut stage = Stage::new();
    let capsules = [stage.capsule(user(1)), stage.capsule(user(1))];
    let made: Vec<String> =
        (0..6).map(|at| stage.gallery(user(1), &capsules[at % 2], &[]).unwrap()).collect();
    stage.act(user(1), |capsules, context| {
        capsules.set_visibility(context, &made[1], Visibility::Public).unwrap();
        capsules.grant(context, &made[1], user(2), Permission::Read).unwrap();
        capsules.grant(context, &made[2], user(2), Permission::Read).unwrap();
        capsules.grant(context, &made[5], user(2), Permission::Read).unwrap();
    });
    let listed = |caller| {
        let (mut ids, mut page) = (Vec::new(), Page { after: None, limit: Some(2) });
        loop {
            let list = stage.capsules.list_galleries(caller, user(1), &page).unwrap();
            ids.extend(list.galleries.into_iter().map(|gallery| gallery.gallery_id));
            page.after = list.next;
            if page.after.is_none() {
                return ids;
            }
        }
    };
    assert_eq!(listed(user(1)), made);
    assert_eq!(listed(user(2)), [&made[1], &made[2], &made[5]].map(Clone::clone));
    assert_eq!(listed(user(3)), [made[1].clone()]);
}
