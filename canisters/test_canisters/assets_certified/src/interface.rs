//! The Candid types of the gateway protocol.

use candid::{CandidType, Deserialize};
use serde_bytes::ByteBuf;

use crate::streaming::StreamingStrategy;

pub type Headers = Vec<(String, String)>;

#[derive(CandidType, Deserialize)]
pub struct HttpRequest {
    pub method: String,
    pub url: String,
    pub headers: Headers,
    pub body: ByteBuf,
    pub certificate_version: Option<u16>,
}

#[derive(CandidType, Deserialize)]
pub struct HttpUpdateRequest {
    pub method: String,
    pub url: String,
    pub headers: Headers,
    pub body: ByteBuf,
}

#[derive(CandidType, Deserialize)]
pub struct HttpResponse {
    pub status_code: u16,
    pub headers: Headers,
    pub body: ByteBuf,
    pub upgrade: Option<bool>,
    pub streaming_strategy: Option<StreamingStrategy>,
}

impl HttpRequest {
    pub fn path(&self) -> &str {
        self.url.split('?').next().unwrap_or_default()
    }
}

impl HttpResponse {
    pub fn plain(body: &str) -> Self {
        HttpResponse {
            status_code: 200,
            headers: vec![("content-type".into(), "text/plain".into())],
            body: ByteBuf::from(body),
            upgrade: None,
            streaming_strategy: None,
        }
    }
}

impl From<ic_http_certification::HttpResponse<'_>> for HttpResponse {
    fn from(response: ic_http_certification::HttpResponse) -> Self {
        HttpResponse {
            status_code: response.status_code().as_u16(),
            headers: response.headers().to_vec(),
            body: ByteBuf::from(response.body()),
            upgrade: response.upgrade(),
            streaming_strategy: None,
        }
    }
}
