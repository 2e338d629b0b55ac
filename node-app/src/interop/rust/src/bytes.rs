//! What the test protocols send: random bytes, zeroes, and the reproducible pattern of `/dunlin/source`.

use std::fmt::Write;

use rand::Rng;
use sha2::{Digest, Sha256};

use crate::failure::Failure;

pub const CHUNK: usize = 64 * 1024;

/// The most bytes that a length on the wire may ask for.
const MOST: u64 = 1 << 34;

/// Produces a payload chunk by chunk; each chunk is valid until the next is asked for.
pub struct Payload {
    kind: Kind,
    left: u64,
    chunk: Vec<u8>,
}

enum Kind {
    Random,
    Zeroes,
    /// xorshift32 (13, 17, 5); each state after a step is four bytes, least significant first.
    Pattern(u32),
}

impl Payload {
    pub fn random(total: u64) -> Self {
        Self::of(Kind::Random, total)
    }

    pub fn zeroes(total: u64) -> Self {
        Self::of(Kind::Zeroes, total)
    }

    pub fn pattern(total: u64) -> Self {
        Self::of(Kind::Pattern(0x9E37_79B9), total)
    }

    fn of(kind: Kind, total: u64) -> Self {
        // No more than is sent: a thousand streams may send a few bytes each.
        let size = CHUNK.min(usize::try_from(total).unwrap_or(CHUNK));
        Self { kind, left: total, chunk: vec![0; size] }
    }

    /// The next bytes, or nothing at the end.
    pub fn next(&mut self) -> Option<&[u8]> {
        if self.left == 0 {
            return None;
        }
        let size = self.chunk.len().min(usize::try_from(self.left).unwrap_or(CHUNK));
        let chunk = &mut self.chunk[..size];
        self.left -= size as u64;
        match &mut self.kind {
            Kind::Random => rand::rng().fill_bytes(chunk),
            Kind::Zeroes => {}
            // Every chunk but the last is a whole number of words.
            Kind::Pattern(state) => {
                for word in chunk.chunks_mut(4) {
                    *state ^= *state << 13;
                    *state ^= *state >> 17;
                    *state ^= *state << 5;
                    word.copy_from_slice(&state.to_le_bytes()[..word.len()]);
                }
            }
        }
        Some(chunk)
    }
}

pub fn pattern_sha256(total: u64) -> String {
    let mut payload = Payload::pattern(total);
    let mut hash = Sha256::new();
    while let Some(chunk) = payload.next() {
        hash.update(chunk);
    }
    hex(&hash.finalize())
}

/// A length from the wire; refused when it is more than a test can mean (16 GiB).
pub fn read_u64(bytes: [u8; 8]) -> Result<u64, Failure> {
    match u64::from_be_bytes(bytes) {
        value if value > MOST => Err(Failure::error(format!("a length of {value} bytes is over the limit of 16 GiB"))),
        value => Ok(value),
    }
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

pub fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |c: &u8| char::from(*c).to_digit(16);
    let pair = |pair: &[u8]| Some((digit(pair.first()?)? << 4 | digit(pair.get(1)?)?) as u8);
    text.as_bytes().chunks(2).map(pair).collect()
}
