//! The peer's identity: made anew, or given as a libp2p PrivateKey message.

use libp2p::identity::{KeyType, Keypair};
use rsa::PrivateKey;
use rsa::pkcs8::EncodePrivateKey;

use crate::bytes::unhex;
use crate::failure::Failure;

/// The sizes that the library behind rust-libp2p's RSA signatures takes.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=4096;

pub fn generate(key: &str, rsa_bits: usize) -> Result<Keypair, Failure> {
    match key {
        "ed25519" => Ok(Keypair::generate_ed25519()),
        "secp256k1" => Ok(Keypair::generate_secp256k1()),
        "ecdsa" => Ok(Keypair::generate_ecdsa()),
        "rsa" => generate_rsa(rsa_bits),
        _ => Err(Failure::error(format!("unknown key type \"{key}\": use one of ed25519, rsa, secp256k1, ecdsa"))),
    }
}

// rust-libp2p can load an RSA key, but makes none.
fn generate_rsa(bits: usize) -> Result<Keypair, Failure> {
    if !RSA_BITS.contains(&bits) || bits % 8 != 0 {
        return Err(Failure::error(format!(
            "--rsa-bits must be a multiple of 8 from {} to {}, not {bits}",
            RSA_BITS.start(),
            RSA_BITS.end()
        )));
    }
    let made = PrivateKey::new(&mut rand::rng(), bits).map_err(|e| Failure::error(e.to_string()))?;
    let der = made.to_pkcs8_der().map_err(|e| Failure::error(e.to_string()))?;
    Keypair::rsa_from_pkcs8(&mut der.as_bytes().to_vec()).map_err(|e| Failure::error(e.to_string()))
}

pub fn from_hex(hex: &str) -> Result<Keypair, Failure> {
    let bytes = unhex(hex).ok_or_else(|| Failure::error("--private-key is not a whole number of hex bytes"))?;
    Keypair::from_protobuf_encoding(&bytes).map_err(|e| match std::error::Error::source(&e) {
        Some(cause) => Failure::error(format!("--private-key: {e}: {cause}")),
        None => Failure::error(format!("--private-key: {e}")),
    })
}

/// The names by which the line protocol calls the kinds of key.
pub fn name(kind: KeyType) -> &'static str {
    match kind {
        KeyType::Ed25519 => "Ed25519",
        KeyType::RSA => "RSA",
        KeyType::Secp256k1 => "secp256k1",
        KeyType::Ecdsa => "ECDSA",
    }
}
