//! SHA-256 as text.

use crate::contents::Hash;

/// 64 lower-case digits.
pub fn to_hex(hash: &Hash) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The hash of 64 digits, of either case.
pub fn from_hex(text: &str) -> Option<Hash> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let pairs = text.as_bytes().chunks_exact(2);
    let bytes = pairs.map(|pair| Some(digit(pair[0])? << 4 | digit(pair[1])?));
    let bytes: Option<Vec<u8>> = bytes.map(|byte| Some(byte? as u8)).collect();
    let hash = bytes.and_then(|bytes| Hash::try_from(bytes).ok());
    hash.filter(|_| text.len() == 64)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..Default::default() })]

        #[test]
        fn every_hash_comes_back(hash: Hash) {
            prop_assert_eq!(from_hex(&to_hex(&hash)), Some(hash));
            prop_assert_eq!(from_hex(&to_hex(&hash).to_uppercase()), Some(hash));
        }

        #[test]
        fn other_text_is_refused(text in "\\PC{0,70}") {
            let is_hash = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
            prop_assert_eq!(from_hex(&text).is_some(), is_hash);
        }
    }
}
