//! The interface that the code exports, held against what is said of it elsewhere.

use std::collections::BTreeSet;
use std::marker::PhantomData;

use candid::{Principal, export_service};
use capsule::*;
use certified_http::{HttpRequest, HttpResponse, StreamingPiece, StreamingToken};
use chunked_upload::{CreateUploadRequest, CreateUploadResponse, UploadCommit, UploadInfo};
use serde_bytes::ByteBuf;

use crate::access::update_methods;
use crate::api::administration::ConfigInfo;
use crate::api::monitoring::{BackendStats, HealthReport, Version};
use crate::api::sharing::AssetToken;
use crate::api::users::Whoami;
use crate::config::{ConfigUpdate, InitArgument};
use crate::creation::settings::{
    PersonalCanisterCreationConfig, PersonalCanisterCreationConfigUpdate,
};
use crate::creation::types::*;
use crate::error::{ApiResult, BackendResult};
use crate::events::Event;

export_service!();

/// `UPDATE_DID=1 cargo test -p backend` writes the file anew.
#[test]
fn the_exported_interface_is_the_file_that_is_checked_in() {
    let exported = __export_service();
    if std::env::var_os("UPDATE_DID").is_some() {
        std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/backend.did"), &exported).unwrap();
    } else {
        let is_same = exported == include_str!("../backend.did");
        assert!(is_same, "run UPDATE_DID=1 cargo test -p backend");
    }
}

/// Ingress messages are let in by this table.
#[test]
fn each_update_method_says_who_may_call_it() {
    let listed: BTreeSet<&str> = update_methods().map(|(name, _)| name).collect();
    let exported = __export_service();
    let service = exported.split_once("service : ").unwrap().1.lines().skip(1);
    let text: String = service.filter(|line| !line.trim().starts_with("//")).collect();
    let methods = text.split(';').filter_map(|method| method.split_once(" : "));
    let updates = methods.filter(|(_, signature)| !signature.ends_with(" query"));
    let names: BTreeSet<&str> = updates.map(|(name, _)| name.trim()).collect();
    assert_eq!(names, listed);
}
