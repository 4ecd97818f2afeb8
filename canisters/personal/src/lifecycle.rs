//! Installation, upgrades, and which messages are let in.

use ic_cdk::api::{accept_message, msg_caller, msg_method_name};

use crate::access::{self, UPDATE_METHODS};
use crate::environment::{Environment, Ic};
use crate::error::PersonalResult;
use crate::events::{self, EventKind};
use crate::setup::{self, InitArgument};
use crate::{config, entropy, host, maintenance};

pub const BUILD: &str = env!("CARGO_PKG_VERSION");

#[ic_cdk::init]
fn init(argument: InitArgument) {
    if let Err(refused) = configure(argument) {
        ic_cdk::trap(&refused.message);
    }
    let time = Ic.now().to_be_bytes();
    host::mix_entropy(&[Ic.canister_id().as_slice(), &time].concat());
    let event = EventKind::CanisterInstalled { build: BUILD.to_owned() };
    events::record(Ic.now(), msg_caller(), event);
    start();
}

fn configure(argument: InitArgument) -> PersonalResult<()> {
    setup::set(&argument)?;
    config::update(argument.limits.unwrap_or_default())
}

/// Code of another build could not take the answer that is under way: it finds its way by the heap,
/// which an upgrade wipes.
#[ic_cdk::pre_upgrade]
fn pre_upgrade() {
    if entropy::is_asked_for() {
        ic_cdk::trap("Canister busy: it waits for randomness; try again in a moment");
    }
}

/// All state is in stable memory already; whatever argument comes is not read.
#[ic_cdk::post_upgrade]
fn post_upgrade() {
    let build = BUILD.to_owned();
    events::record(Ic.now(), msg_caller(), EventKind::CanisterUpgraded { build });
    start();
}

fn start() {
    Ic.certify(host::root_hash());
    maintenance::start();
}

/// Refuses ingress messages before they cost anything; each method checks again, for canisters call
/// too. Queries may be called as updates, but not by those who can't be told apart.
#[ic_cdk::inspect_message]
fn inspect_message() {
    let method = msg_method_name();
    let caller = msg_caller();
    let allowed = match UPDATE_METHODS.iter().find(|(name, _)| *name == method) {
        Some((_, access)) => access::check(*access, &Ic, caller),
        None => access::signed(caller),
    };
    match allowed {
        Ok(()) => accept_message(),
        Err(refused) => ic_cdk::trap(&refused.message),
    }
}
