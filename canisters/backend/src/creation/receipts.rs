//! Receipts of completed creations, certified by the hub.
//!
//! Specification: "Certification". The hub's certified data is the root of a hash tree of two
//! branches: `http_expr`, of what is served over HTTP, and `receipts`, where a capsule's id leads to
//! the SHA-256 of its receipt.

use std::cell::RefCell;

use blob_store::sha256;
use candid::Principal;
use capsule::Id;
use certified_http::Trie;
use ic_certification::{HashTree, fork, labeled, labeled_hash, leaf, pruned};
use serde_bytes::ByteBuf;

use crate::creation::record::Creation;
use crate::creation::table;
use crate::creation::types::{Receipt, SignedReceipt};
use crate::environment::Environment;
use crate::host;
use crate::memory::{self, Memory};

const LABEL: &[u8] = b"receipts";
/// What tells that CBOR follows (RFC 8949, 3.4.6).
const SELF_DESCRIBED: [u8; 3] = [0xd9, 0xd9, 0xf7];

thread_local! {
    static TRIE: RefCell<Trie<Memory>> = RefCell::new(Trie::init(
        memory::memory(memory::creation::RECEIPT_NODES),
        memory::memory(memory::creation::RECEIPT_PLACES),
    ));
}

/// Certifies what a creation has come to.
pub fn issue(environment: &impl Environment, creation: &mut Creation) {
    let Some(receipt) = receipt_of(environment, creation) else {
        return;
    };
    let content = candid::encode_one(&receipt).expect("a receipt has a form in Candid");
    let capsule = creation.capsule;
    TRIE.with_borrow_mut(|trie| trie.insert(capsule, entry(capsule, &content).digest()));
    creation.receipt = Some(ByteBuf::from(content));
    certify(environment);
}

fn receipt_of(environment: &impl Environment, creation: &Creation) -> Option<Receipt> {
    let (progress, hub_manifest) = (&creation.progress, creation.progress.manifest.clone()?);
    Some(Receipt {
        user: creation.user,
        capsule_id: creation.capsule.to_string(),
        hub: environment.canister_id(),
        personal_canister_id: creation.canister_id?,
        personal_manifest: progress.personal_manifest.clone()?,
        api_version: hub_manifest.api_version,
        hub_manifest,
        module_hash: creation.module_hash.clone()?,
        controllers: creation.controllers.clone(),
        started_at_time_ns: creation.begun_at,
        completed_at_time_ns: creation.completed_at?,
        cycles_attached: creation.cycles_attached,
        cycles_consumed: creation.cycles_consumed(),
    })
}

/// Certifies the receipts beside what else is certified; needed after each upgrade too.
pub fn certify(environment: &impl Environment) {
    let root = TRIE.with_borrow(Trie::root_hash);
    host::change(|host| host.publication.set_beside(labeled_hash(LABEL, &root)));
    environment.certify(host::root_hash());
}

/// A user's receipt with the proof of it; nothing where there is none.
pub fn signed(
    environment: &impl Environment,
    user: Principal,
    certificate: Option<Vec<u8>>,
) -> Option<SignedReceipt> {
    let creation = table::get(user)?;
    let content = creation.receipt.clone()?;
    let tree = proof_of(&creation.capsule, &content);
    let witness = [&SELF_DESCRIBED[..], &stable_record::encode(&tree)].concat();
    Some(SignedReceipt {
        receipt: receipt_of(environment, &creation)?,
        content,
        certificate: ByteBuf::from(certificate.unwrap_or_default()),
        witness: ByteBuf::from(witness),
    })
}

/// The hub's certified tree with what is said of one capsule's receipt, and the rest by hashes.
pub fn proof_of(capsule: &Id, content: &[u8]) -> HashTree {
    let told = |capsule: Id| entry(capsule, content);
    let receipts = TRIE.with_borrow(|trie| trie.witness(&[*capsule], &told));
    let http = host::read(|hub| hub.publication.http_hash());
    fork(pruned(http), labeled(LABEL, receipts))
}

fn entry(capsule: Id, content: &[u8]) -> HashTree {
    labeled(capsule.to_string().as_str(), leaf(sha256(content).to_vec()))
}
