//! Serves the assets of capsules over HTTP.
//!
//! Specification: "The HTTP Gateway Protocol". What is public is certified by version 2 of response
//! verification; its proofs come from a hash tree in stable memory, so that an upgrade certifies
//! nothing anew. All else is served under a proof that its path is not certified.
//!
//! - `trie`: the hash tree over public memories
//! - `answers`: which responses an asset has, and their headers
//! - `publication`: what is certified, and the proofs
//! - `serving`: from a request to a response
//! - `token`: who may see what is private
//!
//! Nothing here calls the IC: certificates are passed in, and root hashes out.

mod answers;
mod interface;
mod publication;
mod request;
mod serving;
mod token;
mod tree;
mod trie;

pub use answers::Answer;
pub use interface::{
    Callback, Headers, HttpRequest, HttpResponse, StreamingPiece, StreamingStrategy, StreamingToken,
};
pub use publication::{Memories, Publication};
pub use request::{query_parameter, segments_of};
pub use serving::{Page, Serving, text};
pub use token::{TokenError, issue, verify};
pub use trie::Trie;
