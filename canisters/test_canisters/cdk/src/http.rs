//! What the HTTP gateway asks for.

use candid::{CandidType, Deserialize};
use serde_bytes::ByteBuf;

#[derive(CandidType, Deserialize)]
pub struct HttpRequest {
    pub method: String,
    pub url: String,
    pub headers: Vec<(String, String)>,
    pub body: ByteBuf,
    pub certificate_version: Option<u16>,
}

#[derive(CandidType, Deserialize)]
pub struct HttpResponse {
    pub status_code: u16,
    pub headers: Vec<(String, String)>,
    pub body: ByteBuf,
    pub upgrade: Option<bool>,
}

fn response(status_code: u16, body: &str) -> HttpResponse {
    HttpResponse {
        status_code,
        headers: vec![("content-type".to_owned(), "text/plain".to_owned())],
        body: ByteBuf::from(body),
        upgrade: None,
    }
}

/// Greets at `/`, asks for an update call where the method is `POST`, knows nothing else.
#[ic_cdk::query]
fn http_request(request: HttpRequest) -> HttpResponse {
    let path = request.url.split('?').next().unwrap_or_default();
    match (request.method.as_str(), path) {
        ("POST", _) => HttpResponse { upgrade: Some(true), ..response(200, "") },
        ("GET", "/") => response(200, "hello"),
        _ => response(404, "not found"),
    }
}

/// Sends the body back.
#[ic_cdk::update]
fn http_request_update(request: HttpRequest) -> HttpResponse {
    HttpResponse { body: request.body, ..response(200, "") }
}
