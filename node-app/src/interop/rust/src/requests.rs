//! The requests of the line protocol. Each takes the node and its arguments and gives a plain object. A request whose time
//! is up is dropped, and its streams with it, which resets them.

use std::collections::BTreeSet;
use std::str::FromStr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::future::{join_all, try_join};
use libp2p::core::Multiaddr;
use libp2p::{PeerId, identify as libp2p_identify, ping as libp2p_ping};
use rand::Rng;
use serde_json::{Value, json};
use tokio::sync::Barrier;

use crate::bytes::{CHUNK, Payload, hex, pattern_sha256, unhex};
use crate::connection::{Connection, protocol_name};
use crate::failure::Failure;
use crate::identify::{self, Known};
use crate::kad::{self, Task};
use crate::keys;
use crate::node::{self, Node, open, parse_addr, peer_of};
use crate::protocols::{ECHO, HALF_CLOSE, PERF, RESET, SINK, SOURCE};
use crate::wire::{Reader, Writer};

const NAMES: &str = "info, dial, ping, identify, waitPush, handle, unhandle, push, echo, sink, source, reset, \
                     awaitReset, halfClose, release, perf, connectTimes, hangup, connections, kad.add, kad.bootstrap, kad.table, \
                     kad.findPeer, kad.closest, kad.provide, kad.findProviders, kad.put, kad.get, kad.mode, stop";

/// The most that JavaScript, and so the line protocol, has as a whole number.
const SAFE: u64 = (1 << 53) - 1;

/// The most streams that one request opens.
const STREAMS: u64 = 100_000;

type Answer = Result<Value, Failure>;

pub async fn run(node: &Arc<Node>, request: &Value) -> Answer {
    let args = Args(request);
    match request.get("op").and_then(Value::as_str) {
        Some("info") => Ok(info(node)),
        Some("dial") => dial(node, args).await,
        Some("ping") => ping(node, args).await,
        Some("identify") => identify(node, args).await,
        Some("waitPush") => wait_push(node, args).await,
        Some("handle") => handle(node, args).await,
        Some("unhandle") => unhandle(node, args).await,
        Some("push") => node.push().await.map(|()| json!({})),
        Some("echo") => echo(node, args).await,
        Some("sink") => sink(node, args).await,
        Some("source") => source(node, args).await,
        Some("reset") => reset(node, args).await,
        Some("awaitReset") => await_reset(node, args).await,
        Some("halfClose") => half_close(node, args).await,
        Some("release") => Ok(json!({ "released": node.release() })),
        Some("perf") => perf(node, args).await,
        Some("connectTimes") => connect_times(node, args).await,
        Some("hangup") => hangup(node, args).await,
        Some("connections") => connections(node, args),
        Some("kad.mode") if args.text("mode").is_none() => {
            node.kad_mode().map(|mode| json!({ "mode": mode.to_string() }))
        }
        Some(op) if op.starts_with("kad.") => match task(op, args)? {
            Some(task) => node.kad(task).await,
            None => unknown(request),
        },
        _ => unknown(request),
    }
}

fn unknown(request: &Value) -> Answer {
    let op = request.get("op").unwrap_or(&Value::Null);
    Err(Failure::error(format!("unknown request {op}: use one of {NAMES}")))
}

/// What a request asks of Kademlia.
fn task(op: &str, args: Args<'_>) -> Result<Option<Task>, Failure> {
    Ok(Some(match op {
        "kad.add" => Task::Add { peer: args.peer_id()?, addrs: args.addrs()? },
        "kad.bootstrap" => Task::Bootstrap,
        "kad.table" => Task::Table,
        "kad.findPeer" => Task::FindPeer(args.peer_id()?),
        "kad.closest" => Task::Closest(args.bytes("key")?),
        "kad.provide" => Task::Provide(args.bytes("key")?),
        "kad.findProviders" => Task::FindProviders { key: args.bytes("key")?, count: args.count("count", Some(20))? },
        "kad.put" => Task::Put { key: args.bytes("key")?, value: args.bytes("value")? },
        "kad.get" => Task::Get(args.bytes("key")?),
        "kad.mode" => {
            let mode = args.required("mode")?;
            let why = || Failure::error(format!("the mode must be server or client, not \"{mode}\""));
            Task::Mode(kad::mode(mode).ok_or_else(why)?)
        }
        _ => return Ok(None),
    }))
}

