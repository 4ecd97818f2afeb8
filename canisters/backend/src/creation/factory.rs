//! The canister itself: made, filled with code, handed over.

use candid::Principal;
use ic_management_canister_types::{
    CanisterInstallMode, CanisterSettings, ChunkHash, InstallChunkedCodeArgs,
};
use management_calls::{Call, CallError, Reply, Status};
use serde_bytes::ByteBuf;

use crate::creation::error::{CreationError, FailedCall};
use crate::creation::network::{Answer, Network, Request};
use crate::creation::orchestrator::{Plan, Turn};
use crate::creation::personal::{self, InitArgument, Limits};
use crate::creation::record::{Creation, Step, Trouble};
use crate::creation::{cycles, settings, verify, wasm};
use crate::{config, host};

/// The chunk size of the IC's chunk store.
const STORE_CHUNK_BYTES: u64 = 1 << 20;
/// How many chunks are stored at the same time: more would keep more MiB on the heap.
const CHUNKS_AT_A_TIME: usize = 4;

/// The call that makes the canister. Its user controls it from the beginning, so that it is never
/// lost to them.
pub fn plan_creation(environment: &impl Network, creation: &mut Creation) -> Plan {
    let cycles = match creation.cycles_promised {
        0 => settings::get().cycles_per_creation,
        promised => promised,
    };
    if let Err(refused) = cycles::preflight(environment, cycles) {
        return Plan::Fail(refused);
    }
    cycles::forgo(creation);
    creation.cycles_sent = cycles;
    cycles::consume(environment, creation, cycles);
    let controllers = Some(vec![environment.canister_id(), creation.user]);
    let settings = CanisterSettings { controllers, ..CanisterSettings::default() };
    calls(Call::CreateCanister { settings, cycles })
}

/// The calls of a step about a canister that is there.
pub fn plan(environment: &impl Network, creation: &mut Creation, canister_id: Principal) -> Plan {
    calls(match creation.step {
        Step::CheckingCanister | Step::CheckingModule | Step::Diagnosing => {
            Call::CanisterStatus { canister_id }
        }
        Step::CheckingControllers | Step::ConfirmingHandOff => Call::CanisterInfo { canister_id },
        Step::Starting => Call::StartCanister { canister_id },
        Step::ToppingUp => return plan_top_up(environment, creation, canister_id),
        Step::ClearingOldChunks | Step::ClearingChunks => Call::ClearChunkStore { canister_id },
        Step::StoringChunks => return plan_chunks(environment, creation, canister_id),
        Step::Installing => installation(environment, creation, canister_id),
        Step::CheckingVersion => {
            return Plan::Calls(vec![personal::call(canister_id, "api_version", ())]);
        }
        Step::HandingOff => {
            let controllers = Some(vec![creation.user]);
            let settings = CanisterSettings { controllers, ..CanisterSettings::default() };
            Call::UpdateSettings { canister_id, settings }
        }
        other => unreachable!("{other:?} is no step about the canister itself"),
    })
}

fn calls(call: Call) -> Plan {
    Plan::Calls(vec![call.into()])
}

/// The canister of an earlier attempt has used up some of its cycles.
fn plan_top_up(
    environment: &impl Network,
    creation: &mut Creation,
    canister_id: Principal,
) -> Plan {
    let Some((_, cycles)) = creation.top_up else {
        return Plan::Step(Step::CheckingCanister);
    };
    if let Err(refused) = cycles::preflight(environment, cycles) {
        creation.top_up = None;
        return Plan::Fail(refused);
    }
    cycles::consume(environment, creation, cycles);
    calls(Call::DepositCycles { canister_id, cycles })
}

fn plan_chunks(
    environment: &impl Network,
    creation: &mut Creation,
    canister_id: Principal,
) -> Plan {
    if creation.progress.module.is_none() {
        let Some(module) = wasm::module() else {
            return Plan::Fail(CreationError::Disabled { why: NO_MODULE.to_owned() });
        };
        wasm::hold(environment, &module);
        creation.progress.module = Some(module);
        creation.progress.is_module_held = true;
        creation.module_hash = Some(ByteBuf::from(module.hash));
    }
    let Some(module) = creation.progress.module else {
        unreachable!("it was chosen above");
    };
    let next = creation.progress.chunks_stored.len() as u64;
    let indexes = (next..module.len.div_ceil(STORE_CHUNK_BYTES)).take(CHUNKS_AT_A_TIME);
    let chunks = indexes.map(|index| {
        let offset = index * STORE_CHUNK_BYTES;
        host::read(|hub| hub.uploads.read(&module.hash, offset, STORE_CHUNK_BYTES))
            .expect("a creation holds its module")
    });
    let upload = |chunk| Request::from(Call::UploadChunk { canister_id, chunk });
    Plan::Calls(chunks.map(upload).collect())
}

