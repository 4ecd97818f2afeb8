//! Whatever is done in whatever order, references and counts agree.

use blob_store::Hash;
use proptest::prelude::*;

use super::stage::*;
use crate::*;

#[derive(Clone, Debug)]
pub enum Step {
    AddMemory { capsule: usize, contents: Vec<u8>, tag: u8, is_blob: bool },
    UpdateMemory { memory: usize, content: u8, removes: bool, tag: u8 },
    DeleteMemory(usize),
    AddGallery { capsule: usize, items: Vec<usize> },
    SetItems { gallery: usize, items: Vec<usize> },
    DeleteGallery(usize),
    Show(usize, bool),
    Grant(usize, u8),
    Connect(usize, u8),
    DeleteCapsule(usize),
    Purge,
}

pub fn step() -> impl Strategy<Value = Step> {
    let number = any::<usize>;
    let contents = prop::collection::vec(0u8..4, 0..3);
    let items = || prop::collection::vec(number(), 0..4);
    prop_oneof![
        6 => (number(), contents, 0u8..3, any::<bool>()).prop_map(|(capsule, contents, tag, is_blob)| {
            Step::AddMemory { capsule, contents, tag, is_blob }
        }),
        3 => (number(), 0u8..4, any::<bool>(), 0u8..3).prop_map(|(memory, content, removes, tag)| {
            Step::UpdateMemory { memory, content, removes, tag }
        }),
        3 => number().prop_map(Step::DeleteMemory),
        3 => (number(), items()).prop_map(|(capsule, items)| Step::AddGallery { capsule, items }),
        2 => (number(), items()).prop_map(|(gallery, items)| Step::SetItems { gallery, items }),
        1 => number().prop_map(Step::DeleteGallery),
        2 => (number(), any::<bool>()).prop_map(|(item, shown)| Step::Show(item, shown)),
        1 => (number(), 3u8..6).prop_map(|(item, grantee)| Step::Grant(item, grantee)),
        1 => (number(), 3u8..6).prop_map(|(capsule, peer)| Step::Connect(capsule, peer)),
        1 => number().prop_map(Step::DeleteCapsule),
        2 => Just(Step::Purge),
    ]
}

#[derive(Default)]
pub struct Ids {
    pub capsules: Vec<String>,
    pub memories: Vec<(String, String)>,
    pub galleries: Vec<String>,
}

impl Ids {
    fn item(&self, number: usize) -> Option<String> {
        let memories = self.memories.iter().map(|(_, memory)| memory);
        let all: Vec<&String> = memories.chain(&self.galleries).chain(&self.capsules).collect();
        pick(&all, number).map(|id| (*id).clone())
    }

    fn items(&self, numbers: &[usize]) -> Vec<String> {
        numbers.iter().filter_map(|number| self.item(*number)).collect()
    }
}

fn pick<T>(of: &[T], number: usize) -> Option<&T> {
    of.get(number.checked_rem(of.len())?)
}