#[derive(Clone, Copy)]
struct Args<'a>(&'a Value);

impl<'a> Args<'a> {
    fn text(self, name: &str) -> Option<&'a str> {
        self.0.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    fn required(self, name: &str) -> Result<&'a str, Failure> {
        self.text(name).ok_or_else(|| Failure::error(format!("\"{name}\" is missing")))
    }

    /// Bytes in hex, which must be there and may be empty.
    fn bytes(self, name: &str) -> Result<Vec<u8>, Failure> {
        let given = self.0.get(name).and_then(Value::as_str);
        given.and_then(unhex).ok_or_else(|| Failure::error(format!("\"{name}\" is missing, or not hex")))
    }

    fn addrs(self) -> Result<Vec<Multiaddr>, Failure> {
        let given = self.0.get("addrs").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        given.iter().map(|addr| parse_addr(addr.as_str().unwrap_or_default())).collect()
    }

    fn flag(self, name: &str) -> bool {
        self.0.get(name).and_then(Value::as_bool).unwrap_or(false)
    }

    fn count(self, name: &str, otherwise: Option<u64>) -> Result<u64, Failure> {
        let given = self.0.get(name).filter(|value| !value.is_null());
        let number = given.map_or(otherwise, Value::as_u64).filter(|number| *number <= SAFE);
        number.ok_or_else(|| {
            let given = given.map_or_else(|| "undefined".to_owned(), Value::to_string);
            Failure::error(format!("\"{name}\" must be a whole number of at least 0, not {given}"))
        })
    }

    fn protocol(self, otherwise: &'a str) -> &'a str {
        self.text("protocol").unwrap_or(otherwise)
    }

    fn peer_id(self) -> Result<PeerId, Failure> {
        peer_id(self.required("peer")?)
    }
}