pub const NO_MODULE: &str = "the hub has no WASM for personal canisters; ask an admin to set it by \
     set_personal_canister_wasm";

fn installation(
    environment: &impl Network,
    creation: &mut Creation,
    canister_id: Principal,
) -> Call {
    let module = creation.progress.module.expect("it was chosen before its chunks were stored");
    let mode = match creation.installs_again {
        false => CanisterInstallMode::Install,
        true => CanisterInstallMode::Reinstall,
    };
    creation.installs_again = true;
    let argument = InitArgument {
        owner: creation.user,
        hub: environment.canister_id(),
        capsule_id: creation.capsule.to_string(),
        limits: Some(Limits::of_hub(&config::get())),
    };
    let hashes = creation.progress.chunks_stored.iter();
    Call::InstallChunkedCode(Box::new(InstallChunkedCodeArgs {
        mode,
        target_canister: canister_id,
        store_canister: None,
        chunk_hashes_list: hashes.map(|hash| ChunkHash { hash: hash.to_vec() }).collect(),
        wasm_module_hash: module.hash.to_vec(),
        arg: candid::encode_one(argument).expect("the argument has a form in Candid"),
        sender_canister_version: None,
    }))
}

/// Notes the answers to the calls of a step; what comes next.
pub fn settle(
    environment: &impl Network,
    creation: &mut Creation,
    answers: Vec<Answer>,
) -> Result<Turn, CreationError> {
    let hub = environment.canister_id();
    if creation.step == Step::StoringChunks {
        return Ok(Turn::To(chunks_stored(creation, answers)));
    }
    let first = answers.into_iter().next();
    let next = match (creation.step, first) {
        (Step::CheckingVersion, Some(answer)) => return version(creation, &answer),
        (Step::Creating, Some(Answer::Management(Reply::Created(canister_id)))) => {
            creation.canister_id = Some(canister_id);
            creation.controllers = vec![hub, creation.user];
            Step::StoringChunks
        }
        (Step::CheckingCanister, Some(Answer::Management(Reply::Status(status)))) => {
            found(environment, creation, &status)
        }
        (Step::CheckingModule, Some(Answer::Management(Reply::Status(status)))) => {
            checked(creation, status)?
        }
        (Step::Diagnosing, Some(Answer::Management(Reply::Status(status)))) => {
            diagnosed(creation, &status)?
        }
        (Step::CheckingControllers, Some(Answer::Management(Reply::Info(info)))) => {
            return Err(refused(creation, hub, &info.controllers));
        }
        (Step::ConfirmingHandOff, Some(Answer::Management(Reply::Info(info)))) => {
            creation.controllers = info.controllers;
            return confirmed(creation, hub);
        }
        (Step::ToppingUp, _) => {
            creation.top_up = None;
            Step::ClearingOldChunks
        }
        (Step::Starting, _) => match creation.trouble.take() {
            Some(trouble) => trouble.step,
            None => Step::CheckingCanister,
        },
        (Step::ClearingOldChunks, _) => Step::StoringChunks,
        (Step::Installing, _) => Step::ClearingChunks,
        (Step::ClearingChunks, _) => Step::CheckingVersion,
        (Step::HandingOff, _) => {
            creation.progress.is_handed_off = true;
            Step::ConfirmingHandOff
        }
        (step, _) => unreachable!("{step:?} has an answer of another kind"),
    };
    Ok(Turn::To(next))
}

/// What is handed over runs, and has the code that was installed.
fn checked(creation: &mut Creation, status: Status) -> Result<Step, CreationError> {
    if !status.is_running {
        let message = "the canister is stopped".to_owned();
        let stopped = CallError { method: "canister_status", reject_code: None, message };
        let error = error_of(creation, stopped);
        creation.trouble = Some(Trouble { step: creation.step, error });
        return diagnosed(creation, &status);
    }
    let canister_id = creation.canister_id.unwrap_or(Principal::anonymous());
    let installed = creation.module_hash.as_ref().map(|hash| hash.as_slice());
    verify::check_module(canister_id, installed, status.module_hash.as_deref())?;
    creation.controllers = status.controllers;
    Ok(Step::HandingOff)
}

/// A canister that was stopped is started, and the step that failed made again.
fn diagnosed(creation: &mut Creation, status: &Status) -> Result<Step, CreationError> {
    let most = settings::get().max_attempts;
    if !status.is_running && creation.progress.interruptions < most {
        creation.progress.interruptions += 1;
        return Ok(Step::Starting);
    }
    Err(trouble_of(creation))
}

