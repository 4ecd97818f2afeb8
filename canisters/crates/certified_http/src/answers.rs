//! Which responses an asset has, and their headers.
//!
//! Whoever may add a memory chooses the bytes and what they are said to be. So a browser is told not
//! to guess, to run no script, and to save what it might run or render as a page.

use std::fmt::Write;

use blob_store::{Hash, PART_BYTES, sha256, to_hex};
use capsule::{Asset, Id};
use ic_certification::{HashTree, leaf};
use ic_http_certification::cel::DefaultRequestCertification;
use ic_http_certification::{
    CERTIFICATE_EXPRESSION_HEADER_NAME, DefaultCelBuilder, DefaultResponseCertification,
    HttpRequest, HttpResponse, Method, StatusCode, request_hash, response_hash,
};

use crate::interface::Headers;
use crate::tree::{Branch, of_branches};

/// Types that a browser shows without running anything of theirs.
const SHOWN_TYPES: [&str; 8] = [
    "image/png",
    "image/jpeg",
    "image/gif",
    "image/webp",
    "image/avif",
    "image/bmp",
    "text/plain",
    "image/x-icon",
];
const SHOWN_KINDS: [&str; 2] = ["audio/", "video/"];

/// A response but for its body, of which the hash is known.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Headers,
    pub body_hash: Hash,
}

/// The whole of an asset.
pub fn whole(asset: &Asset) -> Answer {
    let mut headers = headers(asset);
    headers.push(("content-length".into(), asset.len.to_string()));
    Answer { status: 200, headers, body_hash: asset.hash }
}

/// What HEAD is answered.
pub fn head(asset: &Asset) -> Answer {
    Answer { body_hash: sha256(&[]), ..whole(asset) }
}

/// Some bytes of an asset.
pub fn bytes(asset: &Asset, first: u64, end: u64, body_hash: Hash) -> Answer {
    let mut headers = headers(asset);
    headers.push(("content-length".into(), (end - first).to_string()));
    let range = format!("bytes {first}-{}/{}", end - 1, asset.len);
    headers.push(("content-range".into(), range));
    Answer { status: 206, headers, body_hash }
}

/// The client has it already.
pub fn not_modified(asset: &Asset) -> Answer {
    Answer { status: 304, headers: headers(asset), body_hash: sha256(&[]) }
}

/// The client asks for bytes that are not there.
pub fn unsatisfiable(asset: &Asset) -> Answer {
    let mut headers = headers(asset);
    headers.push(("content-range".into(), format!("bytes */{}", asset.len)));
    Answer { status: 416, headers, body_hash: sha256(&[]) }
}

/// A strong validator: what the bytes are and how they are served.
pub fn etag(asset: &Asset) -> String {
    format!("\"{}\"", to_hex(&asset.hash))
}

fn headers(asset: &Asset) -> Headers {
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    vec![
        header("content-type", &content_type(asset)),
        header("content-disposition", &disposition(asset)),
        header("etag", &etag(asset)),
        header("accept-ranges", "bytes"),
        // What is public today may be private tomorrow.
        header("cache-control", "no-cache"),
        header("x-content-type-options", "nosniff"),
        header("content-security-policy", "default-src 'none'; sandbox"),
        header("cross-origin-resource-policy", "cross-origin"),
        header("access-control-allow-origin", "*"),
        header("referrer-policy", "no-referrer"),
    ]
}

fn content_type(asset: &Asset) -> String {
    match asset.content_type.starts_with("text/") {
        true => format!("{}; charset=utf-8", asset.content_type),
        false => asset.content_type.clone(),
    }
}

fn disposition(asset: &Asset) -> String {
    let is_shown = SHOWN_TYPES.contains(&asset.content_type.as_str())
        || SHOWN_KINDS.iter().any(|kind| asset.content_type.starts_with(kind));
    let kind = if is_shown { "inline" } else { "attachment" };
    match &asset.file_name {
        None => kind.to_owned(),
        Some(name) => format!("{kind}; filename*=UTF-8''{}", percent_encoded(name)),
    }
}

/// RFC 8187, 3.2.1.
fn percent_encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' | b'~' => {
                encoded.push(char::from(byte));
            }
            _ => {
                let _ = write!(encoded, "%{byte:02X}");
            }
        }
    }
    encoded
}

/// The expression by which a response is certified whatever the request was.
pub fn expression_of_response() -> String {
    let builder = DefaultCelBuilder::response_only_certification();
    builder.with_response_certification(all_headers()).build().to_string()
}

/// The expression by which the request's method counts too: the body of an answer to HEAD must not
/// pass for that of one to GET.
pub fn expression_of_both() -> String {
    let builder = DefaultCelBuilder::full_certification();
    builder.with_response_certification(all_headers()).build().to_string()
}

fn all_headers() -> DefaultResponseCertification<'static> {
    DefaultResponseCertification::response_header_exclusions(vec![])
}

/// The hash of a response with the expression by which it is certified.
pub fn hash_of(answer: &Answer, expression: &str) -> Hash {
    let mut headers = answer.headers.clone();
    headers.push((CERTIFICATE_EXPRESSION_HEADER_NAME.to_owned(), expression.to_owned()));
    let status = StatusCode::from_u16(answer.status).expect("one of the statuses above");
    let response = HttpResponse::builder().with_status_code(status).with_headers(headers).build();
    response_hash(&response, &all_headers(), Some(answer.body_hash))
}

fn hash_of_head_request(path: &str) -> Hash {
    let request = HttpRequest::builder().with_method(Method::HEAD).with_url(path).build();
    request_hash(&request, &DefaultRequestCertification::new(vec![], vec![]))
        .expect("an asset's path is a URL")
}

/// All that is certified of an asset, below its variant; shown is what proves one response, or only
/// that there are some.
pub fn certified(id: Id, asset: &Asset, parts: &[Hash], shown: Option<Hash>) -> HashTree {
    let is_shown = |label: &[u8]| shown.is_some_and(|hash| label == hash);
    let by_response = expression_of_response();
    let mut answers = vec![whole(asset), not_modified(asset), unsatisfiable(asset)];
    if parts.len() > 1 {
        answers.extend(parts.iter().enumerate().map(|(number, hash)| {
            let first = number as u64 * PART_BYTES;
            bytes(asset, first, (first + PART_BYTES).min(asset.len), *hash)
        }));
    }
    let responses = answers.iter().map(|answer| hash_of(answer, &by_response));
    let responses = in_order(responses.map(|hash| (hash.to_vec(), leaf(vec![]))).collect());
    let responses = of_branches(&responses, &is_shown);
    let by_both = expression_of_both();
    let head = hash_of(&head(asset), &by_both);
    let heads = of_branches(&[(head.to_vec(), leaf(vec![]))], &is_shown);
    let request = hash_of_head_request(&format!("/asset/{id}/{}", asset.variant));
    let requests = of_branches(&[(request.to_vec(), heads)], &|_| shown == Some(head));
    let expressions = in_order(vec![
        (sha256(by_response.as_bytes()).to_vec(), of_branches(&[(vec![], responses)], &|_| true)),
        (sha256(by_both.as_bytes()).to_vec(), requests),
    ]);
    of_branches(&[(b"<$>".to_vec(), of_branches(&expressions, &|_| true))], &|_| true)
}

fn in_order(mut branches: Vec<Branch>) -> Vec<Branch> {
    branches.sort_by(|(a, _), (b, _)| a.cmp(b));
    branches
}
