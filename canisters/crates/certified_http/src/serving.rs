//! From a request for an asset to the response, with what proves it.

use blob_store::{Hash, PART_BYTES, to_hex};
use candid::{Func, Principal};
use capsule::{Asset, Id};
use ic_certification::HashTree;
use ic_http_certification::utils::{build_v2_certificate_header_value, cbor_encode_to_base64};
use ic_http_certification::{
    CERTIFICATE_EXPRESSION_HEADER_NAME, CERTIFICATE_HEADER_NAME, DefaultCelBuilder,
};
use ic_stable_structures::Memory;
use serde_bytes::ByteBuf;

use crate::answers::{self, Answer};
use crate::interface::{
    Callback, HttpRequest, HttpResponse, StreamingPiece, StreamingStrategy, StreamingToken,
};
use crate::publication::Publication;
use crate::request::{Wanted, segments_of, wanted};

/// The canister's method that sends the rest of a body.
const CALLBACK: &str = "http_streaming_callback";

/// What serving needs: proofs, the certificate of this query, and bytes.
pub struct Serving<'a, M: Memory, R: Fn(&Hash, u64, u64) -> Option<Vec<u8>>> {
    pub publication: &'a Publication<M>,
    /// Nothing in an update call, whose answer needs no proof.
    pub certificate: Option<Vec<u8>>,
    pub canister_id: Principal,
    pub read: R,
}

/// An answer that is made at once, with its body.
pub type Page = (Answer, Vec<u8>);

pub fn text(status: u16, content_type: &str, body: String) -> Page {
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let headers = vec![
        header("content-type", content_type),
        header("cache-control", "no-store"),
        header("x-content-type-options", "nosniff"),
    ];
    (Answer { status, headers, body_hash: [0; 32] }, body.into_bytes())
}

