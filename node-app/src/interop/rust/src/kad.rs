//! The node's part in Kademlia: what requests ask of rust-libp2p's behaviour, and the queries that are under way.

use std::collections::HashMap;
use std::time::Instant;

use libp2p::core::Multiaddr;
use libp2p::kad::store::MemoryStore;
use libp2p::kad::{
    self, BootstrapError, GetClosestPeersError, GetProvidersOk, GetRecordOk, Mode, PeerInfo, PeerRecord, ProgressStep,
    PutRecordError, QueryId, QueryResult, Quorum, Record, RecordKey,
};
use libp2p::multiaddr::Protocol;
use libp2p::{PeerId, StreamProtocol};
use serde_json::{Value, json};
use tokio::sync::oneshot;

use crate::bytes::hex;
use crate::failure::Failure;

pub const IPFS_PREFIX: &str = "/ipfs";

/// rust-libp2p's behaviour with its store in memory, which takes any record.
pub type Kademlia = kad::Behaviour<MemoryStore>;

pub type Answer = Result<Value, Failure>;

/// What a request asks for.
pub enum Task {
    Add { peer: PeerId, addrs: Vec<Multiaddr> },
    Bootstrap,
    Table,
    FindPeer(PeerId),
    Closest(Vec<u8>),
    Provide(Vec<u8>),
    FindProviders { key: Vec<u8>, count: u64 },
    Put { key: Vec<u8>, value: Vec<u8> },
    Get(Vec<u8>),
    Mode(Mode),
}

/// The protocol's name under a prefix.
pub fn protocol(prefix: &str) -> Result<StreamProtocol, Failure> {
    if !prefix.starts_with('/') || prefix.ends_with('/') {
        return Err(Failure::error(format!(
            "--kad-prefix must begin with a slash and not end with one, as {IPFS_PREFIX}, not \"{prefix}\""
        )));
    }
    StreamProtocol::try_from_owned(format!("{prefix}/kad/1.0.0")).map_err(|e| Failure::error(e.to_string()))
}

pub fn mode(name: &str) -> Option<Mode> {
    match name {
        "server" => Some(Mode::Server),
        "client" => Some(Mode::Client),
        _ => None,
    }
}

pub fn behaviour(id: PeerId, protocol: StreamProtocol, mode: Mode) -> Kademlia {
    let mut behaviour = Kademlia::with_config(id, MemoryStore::new(id), kad::Config::new(protocol));
    behaviour.set_mode(Some(mode));
    behaviour
}

/// The queries that requests wait for; rust-libp2p also has some of its own.
#[derive(Default)]
pub struct Queries(HashMap<QueryId, Query>);

struct Query {
    reply: oneshot::Sender<Answer>,
    wanted: Wanted,
}

enum Wanted {
    Nothing,
    Peer(PeerId),
    Closest,
    Providers { found: Vec<PeerId>, count: usize },
    Records(Vec<PeerRecord>),
}

impl Queries {
    /// Does a task, or begins it.
    pub fn begin(&mut self, kad: &mut Kademlia, task: Task, reply: oneshot::Sender<Answer>) {
        let begun = match task {
            Task::Add { peer, addrs } => {
                for addr in addrs {
                    kad.add_address(&peer, addr);
                }
                return answer(reply, Ok(json!({ "added": table(kad).contains(&peer.to_string()) })));
            }
            Task::Table => return answer(reply, Ok(json!({ "peers": table(kad) }))),
            Task::Mode(mode) => {
                kad.set_mode(Some(mode));
                return answer(reply, Ok(json!({ "mode": kad.mode().to_string() })));
            }
            Task::Bootstrap => kad.bootstrap().map(|id| (id, Wanted::Nothing)).map_err(|e| e.to_string()),
            Task::FindPeer(peer) => Ok((kad.get_closest_peers(peer), Wanted::Peer(peer))),
            Task::Closest(key) => Ok((kad.get_closest_peers(key), Wanted::Closest)),
            Task::Provide(key) => {
                kad.start_providing(key.into()).map(|id| (id, Wanted::Nothing)).map_err(|e| e.to_string())
            }
            Task::FindProviders { key, count } => {
                let count = usize::try_from(count).ok().filter(|count| *count > 0).unwrap_or(usize::MAX);
                Ok((kad.get_providers(key.into()), Wanted::Providers { found: Vec::new(), count }))
            }
            Task::Put { key, value } => {
                let record = Record::new(RecordKey::from(key), value);
                kad.put_record(record, Quorum::All).map(|id| (id, Wanted::Nothing)).map_err(|e| e.to_string())
            }
            Task::Get(key) => Ok((kad.get_record(key.into()), Wanted::Records(Vec::new()))),
        };
        match begun {
            Ok((id, wanted)) => {
                self.0.insert(id, Query { reply, wanted });
            }
            Err(why) => answer(reply, Err(Failure::error(why))),
        }
    }

