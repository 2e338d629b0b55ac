//! What the tests have in common: every request between two peers, whatever implementation each is of.

pub mod control;

use control::{Peer, is, text};
use serde_json::{Value, json};

pub const MIB: u64 = 1 << 20;

/// What one of the two peers is.
pub struct Kind {
    /// As the line protocol calls it.
    pub key: &'static str,
    /// Sends a signed record that others can read.
    pub record: bool,
}

pub fn contains(list: &Value, wished: &str) -> bool {
    list.as_array().is_some_and(|list| list.iter().any(|entry| entry == wished))
}

/// All open streams of the protocols that the peers serve.
pub fn streams(peer: &Peer) -> Vec<Value> {
    let all = peer.ask("connections", json!({}));
    let connections = all["connections"].as_array().cloned().unwrap_or_default();
    let streams = connections.iter().flat_map(|c| c["streams"].as_array().cloned().unwrap_or_default());
    streams.filter(|stream| text(&stream["protocol"]).starts_with("/dunlin/")).collect()
}

/// Stops peers that must be without fault.
pub fn stop_all(peers: &[&Peer]) {
    for peer in peers {
        assert_eq!(peer.stop().code(), Some(0));
        let faults: Vec<Value> =
            peer.events().into_iter().filter(|e| is(e, "unhandled") || is(e, "stream-failed")).collect();
        assert!(faults.is_empty(), "{faults:?}");
    }
}

/// Every request between two peers, then the state that both are left in.
pub fn conversation(a: &Peer, of_a: &Kind, b: &Peer, of_b: &Kind) {
    let dialled = a.ask("dial", json!({ "addr": b.addr }));
    assert_eq!(dialled["peer"], b.id);
    assert_eq!(dialled["muxer"], "/yamux/1.0.0");
    assert_eq!(dialled["encryption"], "/noise");
    assert_eq!(dialled["direction"], "outbound");
    // Between these peers at least one takes no part in it.
    assert_eq!(dialled["earlyMuxer"], false);
    let connected = both_connected(a, b, 1);
    assert_eq!(connected["direction"], "inbound");
    assert_eq!(connected["earlyMuxer"], false);
    assert_eq!(a.ask("dial", json!({ "addr": b.addr }))["connection"], dialled["connection"]);

    for (x, y, of_y) in [(a, b, of_b), (b, a, of_a)] {
        identification(x, y, of_y);
        pushes(x, y);
        transfers(x, y);
        let none = x.refused("sink", json!({ "peer": y.id, "bytes": 1, "protocol": "/dunlin/none/1.0.0" }));
        assert_eq!(none.name, "UnsupportedProtocolError", "{none}");
    }

    assert!(a.refused("nonsense", json!({})).message.contains("unknown request"));
    assert!(a.refused("sink", json!({ "peer": b.id, "bytes": -1 })).message.contains("whole number"));
    assert!(a.refused("echo", json!({ "peer": a.addr })).message.contains("self"));
    a.refused("dial", json!({ "addr": b.addr.replace(&b.id, &a.id), "force": true }));
    let other = Peer::start(&[]);
    other.refused("dial", json!({ "addr": b.addr.replace(&b.id, &a.id) }));
    stop_all(&[&other]);

    let of_b = connections_of(b, a);
    assert_eq!(a.ask("hangup", json!({ "peer": b.id }))["closed"], 1);
    gone(b, &of_b);
    assert_eq!(a.ask("connections", json!({}))["count"], 0);
    assert!(a.refused("echo", json!({ "peer": b.id })).message.contains("not connected"));

    a.ask("dial", json!({ "addr": b.addr }));
    both_connected(a, b, 2);
    b.ask("identify", json!({ "peer": a.id }));
    let of_b = connections_of(b, a);
    a.ask("hangup", json!({ "peer": b.id, "abort": true }));
    gone(b, &of_b);
    assert_eq!(b.ask("connections", json!({ "peer": a.id }))["count"], 0);
}

/// Waits until a connection is there on the side of the dialled too: whoever dials is ready first, while the other side
/// still has the last message of the handshake to read. Its event.
fn both_connected(a: &Peer, b: &Peer, count: usize) -> Value {
    let connected = |e: &Value| is(e, "connected") && e["peer"] == a.id;
    b.nth_event(count, connected)
}

/// The ids that a peer has given its connections to another.
fn connections_of(peer: &Peer, other: &Peer) -> Vec<Value> {
    let connections = peer.ask("connections", json!({ "peer": other.id }))["connections"].clone();
    connections.as_array().expect("a list").iter().map(|c| c["connection"].clone()).collect()
}

