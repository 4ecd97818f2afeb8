//! Installation, upgrades, and which messages are let in.

use ic_cdk::api::{accept_message, msg_caller, msg_method_name};

use crate::access;
use crate::config::{self, InitArgument};
use crate::environment::{Environment, Ic};
use crate::error::BackendResult;
use crate::events::{self, EventKind};
use crate::{entropy, host, maintenance};

pub const BUILD: &str = env!("CARGO_PKG_VERSION");

#[ic_cdk::init]
fn init(argument: Option<InitArgument>) {
    if let Err(refused) = configure(argument.unwrap_or_default()) {
        ic_cdk::trap(&refused.message);
    }
    let time = Ic.now().to_be_bytes();
    host::mix_entropy(&[Ic.canister_id().as_slice(), &time].concat());
    let build = BUILD.to_owned();
    events::record(Ic.now(), msg_caller(), EventKind::BackendInstalled { build });
    start();
}

fn configure(argument: InitArgument) -> BackendResult<()> {
    config::update(argument.config.unwrap_or_default())?;
    let admins = argument.admins.filter(|admins| !admins.is_empty());
    admins.unwrap_or(vec![msg_caller()]).into_iter().try_for_each(access::add_admin)
}

/// Code of another build could not take the answer that is under way: it finds its way by the heap,
/// which an upgrade wipes.
#[ic_cdk::pre_upgrade]
fn pre_upgrade() {
    if entropy::is_asked_for() {
        ic_cdk::trap("Backend busy: it waits for randomness; try again in a moment");
    }
    #[cfg(feature = "personal_canister_creation")]
    if crate::creation::waiting() > 0 {
        ic_cdk::trap(format!(
            "Backend busy: {} personal canisters wait for an answer; stop the backend, which lets \
             them come to rest, then upgrade and start it: they go on by themselves",
            crate::creation::waiting()
        ));
    }
}

/// All state is in stable memory already. The argument of the installation is taken and ignored:
/// `update_config` and the other methods for admins have changed since what it says.
#[ic_cdk::post_upgrade]
fn post_upgrade(_argument: Option<InitArgument>) {
    let build = BUILD.to_owned();
    events::record(Ic.now(), msg_caller(), EventKind::BackendUpgraded { build });
    start();
}

fn start() {
    #[cfg(feature = "personal_canister_creation")]
    crate::creation::receipts::certify(&Ic);
    Ic.certify(host::root_hash());
    maintenance::start();
}

/// Refuses ingress messages before they cost anything; each method checks again, for canisters call
/// too. Queries may be called as updates, but not by those who can't be told apart.
#[ic_cdk::inspect_message]
fn inspect_message() {
    let method = msg_method_name();
    let caller = msg_caller();
    let allowed = match access::access_of(&method) {
        Some(access) => access::check(access, &Ic, caller),
        None => access::signed(caller),
    };
    match allowed {
        Ok(()) => accept_message(),
        Err(refused) => ic_cdk::trap(&refused.message),
    }
}
