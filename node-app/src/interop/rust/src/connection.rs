//! The connections of the node: opens streams on one of them and hands on the streams that remotes open.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use libp2p::core::transport::PortUse;
use libp2p::core::upgrade::{InboundUpgrade, ReadyUpgrade, UpgradeInfo};
use libp2p::core::{Endpoint, Multiaddr};
use libp2p::swarm::handler::{ConnectionEvent, DialUpgradeError, FullyNegotiatedInbound, FullyNegotiatedOutbound};
use libp2p::swarm::{
    ConnectionClosed, ConnectionDenied, ConnectionHandler, ConnectionHandlerEvent, ConnectionId, FromSwarm,
    NetworkBehaviour, SubstreamProtocol, THandler, THandlerInEvent, THandlerOutEvent, ToSwarm,
};
use libp2p::{PeerId, Stream, StreamProtocol};
use serde_json::{Value, json};
use tokio::sync::{mpsc, oneshot, watch};

use crate::failure::Failure;
use crate::muxer::Facts;
use crate::node::Node;
use crate::protocols;
use crate::socket::Line;
use crate::wire::{self, Reader, Writer};

/// What a connection was upgraded to: nothing else is offered, so nothing else can have been agreed upon.
const ENCRYPTION: &str = "/noise";
const MUXER: &str = "/yamux/1.0.0";

/// How many commands may wait for one connection; whoever sends more waits.
const COMMANDS: usize = 64;

pub struct Connection {
    pub id: ConnectionId,
    pub peer: PeerId,
    pub remote: Multiaddr,
    pub outbound: bool,
    closing: AtomicBool,
    commands: mpsc::Sender<Command>,
    ended: watch::Receiver<()>,
    streams: Mutex<HashMap<u64, Entry>>,
    next_stream: AtomicU64,
}

/// A stream that is open; each is also one of yamux's, which bounds their number.
struct Entry {
    facts: Arc<Facts>,
    protocol: String,
    outbound: bool,
}

enum Command {
    Open(StreamProtocol, oneshot::Sender<Result<Stream, Failure>>),
    /// The served protocols are others now.
    Refresh,
}

impl Connection {
    /// Waits until no more can come in on the connection.
    pub async fn ended(&self) {
        // Nothing is ever sent: the sender goes when the connection does.
        while self.ended.clone().changed().await.is_ok() {}
    }

    pub fn is_open(&self) -> bool {
        !self.closing.load(Ordering::Acquire)
    }

    pub fn closing(&self) {
        self.closing.store(true, Ordering::Release);
    }

    /// What the switchboard calls the connection's socket.
    pub fn line(&self) -> Line {
        if self.outbound { Line::Dialled(self.id) } else { Line::Accepted(self.remote.clone()) }
    }

    pub async fn open(self: &Arc<Self>, protocol: &str) -> Result<(Reader, Writer), Failure> {
        let name = protocol_name(protocol)?;
        let (reply, opened) = oneshot::channel();
        let gone = || Failure::new("ConnectionClosedError", "the connection is closed");
        self.commands.send(Command::Open(name, reply)).await.map_err(|_| gone())?;
        let stream = opened.await.map_err(|_| gone())??;
        Ok(wire::split(stream, protocol, true, self))
    }

    /// Tells the remote what is served now, if that has changed.
    pub async fn refresh(&self) {
        // A connection that is gone has nobody to tell.
        let _ = self.commands.send(Command::Refresh).await;
    }

    pub fn describe(&self) -> Value {
        let streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
        let mut streams: Vec<&Entry> = streams.values().collect();
        streams.sort_by_key(|entry| entry.facts.id);
        json!({
            "peer": self.peer.to_string(),
            "connection": self.id.to_string(),
            "remoteAddr": self.remote.to_string(),
            "direction": direction(self.outbound),
            "status": if self.is_open() { "open" } else { "closing" },
            "encryption": ENCRYPTION,
            "muxer": MUXER,
            "earlyMuxer": false,
            "streams": streams.into_iter().map(Entry::describe).collect::<Vec<_>>(),
        })
    }

    /// The event of its beginning.
    pub fn connected(&self) -> Value {
        json!({
            "event": "connected",
            "peer": self.peer.to_string(),
            "connection": self.id.to_string(),
            "remoteAddr": self.remote.to_string(),
            "direction": direction(self.outbound),
            "muxer": MUXER,
            "earlyMuxer": false,
        })
    }

