//! Installation, upgrades, and which messages are let in.

use candid::Principal;
use ic_cdk::api::{accept_message, msg_caller, msg_method_name};

use crate::access::{self, UPDATE_METHODS};
use crate::config::{self, InitArgument};
use crate::environment::{Environment, Ic};
use crate::error::FactoryResult;
use crate::events::{self, EventKind};
use crate::{http, in_flight, maintenance};

pub const BUILD: &str = env!("CARGO_PKG_VERSION");

#[ic_cdk::init]
fn init(argument: Option<InitArgument>) {
    let installer = msg_caller();
    if let Err(refused) = configure(argument.unwrap_or_default(), installer) {
        ic_cdk::trap(&refused.message);
    }
    let build = BUILD.to_owned();
    events::record(Ic.now(), installer, EventKind::FactoryInstalled { build });
    http::certify();
    maintenance::start(Ic);
}

fn configure(argument: InitArgument, installer: Principal) -> FactoryResult<()> {
    config::update(argument.limits())?;
    access::set_allowlist(argument.allowlist.as_deref())?;
    let admins = argument.admins.filter(|admins| !admins.is_empty());
    admins.unwrap_or(vec![installer]).into_iter().try_for_each(access::add_admin)
}

/// Code of another build could not take the answers that are under way: they find their way by the
/// heap, which an upgrade wipes.
#[ic_cdk::pre_upgrade]
fn pre_upgrade() {
    let waiting = in_flight::count();
    if waiting > 0 {
        ic_cdk::trap(format!(
            "Factory busy: {waiting} operations wait for an answer; stop the factory, which lets \
             them come to rest, then upgrade and start it: they go on by themselves"
        ));
    }
}

/// All state is in stable memory already. The argument of the installation is taken and ignored:
/// `update_config` and the other methods for admins have changed since what it says.
#[ic_cdk::post_upgrade]
fn post_upgrade(_argument: Option<InitArgument>) {
    let build = BUILD.to_owned();
    events::record(Ic.now(), msg_caller(), EventKind::FactoryUpgraded { build });
    http::certify();
    maintenance::start(Ic);
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
