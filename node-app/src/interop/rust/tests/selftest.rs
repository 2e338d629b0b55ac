//! Two rust peers talk through every request.

mod common;

use common::control::{Peer, is, text};
use common::{Kind, MIB, back_pressure, bulk, contains, conversation, killed_mid_transfer, many_connections, stop_all};
use serde_json::{Value, json};

const KAD: &str = "/dunlin/kad/1.0.0";

/// A multihash of SHA-256.
const CONTENT: &str = "1220e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

fn start_kad(mode: &str) -> Peer {
    Peer::start(&["--kad", mode, "--kad-prefix", "/dunlin"])
}

fn plain(peer: &Peer) -> String {
    peer.addr.replace(&format!("/p2p/{}", peer.id), "")
}

fn hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

fn add(to: &Peer, peer: &Peer) {
    assert_eq!(to.ask("kad.add", json!({ "peer": peer.id, "addrs": [peer.addr] }))["added"], true);
}

/// Asks again until the answer is as wished: what was sent to many may still be under way.
fn until(peer: &Peer, op: &str, args: &Value, wished: impl Fn(&Value) -> bool) -> Value {
    for _ in 0..10_000 {
        let answer = peer.ask(op, args.clone());
        if wished(&answer) {
            return answer;
        }
    }
    panic!("{op} {args} is never as wished")
}

fn kind(key: &'static str) -> Kind {
    Kind { key, record: false }
}

#[test]
fn every_request_with_each_pair_of_keys() {
    let keys = [("ed25519", "Ed25519"), ("rsa", "RSA"), ("secp256k1", "secp256k1"), ("ecdsa", "ECDSA")];
    for (i, (option, name)) in keys.iter().enumerate() {
        let (other, other_name) = keys[(i + 1) % keys.len()];
        for (option_b, name_b) in [(*option, *name), (other, other_name)] {
            let a = Peer::start(&["--key", option]);
            let b = Peer::start(&["--key", option_b, "--early-muxer", "off"]);
            conversation(&a, &kind(name), &b, &kind(name_b));
            stop_all(&[&a, &b]);
        }
    }
}

#[test]
fn fixed_identities() {
    // The vectors of the specification, which Dunlin's own tests use too.
    let vectors = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../../p2p-core/src/test/resources/dev/dunlin/core/keys/keys.properties");
    let vectors = std::fs::read_to_string(vectors).expect("the vectors can be read");
    let vector = |name: &str| {
        let line = vectors.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        line.expect("the vector is there").to_lowercase()
    };
    for key in ["ed25519", "rsa", "secp256k1", "ecdsa"] {
        let peer = Peer::start(&["--private-key", &vector(&format!("{key}.private"))]);
        assert_eq!(peer.ask("info", json!({}))["publicKey"], vector(&format!("{key}.public")));
        let other = Peer::start(&[]);
        assert_eq!(other.ask("dial", json!({ "addr": peer.addr }))["peer"], peer.id);
        stop_all(&[&peer, &other]);
    }
}

#[test]
fn bulk_and_back_pressure() {
    let (a, b) = (Peer::start(&[]), Peer::start(&[]));
    bulk(&a, &b, 1000);
    back_pressure(&a, &b);
    stop_all(&[&a, &b]);
}

#[test]
fn a_peer_killed_mid_transfer() {
    for op in ["sink", "source"] {
        let (a, b) = (Peer::start(&[]), Peer::start(&[]));
        killed_mid_transfer(&a, &b, op);
        stop_all(&[&a]);
    }
}

#[test]
fn many_connections_one_after_the_other_and_at_once() {
    let (a, b) = (Peer::start(&[]), Peer::start(&[]));
    many_connections(&a, &b);
    stop_all(&[&a, &b]);
}

#[test]
fn a_request_whose_time_is_up_resets_its_stream() {
    let (a, b) = (Peer::start(&[]), Peer::start(&[]));
    let stalled = json!({ "peer": b.addr, "bytes": 64 * MIB, "protocol": "/dunlin/stall/1.0.0", "timeoutMs": 1000 });
    assert_eq!(a.refused("sink", stalled).name, "TimeoutError");
    let reset = b.event(|e| is(e, "stream-reset"));
    assert_eq!(reset["protocol"], "/dunlin/stall/1.0.0");
    assert_eq!(a.ask("ping", json!({ "peer": b.id }))["rtts"].as_array().map(Vec::len), Some(1));
    stop_all(&[&a, &b]);
}

#[test]
fn a_length_that_no_test_can_mean_is_refused() {
    let (a, b) = (Peer::start(&[]), Peer::start(&[]));
    // rust-yamux ends a stream that the remote has half-closed in order, whoever wants to reset it.
    match a.asking("source", json!({ "peer": b.addr, "bytes": (1_u64 << 34) + 1 })).outcome() {
        Ok(empty) => assert_eq!(empty["bytes"], 0, "{empty}"),
        Err(reset) => assert_eq!(reset.name, "StreamResetError", "{reset}"),
    }
    let refused = b.event(|e| is(e, "stream-failed"));
    assert!(text(&refused["message"]).contains("over the limit"), "{refused}");
    assert_eq!(b.stop().code(), Some(0));
    stop_all(&[&a]);
}

