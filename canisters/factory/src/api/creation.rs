//! New canisters, from an upload or from a template.

use std::marker::PhantomData;
use std::time::Duration;

use candid::{CandidType, Deserialize, Principal};
use ic_cdk::api::msg_caller;
use serde_bytes::ByteBuf;

use crate::access;
use crate::api::{answer, caller_let_in, typed};
use crate::environment::{Environment, Ic};
use crate::error::{FactoryError, FactoryResult};
use crate::operations::{
    self, CanisterSettings, CreatePlan, InstallPlan, Kind, Operation, OperationInfo, OperationList,
    Stage, begin_creation, begin_installation,
};
use crate::templates::{self, Template};
use crate::uploads;

const MOST_LISTED: u32 = 100;

#[derive(CandidType, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// A new canister.
    Install,
    /// Other code for `canister_id`, whose state is wiped.
    Reinstall,
    /// Other code for `canister_id`, which keeps its stable memory.
    Upgrade,
}

#[derive(CandidType, Deserialize, Clone, Debug)]
pub struct CreateInstallRequest {
    /// A committed upload.
    pub upload_id: u64,
    /// Controllers besides the factory, or besides the owner after a hand-off.
    pub extra_controllers: Option<Vec<Principal>>,
    /// Candid, for `init` or `post_upgrade`.
    pub init_arg: ByteBuf,
    pub mode: Mode,
    /// Attached to a new canister, the fee for its creation included. The other modes use none.
    pub cycles: u128,
    /// Whether the caller takes the factory's place among the controllers.
    pub handoff: bool,
    /// For the modes `Reinstall` and `Upgrade`.
    pub canister_id: Option<Principal>,
    /// For the mode `Install`.
    pub settings: Option<CanisterSettings>,
    /// At most 64 bytes. A second request of the caller with the same key makes no second canister.
    pub idempotency_key: Option<String>,
}

#[derive(CandidType, Deserialize, Clone, Debug)]
pub struct CreateInstallResponse {
    pub canister_id: Principal,
    pub module_hash: ByteBuf,
    pub cycles_used: u128,
}

/// Makes a canister and installs an upload in it, or installs it in one that is there. A canister
/// whose installation fails is deleted again.
#[ic_cdk::update(manual_reply = true)]
async fn create_and_install_with(
    request: CreateInstallRequest,
) -> PhantomData<CreateInstallResponse> {
    answer("create_and_install_with", create_and_install(request).await)
}

/// The same, with the upload as an argument of its own.
#[ic_cdk::update(manual_reply = true)]
async fn create_canister_install(
    upload_id: u64,
    request: CreateInstallRequest,
) -> PhantomData<CreateInstallResponse> {
    let result = async { create_and_install(with_upload(upload_id, request)?).await };
    answer("create_canister_install", result.await)
}

/// The same, with more controllers besides those of the request.
#[ic_cdk::update(manual_reply = true)]
async fn create_canister_install_with_extra_controllers(
    upload_id: u64,
    request: CreateInstallRequest,
    extra_controllers: Vec<Principal>,
) -> PhantomData<CreateInstallResponse> {
    let result = async {
        let mut request = with_upload(upload_id, request)?;
        request.extra_controllers.get_or_insert_default().extend(extra_controllers);
        create_and_install(request).await
    };
    answer("create_canister_install_with_extra_controllers", result.await)
}

/// Begins what `create_and_install_with` does, and returns at once with the operation's id.
#[ic_cdk::update]
fn start_creation(request: CreateInstallRequest) -> FactoryResult<u64> {
    let begun = caller_let_in().and_then(|caller| begin(caller, request));
    if let Ok(operation_id) = begun {
        Ic.drive_later(operation_id, Duration::ZERO);
    }
    typed("start_creation", begun)
}

/// Makes a canister from the template `user` for a user: oneself, or anybody where the caller is an
/// admin or in the allowlist.
#[ic_cdk::update(manual_reply = true)]
async fn create_user_canister(user: Principal) -> PhantomData<Principal> {
    let result = from_template(templates::USER, user, None).await;
    answer("create_user_canister", result)
}

/// Makes a canister from a template for an owner, with an argument for its `init`.
#[ic_cdk::update(manual_reply = true)]
async fn create_feature_canister(
    feature: String,
    owner: Principal,
    init_arg: ByteBuf,
) -> PhantomData<Principal> {
    let result = from_template(&feature, owner, Some(init_arg.into_vec())).await;
    answer("create_feature_canister", result)
}

/// An operation that the caller has begun or that is about a canister of the caller's; any, where an
/// admin asks.
#[ic_cdk::query]
fn get_operation(operation_id: u64) -> Option<OperationInfo> {
    let operation = operations::get(operation_id)?;
    let caller = msg_caller();
    let is_visible =
        [operation.caller, operation.owner].contains(&caller) || access::is_admin(&Ic, caller);
    is_visible.then(|| operation.info(operation_id))
}

/// Operations behind an id, at most 100: the caller's, or all where an admin asks.
#[ic_cdk::query]
fn list_operations(after: Option<u64>, limit: Option<u32>) -> OperationList {
    let caller = msg_caller();
    let whose = Some(caller).filter(|caller| !access::is_admin(&Ic, *caller));
    let limit = limit.unwrap_or(MOST_LISTED).clamp(1, MOST_LISTED) as usize;
    operations::list(whose, after.unwrap_or(0), limit)
}

