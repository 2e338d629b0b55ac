//! A rust peer and a js peer talk through every request. Skipped, with a word, where js-libp2p is not installed.

mod common;

use std::path::{Path, PathBuf};

use common::control::Peer;
use common::{Kind, back_pressure, bulk, conversation, killed_mid_transfer, many_connections, stop_all};

const RUST: Kind = Kind { key: "Ed25519", record: false };
const JS: Kind = Kind { key: "Ed25519", record: true };

/// Where the js peer is.
fn js() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../js");
    let installed = folder.join("node_modules").join("libp2p").is_dir();
    if !installed {
        println!("skipped: js-libp2p is not installed (npm ci in {})", folder.display());
    }
    installed.then_some(folder)
}

#[test]
fn every_request_whoever_dials() {
    let Some(folder) = js() else { return };
    for (option, key) in [("ed25519", "Ed25519"), ("rsa", "RSA"), ("secp256k1", "secp256k1")] {
        for early in ["on", "off"] {
            let rust = Peer::start(&["--key", option]);
            let js = Peer::start_js(&folder, &["--key", option, "--early-muxer", early]);
            let (of_rust, of_js) = (Kind { key, ..RUST }, Kind { key, ..JS });
            conversation(&rust, &of_rust, &js, &of_js);
            stop_all(&[&rust, &js]);
            let rust = Peer::start(&["--key", option]);
            let js = Peer::start_js(&folder, &["--key", option, "--early-muxer", early]);
            conversation(&js, &of_js, &rust, &of_rust);
            stop_all(&[&rust, &js]);
        }
    }
}

#[test]
fn bulk_whoever_dials() {
    let Some(folder) = js() else { return };
    for js_dials in [false, true] {
        let (rust, js) = (Peer::start(&[]), Peer::start_js(&folder, &[]));
        let (a, b) = if js_dials { (&js, &rust) } else { (&rust, &js) };
        bulk(a, b, 200);
        back_pressure(a, b);
        stop_all(&[a, b]);
    }
}

#[test]
fn a_peer_killed_mid_transfer() {
    let Some(folder) = js() else { return };
    for op in ["sink", "source"] {
        let (rust, js) = (Peer::start(&[]), Peer::start_js(&folder, &[]));
        killed_mid_transfer(&rust, &js, op);
        stop_all(&[&rust]);
        let (rust, js) = (Peer::start(&[]), Peer::start_js(&folder, &[]));
        killed_mid_transfer(&js, &rust, op);
        stop_all(&[&js]);
    }
}

#[test]
fn many_connections_whoever_dials() {
    let Some(folder) = js() else { return };
    let (rust, js) = (Peer::start(&[]), Peer::start_js(&folder, &[]));
    many_connections(&rust, &js);
    many_connections(&js, &rust);
    stop_all(&[&rust, &js]);
}