/// Why the hub was refused: it is no controller any more, or what the step failed of.
fn refused(creation: &Creation, hub: Principal, controllers: &[Principal]) -> CreationError {
    match creation.canister_id.filter(|_| !controllers.contains(&hub)) {
        Some(canister_id) => CreationError::CanisterTaken { canister_id, is_deleted: false },
        None => trouble_of(creation),
    }
}

/// What a step failed of whose reason is looked for.
pub fn trouble_of(creation: &Creation) -> CreationError {
    let trouble = creation.trouble.as_ref().expect("it is there while its reason is looked for");
    trouble.error.clone()
}

/// The canister of an earlier attempt: it must run, and have cycles for another one.
fn found(environment: &impl Network, creation: &mut Creation, status: &Status) -> Step {
    if let Some((before, top_up)) = creation.top_up.take()
        && status.cycles < before.saturating_add(top_up / 2)
    {
        // The top-up whose answer was lost has not arrived.
        cycles::give_back(environment, creation, top_up);
    }
    creation.controllers = status.controllers.clone();
    if !status.is_running {
        return Step::Starting;
    }
    let wanted = settings::get().cycles_per_creation.saturating_sub(environment.creation_fee());
    match status.cycles < wanted / 2 {
        true => {
            creation.top_up = Some((status.cycles, wanted - status.cycles));
            Step::ToppingUp
        }
        false => Step::ClearingOldChunks,
    }
}

fn chunks_stored(creation: &mut Creation, answers: Vec<Answer>) -> Step {
    for answer in answers {
        let Answer::Management(Reply::ChunkHash(hash)) = answer else {
            unreachable!("a chunk is answered with its hash");
        };
        creation.progress.chunks_stored.push(ByteBuf::from(hash));
    }
    let total = creation.progress.module.map_or(0, |it| it.len.div_ceil(STORE_CHUNK_BYTES));
    match creation.progress.chunks_stored.len() as u64 >= total {
        true => Step::Installing,
        false => Step::StoringChunks,
    }
}

fn version(creation: &Creation, answer: &Answer) -> Result<Turn, CreationError> {
    let canister_id = creation.canister_id.unwrap_or(Principal::anonymous());
    let actual: u32 = personal::value(answer)
        .map_err(|call: FailedCall| CreationError::InstallFailed { canister_id, call })?;
    let expected = capsule::API_VERSION;
    match actual == expected {
        true => Ok(Turn::To(Step::BeginningImport)),
        false => Err(CreationError::ApiVersionMismatch { canister_id, expected, actual }),
    }
}

/// A hand-off is made when the hub is off the controllers, whatever it was answered.
fn confirmed(creation: &mut Creation, hub: Principal) -> Result<Turn, CreationError> {
    if !creation.controllers.contains(&hub) {
        creation.trouble = None;
        return Ok(Turn::To(Step::Completed));
    }
    creation.progress.hand_offs += 1;
    if creation.progress.hand_offs < settings::get().max_attempts {
        return Ok(Turn::Later(Step::HandingOff, creation.progress.hand_offs));
    }
    Err(hand_off_failed(creation))
}

/// The hand-off was not made.
pub fn hand_off_failed(creation: &mut Creation) -> CreationError {
    let canister_id = creation.canister_id.unwrap_or(Principal::anonymous());
    let call = match creation.trouble.take().map(|trouble| trouble.error) {
        Some(CreationError::HandoffFailed { call, .. }) => call,
        _ => None,
    };
    CreationError::HandoffFailed { canister_id, call, controllers: creation.controllers.clone() }
}

/// What a call that failed for good means at a step.
pub fn error_of(creation: &Creation, error: CallError) -> CreationError {
    use crate::creation::types::CreationStatus as Status;
    let (status, call) = (creation.status(), FailedCall::from(error));
    let Some(canister_id) = creation.canister_id else {
        return CreationError::CreateFailed { call, is_answer_lost: false };
    };
    match status {
        _ if creation.step.is_clearing() => CreationError::ClearFailed { canister_id, call },
        Status::Importing => CreationError::ImportFailed { canister_id, call },
        Status::Verifying => {
            let (differences, call) = (Vec::new(), Some(call));
            CreationError::VerifyFailed { canister_id, differences, call }
        }
        Status::HandingOff => {
            let (controllers, call) = (creation.controllers.clone(), Some(call));
            CreationError::HandoffFailed { canister_id, call, controllers }
        }
        _ => CreationError::InstallFailed { canister_id, call },
    }
}