    /// The event of its end.
    pub fn disconnected(&self) -> Value {
        json!({ "event": "disconnected", "peer": self.peer.to_string(), "connection": self.id.to_string() })
    }
}

fn direction(outbound: bool) -> &'static str {
    if outbound { "outbound" } else { "inbound" }
}

impl Entry {
    fn describe(&self) -> Value {
        json!({
            "id": self.facts.id.to_string(),
            "protocol": self.protocol,
            "direction": direction(self.outbound),
            "status": if self.facts.is_reset() { "reset" } else { "open" },
            "buffered": self.facts.received().saturating_sub(self.facts.taken()),
        })
    }
}

/// A stream's place in the list of its connection; leaves it when dropped.
pub struct OpenStream {
    connection: Arc<Connection>,
    number: u64,
}

impl OpenStream {
    pub fn register(connection: &Arc<Connection>, facts: Arc<Facts>, protocol: &str, outbound: bool) -> Self {
        let number = connection.next_stream.fetch_add(1, Ordering::Relaxed);
        let entry = Entry { facts, protocol: protocol.to_owned(), outbound };
        let mut streams = connection.streams.lock().unwrap_or_else(PoisonError::into_inner);
        streams.insert(number, entry);
        Self { connection: connection.clone(), number }
    }
}

impl Drop for OpenStream {
    fn drop(&mut self) {
        let mut streams = self.connection.streams.lock().unwrap_or_else(PoisonError::into_inner);
        streams.remove(&self.number);
    }
}

pub fn protocol_name(name: &str) -> Result<StreamProtocol, Failure> {
    StreamProtocol::try_from_owned(name.to_owned()).map_err(|e| Failure::error(format!("\"{name}\": {e}")))
}

/// Keeps the node's list of connections, and their handlers.
pub struct Behaviour {
    node: Arc<Node>,
    /// Those that are made, but not yet announced by the swarm.
    made: HashMap<ConnectionId, Arc<Connection>>,
}

impl Behaviour {
    pub fn new(node: Arc<Node>) -> Self {
        Self { node, made: HashMap::new() }
    }

    fn make(&mut self, id: ConnectionId, peer: PeerId, remote: &Multiaddr, outbound: bool) -> Handler {
        let (commands, to_do) = mpsc::channel(COMMANDS);
        let (alive, ended) = watch::channel(());
        let connection = Arc::new(Connection {
            id,
            peer,
            remote: remote.clone(),
            outbound,
            closing: AtomicBool::new(false),
            commands,
            ended,
            streams: Mutex::default(),
            next_stream: AtomicU64::new(0),
        });
        self.made.insert(id, connection.clone());
        Handler { node: self.node.clone(), connection, to_do, alive: Some(alive) }
    }
}

impl NetworkBehaviour for Behaviour {
    type ConnectionHandler = Handler;
    type ToSwarm = Infallible;

    /// The swarm dials right after this, whoever has asked for it.
    fn handle_pending_outbound_connection(
        &mut self,
        id: ConnectionId,
        _: Option<PeerId>,
        _: &[Multiaddr],
        _: Endpoint,
    ) -> Result<Vec<Multiaddr>, ConnectionDenied> {
        self.node.switchboard.dialling(id);
        Ok(Vec::new())
    }

    fn handle_established_inbound_connection(
        &mut self,
        id: ConnectionId,
        peer: PeerId,
        _: &Multiaddr,
        remote: &Multiaddr,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        Ok(self.make(id, peer, remote, false))
    }

    fn handle_established_outbound_connection(
        &mut self,
        id: ConnectionId,
        peer: PeerId,
        remote: &Multiaddr,
        _: Endpoint,
        _: PortUse,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        Ok(self.make(id, peer, remote, true))
    }

    fn on_swarm_event(&mut self, event: FromSwarm) {
        match event {
            FromSwarm::ConnectionEstablished(established) => {
                if let Some(connection) = self.made.remove(&established.connection_id) {
                    self.node.connected(connection);
                }
            }
            FromSwarm::ConnectionClosed(ConnectionClosed { connection_id, .. }) => {
                self.node.disconnected(connection_id);
            }
            _ => {}
        }
    }