fn peer_id(text: &str) -> Result<PeerId, Failure> {
    PeerId::from_str(text).map_err(|e| Failure::error(format!("\"{text}\" is not a peer id: {e}")))
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// The connection to a peer: `peer` is a multiaddr, which is dialled if need be, or the id of a connected peer.
async fn connection(node: &Node, args: Args<'_>) -> Result<Arc<Connection>, Failure> {
    let peer = args.text("peer").ok_or_else(|| Failure::error("\"peer\" is missing: give a multiaddr or a peer id"))?;
    if peer.starts_with('/') {
        return dialled(node, peer, false).await;
    }
    open(node, peer_id(peer)?).ok_or_else(|| Failure::error(format!("not connected to {peer}: dial a multiaddr first")))
}

async fn dialled(node: &Node, addr: &str, force: bool) -> Result<Arc<Connection>, Failure> {
    let addr = parse_addr(addr)?;
    if peer_of(&addr) == Some(node.id()) {
        return Err(Failure::new("InvalidPeerIdError", "cannot dial self"));
    }
    node.dial(addr, force).await
}

fn info(node: &Node) -> Value {
    json!({
        "peerId": node.id().to_string(),
        "keyType": keys::name(node.key.key_type()),
        "publicKey": hex(&node.key.encode_protobuf()),
        "addrs": node.addrs(),
        "agent": node.agent,
        "protocols": node.protocols(),
    })
}

async fn dial(node: &Node, args: Args<'_>) -> Answer {
    let start = Instant::now();
    let connection = dialled(node, args.required("addr")?, args.flag("force")).await?;
    let mut answer = connection.describe();
    answer["ms"] = millis(start.elapsed()).into();
    Ok(answer)
}

async fn ping(node: &Node, args: Args<'_>) -> Answer {
    let count = args.count("count", Some(1))?;
    let connection = connection(node, args).await?;
    let (mut reader, mut writer) = connection.open(libp2p_ping::PROTOCOL_NAME.as_ref()).await?;
    let mut rtts = Vec::new();
    for i in 0..count {
        let mut ball = [0; 32];
        rand::rng().fill_bytes(&mut ball);
        let start = Instant::now();
        writer.write(&ball).await?;
        if reader.read_exactly().await? != ball {
            return Err(Failure::error(format!("answer {i} differs from what was sent")));
        }
        rtts.push(millis(start.elapsed()));
    }
    writer.finish().await?;
    reader.drain(|_| {}).await?;
    Ok(json!({ "rtts": rtts }))
}

async fn identify(node: &Node, args: Args<'_>) -> Answer {
    let connection = connection(node, args).await?;
    let peer = connection.peer;
    if args.flag("fresh") {
        // rust-libp2p asks by itself, and cannot be told to.
        node.identified(peer, Known::decode(&ask_identify(&connection).await?, peer)?);
    } else {
        node.until(|| node.about(peer).is_some()).await;
    }
    known(node, peer)
}

/// All that a peer answers to identify.
async fn ask_identify(connection: &Arc<Connection>) -> Result<Vec<u8>, Failure> {
    let (mut reader, mut writer) = connection.open(libp2p_identify::PROTOCOL_NAME.as_ref()).await?;
    writer.finish().await?;
    let mut message = Vec::new();
    while let Some(chunk) = reader.read().await? {
        if message.len() + chunk.len() > identify::MOST {
            return Err(Failure::error("the identify message is too long"));
        }
        message.extend_from_slice(chunk);
    }
    Ok(message)
}

fn known(node: &Node, peer: PeerId) -> Answer {
    let known = node.about(peer).ok_or_else(|| Failure::new("NotFoundError", "nothing is known of the peer"))?;
    Ok(known.describe(peer, node.pushes(peer)))
}

async fn wait_push(node: &Node, args: Args<'_>) -> Answer {
    let peer = args.peer_id()?;
    let wanted = args.count("count", Some(1))?;
    let speaks = |protocol: &str| node.about(peer).is_some_and(|known| known.speaks(protocol));
    node.until(|| {
        node.pushes(peer) >= wanted
            && args.text("present").is_none_or(speaks)
            && !args.text("absent").is_some_and(speaks)
    })
    .await;
    known(node, peer)
}

async fn handle(node: &Node, args: Args<'_>) -> Answer {
    let protocol = protocol_name(args.required("protocol")?)?;
    node.serve(|served| {
        if served.contains(&protocol) || node::OWN.contains(&protocol) {
            return Err(Failure::new("DuplicateProtocolHandlerError", format!("{protocol} is served already")));
        }
        served.push(protocol);
        Ok(())
    })
    .await?;
    Ok(json!({ "protocols": node.protocols() }))
}

async fn unhandle(node: &Node, args: Args<'_>) -> Answer {
    let protocol = args.required("protocol")?;
    node.serve(|served| {
        served.retain(|other| other.as_ref() != protocol);
        Ok(())
    })
    .await?;
    Ok(json!({ "protocols": node.protocols() }))
}

async fn echo(node: &Node, args: Args<'_>) -> Answer {
    let wanted = args.count("streams", Some(1))?;
    let bytes = args.count("bytes", Some(1024))?;
    if wanted > STREAMS {
        return Err(Failure::error(format!("\"streams\" must be at most {STREAMS}, not {wanted}")));
    }
    let connection = connection(node, args).await?;
    let protocol = args.protocol(ECHO);
    let start = Instant::now();
    // All streams are open before the first byte is sent, so they really are open at once.
    let all_open = Barrier::new(wanted as usize);
    let echoes = (0..wanted).map(|_| async {
        let stream = connection.open(protocol).await;
        all_open.wait().await;
        (start.elapsed(), async { echo_once(stream?, bytes).await }.await)
    });
    let ends = join_all(echoes).await;
    let ms = millis(start.elapsed());
    let open = ends.iter().map(|(open, _)| *open).min().unwrap_or_default();
    let errors: Vec<&str> =
        ends.iter().filter_map(|(_, end)| end.as_ref().err().map(|failure| failure.message.as_str())).collect();
    Ok(json!({
        "streams": wanted,
        "ok": wanted - errors.len() as u64,
        "failed": errors.len(),
        "bytesEach": bytes,
        "openMs": millis(open),
        "ms": ms,
        "errors": errors.iter().collect::<BTreeSet<_>>().into_iter().take(5).collect::<Vec<_>>(),
    }))
}

/// Random bytes out, half-close, the same bytes back.
async fn echo_once((mut reader, mut writer): (Reader, Writer), bytes: u64) -> Result<(), Failure> {
    let (sent, (received, got)) = try_join(writer.send(Payload::random(bytes)), reader.digest()).await?;
    if received != bytes || sent != hex(&got) {
        return Err(Failure::error(format!("echo differs: sent {bytes} bytes, got {received}")));
    }
    Ok(())
}

async fn sink(node: &Node, args: Args<'_>) -> Answer {
    let bytes = args.count("bytes", None)?;
    let connection = connection(node, args).await?;
    let (mut reader, mut writer) = connection.open(args.protocol(SINK)).await?;
    let start = Instant::now();
    let sha256 = writer.send(Payload::random(bytes)).await?;
    let remote = hex(&reader.read_exactly::<32>().await?);
    reader.drain(|_| {}).await?;
    Ok(json!({
        "bytes": bytes,
        "sha256": sha256,
        "remoteSha256": remote,
        "match": sha256 == remote,
        "ms": millis(start.elapsed()),
    }))
}

async fn source(node: &Node, args: Args<'_>) -> Answer {
    let bytes = args.count("bytes", None)?;
    let connection = connection(node, args).await?;
    let (mut reader, mut writer) = connection.open(SOURCE).await?;
    let start = Instant::now();
    writer.write(&bytes.to_be_bytes()).await?;
    writer.finish().await?;
    let (received, sha256) = reader.digest().await?;
    let ms = millis(start.elapsed());
    let sha256 = hex(&sha256);
    let same = received == bytes && sha256 == pattern_sha256(bytes);
    Ok(json!({ "bytes": received, "sha256": sha256, "match": same, "ms": ms }))
}

async fn reset(node: &Node, args: Args<'_>) -> Answer {
    let bytes = args.count("bytes", Some(1024))?;
    let connection = connection(node, args).await?;
    let (mut reader, mut writer) = connection.open(args.protocol(ECHO)).await?;
    let mut payload = Payload::random(bytes);
    let mut back = vec![0; CHUNK];
    while let Some(chunk) = payload.next() {
        let same = &mut back[..chunk.len()];
        // At once: neither side's window need hold a whole chunk.
        try_join(writer.write(chunk), reader.read_into(same)).await?;
        if chunk != same {
            return Err(Failure::error("the echo differs from what was sent"));
        }
    }
    // Both halves are dropped unfinished, which resets the stream.
    Ok(json!({ "sent": bytes, "received": reader.received() }))
}

async fn await_reset(node: &Node, args: Args<'_>) -> Answer {
    let after = args.count("bytes", Some(1024))?;
    let connection = connection(node, args).await?;
    let (mut reader, mut writer) = connection.open(RESET).await?;
    let mut sent = 0;
    let sending = async {
        writer.write(&after.to_be_bytes()).await?;
        let mut chunk = [0; 4096];
        loop {
            rand::rng().fill_bytes(&mut chunk);
            writer.write(&chunk).await?;
            sent += chunk.len() as u64;
        }
    };
    let ended: Result<((), u64), Failure> = try_join(sending, reader.drain(|_| {})).await;
    match ended {
        Err(_) if reader.is_reset() => Ok(json!({ "reset": true, "sent": sent })),
        Err(failure) => Err(failure),
        Ok(_) => Err(Failure::error("the remote closed its side, a reset was expected")),
    }
}

async fn half_close(node: &Node, args: Args<'_>) -> Answer {
    let bytes = args.count("bytes", Some(1024))?;
    let connection = connection(node, args).await?;
    let (mut reader, mut writer) = connection.open(HALF_CLOSE).await?;
    let mut greeting = Vec::new();
    while let Some(chunk) = reader.read().await? {
        if greeting.len() + chunk.len() > CHUNK {
            return Err(Failure::error(format!("the greeting has more than {CHUNK} bytes")));
        }
        greeting.extend_from_slice(chunk);
    }
    // The remote has closed its side: ours must still carry data.
    let sha256 = writer.send(Payload::random(bytes)).await?;
    Ok(json!({ "greeting": String::from_utf8_lossy(&greeting), "bytes": bytes, "sha256": sha256 }))
}

async fn perf(node: &Node, args: Args<'_>) -> Answer {
    let upload = args.count("upload", Some(0))?;
    let download = args.count("download", Some(0))?;
    let connection = connection(node, args).await?;
    let (mut reader, mut writer) = connection.open(PERF).await?;
    let start = Instant::now();
    let mut first = None;
    let writing = async {
        writer.write(&download.to_be_bytes()).await?;
        writer.send_unhashed(Payload::zeroes(upload)).await
    };
    let reading = reader.drain(|_| {
        first.get_or_insert_with(Instant::now);
    });
    let ((), received) = try_join(writing, reading).await?;
    let end = Instant::now();
    if received != download {
        return Err(Failure::error(format!("asked for {download} bytes, got {received}")));
    }
    // The server answers, or closes, only after it has read everything: that moment ends the upload.
    let answered = if upload == 0 { start } else { first.unwrap_or(end) };
    let rate = |bytes: u64, time: Duration| (bytes > 0).then(|| bytes as f64 / f64::from(1 << 20) / time.as_secs_f64());
    Ok(json!({
        "upload": upload,
        "download": download,
        "uploadMs": millis(answered - start),
        "downloadMs": millis(end - answered),
        "uploadMiBps": rate(upload, answered - start),
        "downloadMiBps": rate(download, end - answered),
    }))
}

async fn connect_times(node: &Node, args: Args<'_>) -> Answer {
    let rounds = args.count("count", Some(20))?;
    let addr = args.required("addr")?;
    let mut times = Vec::new();
    for _ in 0..rounds {
        let start = Instant::now();
        let connection = dialled(node, addr, true).await?;
        times.push(millis(start.elapsed()));
        // rust-libp2p is done before the remote has agreed to the muxer; closed now, the connection would look broken there.
        ask_identify(&connection).await?;
        node.close(&connection).await?;
    }
    times.sort_by(f64::total_cmp);
    Ok(json!({
        "count": rounds,
        "medianMs": times.get(times.len() / 2),
        "minMs": times.first(),
        "maxMs": times.last(),
    }))
}

async fn hangup(node: &Node, args: Args<'_>) -> Answer {
    let all = node.connections(Some(args.peer_id()?));
    for connection in &all {
        if args.flag("abort") {
            node.abort(connection).await;
        } else {
            node.close(connection).await?;
        }
    }
    Ok(json!({ "closed": all.len() }))
}

fn connections(node: &Node, args: Args<'_>) -> Answer {
    let peer = args.text("peer").map(peer_id).transpose()?;
    let all = node.connections(peer);
    Ok(json!({ "count": all.len(), "connections": all.iter().map(|c| c.describe()).collect::<Vec<_>>() }))
}