    /// Takes in what a query has brought; answers the request at its end.
    pub fn progressed(&mut self, kad: &mut Kademlia, id: QueryId, result: QueryResult, step: ProgressStep) {
        let Some(query) = self.0.get_mut(&id) else { return };
        let outcome = match result {
            QueryResult::Bootstrap(result) => match result {
                Ok(_) if step.last => Some(Ok(json!({ "size": table(kad).len() }))),
                // One of several lookups of which the others go on.
                Err(BootstrapError::Timeout { .. }) if step.last => Some(Err(Failure::timeout())),
                Ok(_) | Err(BootstrapError::Timeout { .. }) => None,
            },
            QueryResult::GetClosestPeers(result) => {
                let peers = match result {
                    Ok(found) => found.peers,
                    Err(GetClosestPeersError::Timeout { peers, .. }) => peers,
                };
                Some(match query.wanted {
                    Wanted::Peer(peer) => found_peer(kad, peer, peers),
                    _ => Ok(json!({ "peers": peers.iter().map(|info| info.peer_id.to_string()).collect::<Vec<_>>() })),
                })
            }
            QueryResult::StartProviding(result) => {
                Some(result.map(|_| json!({})).map_err(|e| Failure::error(e.to_string())))
            }
            QueryResult::GetProviders(result) => {
                let last = step.last || result.is_err();
                let Wanted::Providers { found, count } = &mut query.wanted else { return };
                if let Ok(GetProvidersOk::FoundProviders { providers, .. }) = result {
                    let mut new: Vec<PeerId> = providers.into_iter().filter(|peer| !found.contains(peer)).collect();
                    new.sort_by_key(ToString::to_string);
                    found.extend(new);
                }
                (last || found.len() >= *count).then(|| {
                    found.truncate(*count);
                    let described = found.iter().map(|peer| describe(kad, *peer, &[])).collect::<Vec<_>>();
                    Ok(json!({ "providers": described }))
                })
            }
            QueryResult::PutRecord(result) => Some(match result {
                Ok(_) => Ok(json!({ "stored": kad::K_VALUE.get() })),
                // All of the closest peers may be fewer than the quorum, which is of twenty.
                Err(PutRecordError::QuorumFailed { success, .. }) if !success.is_empty() => {
                    Ok(json!({ "stored": success.len() }))
                }
                Err(e) => Err(Failure::error(e.to_string())),
            }),
            QueryResult::GetRecord(result) => {
                let last = step.last || result.is_err();
                let Wanted::Records(found) = &mut query.wanted else { return };
                if let Ok(GetRecordOk::FoundRecord(record)) = result {
                    found.push(record);
                }
                last.then(|| records(found))
            }
            QueryResult::RepublishProvider(_) | QueryResult::RepublishRecord(_) => None,
        };
        if let Some(outcome) = outcome
            && let Some(query) = self.0.remove(&id)
        {
            if let Some(mut running) = kad.query_mut(&id) {
                running.finish();
            }
            answer(query.reply, outcome);
        }
    }
}

fn answer(reply: oneshot::Sender<Answer>, outcome: Answer) {
    // Whoever waits no more has run out of time.
    let _ = reply.send(outcome);
}

/// The ids in the routing table, sorted.
fn table(kad: &mut Kademlia) -> Vec<String> {
    let mut peers = Vec::new();
    for bucket in kad.kbuckets() {
        peers.extend(bucket.iter().map(|entry| entry.node.key.preimage().to_string()));
    }
    peers.sort();
    peers
}

fn found_peer(kad: &mut Kademlia, peer: PeerId, answered: Vec<PeerInfo>) -> Answer {
    match answered.into_iter().find(|info| info.peer_id == peer) {
        Some(info) => Ok(describe(kad, peer, &info.addrs)),
        None => Err(Failure::new("NotFoundError", format!("{peer} was not found"))),
    }
}

/// A peer with the addresses that a query has brought, and those in the routing table.
fn describe(kad: &mut Kademlia, peer: PeerId, brought: &[Multiaddr]) -> Value {
    let mut addrs: Vec<String> = brought.iter().map(plain).collect();
    if let Some(bucket) = kad.kbucket(peer) {
        for entry in bucket.iter().filter(|entry| *entry.node.key.preimage() == peer) {
            addrs.extend(entry.node.value.iter().map(plain));
        }
    }
    addrs.sort();
    addrs.dedup();
    json!({ "peer": peer.to_string(), "addrs": addrs })
}

/// An address without the id at its end.
fn plain(addr: &Multiaddr) -> String {
    let mut addr = addr.clone();
    if matches!(addr.iter().last(), Some(Protocol::P2p(_))) {
        addr.pop();
    }
    addr.to_string()
}

/// All records that were found, and as the value the greatest of theirs: rust-libp2p itself does not choose.
fn records(found: &[PeerRecord]) -> Answer {
    let best = found.iter().map(|record| &record.record.value).max();
    let best = best.ok_or_else(|| Failure::new("NotFoundError", "no value was found"))?;
    let now = Instant::now();
    let described = found.iter().map(|PeerRecord { peer, record }| {
        json!({
            "from": peer.map(|peer| peer.to_string()),
            "value": hex(&record.value),
            "publisher": record.publisher.map(|peer| peer.to_string()),
            "ttlSeconds": record.expires.map(|end| end.saturating_duration_since(now).as_secs()),
        })
    });
    Ok(json!({ "value": hex(best), "records": described.collect::<Vec<_>>() }))
}