impl<M: Memory, R: Fn(&Hash, u64, u64) -> Option<Vec<u8>>> Serving<'_, M, R> {
    /// An asset that the request may see; `token` is what opened it where it is private.
    pub fn asset(
        &self,
        request: &HttpRequest,
        id: Id,
        asset: &Asset,
        token: Option<String>,
    ) -> HttpResponse {
        match token.is_none() && !is_raw(request) && self.publication.has(id, asset) {
            true => self.certified(request, id, asset),
            false => self.uncertified(request, id, asset, token),
        }
    }

    /// What nothing is certified of.
    pub fn plain(&self, request: &HttpRequest, (answer, body): Page) -> HttpResponse {
        let body = if request.is_head() { Vec::new() } else { body };
        let proof = self.publication.proof_of_absence(&segments_of(&request.url));
        let mut response = response(answer, body);
        if let Some(proof) = proof {
            let nothing = DefaultCelBuilder::skip_certification().to_string();
            self.prove(&mut response, &nothing, &proof, &["http_expr", "<*>"]);
        }
        response
    }

    fn certified(&self, request: &HttpRequest, id: Id, asset: &Asset) -> HttpResponse {
        if request.is_head() {
            return self.proven(id, asset, answers::head(asset), true, Vec::new());
        }
        if is_known_to_client(request, asset) {
            return self.proven(id, asset, answers::not_modified(asset), false, Vec::new());
        }
        let parts = self.publication.parts_of(asset);
        let range = range_of(request, asset);
        let part = match (wanted(range, asset.len), &parts) {
            (Wanted::Nothing, _) => {
                return self.proven(id, asset, answers::unsatisfiable(asset), false, Vec::new());
            }
            // Gateways ask for the parts that follow, and have each proven by itself.
            (Wanted::Whole, Some(parts)) if range.is_none() => Some((0, parts[0])),
            (Wanted::Bytes(first, _), Some(parts)) if first % PART_BYTES == 0 => {
                Some((first, parts[(first / PART_BYTES) as usize]))
            }
            _ => None,
        };
        let Some((first, hash)) = part else {
            let body = self.bytes(asset, 0, PART_BYTES);
            let whole = self.proven(id, asset, answers::whole(asset), false, body);
            return self.streamed(whole, id, asset, None);
        };
        let end = (first + PART_BYTES).min(asset.len);
        let body = self.bytes(asset, first, end - first);
        self.proven(id, asset, answers::bytes(asset, first, end, hash), false, body)
    }

    fn uncertified(
        &self,
        request: &HttpRequest,
        id: Id,
        asset: &Asset,
        token: Option<String>,
    ) -> HttpResponse {
        let private = |mut answer: Answer| {
            for (name, value) in &mut answer.headers {
                if name == "cache-control" && token.is_some() {
                    *value = "private, no-cache".to_owned();
                }
            }
            answer
        };
        if request.is_head() {
            return self.plain(request, (private(answers::head(asset)), Vec::new()));
        }
        if is_known_to_client(request, asset) {
            return self.plain(request, (private(answers::not_modified(asset)), Vec::new()));
        }
        match wanted(range_of(request, asset), asset.len) {
            Wanted::Nothing => {
                self.plain(request, (private(answers::unsatisfiable(asset)), Vec::new()))
            }
            Wanted::Bytes(first, end) => {
                let end = end.min(first + PART_BYTES);
                let body = self.bytes(asset, first, end - first);
                let answer = answers::bytes(asset, first, end, asset.hash);
                self.plain(request, (private(answer), body))
            }
            Wanted::Whole => {
                let body = self.bytes(asset, 0, PART_BYTES);
                let whole = self.plain(request, (private(answers::whole(asset)), body));
                self.streamed(whole, id, asset, token)
            }
        }
    }

    /// The next piece of a body that no message can hold.
    pub fn piece(&self, asset: &Asset, token: StreamingToken) -> Option<StreamingPiece> {
        if token.sha256_hex != to_hex(&asset.hash) || token.offset >= asset.len {
            return None;
        }
        let body = self.bytes(asset, token.offset, PART_BYTES);
        let offset = token.offset + body.len() as u64;
        let next = (offset < asset.len).then_some(StreamingToken { offset, ..token });
        Some(StreamingPiece { body: ByteBuf::from(body), token: next })
    }

    fn proven(
        &self,
        id: Id,
        asset: &Asset,
        answer: Answer,
        by_both: bool,
        body: Vec<u8>,
    ) -> HttpResponse {
        let expression = match by_both {
            true => answers::expression_of_both(),
            false => answers::expression_of_response(),
        };
        let hash = answers::hash_of(&answer, &expression);
        let proof = self.publication.proof_of(id, asset, hash);
        let mut response = response(answer, body);
        let path = ["http_expr", "asset", &id.to_string(), &asset.variant, "<$>"];
        self.prove(&mut response, &expression, &proof, &path);
        response
    }

    fn prove(
        &self,
        response: &mut HttpResponse,
        expression: &str,
        proof: &HashTree,
        path: &[&str],
    ) {
        let Some(certificate) = &self.certificate else {
            return;
        };
        let path = cbor_encode_to_base64(&path);
        let value = build_v2_certificate_header_value(certificate, proof, &path);
        response.headers.push((CERTIFICATE_HEADER_NAME.to_owned(), value));
        let expression = (CERTIFICATE_EXPRESSION_HEADER_NAME.to_owned(), expression.to_owned());
        response.headers.push(expression);
    }

    fn streamed(
        &self,
        mut response: HttpResponse,
        id: Id,
        asset: &Asset,
        token: Option<String>,
    ) -> HttpResponse {
        let offset = response.body.len() as u64;
        if offset < asset.len {
            let callback = Func { principal: self.canister_id, method: CALLBACK.to_owned() };
            let token = StreamingToken {
                memory_id: id.to_string(),
                variant: asset.variant.clone(),
                sha256_hex: to_hex(&asset.hash),
                offset,
                token,
            };
            let callback = Callback(callback);
            response.streaming_strategy = Some(StreamingStrategy::Callback { callback, token });
        }
        response
    }

    fn bytes(&self, asset: &Asset, offset: u64, len: u64) -> Vec<u8> {
        (self.read)(&asset.hash, offset, len).unwrap_or_default()
    }
}

fn response(answer: Answer, body: Vec<u8>) -> HttpResponse {
    HttpResponse {
        status_code: answer.status,
        headers: answer.headers,
        body: ByteBuf::from(body),
        upgrade: None,
        streaming_strategy: None,
    }
}

/// On a raw host nothing is verified, so any range can be served as it is.
fn is_raw(request: &HttpRequest) -> bool {
    request.header("host").is_some_and(|host| host.contains(".raw."))
}

fn is_known_to_client(request: &HttpRequest, asset: &Asset) -> bool {
    let known = request.header("if-none-match");
    known.is_some_and(|known| {
        let mut tags = known.split(',').map(|tag| tag.trim().trim_start_matches("W/"));
        known.trim() == "*" || tags.any(|tag| tag == answers::etag(asset))
    })
}

/// The range that is asked for, unless it is of bytes that have changed.
fn range_of<'a>(request: &'a HttpRequest, asset: &Asset) -> Option<&'a str> {
    let is_of_these = request.header("if-range").is_none_or(|etag| etag == answers::etag(asset));
    request.header("range").filter(|_| is_of_these)
}
