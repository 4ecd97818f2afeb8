//! Tokens by which a private asset is seen over HTTP, where callers can't sign.
//!
//! A token names a memory, the principal on whose behalf it opens it, and when it ends, under a code
//! that only the canister can make. What it opens is checked each time it is used.

use blob_store::sha256;
use candid::Principal;
use capsule::Id;

const EXPIRY_BYTES: usize = 8;
const CODE_BYTES: usize = 16;
const MAX_PRINCIPAL_BYTES: usize = 29;
const PURPOSE: &[u8] = b"ic-factory asset token";

/// Why a token opens nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenError {
    /// It is not one of this canister for this memory.
    Invalid,
    Expired,
}

/// A token for a memory that opens it until a time.
pub fn issue(secret: &[u8; 32], memory: Id, holder: Principal, expires_at: u64) -> String {
    let expiry = expires_at.to_be_bytes();
    let code = code(secret, memory, holder, expires_at);
    digits(&[&expiry, holder.as_slice(), &code].concat())
}

/// On whose behalf a token opens a memory at a time.
pub fn verify(
    secret: &[u8; 32],
    memory: Id,
    token: &str,
    now: u64,
) -> Result<Principal, TokenError> {
    let bytes = bytes(token).ok_or(TokenError::Invalid)?;
    let (expiry, rest) = bytes.split_at_checked(EXPIRY_BYTES).ok_or(TokenError::Invalid)?;
    let holder_len = rest.len().checked_sub(CODE_BYTES).ok_or(TokenError::Invalid)?;
    if holder_len > MAX_PRINCIPAL_BYTES {
        return Err(TokenError::Invalid);
    }
    let (holder, sent) = rest.split_at(holder_len);
    let expires_at = u64::from_be_bytes(expiry.try_into().expect("8 bytes"));
    let holder = Principal::from_slice(holder);
    if !are_equal(&code(secret, memory, holder, expires_at), sent) {
        return Err(TokenError::Invalid);
    }
    match expires_at > now {
        true => Ok(holder),
        false => Err(TokenError::Expired),
    }
}

/// HMAC-SHA256 (RFC 2104), cut to 16 bytes.
fn code(secret: &[u8; 32], memory: Id, holder: Principal, expires_at: u64) -> [u8; CODE_BYTES] {
    let padded = |pad: u8| {
        let mut key = [pad; 64];
        key.iter_mut().zip(secret).for_each(|(byte, secret)| *byte ^= secret);
        key
    };
    let message =
        [PURPOSE, memory.as_bytes(), &expires_at.to_be_bytes(), holder.as_slice()].concat();
    let inner = sha256(&[&padded(0x36)[..], &message].concat());
    let outer = sha256(&[&padded(0x5c)[..], &inner].concat());
    *outer.first_chunk().expect("a hash has more bytes")
}

/// Takes as long for each pair of codes.
fn are_equal(left: &[u8], right: &[u8]) -> bool {
    let difference = left.iter().zip(right).fold(0, |difference, (a, b)| difference | (a ^ b));
    left.len() == right.len() && difference == 0
}

fn digits(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    if !text.bytes().all(|byte| byte.is_ascii_hexdigit()) || text.len() % 2 == 1 {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_opens_one_memory_for_one_holder_until_it_ends() {
        let (secret, memory) = ([9; 32], Id::from_bytes([5; 16]));
        let holder = Principal::from_slice(&[1, 2, 3]);
        let token = issue(&secret, memory, holder, 100);
        assert_eq!(verify(&secret, memory, &token, 99), Ok(holder));
        assert_eq!(verify(&secret, memory, &token, 100), Err(TokenError::Expired));
        let other = Id::from_bytes([6; 16]);
        assert_eq!(verify(&secret, other, &token, 99), Err(TokenError::Invalid));
        assert_eq!(verify(&[8; 32], memory, &token, 99), Err(TokenError::Invalid));
        for at in 0..token.len() {
            let digit = if &token[at..=at] == "0" { "1" } else { "0" };
            let forged = format!("{}{digit}{}", &token[..at], &token[at + 1..]);
            assert_eq!(verify(&secret, memory, &forged, 99), Err(TokenError::Invalid));
        }
        for text in ["", "00", "zz", "é", &"0".repeat(200)] {
            assert_eq!(verify(&secret, memory, text, 0), Err(TokenError::Invalid));
        }
    }
}
