//! What identify and push have told about a peer.

use libp2p::PeerId;
use libp2p::core::{Multiaddr, PeerRecord, SignedEnvelope};
use libp2p::identify::Info;
use libp2p::identity::PublicKey;
use serde_json::{Value, json};

use crate::bytes::hex;
use crate::failure::Failure;
use crate::keys;

/// The most bytes that an identify stream may carry: ten messages of 8 KiB, as go and js take them.
pub const MOST: usize = 80 * 1024;

/// The newest value of each field that has come from a peer.
#[derive(Debug, Clone)]
pub struct Known {
    key: PublicKey,
    agent_version: Option<String>,
    protocol_version: Option<String>,
    protocols: Vec<String>,
    listen_addrs: Vec<Multiaddr>,
    observed_addr: Option<Multiaddr>,
    record: Option<Record>,
}

#[derive(Debug, Clone)]
struct Record {
    seq: u64,
    addrs: Vec<Multiaddr>,
}

impl From<PeerRecord> for Record {
    fn from(record: PeerRecord) -> Self {
        Self { seq: record.seq(), addrs: record.addresses().to_vec() }
    }
}

impl Known {
    /// What rust-libp2p has merged of identify and pushes, which takes signed records of its own format only.
    pub fn of(info: Info, before: Option<&Self>) -> Self {
        let record = info.signed_peer_record.and_then(|envelope| PeerRecord::from_signed_envelope(envelope).ok());
        Self {
            key: info.public_key,
            agent_version: Some(info.agent_version).filter(|text| !text.is_empty()),
            protocol_version: Some(info.protocol_version).filter(|text| !text.is_empty()),
            protocols: sorted(info.protocols.iter().map(ToString::to_string).collect()),
            listen_addrs: info.listen_addrs,
            observed_addr: Some(info.observed_addr).filter(|addr| !addr.is_empty()),
            record: record.map(Record::from).or_else(|| before.and_then(|known| known.record.clone())),
        }
    }

    /// Reads the messages of an identify stream, with the signed record in the format of go and js or rust-libp2p's own.
    pub fn decode(mut stream: &[u8], peer: PeerId) -> Result<Self, Failure> {
        // Several messages count as one whose fields follow one another.
        let mut message = Vec::with_capacity(stream.len());
        while !stream.is_empty() {
            let length = uvarint(&mut stream).ok_or_else(malformed)?;
            message.extend_from_slice(bytes(&mut stream, length).ok_or_else(malformed)?);
        }
        let mut key = None;
        let mut envelope = None;
        let mut observed = None;
        let (mut agent_version, mut protocol_version) = (None, None);
        let (mut protocols, mut listen_addrs) = (Vec::new(), Vec::new());
        let mut rest = message.as_slice();
        while !rest.is_empty() {
            let Some((field, value)) = next_field(&mut rest).ok_or_else(malformed)? else { continue };
            match field {
                1 => key = Some(value),
                2 => listen_addrs.push(address(value)?),
                3 => protocols.push(text(value)?),
                4 => observed = Some(address(value)?),
                5 => protocol_version = Some(text(value)?),
                6 => agent_version = Some(text(value)?),
                8 => envelope = Some(value),
                _ => {}
            }
        }
        let key = key.ok_or_else(|| Failure::error("the identify message has no public key"))?;
        let key = PublicKey::try_decode_protobuf(key).map_err(|e| Failure::error(e.to_string()))?;
        if key.to_peer_id() != peer {
            return Err(Failure::error("the public key of the identify message is not the peer's"));
        }
        Ok(Self {
            key,
            agent_version,
            protocol_version,
            protocols: sorted(protocols),
            listen_addrs,
            observed_addr: observed,
            record: envelope.map(|bytes| record(bytes, peer)).transpose()?,
        })
    }

    pub fn agent_version(&self) -> Option<&str> {
        self.agent_version.as_deref()
    }