/// What is picked may be gone: then nothing happens, which is as good a step as any.
pub fn perform(stage: &mut Stage, ids: &mut Ids, step: Step) -> Option<()> {
    let owner = user(1);
    match step {
        Step::AddMemory { capsule, contents, tag, is_blob } => {
            let capsule = pick(&ids.capsules, capsule)?.clone();
            let assets = contents.iter().enumerate().map(|(at, content)| {
                let content = match is_blob {
                    true => stage.blobs.kept.keys().next().map_or(inline(&[]), |hash| {
                        AssetContent::Blob { sha256_hex: blob_store::to_hex(hash) }
                    }),
                    false => inline(&[*content; 3]),
                };
                asset(&format!("v{at}"), content)
            });
            let assets = assets.collect();
            let tags = Some(vec![format!("tag{tag}")]);
            let new = NewMemory { assets, tags, ..note("a title") };
            let memory = stage.add(owner, &capsule, new).ok()?;
            ids.memories.push((capsule, memory));
        }
        Step::UpdateMemory { memory, content, removes, tag } => {
            let (capsule, memory) = pick(&ids.memories, memory)?.clone();
            let update = UpdateMemory {
                tags: Some(vec![format!("tag{tag}")]),
                set_assets: (!removes).then(|| vec![asset("v0", inline(&[content; 3]))]),
                remove_assets: removes.then(|| vec!["v0".to_owned()]),
                ..Default::default()
            };
            stage
                .act(owner, |capsules, context| {
                    capsules.update_memory(context, &capsule, &memory, update)
                })
                .ok()?;
        }
        Step::DeleteMemory(memory) => {
            let (capsule, memory) = pick(&ids.memories, memory)?.clone();
            stage
                .act(owner, |capsules, context| capsules.delete_memory(context, &capsule, &memory))
                .ok()?;
        }
        Step::AddGallery { capsule, items } => {
            let capsule = pick(&ids.capsules, capsule)?.clone();
            let items = ids.items(&items);
            let items: Vec<&str> = items.iter().map(String::as_str).collect();
            ids.galleries.push(stage.gallery(owner, &capsule, &items).ok()?);
        }
        Step::SetItems { gallery, items } => {
            let gallery = pick(&ids.galleries, gallery)?.clone();
            let update = UpdateGallery { items: Some(ids.items(&items)), ..Default::default() };
            stage
                .act(owner, |capsules, context| capsules.update_gallery(context, &gallery, update))
                .ok()?;
        }
        Step::DeleteGallery(gallery) => {
            let gallery = pick(&ids.galleries, gallery)?.clone();
            stage
                .act(owner, |capsules, context| capsules.delete_gallery(context, &gallery))
                .ok()?;
        }
        Step::Show(item, shown) => {
            let visibility = if shown { Visibility::Public } else { Visibility::Private };
            let item = ids.item(item)?;
            stage
                .act(owner, |capsules, context| capsules.set_visibility(context, &item, visibility))
                .ok()?;
        }
        Step::Grant(item, grantee) => {
            let item = ids.item(item)?;
            stage
                .act(owner, |capsules, context| {
                    capsules.grant(context, &item, user(grantee), Permission::Read)
                })
                .ok()?;
        }
        Step::Connect(capsule, peer) => {
            let capsule = pick(&ids.capsules, capsule)?.clone();
            let new = NewConnection { peer: user(peer), name: None, relation: None, note: None };
            stage
                .act(owner, |capsules, context| capsules.add_connection(context, &capsule, new))
                .ok()?;
        }
        Step::DeleteCapsule(capsule) => {
            let capsule = pick(&ids.capsules, capsule)?.clone();
            stage
                .act(owner, |capsules, context| capsules.delete_capsule(context, &capsule))
                .ok()?;
        }
        Step::Purge => {
            stage.capsules.purge(&mut stage.blobs);
        }
    }
    Some(())
}

/// Checks that each capsule's memories are found by the hashes of their assets, and no others.
fn check_found_by_hash(stage: &Stage, ids: &Ids) {
    let contents: Vec<Hash> = stage.blobs.kept.keys().copied().collect();
    for capsule in &ids.capsules {
        let listed = |sha256_hex| {
            let filter = MemoryFilter { sha256_hex, ..Default::default() };
            let list = stage.capsules.list_memories(user(1), capsule, &filter, &Page::default());
            list.map_or(Vec::new(), |list| list.memories)
        };
        let all = listed(None);
        for hex in contents.iter().map(blob_store::to_hex) {
            let has_it =
                |info: &&MemoryInfo| info.assets.iter().any(|asset| asset.sha256_hex == hex);
            let expected: Vec<_> = all.iter().filter(has_it).cloned().collect();
            assert_eq!(listed(Some(hex.clone())), expected);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 60, ..Default::default() })]

    #[test]
    fn references_and_counts_never_drift(steps in prop::collection::vec(step(), 1..60)) {
        let mut stage = Stage::new();
        let capsules = (0..3).map(|_| stage.capsule(user(1))).collect();
        let mut ids = Ids { capsules, ..Default::default() };
        for step in steps {
            perform(&mut stage, &mut ids, step);
            stage.check_blobs();
            check_found_by_hash(&stage, &ids);
        }
        for capsule in &ids.capsules {
            let _ = stage.act(user(1), |capsules, context| {
                capsules.delete_capsule(context, capsule)
            });
        }
        while stage.capsules.purge(&mut stage.blobs) {}
        while stage.capsules.next_changed().is_some() {}
        stage.check_blobs();
        prop_assert!(stage.blobs.kept.is_empty());
    }
}
