//! Pages that are certified by version 1: a path and the hash of a body.

use std::cell::RefCell;

use ic_certification::{AsHashTree, HashTree, RbTree, labeled, labeled_hash};
use ic_http_certification::utils::cbor_encode_to_base64;
use serde_bytes::ByteBuf;
use sha2::{Digest, Sha256};

use crate::assets::LOGO;
use crate::interface::HttpResponse;

const LABEL: &[u8] = b"http_assets";
const PAGE: &[u8] = b"<!doctype html><h1>Legacy</h1><img src=/logo.svg>";

type Tree = RbTree<Vec<u8>, [u8; 32]>;

thread_local! {
    static TREE: RefCell<Tree> = const { RefCell::new(Tree::new()) };
}

/// Certifies the pages, and returns the root hash.
pub fn certify() -> [u8; 32] {
    TREE.with_borrow_mut(|tree| {
        for (path, body) in [("/index.html", PAGE), ("/logo.svg", LOGO), ("/moved", b"" as &[u8])] {
            tree.insert(path.into(), Sha256::digest(body).into());
        }
        labeled_hash(LABEL, &tree.root_hash())
    })
}

/// Serves a page; `/tampered` with another body than the fallback's that it proves.
pub fn serve(certificate: &[u8], path: &str) -> HttpResponse {
    let (status_code, content_type, body) = match path {
        "/logo.svg" => (200, "image/svg+xml", LOGO),
        "/moved" => (302, "text/html", b"" as &[u8]),
        "/tampered" => (200, "text/html", b"<h1>Forged</h1>" as &[u8]),
        _ => (200, "text/html", PAGE),
    };
    let witness = TREE.with_borrow(|tree| witness(tree, path));
    let proof = format!(
        "certificate=:{}:, tree=:{}:",
        base64(certificate),
        cbor_encode_to_base64(&witness)
    );
    HttpResponse {
        status_code,
        headers: vec![
            ("content-type".into(), content_type.into()),
            ("cache-control".into(), "max-age=1000".into()),
            ("location".into(), "/index.html".into()),
            ("IC-Certificate".into(), proof),
        ],
        body: ByteBuf::from(body),
        ..HttpResponse::plain("")
    }
}

fn witness(tree: &Tree, path: &str) -> HashTree {
    let path = if tree.get(path.as_bytes()).is_some() { path } else { "/index.html" };
    labeled(LABEL, tree.witness(path.as_bytes()))
}

fn base64(data: &[u8]) -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in data.chunks(3) {
        let bits = group.iter().fold(0, |bits, byte| bits << 8 | u32::from(*byte))
            << (8 * (3 - group.len()));
        for position in 0..4 {
            text.push(match position <= group.len() {
                true => ALPHABET[(bits >> (18 - 6 * position)) as usize & 63] as char,
                false => '=',
            });
        }
    }
    text
}