fn with_upload(
    upload_id: u64,
    request: CreateInstallRequest,
) -> FactoryResult<CreateInstallRequest> {
    if request.upload_id != upload_id {
        let problem = format!("is {upload_id}, and the request names {}", request.upload_id);
        return Err(FactoryError::invalid("upload_id", problem));
    }
    Ok(request)
}

async fn create_and_install(request: CreateInstallRequest) -> FactoryResult<CreateInstallResponse> {
    let operation_id = begin(caller_let_in()?, request)?;
    let operation = finished(operation_id).await?;
    response(operation_id, &operation)
}

async fn from_template(
    name: &str,
    owner: Principal,
    init_arg: Option<Vec<u8>>,
) -> FactoryResult<Principal> {
    let caller = caller_let_in()?;
    let template = templates::get(name)?;
    let init_arg = init_arg.unwrap_or_else(|| template.argument_for(owner));
    let plan = plan_of_template(name, template, owner, init_arg);
    let operation_id = begin_creation(&Ic, caller, plan)?;
    let operation = finished(operation_id).await?;
    Ok(response(operation_id, &operation)?.canister_id)
}

/// Brings an operation to its end, if nothing interrupts it.
pub async fn finished(operation_id: u64) -> FactoryResult<Operation> {
    operations::drive(&Ic, operation_id).await;
    operations::outcome(operation_id)
}

fn begin(caller: Principal, request: CreateInstallRequest) -> FactoryResult<u64> {
    if let Some(operation_id) = earlier(caller, &request)? {
        return Ok(operation_id);
    }
    match request.mode {
        Mode::Install => begin_creation(&Ic, caller, plan_of_request(caller, request)?),
        Mode::Reinstall => begin_installation(&Ic, caller, installation(request, Kind::Reinstall)?),
        Mode::Upgrade => begin_installation(&Ic, caller, installation(request, Kind::Upgrade)?),
    }
}

/// The operation that was begun with the same key, unless it has failed.
fn earlier(caller: Principal, request: &CreateInstallRequest) -> FactoryResult<Option<u64>> {
    let Some(key) = &request.idempotency_key else {
        return Ok(None);
    };
    let Some(operation_id) = operations::with_key(caller, key) else {
        return Ok(None);
    };
    let operation = operations::get(operation_id);
    let operation = operation.filter(|operation| operation.stage != Stage::Failed);
    if operation.as_ref().is_some_and(|earlier| earlier.upload_id != Some(request.upload_id)) {
        let problem = format!("belongs to operation {operation_id}, which is about another upload");
        return Err(FactoryError::invalid("idempotency_key", problem));
    }
    Ok(operation.map(|_| operation_id))
}

fn plan_of_request(caller: Principal, request: CreateInstallRequest) -> FactoryResult<CreatePlan> {
    if request.canister_id.is_some() {
        return Err(FactoryError::invalid("canister_id", "is for the modes Reinstall and Upgrade"));
    }
    let module = uploads::module_of(request.upload_id)?;
    Ok(CreatePlan {
        owner: caller,
        canister_type: templates::CUSTOM.to_owned(),
        upload_id: request.upload_id,
        module,
        init_arg: request.init_arg.into_vec(),
        cycles: request.cycles,
        is_template: false,
        settings: request.settings.unwrap_or_default(),
        extra_controllers: request.extra_controllers.unwrap_or_default(),
        handoff: request.handoff,
        key: request.idempotency_key,
    })
}

fn plan_of_template(
    name: &str,
    template: Template,
    owner: Principal,
    init_arg: Vec<u8>,
) -> CreatePlan {
    CreatePlan {
        owner,
        canister_type: name.to_owned(),
        upload_id: template.upload_id,
        module: template.module,
        init_arg,
        cycles: template.cycles,
        is_template: true,
        settings: template.settings,
        extra_controllers: Vec::new(),
        handoff: template.handoff,
        key: None,
    }
}

fn installation(request: CreateInstallRequest, kind: Kind) -> FactoryResult<InstallPlan> {
    let canister_id = request.canister_id.ok_or_else(|| {
        FactoryError::invalid("canister_id", "must name the canister for this mode")
    })?;
    if request.settings.is_some() {
        return Err(FactoryError::invalid("settings", "are for the mode Install"));
    }
    Ok(InstallPlan {
        kind,
        canister_id,
        upload_id: request.upload_id,
        module: uploads::module_of(request.upload_id)?,
        arg: request.init_arg.into_vec(),
        snapshot_first: true,
        extra_controllers: request.extra_controllers.unwrap_or_default(),
        handoff: request.handoff,
    })
}

fn response(operation_id: u64, operation: &Operation) -> FactoryResult<CreateInstallResponse> {
    let unfinished =
        || FactoryError::from(crate::error::Reason::OperationUnfinished { operation_id });
    let canister_id = operation.canister_id.ok_or_else(unfinished)?;
    let module = operation.module.ok_or_else(unfinished)?;
    let (module_hash, cycles_used) = (ByteBuf::from(module.hash), operation.cycles);
    Ok(CreateInstallResponse { canister_id, module_hash, cycles_used })
}
