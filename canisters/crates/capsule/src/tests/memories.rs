use proptest::prelude::*;

use super::stage::*;
use crate::*;

#[test]
fn bytes_are_kept_once_for_each_capsule_and_go_with_the_last_asset() {
    let mut stage = Stage::new();
    let capsule = stage.capsule(user(1));
    let with = |content| NewMemory { assets: vec![asset("original", content)], ..note("a") };
    let first = stage.add(user(1), &capsule, with(inline(b"bytes"))).unwrap();
    let second = stage.add(user(1), &capsule, with(inline(b"bytes"))).unwrap();
    stage.check_blobs();
    let info = stage.capsules.get_capsule(user(1), Some(&capsule)).unwrap();
    assert_eq!((info.memories, info.bytes), (2, 5));
    for memory in [first, second] {
        assert_eq!(stage.blobs.kept.len(), 1);
        stage.act(user(1), |capsules, context| {
            capsules.delete_memory(context, &capsule, &memory).unwrap();
        });
        stage.check_blobs();
    }
    assert!(stage.blobs.kept.is_empty());
}

#[test]
fn a_blob_is_the_callers_upload_or_the_capsules_and_nobody_elses() {
    let mut stage = Stage::new();
    let (capsule, other) = (stage.capsule(user(1)), stage.capsule(user(2)));
    let content = stage.blobs.upload(user(1), &[7; 100_000]);
    let with = |content| NewMemory { assets: vec![asset("original", content)], ..note("a") };
    let refused = stage.add(user(2), &other, with(content.clone())).unwrap_err();
    assert!(matches!(refused, CapsuleError::BlobNotFound { .. }));
    stage.add(user(1), &capsule, with(content.clone())).unwrap();
    stage.blobs.uploaded.clear();
    stage.add(user(1), &capsule, with(content.clone())).unwrap_or_else(|error| panic!("{error}"));
    assert!(stage.add(user(2), &other, with(content)).is_err());
}

#[test]
fn an_update_changes_what_it_names() {
    let mut stage = Stage::new();
    let capsule = stage.capsule(user(1));
    let assets = vec![asset("original", inline(b"one")), asset("thumbnail", inline(b"two"))];
    let memory = stage.add(user(1), &capsule, NewMemory { assets, ..note("old title") }).unwrap();
    let update = UpdateMemory {
        title: Some("new title".to_owned()),
        set_assets: Some(vec![asset("original", inline(b"two"))]),
        remove_assets: Some(vec!["absent".to_owned()]),
        ..Default::default()
    };
    stage.act(user(1), |capsules, context| {
        capsules.update_memory(context, &capsule, &memory, update).unwrap();
    });
    stage.check_blobs();
    let info = stage.capsules.get_memory(user(1), &memory, &stage.blobs).unwrap();
    assert_eq!(info.title, "new title");
    let contents: Vec<_> = info.assets.iter().map(|asset| asset.content.clone().unwrap()).collect();
    assert_eq!(contents, [b"two", b"two"]);
    assert_eq!(stage.blobs.kept.len(), 1);
}

#[test]
fn what_is_refused_changes_nothing() {
    let mut stage = Stage::new();
    stage.limits.max_bytes_per_capsule = 100;
    let capsule = stage.capsule(user(1));
    let with = |assets| NewMemory { assets, ..note("a") };
    let bad = [
        with(vec![asset("original", inline(b"fits")), asset("other", inline(b"no room"))]),
        with(vec![asset("original", inline(&[1; 101]))]),
        with(vec![asset("original", inline(&[1; 32 * 1024 + 1]))]),
        with(vec![asset("a", inline(b"")), asset("a", inline(b""))]),
        with(vec![asset("A/b", inline(b""))]),
        with(vec![NewAsset {
            content_type: "text/html\r\nx: y".into(),
            ..asset("a", inline(b""))
        }]),
        with(vec![NewAsset { file_name: Some("../etc".into()), ..asset("a", inline(b"")) }]),
        NewMemory { tags: Some(vec!["tag".into(); 10_000]), ..note("a") },
        NewMemory { tags: Some(vec![" ".into()]), ..note("a") },
        note("line\nfeed"),
        note(&"x".repeat(201)),
    ];
    for new in bad {
        stage.add(user(1), &capsule, new).unwrap_err();
        stage.check_blobs();
        assert!(stage.blobs.kept.is_empty());
        assert_eq!(stage.capsules.totals().memories, 0);
    }
}

