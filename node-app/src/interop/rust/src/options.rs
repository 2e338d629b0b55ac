//! The command line.

use libp2p::StreamProtocol;
use libp2p::kad::Mode;

use crate::failure::Failure;
use crate::kad;

pub struct Options {
    pub key: String,
    pub rsa_bits: usize,
    pub private_key: Option<String>,
    pub listen: Vec<String>,
    pub agent: String,
    pub default_limits: bool,
    pub signed_record: bool,
    /// How the peer takes part in Kademlia, if it does.
    pub kad: Option<(StreamProtocol, Mode)>,
}

impl Options {
    pub fn parse(mut args: impl Iterator<Item = String>) -> Result<Self, Failure> {
        let mut options = Self {
            key: "ed25519".to_owned(),
            rsa_bits: 2048,
            private_key: None,
            listen: Vec::new(),
            agent: concat!("dunlin-rust-peer/", env!("CARGO_PKG_VERSION")).to_owned(),
            default_limits: false,
            signed_record: false,
            kad: None,
        };
        let mut kad_mode = None;
        let mut kad_prefix = kad::IPFS_PREFIX.to_owned();
        while let Some(arg) = args.next() {
            let (name, given) = match arg.split_once('=') {
                Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
                None => (arg, None),
            };
            let mut value = || {
                let value = given.clone().or_else(|| args.next());
                value.ok_or_else(|| Failure::error(format!("{name} needs a value")))
            };
            match name.as_str() {
                "--key" => options.key = value()?,
                "--rsa-bits" => {
                    let bits = value()?;
                    options.rsa_bits = bits
                        .parse()
                        .map_err(|_| Failure::error(format!("--rsa-bits must be a number, not \"{bits}\"")))?;
                }
                "--private-key" => options.private_key = Some(value()?),
                // rust-libp2p neither offers a muxer inside the Noise handshake nor takes the remote's offer.
                "--early-muxer" => match value()?.as_str() {
                    "on" | "off" => {}
                    other => {
                        return Err(Failure::error(format!("--early-muxer must be on or off, not \"{other}\"")));
                    }
                },
                "--listen" => options.listen.push(value()?),
                "--agent" => options.agent = value()?,
                "--default-limits" => options.default_limits = true,
                "--signed-record" => options.signed_record = true,
                "--kad" => {
                    let mode = value()?;
                    kad_mode = kad::mode(&mode);
                    if kad_mode.is_none() && mode != "off" {
                        return Err(Failure::error(format!("--kad must be off, server or client, not \"{mode}\"")));
                    }
                }
                "--kad-prefix" => kad_prefix = value()?,
                _ => return Err(Failure::error(format!("unknown option {name}"))),
            }
        }
        let protocol = kad::protocol(&kad_prefix)?;
        options.kad = kad_mode.map(|mode| (protocol, mode));
        if options.listen.is_empty() {
            options.listen.push("/ip4/127.0.0.1/tcp/0".to_owned());
        }
        Ok(options)
    }
}
