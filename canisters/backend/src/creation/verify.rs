//! Whether the personal canister has what the hub exported.

use candid::Principal;
use capsule::Manifest;

use crate::creation::error::CreationError;

/// What differs between two manifests, in words; nothing where they are equal.
pub fn differences(hub: &Manifest, personal: &Manifest) -> Vec<String> {
    let figures = [
        ("memories", hub.memories, personal.memories),
        ("galleries", hub.galleries, personal.galleries),
        ("connections", hub.connections, personal.connections),
        ("blobs", hub.blobs, personal.blobs),
        ("total_bytes", hub.total_bytes, personal.total_bytes),
        ("api_version", hub.api_version.into(), personal.api_version.into()),
    ];
    let texts = [
        ("capsule_id", &hub.capsule_id, &personal.capsule_id),
        ("root_hash", &hub.root_hash_hex, &personal.root_hash_hex),
    ];
    let told = |name: &str, there: &dyn ToString, here: &dyn ToString| {
        format!("{name}: {} there, {} in the hub", excerpt(there.to_string()), here.to_string())
    };
    let figures = figures.iter().filter(|(_, here, there)| here != there);
    let texts = texts.iter().filter(|(_, here, there)| here != there);
    figures
        .map(|(name, here, there)| told(name, there, here))
        .chain(texts.map(|(name, here, there)| told(name, *there, *here)))
        .collect()
}

/// A canister that lies may say kilobytes.
fn excerpt(text: String) -> String {
    text.chars().filter(|char| !char.is_control()).take(80).collect()
}

/// Refuses a personal canister that has something else.
pub fn check_manifest(
    canister_id: Principal,
    hub: &Manifest,
    personal: &Manifest,
) -> Result<(), CreationError> {
    let differences = differences(hub, personal);
    match differences.is_empty() {
        true => Ok(()),
        false => Err(CreationError::VerifyFailed { canister_id, differences, call: None }),
    }
}

/// Refuses a canister that runs another module than was installed.
pub fn check_module(
    canister_id: Principal,
    installed: Option<&[u8]>,
    found: Option<&[u8]>,
) -> Result<(), CreationError> {
    if installed.is_some() && installed == found {
        return Ok(());
    }
    let hex = |hash: Option<&[u8]>| match hash {
        None => "none".to_owned(),
        Some(hash) => hash.iter().map(|byte| format!("{byte:02x}")).collect(),
    };
    let difference = format!("module: {} there, {} was installed", hex(found), hex(installed));
    let differences = vec![difference];
    Err(CreationError::VerifyFailed { canister_id, differences, call: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest() -> Manifest {
        Manifest {
            api_version: 1,
            capsule_id: "c".to_owned(),
            memories: 2,
            galleries: 3,
            connections: 4,
            blobs: 5,
            total_bytes: 6,
            root_hash_hex: "7".to_owned(),
        }
    }

    #[test]
    fn every_field_of_a_manifest_counts() {
        let here = manifest();
        assert_eq!(differences(&here, &here), [""; 0]);
        type Change = fn(&mut Manifest);
        let others: [(&str, Change); 8] = [
            ("api_version", |it| it.api_version += 1),
            ("capsule_id", |it| it.capsule_id.push('d')),
            ("memories", |it| it.memories += 1),
            ("galleries", |it| it.galleries += 1),
            ("connections", |it| it.connections += 1),
            ("blobs", |it| it.blobs += 1),
            ("total_bytes", |it| it.total_bytes += 1),
            ("root_hash", |it| it.root_hash_hex.push('8')),
        ];
        for (name, change) in others {
            let mut there = manifest();
            change(&mut there);
            let found = differences(&here, &there);
            assert!(matches!(&found[..], [one] if one.starts_with(name)), "{found:?}");
        }
    }

    #[test]
    fn a_canister_without_code_or_with_other_code_is_refused() {
        let id = Principal::from_slice(&[1]);
        assert!(check_module(id, Some(b"a"), Some(b"a")).is_ok());
        for (installed, found) in
            [(Some(&b"a"[..]), None), (None, None), (Some(b"a"), Some(&b"b"[..]))]
        {
            assert!(check_module(id, installed, found).is_err());
        }
    }
}
