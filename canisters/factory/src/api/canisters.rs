//! The registry, and the life of a canister after its creation.

use candid::{CandidType, Deserialize, Principal};
use ic_cdk::api::{msg_caller, msg_cycles_accept, msg_cycles_available};
use serde_bytes::ByteBuf;

use crate::api::creation::finished;
use crate::api::{answer_nothing, caller_let_in, typed};
use crate::environment::{Environment, Ic};
use crate::error::FactoryResult;
use crate::operations::{InstallPlan, Kind, begin_deletion, begin_installation, managed};
use crate::registry::{self, CanisterFilter, CanisterInfo, CanisterList, CanisterPage};
use crate::{access, canisters, templates, uploads};

/// The arguments of no parameters, in Candid.
const NO_ARGUMENTS: &[u8] = b"DIDL\0\0";

#[derive(CandidType, Deserialize, Clone, Debug)]
pub struct UpgradeRequest {
    pub canister_id: Principal,
    /// A committed upload; the newest version of the canister's template where it is left out.
    pub upload_id: Option<u64>,
    /// Candid, for `post_upgrade`; no arguments where it is left out.
    pub arg: Option<ByteBuf>,
    /// Whether a snapshot is taken before, and loaded where the upgrade fails: true by default.
    pub snapshot_first: Option<bool>,
}

#[derive(CandidType, Deserialize, Clone, Debug)]
pub struct UpgradeResponse {
    pub operation_id: u64,
    pub canister_id: Principal,
    pub module_hash: ByteBuf,
}

/// What the registry knows of a canister: for its owner, its creator and admins.
#[ic_cdk::query]
fn get_canister_info(canister_id: Principal) -> Option<CanisterInfo> {
    let caller = msg_caller();
    registry::get(canister_id).filter(|info| {
        [info.owner, info.created_by].contains(&caller) || access::is_admin(&Ic, caller)
    })
}

/// A user's canisters, the first 200 that are not deleted: for the user and for admins; others are
/// told of those that they created. `list_canisters` has pages.
#[ic_cdk::query]
fn list_user_canisters(user: Principal) -> Vec<CanisterInfo> {
    let filter = CanisterFilter { owner: Some(user), ..CanisterFilter::default() };
    list_visible(filter, CanisterPage::default()).canisters
}

/// Canisters that match a filter, in pages of at most 200: the caller's own, where the filter names
/// no owner; of another owner's those that the caller created; any where an admin asks.
#[ic_cdk::query]
fn list_canisters(filter: Option<CanisterFilter>, page: Option<CanisterPage>) -> CanisterList {
    list_visible(filter.unwrap_or_default(), page.unwrap_or_default())
}

fn list_visible(filter: CanisterFilter, page: CanisterPage) -> CanisterList {
    let caller = msg_caller();
    let sees_all =
        access::is_admin(&Ic, caller) || [filter.owner, filter.created_by].contains(&Some(caller));
    let narrowed = match (filter.owner, filter.created_by) {
        _ if sees_all => filter,
        (None, _) => CanisterFilter { owner: Some(caller), ..filter },
        (Some(_), None) => CanisterFilter { created_by: Some(caller), ..filter },
        (Some(_), Some(_)) => {
            return CanisterList { canisters: Vec::new(), next: None };
        }
    };
    registry::list(&narrowed, &page)
}

/// Upgrades a canister to a module of at most 1.9 MB, or, where no bytes are given, to the newest
/// version of its template.
#[ic_cdk::update(manual_reply = true)]
async fn upgrade_canister(canister_id: Principal, wasm: ByteBuf) {
    let result = async { upgrade(request_of_blob(canister_id, &wasm)?).await };
    answer_nothing("upgrade_canister", result.await.map(|_| ()));
}

/// Upgrades a canister to an upload. It is stopped meanwhile, and a failure brings back the snapshot
/// that was taken before.
#[ic_cdk::update]
async fn upgrade_canister_with(request: UpgradeRequest) -> FactoryResult<UpgradeResponse> {
    typed("upgrade_canister_with", upgrade(request).await)
}

