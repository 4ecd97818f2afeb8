//! The Candid types of the gateway protocol.

use candid::{CandidType, Deserialize, define_function};
use serde::Serialize;
use serde_bytes::ByteBuf;

pub type Headers = Vec<(String, String)>;

#[derive(CandidType, Deserialize, Clone, Debug)]
pub struct HttpRequest {
    pub method: String,
    pub url: String,
    pub headers: Headers,
    pub body: ByteBuf,
    pub certificate_version: Option<u16>,
}

#[derive(CandidType, Deserialize, Clone, Debug)]
pub struct HttpResponse {
    pub status_code: u16,
    pub headers: Headers,
    pub body: ByteBuf,
    pub upgrade: Option<bool>,
    pub streaming_strategy: Option<StreamingStrategy>,
}

/// Where a body goes on that no message can hold.
#[derive(CandidType, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub struct StreamingToken {
    pub memory_id: String,
    pub variant: String,
    /// Of the asset that is being sent: when it changes meanwhile, nothing more is sent.
    pub sha256_hex: String,
    pub offset: u64,
    /// By which a private asset is seen.
    pub token: Option<String>,
}

define_function!(pub Callback : (StreamingToken) -> (Option<StreamingPiece>) query);

#[derive(CandidType, Deserialize, Clone, Debug)]
pub enum StreamingStrategy {
    Callback { callback: Callback, token: StreamingToken },
}

#[derive(CandidType, Deserialize, Clone, Debug)]
pub struct StreamingPiece {
    pub body: ByteBuf,
    pub token: Option<StreamingToken>,
}

impl HttpRequest {
    /// The value of a header, where it is there once.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(each, _)| each.eq_ignore_ascii_case(name));
        let value = values.next().map(|(_, value)| value.as_str());
        value.filter(|_| values.next().is_none())
    }

    pub fn is_head(&self) -> bool {
        self.method == "HEAD"
    }
}
