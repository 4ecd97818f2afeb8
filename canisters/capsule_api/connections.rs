//! A capsule's connections, which are its owner's to see and change.

use candid::Principal;
use capsule::{ConnectionInfo, ConnectionList, NewConnection, UpdateConnection};

use crate::api::{caller_user, reader, typed};
use crate::environment::Ic;
use crate::error::ApiResult;
use crate::host;

/// Connects a capsule of the caller's with somebody. It gives no access by itself.
#[ic_cdk::update]
fn add_connection(capsule_id: String, connection: NewConnection) -> ApiResult<ConnectionInfo> {
    let added = caller_user().and_then(|caller| {
        host::act(&Ic, caller, |capsules, context| {
            capsules.add_connection(context, &capsule_id, connection)
        })
    });
    typed("add_connection", added)
}

/// Changes what is said of a connection.
#[ic_cdk::update]
fn update_connection(
    capsule_id: String,
    peer: Principal,
    update: UpdateConnection,
) -> ApiResult<ConnectionInfo> {
    let updated = caller_user().and_then(|caller| {
        host::act(&Ic, caller, |capsules, context| {
            capsules.update_connection(context, &capsule_id, peer, update)
        })
    });
    typed("update_connection", updated)
}

#[ic_cdk::update]
fn remove_connection(capsule_id: String, peer: Principal) -> ApiResult<()> {
    let removed = caller_user().and_then(|caller| {
        host::act(&Ic, caller, |capsules, context| {
            capsules.remove_connection(context, &capsule_id, peer)
        })
    });
    typed("remove_connection", removed)
}

/// Connections behind a peer, in order of their peers, at most 100.
#[ic_cdk::query]
fn list_connections(
    capsule_id: String,
    after: Option<Principal>,
    limit: Option<u32>,
) -> ApiResult<ConnectionList> {
    let reader = reader()?;
    Ok(host::read(|host| host.capsules.list_connections(reader, &capsule_id, after, limit))?)
}
