//! Assets over HTTP.

use blob_store::Hash;
use candid::Principal;
use capsule::{Asset, CapsuleError, Id, Kind};
use certified_http::{
    HttpRequest, HttpResponse, Page, Serving, StreamingPiece, StreamingToken, query_parameter, text,
};
use ic_cdk::api::{canister_self, data_certificate};

use crate::api::sharing::holder_of;
use crate::host::{self, Host};
use crate::memory::Memory;

pub const TEXT: &str = "text/plain; charset=utf-8";

/// The rest of an asset that no message can hold.
#[ic_cdk::query]
fn http_streaming_callback(token: StreamingToken) -> Option<StreamingPiece> {
    host::read(|host| {
        let asset = visible(host, &token.memory_id, &token.variant, token.token.as_deref())?.1;
        serving(host).piece(&asset, token)
    })
}

/// Answers `/asset/<memory>/<variant>`: to everybody, or to the holder of a token.
pub fn asset(
    host: &Host,
    request: &HttpRequest,
    memory: &str,
    variant: &str,
    not_found: fn() -> Page,
) -> HttpResponse {
    let token = query_parameter(&request.url, "token");
    if let Some((id, asset, is_public)) = visible(host, memory, variant, token.as_deref()) {
        return serving(host).asset(request, id, &asset, token.filter(|_| !is_public));
    }
    let answer = match host.capsules.asset(Principal::anonymous(), memory, variant) {
        Err(CapsuleError::Moved { canister_id, .. }) => gone(canister_id),
        _ => not_found(),
    };
    serving(host).plain(request, answer)
}

/// What was public is in another canister.
fn gone(canister_id: Principal) -> Page {
    text(410, TEXT, format!("Moved to the canister {canister_id}. The path there is the same.\n"))
}

/// An asset that everybody may see, or the holder of a token; and whether everybody may.
fn visible(
    host: &Host,
    memory: &str,
    variant: &str,
    token: Option<&str>,
) -> Option<(Id, Asset, bool)> {
    let id = Id::parse_as(Kind::Memory, memory)?;
    let seen_by = |caller| host.capsules.asset(caller, memory, variant).ok();
    if let Some(asset) = seen_by(Principal::anonymous()) {
        return Some((id, asset, true));
    }
    let asset = seen_by(holder_of(id, token?)?)?;
    Some((id, asset, false))
}

pub fn serving(host: &Host) -> Serving<'_, Memory, impl Fn(&Hash, u64, u64) -> Option<Vec<u8>>> {
    Serving {
        publication: &host.publication,
        certificate: data_certificate(),
        canister_id: canister_self(),
        read: |hash: &Hash, offset, len| host.uploads.read(hash, offset, len),
    }
}
