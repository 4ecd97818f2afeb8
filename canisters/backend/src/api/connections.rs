//! A capsule's connections, which are its owner's to see and change.

use candid::Principal;
use capsule::{ConnectionInfo, ConnectionList, NewConnection, UpdateConnection};
use ic_cdk::api::msg_caller;

use crate::api::{caller_user, typed};
use crate::environment::Ic;
use crate::error::BackendResult;
use crate::hub;

/// Connects a capsule of the caller's with somebody. It gives no access by itself.
#[ic_cdk::update]
fn add_connection(capsule_id: String, connection: NewConnection) -> BackendResult<ConnectionInfo> {
    let added = caller_user().and_then(|caller| {
        hub::act(&Ic, caller, |capsules, context| {
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
) -> BackendResult<ConnectionInfo> {
    let updated = caller_user().and_then(|caller| {
        hub::act(&Ic, caller, |capsules, context| {
            capsules.update_connection(context, &capsule_id, peer, update)
        })
    });
    typed("update_connection", updated)
}

#[ic_cdk::update]
fn remove_connection(capsule_id: String, peer: Principal) -> BackendResult<()> {
    let removed = caller_user().and_then(|caller| {
        hub::act(&Ic, caller, |capsules, context| {
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
) -> BackendResult<ConnectionList> {
    Ok(hub::read(|hub| hub.capsules.list_connections(msg_caller(), &capsule_id, after, limit))?)
}
