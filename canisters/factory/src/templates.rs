//! Modules that an admin has registered under a name, with what their canisters get.

use std::cell::RefCell;

use candid::{CandidType, Deserialize, Principal};
use ic_stable_structures::StableBTreeMap;
use serde::Serialize;
use serde_bytes::ByteBuf;
use stable_record::storable_as_cbor;

use crate::error::{FactoryError, FactoryResult, Reason};
use crate::memory::{self, Memory};
use crate::operations::CanisterSettings;
use crate::uploads::{self, Module};

const MOST_NAME_BYTES: usize = 64;
const MOST_TEMPLATES: u64 = 1000;
/// Templates are listed by the hundred, in one reply of 2 MiB.
const MOST_INIT_ARG_BYTES: usize = 10_000;
/// More than the IC takes: 20 environment variables, and 10 viewers of the log.
const MOST_SETTINGS_BYTES: usize = 8_000;

/// The template of `create_user_canister`.
pub const USER: &str = "user";
/// The type of canisters that are made from no template; none may have this name.
pub const CUSTOM: &str = "custom";

#[derive(CandidType, Deserialize, Clone, Debug)]
pub struct SetTemplate {
    pub name: String,
    /// A committed upload.
    pub upload_id: u64,
    /// Attached to each new canister; the fee for its creation is taken from them.
    pub cycles: u128,
    /// Percent of a core.
    pub compute_allocation: Option<u128>,
    /// Bytes.
    pub memory_allocation: Option<u128>,
    /// Further settings; the two above go before theirs.
    pub settings: Option<CanisterSettings>,
    /// Whether new canisters are handed over to their owners.
    pub handoff: Option<bool>,
    /// For `create_user_canister`, at most 10,000 bytes; `(record { owner = <the user> })` where it
    /// is left out.
    pub init_arg: Option<ByteBuf>,
}

#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
pub struct Template {
    pub upload_id: u64,
    pub module: Module,
    pub version: u32,
    pub cycles: u128,
    pub settings: CanisterSettings,
    pub handoff: bool,
    pub init_arg: Option<ByteBuf>,
    pub set_at: u64,
}

storable_as_cbor!(Template);

#[derive(CandidType, Deserialize, Clone, Debug)]
pub struct TemplateInfo {
    pub name: String,
    pub upload_id: u64,
    pub module_hash: ByteBuf,
    pub module_size: u64,
    /// Counts how often the template was set.
    pub version: u32,
    pub cycles: u128,
    pub settings: CanisterSettings,
    pub handoff: bool,
    pub init_arg: Option<ByteBuf>,
    pub set_at_time_ns: u64,
}

thread_local! {
    static TEMPLATES: RefCell<StableBTreeMap<String, Template, Memory>> =
        RefCell::new(StableBTreeMap::init(memory::memory(memory::TEMPLATES)));
}

pub fn get(name: &str) -> FactoryResult<Template> {
    let template = TEMPLATES.with_borrow(|templates| templates.get(&name.to_owned()));
    template.ok_or_else(|| Reason::TemplateNotFound { name: name.to_owned() }.into())
}

/// Registers a module, or another one under a name that is taken.
pub fn set(request: SetTemplate, now: u64) -> FactoryResult<Template> {
    check_name(&request.name)?;
    if request.init_arg.as_ref().is_some_and(|arg| arg.len() > MOST_INIT_ARG_BYTES) {
        let problem = format!("must have at most {MOST_INIT_ARG_BYTES} bytes");
        return Err(FactoryError::invalid("init_arg", problem));
    }
    let module = uploads::module_of(request.upload_id)?;
    let settings = request.settings.unwrap_or_default();
    if stable_record::encode(&settings).len() > MOST_SETTINGS_BYTES {
        let problem = format!("must take at most {MOST_SETTINGS_BYTES} bytes");
        return Err(FactoryError::invalid("settings", problem));
    }
    let former = get(&request.name).ok();
    if former.is_none() && TEMPLATES.with_borrow(|all| all.len()) >= MOST_TEMPLATES {
        let problem = format!("would be one more than {MOST_TEMPLATES}");
        return Err(FactoryError::invalid("name", problem));
    }
    let template = Template {
        upload_id: request.upload_id,
        module,
        version: former.as_ref().map_or(1, |former| former.version + 1),
        cycles: request.cycles,
        settings: CanisterSettings {
            compute_allocation: request.compute_allocation.or(settings.compute_allocation),
            memory_allocation: request.memory_allocation.or(settings.memory_allocation),
            ..settings
        },
        handoff: request.handoff.unwrap_or(false),
        init_arg: request.init_arg,
        set_at: now,
    };
    uploads::change(|uploads| {
        uploads.hold(&module.hash);
        if let Some(former) = former {
            uploads.release(&former.module.hash);
        }
    });
    TEMPLATES.with_borrow_mut(|templates| templates.insert(request.name, template.clone()));
    Ok(template)
}

pub fn remove(name: &str) -> FactoryResult<()> {
    let template = get(name)?;
    TEMPLATES.with_borrow_mut(|templates| templates.remove(&name.to_owned()));
    uploads::change(|uploads| uploads.release(&template.module.hash));
    Ok(())
}

/// Templates behind a name.
pub fn list(after: Option<String>, limit: usize) -> Vec<TemplateInfo> {
    use std::ops::Bound::{Excluded, Unbounded};
    TEMPLATES.with_borrow(|templates| {
        let start = after.map_or(Unbounded, Excluded);
        let range = templates.range((start, Unbounded)).take(limit);
        range.map(|entry| entry.into_pair()).map(|(name, template)| template.info(name)).collect()
    })
}

impl Template {
    fn info(self, name: String) -> TemplateInfo {
        TemplateInfo {
            name,
            upload_id: self.upload_id,
            module_hash: ByteBuf::from(self.module.hash),
            module_size: self.module.len,
            version: self.version,
            cycles: self.cycles,
            settings: self.settings,
            handoff: self.handoff,
            init_arg: self.init_arg,
            set_at_time_ns: self.set_at,
        }
    }

    /// The argument of a user's canister.
    pub fn argument_for(&self, owner: Principal) -> Vec<u8> {
        #[derive(CandidType)]
        struct Owner {
            owner: Principal,
        }
        let argument = self.init_arg.clone().map(ByteBuf::into_vec);
        argument.unwrap_or_else(|| {
            candid::encode_one(Owner { owner }).expect("a record has a form in Candid")
        })
    }
}

fn check_name(name: &str) -> FactoryResult<()> {
    let is_plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte));
    if name == CUSTOM {
        let problem = "may not be custom: that is the type of canisters made from no template";
        return Err(FactoryError::invalid("name", problem));
    }
    if name.is_empty() || name.len() > MOST_NAME_BYTES || !is_plain {
        let problem = format!("must be 1 to {MOST_NAME_BYTES} letters, digits, or any of _ - .");
        return Err(FactoryError::invalid("name", problem));
    }
    Ok(())
}
