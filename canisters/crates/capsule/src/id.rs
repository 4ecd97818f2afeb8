//! Names of capsules, memories and galleries.
//!
//! An id begins with the time at which it was given, so that ids are in order, and ends with bytes
//! that nobody can guess: whoever does not hold an id can't ask for what it names. Its text begins
//! with a letter for the kind.

use std::borrow::Cow;
use std::fmt;

use blob_store::sha256;
use ic_stable_structures::storable::{Bound, Storable};
use serde::{Deserialize, Serialize};
use stable_record::storable_as_cbor;

const BYTES: usize = 16;
const TIME_BYTES: usize = 6;
/// One step of an id's time, in nanoseconds: with 48 bits it lasts until the year 2554.
const TIME_STEP: u64 = 1 << 16;
const KIND_MASK: u8 = 3;

/// What an id names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Capsule = 0,
    Memory = 1,
    Gallery = 2,
}

impl Kind {
    fn letter(self) -> char {
        match self {
            Self::Capsule => 'c',
            Self::Memory => 'm',
            Self::Gallery => 'g',
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Id(#[serde(with = "serde_bytes")] [u8; BYTES]);

impl Id {
    pub const MIN: Self = Self([0; BYTES]);
    pub const MAX: Self = Self([u8::MAX; BYTES]);

    pub fn from_bytes(bytes: [u8; BYTES]) -> Self {
        Self(bytes)
    }

    pub fn as_bytes(&self) -> &[u8; BYTES] {
        &self.0
    }

    /// Nothing where the bytes are those of no id.
    pub fn kind(&self) -> Option<Kind> {
        match self.0[BYTES - 1] & KIND_MASK {
            0 => Some(Kind::Capsule),
            1 => Some(Kind::Memory),
            2 => Some(Kind::Gallery),
            _ => None,
        }
    }

    /// The id of a text: a letter and 32 lower-case hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.get(1..).filter(|digits| digits.len() == 2 * BYTES)?;
        let id = Self(from_digits(digits)?.try_into().ok()?);
        (id.to_string() == text).then_some(id)
    }

    /// The id of a text, if it names something of this kind.
    pub fn parse_as(kind: Kind, text: &str) -> Option<Self> {
        Self::parse(text).filter(|id| id.kind() == Some(kind))
    }
}

/// The bytes of hexadecimal digits.
pub(crate) fn from_digits(text: &str) -> Option<Vec<u8>> {
    if !text.is_ascii() || text.len() % 2 == 1 {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok()).collect()
}

pub(crate) fn to_digits(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let letter = self.kind().map_or('?', Kind::letter);
        write!(f, "{letter}{}", to_digits(&self.0))
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Storable for Id {
    const BOUND: Bound = Bound::Bounded { max_size: BYTES as u32, is_fixed_size: true };

    fn to_bytes(&self) -> Cow<'_, [u8]> {
        Cow::Borrowed(&self.0)
    }

    fn into_bytes(self) -> Vec<u8> {
        self.0.to_vec()
    }

    fn from_bytes(bytes: Cow<'_, [u8]>) -> Self {
        Self(bytes.as_ref().try_into().expect("an id has 16 bytes"))
    }
}

/// Where ids come from.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct IdSource {
    #[serde(with = "serde_bytes")]
    secret: [u8; 32],
    /// The time of the latest id.
    latest: u64,
}

storable_as_cbor!(IdSource);

impl IdSource {
    /// Mixes bytes into what nobody can guess.
    pub fn mix(&mut self, entropy: &[u8]) {
        self.secret = sha256(&[&self.secret, entropy].concat());
    }

    /// Makes all ids from here on larger than one; returns whether that changes anything.
    pub fn skip_up_to(&mut self, id: Id) -> bool {
        let mut time = [0; 8];
        time[8 - TIME_BYTES..].copy_from_slice(&id.0[..TIME_BYTES]);
        let time = u64::from_be_bytes(time);
        let is_ahead = time > self.latest;
        self.latest = self.latest.max(time);
        is_ahead
    }

    /// An id that is larger than all before.
    pub fn next(&mut self, kind: Kind, now: u64) -> Id {
        self.latest = (self.latest + 1).max(now / TIME_STEP);
        let time = self.latest.to_be_bytes();
        let hash = sha256(&[&self.secret[..], &time].concat());
        let mut bytes = [0; BYTES];
        bytes[..TIME_BYTES].copy_from_slice(&time[8 - TIME_BYTES..]);
        bytes[TIME_BYTES..].copy_from_slice(&hash[..BYTES - TIME_BYTES]);
        bytes[BYTES - 1] = bytes[BYTES - 1] & !KIND_MASK | kind as u8;
        Id(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_in_order_even_at_the_same_time_or_when_time_goes_back() {
        let mut source = IdSource::default();
        let times = [5, 5, 1 << 40, 1 << 20, 1_750_000_000_000_000_000];
        let ids = times.map(|now| source.next(Kind::Memory, now));
        assert!(ids.is_sorted_by(|a, b| a < b), "{ids:?}");
    }

    #[test]
    fn other_secrets_give_other_ids() {
        let mut ids = [b"one", b"two"].map(|secret| {
            let mut source = IdSource::default();
            source.mix(secret);
            source.next(Kind::Capsule, 7)
        });
        ids.iter_mut().for_each(|id| id.0[..TIME_BYTES].fill(0));
        assert_ne!(ids[0], ids[1]);
    }

    #[test]
    fn the_text_tells_the_kind_and_comes_back() {
        let mut source = IdSource::default();
        for (kind, letter) in [(Kind::Capsule, 'c'), (Kind::Memory, 'm'), (Kind::Gallery, 'g')] {
            let id = source.next(kind, 1 << 60);
            let text = id.to_string();
            assert!(text.starts_with(letter) && text.len() == 33);
            assert_eq!(Id::parse_as(kind, &text), Some(id));
            assert_eq!(Id::parse(&text.to_uppercase()), None);
            assert_eq!(Id::parse(&format!("x{}", &text[1..])), None);
            assert_eq!(Id::parse(&text[..32]), None);
        }
        for text in ["", "m", "é", "m+1", "ménage à trois, vingt-quatre heu"] {
            assert_eq!(Id::parse(text), None);
        }
    }
}