fn titles(list: &MemoryList) -> Vec<&str> {
    list.memories.iter().map(|memory| memory.title.as_str()).collect()
}

#[test]
fn memories_are_found_by_type_tag_and_the_beginnings_of_words() {
    let mut stage = Stage::new();
    let capsule = stage.capsule(user(1));
    let tagged = |title: &str, tags: &[&str]| NewMemory {
        tags: Some(tags.iter().map(|tag| (*tag).to_owned()).collect()),
        ..note(title)
    };
    for new in [
        tagged("Summer in Straßburg", &["Travel", "travel"]),
        tagged("Summertime, summer sun", &["music"]),
        NewMemory { memory_type: MemoryType::Image, ..tagged("Sunday", &["travel"]) },
    ] {
        stage.add(user(1), &capsule, new).unwrap();
    }
    let list = |filter: MemoryFilter| {
        stage.capsules.list_memories(user(1), &capsule, &filter, &Page::default()).unwrap()
    };
    let by_text =
        |text: &str| MemoryFilter { text_prefix: Some(text.into()), ..Default::default() };
    let summer = list(by_text("SUMMER"));
    assert_eq!(titles(&summer), ["Summer in Straßburg", "Summertime, summer sun"]);
    assert_eq!(list(by_text("su")).memories.len(), 3);
    assert_eq!(titles(&list(by_text("straß"))), ["Summer in Straßburg"]);
    assert_eq!(list(by_text("ummer")).memories.len(), 0);
    let by_tag = MemoryFilter { tag: Some("TRAVEL".into()), ..Default::default() };
    assert_eq!(titles(&list(by_tag.clone())), ["Summer in Straßburg", "Sunday"]);
    let image = Some(MemoryType::Image);
    let of_type = MemoryFilter { memory_type: image, ..by_tag.clone() };
    assert_eq!(titles(&list(of_type)), ["Sunday"]);
    assert_eq!(
        titles(&list(MemoryFilter { memory_type: image, ..Default::default() })),
        ["Sunday"]
    );
    let all = MemoryFilter { text_prefix: Some("sum".into()), ..by_tag };
    assert_eq!(titles(&list(all)), ["Summer in Straßburg"]);
}

#[test]
fn a_memory_is_found_by_the_hash_of_each_of_its_assets_for_as_long_as_it_has_them() {
    let mut stage = Stage::new();
    let (capsule, other) = (stage.capsule(user(1)), stage.capsule(user(1)));
    let assets = ["original", "thumbnail", "copy"].into_iter().zip([b"one", b"two", b"one"]);
    let assets = assets.map(|(variant, bytes)| asset(variant, inline(bytes))).collect();
    let memory = stage.add(user(1), &capsule, NewMemory { assets, ..note("a") }).unwrap();
    let with = |content| NewMemory { assets: vec![asset("original", content)], ..note("b") };
    stage.add(user(1), &capsule, with(inline(b"two"))).unwrap();
    stage.add(user(1), &other, with(inline(b"one"))).unwrap();
    let found = |stage: &Stage, capsule: &str, bytes: &[u8]| {
        let filter = MemoryFilter { sha256_hex: Some(hex_of(bytes)), ..Default::default() };
        let list = stage.capsules.list_memories(user(1), capsule, &filter, &Page::default());
        titles(&list.unwrap()).join(" ")
    };
    assert_eq!(found(&stage, &capsule, b"one"), "a");
    assert_eq!(found(&stage, &capsule, b"two"), "a b");
    assert_eq!(found(&stage, &capsule, b"three"), "");
    assert_eq!(found(&stage, &other, b"one"), "b");
    let set_assets = Some(vec![asset("original", inline(b"three"))]);
    let update = UpdateMemory { set_assets, ..Default::default() };
    stage.act(user(1), |capsules, context| {
        capsules.update_memory(context, &capsule, &memory, update).unwrap();
    });
    assert_eq!(found(&stage, &capsule, b"one"), "a");
    let remove_assets = Some(vec!["copy".to_owned(), "thumbnail".to_owned()]);
    let update = UpdateMemory { remove_assets, ..Default::default() };
    stage.act(user(1), |capsules, context| {
        capsules.update_memory(context, &capsule, &memory, update).unwrap();
    });
    let by_bytes = [b"one".as_slice(), b"two", b"three"].map(|each| found(&stage, &capsule, each));
    assert_eq!(by_bytes, ["", "b", "a"]);
}

