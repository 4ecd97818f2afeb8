//! Who may see and change what, besides its owner.

use candid::{CandidType, Deserialize, Principal};
use capsule::{AccessInfo, Id, Page, Permission, SharedList, Visibility};

use crate::api::{caller_user, reader, typed};
use crate::environment::{Environment, Ic};
use crate::error::ApiResult;
use crate::{access, config, entropy, host};

const NANOSECONDS: u64 = 1_000_000_000;

/// What opens a private memory's assets over HTTP, as `/asset/<memory>/<variant>?token=<token>`.
#[derive(CandidType, Deserialize, Clone, Debug)]
pub struct AssetToken {
    pub token: String,
    pub expires_at_time_ns: u64,
}

/// Shows a capsule, memory or gallery of the caller's to everybody, or only to those who were named.
/// What is in a public capsule is public.
#[ic_cdk::update]
fn set_visibility(id: String, visibility: Visibility) -> ApiResult<()> {
    let set = caller_user().and_then(|caller| {
        host::act(&Ic, caller, |capsules, context| {
            capsules.set_visibility(context, &id, visibility)
        })
    });
    typed("set_visibility", set)
}

/// Lets a principal read or change a capsule, memory or gallery of the caller's.
#[ic_cdk::update]
fn grant_access(id: String, grantee: Principal, permission: Permission) -> ApiResult<()> {
    let granted = caller_user().and_then(|caller| {
        host::act(&Ic, caller, |capsules, context| {
            capsules.grant(context, &id, grantee, permission)
        })
    });
    typed("grant_access", granted)
}

/// Takes a grant back; false where there was none.
#[ic_cdk::update]
fn revoke_access(id: String, grantee: Principal) -> ApiResult<bool> {
    let revoked = caller_user().and_then(|caller| {
        host::act(&Ic, caller, |capsules, context| capsules.revoke(context, &id, grantee))
    });
    typed("revoke_access", revoked)
}

/// Who may see and change something of the caller's.
#[ic_cdk::query]
fn get_access(id: String) -> ApiResult<AccessInfo> {
    let reader = reader()?;
    Ok(host::read(|host| host.capsules.access(reader, &id))?)
}

/// Ids of what others have granted the caller, in pages of at most 100.
#[ic_cdk::query]
fn list_shared_with_me(page: Option<Page>) -> ApiResult<SharedList> {
    let (reader, page) = (reader()?, page.unwrap_or_default());
    Ok(host::read(|host| host.capsules.shared_with(reader, &page))?)
}

/// A token that opens the assets of a memory over HTTP for as long as the caller may see it, and no
/// longer than it is good for: `max_token_seconds` where nothing else is asked for.
#[ic_cdk::query]
fn get_asset_token(memory_id: String, seconds: Option<u64>) -> ApiResult<AssetToken> {
    let caller = reader()?;
    access::signed(caller)?;
    let memory = host::read(|host| host.capsules.check_readable(caller, &memory_id))?;
    let seconds = seconds.unwrap_or(u64::MAX).min(config::get().max_token_seconds);
    let expires_at_time_ns = Ic.now().saturating_add(seconds.saturating_mul(NANOSECONDS));
    let secret = entropy::secret()?;
    let token = certified_http::issue(&secret, memory, caller, expires_at_time_ns);
    Ok(AssetToken { token, expires_at_time_ns })
}

/// Who may see a private memory by a token, which must be good.
pub fn holder_of(memory: Id, token: &str) -> Option<Principal> {
    let secret = entropy::secret().ok()?;
    certified_http::verify(&secret, memory, token, Ic.now()).ok()
}