fn gone(peer: &Peer, connections: &[Value]) {
    assert!(!connections.is_empty());
    for connection in connections {
        peer.event(|e| is(e, "disconnected") && e["connection"] == *connection);
    }
}

fn identification(x: &Peer, y: &Peer, of_y: &Kind) {
    let info = y.ask("info", json!({}));
    let known = x.ask("identify", json!({ "peer": y.id }));
    assert_eq!(info["keyType"], of_y.key);
    assert_eq!(known["keyType"], of_y.key);
    assert_eq!(known["publicKey"], info["publicKey"]);
    assert_eq!(known["last"]["publicKey"], info["publicKey"]);
    assert_eq!(known["agentVersion"], info["agent"]);
    assert_eq!(known["protocolVersion"], "ipfs/0.1.0");
    assert_eq!(known["last"]["protocols"], info["protocols"]);
    assert!(text(&known["last"]["observedAddr"]).starts_with("/ip4/127.0.0.1/tcp/"), "{known}");
    let address = y.addr.replace(&format!("/p2p/{}", y.id), "");
    assert!(contains(&known["last"]["listenAddrs"], &address), "{known}");

    let fresh = x.ask("identify", json!({ "peer": y.id, "fresh": true }));
    assert_eq!(fresh["agentVersion"], info["agent"]);
    assert_eq!(fresh["last"]["protocols"], info["protocols"]);
    assert_eq!(fresh["hasSignedRecord"], of_y.record);
    if of_y.record {
        assert!(contains(&fresh["last"]["signedRecord"]["addrs"], &address), "{fresh}");
        let addresses = fresh["addresses"].as_array().expect("a list");
        assert!(addresses.iter().any(|a| a["addr"] == address && a["certified"] == true), "{fresh}");
    }

    let rtts = x.ask("ping", json!({ "peer": y.id, "count": 5 }))["rtts"].clone();
    let rtts = rtts.as_array().expect("a list");
    assert_eq!(rtts.len(), 5);
    assert!(rtts.iter().all(|rtt| rtt.as_f64() > Some(0.0)));
}

fn pushes(x: &Peer, y: &Peer) {
    let extra = "/dunlin/extra/1.0.0";
    let pushed = x.asking("waitPush", json!({ "peer": y.id, "present": extra }));
    y.ask("handle", json!({ "protocol": extra }));
    assert!(contains(&pushed.result()["protocols"], extra));
    assert!(!y.refused("handle", json!({ "protocol": extra })).message.is_empty());
    assert_eq!(x.ask("echo", json!({ "peer": y.id, "protocol": extra, "bytes": 100 }))["ok"], 1);
    y.ask("unhandle", json!({ "protocol": extra }));
    let without = x.ask("waitPush", json!({ "peer": y.id, "absent": extra }));
    assert!(!contains(&without["protocols"], extra));
    y.ask("push", json!({}));
    let count = without["pushes"].as_u64().expect("a number");
    let after = x.ask("waitPush", json!({ "peer": y.id, "count": count + 1 }));
    assert!(after["pushes"].as_u64() > Some(count));
}

fn transfers(x: &Peer, y: &Peer) {
    for bytes in [0, 1, 1000, 300_000] {
        let echoed = x.ask("echo", json!({ "peer": y.id, "streams": 3, "bytes": bytes }));
        assert_eq!(echoed["ok"], 3, "{echoed}");
        assert_eq!(x.ask("sink", json!({ "peer": y.id, "bytes": bytes }))["match"], true);
        assert_eq!(x.ask("source", json!({ "peer": y.id, "bytes": bytes }))["match"], true);
    }

    assert_eq!(x.ask("reset", json!({ "peer": y.id, "bytes": 100_000 }))["received"], 100_000);
    let was_reset = y.event(|e| is(e, "stream-reset"));
    assert_eq!(was_reset["peer"], x.id);
    assert_eq!(was_reset["protocol"], "/dunlin/echo/1.0.0");
    assert_eq!(was_reset["received"], 100_000);
    let reset = x.ask("awaitReset", json!({ "peer": y.id, "bytes": 50_000 }));
    assert_eq!(reset["reset"], true);
    assert!(reset["sent"].as_u64() >= Some(50_000));

    let half = x.ask("halfClose", json!({ "peer": y.id, "bytes": 500_000 }));
    assert_eq!(half["greeting"], "hello");
    let received = y.event(|e| is(e, "received") && text(&e["protocol"]).contains("half-close"));
    assert_eq!(received["sha256"], half["sha256"]);
    assert_eq!(received["bytes"], 500_000);

    let perf = x.ask("perf", json!({ "peer": y.id, "upload": MIB, "download": MIB }));
    assert!(perf["uploadMiBps"].as_f64() > Some(0.0) && perf["downloadMiBps"].as_f64() > Some(0.0), "{perf}");
}