    pub fn speaks(&self, protocol: &str) -> bool {
        self.protocols.iter().any(|spoken| spoken == protocol)
    }

    pub fn describe(&self, peer: PeerId, pushes: u64) -> Value {
        let key = hex(&self.key.encode_protobuf());
        let certified = |addr: &Multiaddr| self.record.as_ref().is_some_and(|record| record.addrs.contains(addr));
        let mut addresses = self.record.as_ref().map(|record| record.addrs.clone()).unwrap_or_default();
        addresses.extend(self.listen_addrs.iter().filter(|addr| !certified(addr)).cloned());
        let texts = |addrs: &[Multiaddr]| addrs.iter().map(ToString::to_string).collect::<Vec<_>>();
        json!({
            "peer": peer.to_string(),
            "keyType": keys::name(self.key.key_type()),
            "publicKey": key,
            "agentVersion": self.agent_version,
            "protocolVersion": self.protocol_version,
            "protocols": self.protocols,
            "addresses": addresses
                .iter()
                .map(|addr| json!({ "addr": addr.to_string(), "certified": certified(addr) }))
                .collect::<Vec<_>>(),
            "hasSignedRecord": self.record.is_some(),
            "pushes": pushes,
            "last": {
                "protocols": self.protocols,
                "listenAddrs": texts(&self.listen_addrs),
                "observedAddr": self.observed_addr.as_ref().map(ToString::to_string),
                "agentVersion": self.agent_version,
                "protocolVersion": self.protocol_version,
                "publicKey": key,
                "signedRecord": self.record.as_ref().map(|record| json!({
                    "seq": record.seq.to_string(),
                    "addrs": texts(&record.addrs),
                })),
            },
        })
    }
}

fn sorted(mut list: Vec<String>) -> Vec<String> {
    list.sort();
    list.dedup();
    list
}

fn record(envelope: &[u8], peer: PeerId) -> Result<Record, Failure> {
    let bad = |e: &dyn std::fmt::Display| Failure::error(format!("the signed record is not valid: {e}"));
    let envelope = SignedEnvelope::from_protobuf_encoding(envelope).map_err(|e| bad(&e))?;
    let record = PeerRecord::from_signed_envelope_interop(envelope.clone())
        .or_else(|e| PeerRecord::from_signed_envelope(envelope).map_err(|_| e))
        .map_err(|e| bad(&e))?;
    if record.peer_id() != peer {
        return Err(bad(&"it is another peer's"));
    }
    Ok(record.into())
}

fn malformed() -> Failure {
    Failure::error("the identify message is malformed")
}

fn text(bytes: &[u8]) -> Result<String, Failure> {
    String::from_utf8(bytes.to_vec()).map_err(|_| malformed())
}

fn address(bytes: &[u8]) -> Result<Multiaddr, Failure> {
    Multiaddr::try_from(bytes.to_vec()).map_err(|e| Failure::error(format!("an address is malformed: {e}")))
}

/// Takes one field of a protobuf message; its bytes, if it has any. `None` if the message is malformed.
fn next_field<'a>(rest: &mut &'a [u8]) -> Option<Option<(u64, &'a [u8])>> {
    let tag = uvarint(rest)?;
    let length = match tag & 7 {
        0 => return uvarint(rest).map(|_| None),
        1 => 8,
        2 => uvarint(rest)?,
        5 => 4,
        _ => return None,
    };
    let value = bytes(rest, length)?;
    Some((tag & 7 == 2).then_some((tag >> 3, value)))
}

fn uvarint(rest: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (byte, behind) = rest.split_first()?;
        *rest = behind;
        value |= u64::from(byte & 0x7F).checked_shl(shift)?;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

fn bytes<'a>(rest: &mut &'a [u8], count: u64) -> Option<&'a [u8]> {
    let (taken, behind) = rest.split_at_checked(usize::try_from(count).ok()?)?;
    *rest = behind;
    Some(taken)
}