#[test]
fn a_hash_is_looked_up_together_with_all_else_and_must_be_one() {
    let mut stage = Stage::new();
    let capsule = stage.capsule(user(1));
    for (title, tag) in [("sea", "a"), ("sun", "a"), ("sea", "b")] {
        let tags = Some(vec![tag.to_owned()]);
        let assets = vec![asset("original", inline(b"same"))];
        stage.add(user(1), &capsule, NewMemory { tags, assets, ..note(title) }).unwrap();
    }
    let list = |filter: &MemoryFilter| {
        stage.capsules.list_memories(user(1), &capsule, filter, &Page::default())
    };
    let same = Some(hex_of(b"same").to_uppercase());
    let filter = MemoryFilter {
        tag: Some("A".into()),
        text_prefix: Some("se".into()),
        sha256_hex: same,
        ..Default::default()
    };
    assert_eq!(titles(&list(&filter).unwrap()), ["sea"]);
    let of_type = MemoryFilter { memory_type: Some(MemoryType::Image), ..filter };
    assert_eq!(list(&of_type).unwrap().memories.len(), 0);
    for wrong in ["", "0", &"0".repeat(63), &"0".repeat(66), &"g".repeat(64), &"é".repeat(32)] {
        let filter = MemoryFilter { sha256_hex: Some(wrong.to_owned()), ..Default::default() };
        assert!(matches!(list(&filter), Err(CapsuleError::InvalidArgument { .. })), "{wrong}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 20, ..Default::default() })]

    #[test]
    fn pages_add_up_to_the_whole_list(
        words in prop::collection::vec("[ab]{1,2}( [ab]{1,2})?", 0..20),
        prefix in "[ab]{0,2}",
        limit in 1u32..5,
    ) {
        let mut stage = Stage::new();
        let capsules = [stage.capsule(user(1)), stage.capsule(user(1))];
        for (at, title) in words.iter().enumerate() {
            stage.add(user(1), &capsules[at % 2], note(title)).unwrap();
        }
        let filter = MemoryFilter { text_prefix: Some(prefix.clone()), ..Default::default() };
        let mut found = Vec::new();
        let mut page = Page { after: None, limit: Some(limit) };
        loop {
            let list = stage.capsules.search_memories(user(1), &filter, &page).unwrap();
            prop_assert!(list.memories.len() <= limit as usize);
            found.extend(list.memories.into_iter().map(|memory| memory.title));
            page.after = list.next;
            if page.after.is_none() {
                break;
            }
        }
        let matches = |title: &&String| title.split(' ').any(|word| word.starts_with(&prefix));
        let mut expected: Vec<String> = words.iter().filter(matches).cloned().collect();
        found.sort();
        expected.sort();
        prop_assert_eq!(found, expected);
    }
}