#[test]
fn a_connection_closed_by_its_own_side_ends_its_transfers() {
    for abort in [false, true] {
        let (a, b) = (Peer::start(&[]), Peer::start(&[]));
        a.ask("dial", json!({ "addr": b.addr }));
        let sending = a.asking("sink", json!({ "peer": b.id, "bytes": 64 * MIB, "protocol": "/dunlin/stall/1.0.0" }));
        let reading = a.asking("awaitReset", json!({ "peer": b.id, "bytes": 1_u64 << 33 }));
        let waiting = a.asking("sink", json!({ "peer": b.id, "bytes": 10, "protocol": "/dunlin/stall/1.0.0" }));
        a.ask("ping", json!({ "peer": b.id, "count": 3 }));
        assert_eq!(a.ask("hangup", json!({ "peer": b.id, "abort": abort }))["closed"], 1);
        for asked in [sending, reading, waiting] {
            let failed = asked.outcome().expect_err("the connection is closed");
            assert_eq!(failed.name, "ConnectionClosedError", "{failed}");
        }
        b.event(|e| is(e, "disconnected"));
        b.event(|e| is(e, "stream-failed"));
        assert_eq!(b.stop().code(), Some(0));
        stop_all(&[&a]);
    }
}

#[test]
fn dials_of_one_address_at_the_same_time_are_one() {
    let (a, b) = (Peer::start(&[]), Peer::start(&[]));
    let dials: Vec<_> = (0..20).map(|_| a.asking("dial", json!({ "addr": b.addr }))).collect();
    let connections: Vec<_> = dials.into_iter().map(|dial| dial.result()["connection"].clone()).collect();
    assert!(connections.iter().all(|connection| *connection == connections[0]));
    b.event(|e| is(e, "connected"));
    assert_eq!(b.ask("connections", json!({}))["count"], 1);
    // Also without the id: who is there is told by the handshake.
    let without = b.addr.replace(&format!("/p2p/{}", b.id), "");
    assert_eq!(a.ask("dial", json!({ "addr": without }))["peer"], b.id);
    stop_all(&[&a, &b]);
}

#[test]
fn both_dial_at_once() {
    let (a, b) = (Peer::start(&[]), Peer::start(&[]));
    for _ in 0..10 {
        let there = a.asking("dial", json!({ "addr": b.addr, "force": true }));
        let back = b.asking("dial", json!({ "addr": a.addr, "force": true }));
        (there.result(), back.result());
    }
    assert_eq!(a.ask("ping", json!({ "peer": b.id }))["rtts"].as_array().map(Vec::len), Some(1));
    stop_all(&[&a, &b]);
}

#[test]
fn a_signed_record_is_sent_when_asked_for() {
    let (a, b) = (Peer::start(&[]), Peer::start(&["--signed-record"]));
    a.ask("dial", json!({ "addr": b.addr }));
    let known = a.ask("identify", json!({ "peer": b.id }));
    assert_eq!(known["hasSignedRecord"], true, "{known}");
    assert_eq!(known["addresses"][0]["certified"], true, "{known}");
    assert_eq!(a.ask("identify", json!({ "peer": b.id, "fresh": true }))["hasSignedRecord"], true);
    stop_all(&[&a, &b]);
}

#[test]
fn default_limits() {
    let (a, b) = (Peer::start(&["--default-limits"]), Peer::start(&["--default-limits"]));
    a.ask("dial", json!({ "addr": b.addr }));
    a.ask("identify", json!({ "peer": b.id }));
    let all = a.ask("echo", json!({ "peer": b.id, "streams": 400, "bytes": 1000 }));
    assert_eq!(all["ok"], 400, "{all}");
    stop_all(&[&a, &b]);
}

#[test]
fn what_ends_a_peer() {
    let stopped = Peer::start(&[]);
    assert_eq!(stopped.stop().code(), Some(0));
    let closed = Peer::start(&[]);
    assert_eq!(closed.close_input().code(), Some(0));
    let terminated = Peer::start(&[]);
    // Its connections are closed in order.
    let other = Peer::start(&[]);
    other.ask("dial", json!({ "addr": terminated.addr }));
    assert_eq!(terminated.terminate().code(), Some(0));
    other.event(|e| is(e, "disconnected"));
    for peer in [&stopped, &closed, &terminated] {
        assert!(peer.events().iter().any(|e| is(e, "stopped")));
    }
    stop_all(&[&other]);
}

