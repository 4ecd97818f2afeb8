//! Reads and writes Candid by the Rust crates, for tests of other implementations.
//!
//! Types come as a description with a service whose method `values` takes them:
//! `type Node = …; service : { values : (Node, nat) -> () }`.

use candid::types::Type;
use candid::{CandidType, IDLArgs, TypeEnv};
use candid_parser::{IDLProg, check_prog, parse_idl_args};
use serde_bytes::ByteBuf;

/// What typed values look like once they were read.
#[derive(CandidType)]
struct Written {
    bytes: ByteBuf,
    text: String,
}

/// The types that a description names, and what they refer to.
struct Types {
    environment: TypeEnv,
    types: Vec<Type>,
}

fn as_it_is(argument: Vec<u8>) -> Vec<u8> {
    argument
}

fn in_words(error: impl std::fmt::Display) -> String {
    error.to_string()
}

fn types_of(did: &str) -> Result<Types, String> {
    let program: IDLProg = did.parse().map_err(in_words)?;
    let mut environment = TypeEnv::new();
    let service = check_prog(&mut environment, &program).map_err(in_words)?;
    let service = service.ok_or("the description has no service")?;
    let types = environment.get_method(&service, "values").map_err(in_words)?.args.clone();
    Ok(Types { environment, types })
}

/// Sends back the message that it is called with, whatever that is.
#[ic_cdk::query(decode_with = "as_it_is", encode_with = "as_it_is")]
fn raw(message: Vec<u8>) -> Vec<u8> {
    message
}

/// Reads a message as what it says it is, and writes the values.
#[ic_cdk::query]
fn untyped(message: ByteBuf) -> Result<ByteBuf, String> {
    let values = IDLArgs::from_bytes(&message).map_err(in_words)?;
    values.to_bytes().map(ByteBuf::from).map_err(in_words)
}

/// Reads a message as the types of `did`, and writes the values as these, in both forms.
#[ic_cdk::query]
fn typed(did: String, message: ByteBuf) -> Result<Written, String> {
    let Types { environment, types } = types_of(&did)?;
    let values =
        IDLArgs::from_bytes_with_types(&message, &environment, &types).map_err(in_words)?;
    let bytes = values.to_bytes_with_types(&environment, &types).map_err(in_words)?;
    Ok(Written { bytes: ByteBuf::from(bytes), text: values.to_string() })
}

/// Reads a text as values of the types of `did`, and writes them as these.
#[ic_cdk::query]
fn parsed(did: String, text: String) -> Result<ByteBuf, String> {
    let Types { environment, types } = types_of(&did)?;
    let values = parse_idl_args(&text).map_err(in_words)?;
    let values = values.annotate_types(true, &environment, &types).map_err(in_words)?;
    values.to_bytes_with_types(&environment, &types).map(ByteBuf::from).map_err(in_words)
}

#[cfg(test)]
mod tests {
    use candid::export_service;
    use serde_bytes::ByteBuf;

    use super::Written;

    /// On a difference, `UPDATE_DID=1 cargo test -p echo` writes the file anew.
    #[test]
    fn the_exported_interface_is_the_file_that_is_checked_in() {
        export_service!();
        let exported = __export_service();
        if std::env::var_os("UPDATE_DID").is_some() {
            std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/echo.did"), &exported).unwrap();
        } else {
            assert_eq!(exported, include_str!("../echo.did"));
        }
    }
}
