//! Small hash trees with labels in order, of which a part is shown.
//!
//! Specification: "Certification", "Hash trees".

use ic_certification::{HashTree, empty, fork, labeled, labeled_hash, pruned};

/// A label with what is below it.
pub type Branch = (Vec<u8>, HashTree);

/// The tree of branches in order of their labels; those that pass are shown, the others told by
/// their hashes.
pub fn of_branches(branches: &[Branch], is_shown: &dyn Fn(&[u8]) -> bool) -> HashTree {
    match branches {
        [] => empty(),
        [(label, below)] => match is_shown(label) {
            true => labeled(label.as_slice(), below.clone()),
            false => pruned(labeled_hash(label, &below.digest())),
        },
        _ => {
            let (left, right) = branches.split_at(branches.len() / 2);
            let tree = fork(of_branches(left, is_shown), of_branches(right, is_shown));
            match branches.iter().any(|(label, _)| is_shown(label)) {
                true => tree,
                false => pruned(tree.digest()),
            }
        }
    }
}

/// The same tree with its labels and nothing below them.
pub fn of_labels(branches: &[Branch]) -> HashTree {
    let outlines: Vec<Branch> =
        branches.iter().map(|(label, below)| (label.clone(), pruned(below.digest()))).collect();
    of_branches(&outlines, &|_| true)
}