fn request_of_blob(canister_id: Principal, wasm: &[u8]) -> FactoryResult<UpgradeRequest> {
    let request = UpgradeRequest { canister_id, upload_id: None, arg: None, snapshot_first: None };
    if wasm.is_empty() {
        return Ok(request);
    }
    let caller = caller_let_in()?;
    managed(&Ic, caller, canister_id)?;
    let name = format!("upgrade of {canister_id}");
    let upload_id = uploads::from_blob(caller, wasm, name, Ic.now())?;
    Ok(UpgradeRequest { upload_id: Some(upload_id), ..request })
}

async fn upgrade(request: UpgradeRequest) -> FactoryResult<UpgradeResponse> {
    let caller = caller_let_in()?;
    let info = managed(&Ic, caller, request.canister_id)?;
    let (upload_id, module) = match request.upload_id {
        Some(upload_id) => (upload_id, uploads::module_of(upload_id)?),
        None => {
            let template = templates::get(&info.canister_type)?;
            (template.upload_id, template.module)
        }
    };
    let plan = InstallPlan {
        kind: Kind::Upgrade,
        canister_id: request.canister_id,
        upload_id,
        module,
        arg: request.arg.map_or(NO_ARGUMENTS.to_vec(), ByteBuf::into_vec),
        snapshot_first: request.snapshot_first.unwrap_or(true),
        extra_controllers: Vec::new(),
        handoff: false,
    };
    let operation_id = begin_installation(&Ic, caller, plan)?;
    finished(operation_id).await?;
    let (canister_id, module_hash) = (request.canister_id, ByteBuf::from(module.hash));
    Ok(UpgradeResponse { operation_id, canister_id, module_hash })
}

/// Deletes a canister for good, after its cycles have come back to the factory.
#[ic_cdk::update(manual_reply = true)]
async fn delete_canister(canister_id: Principal) {
    answer_nothing("delete_canister", delete(canister_id).await);
}

async fn delete(canister_id: Principal) -> FactoryResult<()> {
    let operation_id = begin_deletion(&Ic, caller_let_in()?, canister_id)?;
    finished(operation_id).await?;
    Ok(())
}

/// Starts a canister that was stopped.
#[ic_cdk::update]
async fn start_canister(canister_id: Principal) -> FactoryResult<()> {
    let result = async { canisters::start(&Ic, caller_let_in()?, canister_id).await };
    typed("start_canister", result.await)
}

/// Stops a canister, once it has answered what it is asked.
#[ic_cdk::update]
async fn stop_canister(canister_id: Principal) -> FactoryResult<()> {
    let result = async { canisters::stop(&Ic, caller_let_in()?, canister_id).await };
    typed("stop_canister", result.await)
}

/// Hands a canister over: its owner takes the factory's place among the controllers.
#[ic_cdk::update]
async fn handoff_canister(canister_id: Principal) -> FactoryResult<()> {
    let result = async { canisters::hand_off(&Ic, caller_let_in()?, canister_id).await };
    typed("handoff_canister", result.await)
}

/// Sends cycles to a canister: the factory's where an admin asks, or those attached to the call.
#[ic_cdk::update]
async fn top_up_canister(canister_id: Principal, cycles: u128) -> FactoryResult<()> {
    typed("top_up_canister", top_up(canister_id, cycles).await)
}

async fn top_up(canister_id: Principal, cycles: u128) -> FactoryResult<()> {
    let caller = caller_let_in()?;
    let attached = msg_cycles_available();
    canisters::top_up(&Ic, caller, canister_id, cycles, attached).await?;
    if attached >= cycles {
        msg_cycles_accept(cycles);
    }
    Ok(())
}

/// Asks the IC how a canister is, and brings the registry up to date.
#[ic_cdk::update]
async fn refresh_canister_info(canister_id: Principal) -> FactoryResult<CanisterInfo> {
    let result = async { canisters::refresh(&Ic, caller_let_in()?, canister_id).await };
    typed("refresh_canister_info", result.await)
}