    fn on_connection_handler_event(&mut self, _: PeerId, _: ConnectionId, event: THandlerOutEvent<Self>) {
        match event {}
    }

    fn poll(&mut self, _: &mut Context<'_>) -> Poll<ToSwarm<Infallible, THandlerInEvent<Self>>> {
        Poll::Pending
    }
}

/// The handler of one connection, in the connection's own task.
pub struct Handler {
    node: Arc<Node>,
    connection: Arc<Connection>,
    to_do: mpsc::Receiver<Command>,
    /// Dropped at the end, which [`Connection::ended`] waits for.
    alive: Option<watch::Sender<()>>,
}

/// Who waits for an outbound stream, and of what protocol.
type Opening = (StreamProtocol, oneshot::Sender<Result<Stream, Failure>>);

impl ConnectionHandler for Handler {
    type FromBehaviour = Infallible;
    type ToBehaviour = Infallible;
    type InboundProtocol = Served;
    type OutboundProtocol = ReadyUpgrade<StreamProtocol>;
    type InboundOpenInfo = ();
    type OutboundOpenInfo = Opening;

    fn listen_protocol(&self) -> SubstreamProtocol<Served> {
        let served = SubstreamProtocol::new(Served(self.node.served()), ());
        match self.node.negotiation {
            Some(timeout) => served.with_timeout(timeout),
            None => served,
        }
    }

    // A connection stays until it is closed by a request or by the remote.
    fn connection_keep_alive(&self) -> bool {
        true
    }

    fn on_behaviour_event(&mut self, event: Infallible) {
        match event {}
    }

    fn poll(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<ConnectionHandlerEvent<ReadyUpgrade<StreamProtocol>, Opening, Infallible>> {
        loop {
            match self.to_do.poll_recv(cx) {
                Poll::Ready(Some(Command::Open(protocol, reply))) => {
                    let request = SubstreamProtocol::new(ReadyUpgrade::new(protocol.clone()), (protocol, reply));
                    let protocol = match self.node.negotiation {
                        Some(timeout) => request.with_timeout(timeout),
                        None => request,
                    };
                    return Poll::Ready(ConnectionHandlerEvent::OutboundSubstreamRequest { protocol });
                }
                // The swarm compares the lists after each poll, and tells identify when they differ.
                Poll::Ready(Some(Command::Refresh)) => {}
                Poll::Ready(None) | Poll::Pending => return Poll::Pending,
            }
        }
    }

    fn poll_close(&mut self, _: &mut Context<'_>) -> Poll<Option<Infallible>> {
        self.alive = None;
        Poll::Ready(None)
    }

    fn on_connection_event(&mut self, event: ConnectionEvent<Served, ReadyUpgrade<StreamProtocol>, (), Opening>) {
        match event {
            ConnectionEvent::FullyNegotiatedInbound(FullyNegotiatedInbound { protocol: (stream, name), .. }) => {
                protocols::serve(&self.node, &self.connection, stream, name.as_ref());
            }
            // Whoever does not wait any more drops the stream, which resets it.
            ConnectionEvent::FullyNegotiatedOutbound(FullyNegotiatedOutbound { protocol, info: (_, reply) }) => {
                let _ = reply.send(Ok(protocol));
            }
            ConnectionEvent::DialUpgradeError(DialUpgradeError { info: (protocol, reply), error }) => {
                let _ = reply.send(Err(Failure::of_open(protocol.as_ref(), error)));
            }
            _ => {}
        }
    }
}

/// The upgrade of inbound streams to whatever is served at the moment.
pub struct Served(Arc<[StreamProtocol]>);

impl UpgradeInfo for Served {
    type Info = StreamProtocol;
    type InfoIter = Vec<StreamProtocol>;

    fn protocol_info(&self) -> Vec<StreamProtocol> {
        self.0.to_vec()
    }
}

impl InboundUpgrade<Stream> for Served {
    type Output = (Stream, StreamProtocol);
    type Error = Infallible;
    type Future = std::future::Ready<Result<Self::Output, Infallible>>;

    fn upgrade_inbound(self, stream: Stream, name: StreamProtocol) -> Self::Future {
        std::future::ready(Ok((stream, name)))
    }
}
