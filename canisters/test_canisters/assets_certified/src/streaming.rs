//! Bodies that come in pieces, by a callback with tokens.

use candid::{CandidType, Deserialize, Func, Principal, define_function};
use ic_http_certification::{
    CERTIFICATE_EXPRESSION_HEADER_NAME, DefaultCelBuilder, DefaultResponseCertification,
    HttpCertification, HttpCertificationPath, HttpCertificationTreeEntry,
    HttpResponse as CertifiedResponse,
};
use serde_bytes::ByteBuf;

use crate::assets;
use crate::interface::{HttpRequest, HttpResponse};

const PIECES: u32 = 6;
const PIECE_BYTES: usize = 100_000;

#[derive(CandidType, Deserialize, Clone)]
pub struct Token {
    pub path: String,
    pub piece: u32,
    pub marks: Vec<Option<u16>>,
}

define_function!(pub Callback : (Token) -> (Option<StreamingCallbackHttpResponse>) query);

#[derive(CandidType, Deserialize)]
pub enum StreamingStrategy {
    Callback { callback: Callback, token: Token },
}

#[derive(CandidType, Deserialize)]
pub struct StreamingCallbackHttpResponse {
    pub body: ByteBuf,
    pub token: Option<Token>,
}

/// `/stream` is certified; `/stream/endless` never ends, `/stream/torn` has a wrong piece,
/// `/stream/foreign` wants another canister to be asked.
pub fn serve(certificate: &[u8], request: &HttpRequest) -> HttpResponse {
    let path = request.path();
    let (response, entry) = certified();
    let mut response = assets::certified(response, certificate, &entry, "/stream");
    let owner = match path {
        "/stream/foreign" => Principal::management_canister(),
        _ => ic_cdk::api::canister_self(),
    };
    response.body = ByteBuf::from(piece(0));
    response.streaming_strategy = Some(StreamingStrategy::Callback {
        callback: Callback(Func { principal: owner, method: "next_piece".into() }),
        token: Token { path: path.into(), piece: 1, marks: vec![None, Some(7)] },
    });
    response
}

pub fn certified() -> (CertifiedResponse<'static>, HttpCertificationTreeEntry<'static>) {
    let expression = DefaultCelBuilder::response_only_certification()
        .with_response_certification(DefaultResponseCertification::certified_response_headers(
            vec!["content-type"],
        ))
        .build();
    let response = CertifiedResponse::builder()
        .with_headers(vec![
            ("content-type".into(), "application/octet-stream".into()),
            (CERTIFICATE_EXPRESSION_HEADER_NAME.into(), expression.to_string()),
        ])
        .with_body((0..PIECES).flat_map(piece).collect::<Vec<u8>>())
        .build();
    let certification = HttpCertification::response_only(&expression, &response, None)
        .expect("the stream can be certified");
    let path = HttpCertificationPath::wildcard("/stream");
    (response, HttpCertificationTreeEntry::new(path, certification))
}

fn piece(number: u32) -> Vec<u8> {
    vec![number as u8; PIECE_BYTES]
}

#[ic_cdk::query]
fn next_piece(token: Token) -> Option<StreamingCallbackHttpResponse> {
    assert_eq!(token.marks, [None, Some(7)], "the token comes back as it was given");
    let is_last = token.piece + 1 == PIECES && token.path != "/stream/endless";
    let mut body = piece(token.piece % PIECES);
    if token.path == "/stream/torn" && is_last {
        body[0] ^= 1;
    }
    let next = Token { piece: token.piece + 1, ..token };
    Some(StreamingCallbackHttpResponse {
        body: ByteBuf::from(body),
        token: (!is_last).then_some(next),
    })
}