#[test]
fn what_keeps_a_peer_from_starting() {
    for (args, why) in [
        (&["--nonsense"][..], "unknown option"),
        (&["--key", "dsa"], "unknown key type"),
        (&["--key", "rsa", "--rsa-bits", "1024"], "--rsa-bits"),
        (&["--private-key", "0801124"], "hex"),
        (&["--private-key", "08011240"], "--private-key"),
        (&["--early-muxer", "perhaps"], "on or off"),
        (&["--listen", "/ip4/127.0.0.1/udp/0"], "cannot listen"),
        (&["--listen"], "needs a value"),
    ] {
        let (failed, status) = Peer::failing(args);
        assert!(text(&failed["error"]["message"]).contains(why), "{failed}");
        assert_eq!(status.code(), Some(1));
    }
}

#[test]
fn kademlia() {
    // a knows b, and b knows c: a finds c through b.
    let (a, b, c, client) = (start_kad("server"), start_kad("server"), start_kad("server"), start_kad("client"));
    assert_eq!(a.ask("kad.table", json!({}))["peers"], json!([]));
    assert_eq!(a.refused("kad.bootstrap", json!({})).message, "No known peers.");
    add(&b, &c);
    add(&a, &b);
    add(&client, &b);
    assert!(contains(&a.ask("info", json!({}))["protocols"], KAD));
    assert!(!contains(&client.ask("info", json!({}))["protocols"], KAD));

    let found = json!({ "peer": c.id, "addrs": [plain(&c)] });
    assert_eq!(a.ask("kad.findPeer", json!({ "peer": c.id })), found);
    a.ask("kad.bootstrap", json!({}));
    until(&a, "kad.table", &json!({}), |table| contains(&table["peers"], &b.id) && contains(&table["peers"], &c.id));
    let closest = client.ask("kad.closest", json!({ "key": hex("any") }));
    assert!(contains(&closest["peers"], &b.id) && contains(&closest["peers"], &c.id), "{closest}");
    assert!(!contains(&closest["peers"], &client.id), "{closest}");

    let key = json!({ "key": CONTENT });
    c.ask("kad.provide", key.clone());
    let providers = until(&a, "kad.findProviders", &key, |found| found["providers"] != json!([]));
    assert_eq!(providers["providers"], json!([found]));
    assert_eq!(a.ask("kad.findProviders", json!({ "key": hex("none"), "count": 1 }))["providers"], json!([]));

    let one = hex("/test/one");
    let stored = a.ask("kad.put", json!({ "key": one, "value": hex("b") }));
    assert!(stored["stored"].as_u64() > Some(0), "{stored}");
    let got = client.ask("kad.get", json!({ "key": one }));
    assert_eq!(got["value"], hex("b"));
    assert!(got["records"].as_array().is_some_and(|all| all.iter().any(|record| record["publisher"] == a.id)), "{got}");
    assert_eq!(a.refused("kad.get", json!({ "key": hex("/test/none") })).name, "NotFoundError");
    assert!(a.refused("kad.put", json!({ "key": "zz", "value": "" })).message.contains("not hex"));
    assert!(a.refused("kad.none", json!({})).message.contains("unknown request"));

    client.ask("dial", json!({ "addr": b.addr }));
    assert_eq!(client.ask("kad.mode", json!({}))["mode"], "client");
    assert_eq!(client.ask("kad.mode", json!({ "mode": "server" }))["mode"], "server");
    assert!(contains(&client.ask("info", json!({}))["protocols"], KAD));
    until(&b, "kad.table", &json!({}), |table| contains(&table["peers"], &client.id));
    b.ask("waitPush", json!({ "peer": client.id, "present": KAD }));
    client.ask("kad.mode", json!({ "mode": "client" }));
    b.ask("waitPush", json!({ "peer": client.id, "absent": KAD }));
    assert!(client.refused("kad.mode", json!({ "mode": "both" })).message.contains("server or client"));
    stop_all(&[&a, &b, &c, &client]);
}

#[test]
fn a_connection_that_a_lookup_has_made_can_be_broken() {
    let (a, b) = (start_kad("server"), start_kad("server"));
    add(&a, &b);
    a.ask("kad.closest", json!({ "key": hex("any") }));
    assert_eq!(a.ask("hangup", json!({ "peer": b.id, "abort": true }))["closed"], 1);
    b.event(|e| is(e, "disconnected"));
    stop_all(&[&a, &b]);
}

#[test]
fn no_kademlia_unless_asked_for() {
    let off = Peer::start(&[]);
    let protocols = off.ask("info", json!({}))["protocols"].clone();
    assert!(!protocols.to_string().contains("kad"), "{protocols}");
    for op in ["kad.table", "kad.mode"] {
        assert!(off.refused(op, json!({})).message.contains("--kad"));
    }
    let ipfs = Peer::start(&["--kad", "server"]);
    assert!(contains(&ipfs.ask("info", json!({}))["protocols"], "/ipfs/kad/1.0.0"));
    stop_all(&[&off, &ipfs]);
    for args in [&["--kad", "perhaps"][..], &["--kad-prefix", "dunlin"], &["--kad-prefix", "/dunlin/"]] {
        let (failed, status) = Peer::failing(args);
        assert!(failed["error"]["message"].as_str().is_some_and(|message| message.contains("--kad")), "{failed}");
        assert_eq!(status.code(), Some(1));
    }
}