/// 64 MiB each way with checksums, many streams at once, and nothing left open behind.
pub fn bulk(a: &Peer, b: &Peer, many: u64) {
    a.ask("dial", json!({ "addr": b.addr }));
    both_connected(a, b, 1);
    for (x, y) in [(a, b), (b, a)] {
        let bytes = 64 * MIB;
        let pushed = x.ask("sink", json!({ "peer": y.id, "bytes": bytes }));
        let fetched = x.ask("source", json!({ "peer": y.id, "bytes": bytes }));
        assert_eq!(pushed["match"], true);
        assert_eq!(fetched["match"], true);
        let echoed = x.ask("echo", json!({ "peer": y.id, "bytes": bytes }));
        assert_eq!(echoed["ok"], 1, "{echoed}");
        println!("64 MiB pushed in {} ms, fetched in {} ms", pushed["ms"], fetched["ms"]);
        let all = x.ask("echo", json!({ "peer": y.id, "streams": many, "bytes": 10_000 }));
        assert_eq!(all["ok"], many, "{all}");
        println!("{many} streams opened in {} ms, done in {} ms", all["openMs"], all["ms"]);
    }
    for (x, y) in [(a, b), (b, a)] {
        none_left(x, y);
    }
}

/// Waits until the peer has no stream open.
pub fn none_left(peer: &Peer, other: &Peer) {
    let mut left = streams(peer);
    for _ in 0..1000 {
        if left.is_empty() {
            return;
        }
        // The other side's last word may still be under way; it has come when an answer comes back behind it.
        peer.ask("ping", json!({ "peer": other.id }));
        left = streams(peer);
    }
    panic!("streams are left open: {left:?}");
}

/// A stalled stream does not disturb others, and holds no more than the receive window.
pub fn back_pressure(a: &Peer, b: &Peer) {
    a.ask("dial", json!({ "addr": b.addr }));
    let sending = a.asking("sink", json!({ "peer": b.id, "bytes": 64 * MIB, "protocol": "/dunlin/stall/1.0.0" }));
    assert_eq!(a.ask("sink", json!({ "peer": b.id, "bytes": 8 * MIB }))["match"], true);
    let all = streams(b);
    let stalled = all.iter().find(|s| s["protocol"] == "/dunlin/stall/1.0.0").expect("the stream is there");
    assert_eq!(stalled["status"], "open");
    let buffered = stalled["buffered"].as_u64().expect("a number");
    assert!(buffered > 0 && buffered <= 16 * MIB, "{buffered} bytes buffered");
    println!("{buffered} bytes held while stalled");
    assert_eq!(b.ask("release", json!({}))["released"], 1);
    assert_eq!(sending.result()["match"], true);
}

/// The transfer fails and the connection is gone when the other side is killed.
pub fn killed_mid_transfer(a: &Peer, b: &Peer, op: &str) {
    a.ask("dial", json!({ "addr": b.addr }));
    a.ask("identify", json!({ "peer": b.id }));
    let transfer = a.asking(op, json!({ "peer": b.id, "bytes": 16 * 1024 * MIB }));
    a.ask("ping", json!({ "peer": b.id, "count": 3 }));
    assert!(streams(a).iter().any(|s| s["protocol"] == format!("/dunlin/{op}/1.0.0")));
    b.kill();
    let failed = transfer.outcome().expect_err("the other side is gone");
    assert!(failed.message.contains("before the remote closed"), "{failed}");
    a.event(|e| is(e, "disconnected"));
    assert_eq!(a.ask("connections", json!({}))["count"], 0);
}

/// Many connections one after the other, then many at once.
pub fn many_connections(a: &Peer, b: &Peer) {
    let times = a.ask("connectTimes", json!({ "addr": b.addr, "count": 100 }));
    println!("connect {} ms median", times["medianMs"]);
    for _ in 0..100 {
        a.ask("dial", json!({ "addr": b.addr, "force": true }));
    }
    assert_eq!(a.ask("connections", json!({}))["count"], 100);
    assert_eq!(a.ask("hangup", json!({ "peer": b.id }))["closed"], 100);
    assert_eq!(a.ask("connections", json!({}))["count"], 0);
}
