//! The node: what requests and connections share, and the swarm with TCP, Noise, yamux, identify and ping, and Kademlia
//! if asked for.

use std::collections::{HashMap, HashSet};
use std::future::pending;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use futures::StreamExt;
use libp2p::core::muxing::StreamMuxerBox;
use libp2p::core::transport::{ListenerId, upgrade};
use libp2p::core::{Multiaddr, Transport};
use libp2p::identity::{Keypair, PublicKey};
use libp2p::kad::Mode;
use libp2p::multiaddr::Protocol;
use libp2p::swarm::behaviour::toggle::Toggle;
use libp2p::swarm::dial_opts::DialOpts;
use libp2p::swarm::{self, ConnectionId, NetworkBehaviour, Swarm, SwarmEvent};
use libp2p::{PeerId, StreamProtocol, identify, kad as libp2p_kad, noise, ping, yamux};
use serde_json::json;
use tokio::sync::{mpsc, oneshot, watch};

use crate::connection::{self, Connection};
use crate::events::emit;
use crate::failure::Failure;
use crate::identify::Known;
use crate::kad::{self, Kademlia, Queries, Task};
use crate::muxer::Watched;
use crate::options::Options;
use crate::protocols;
use crate::quiet;
use crate::socket::{Sockets, Switchboard};

const PROTOCOL_VERSION: &str = "ipfs/0.1.0";
/// What rust-libp2p serves by itself.
pub const OWN: [StreamProtocol; 3] = [identify::PROTOCOL_NAME, identify::PUSH_PROTOCOL_NAME, ping::PROTOCOL_NAME];

const NEGOTIATION: Duration = Duration::from_secs(60);
const STOP: Duration = Duration::from_secs(5);
const ORDERS: usize = 64;

/// The most streams that rust-yamux allows without a change of its sum of windows, which libp2p-yamux does not offer.
const YAMUX_STREAMS: usize = 4096;

/// rust-libp2p asks identify at once, and then in this interval.
const NEVER_AGAIN: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// What requests, connections and the swarm's loop share.
pub struct Node {
    pub key: PublicKey,
    pub agent: String,
    /// How long the negotiation of a stream's protocol may take, if not as long as by default.
    pub negotiation: Option<Duration>,
    pub switchboard: Arc<Switchboard>,
    orders: mpsc::Sender<Order>,
    /// In the order of their beginning.
    connections: Mutex<Vec<Arc<Connection>>>,
    served: RwLock<Arc<[StreamProtocol]>>,
    about: Mutex<HashMap<PeerId, Known>>,
    pushes: Mutex<HashMap<PeerId, u64>>,
    held: Mutex<Vec<oneshot::Sender<()>>>,
    changes: watch::Sender<()>,
    addrs: Mutex<Vec<Multiaddr>>,
    kad: Option<Part>,
}

/// The part in Kademlia.
struct Part {
    protocol: StreamProtocol,
    mode: Mutex<Mode>,
}

/// What only the swarm can do.
enum Order {
    Dial { addr: Multiaddr, force: bool, reply: Dialling },
    Close(ConnectionId),
    Push(oneshot::Sender<()>),
    Kad(Task, oneshot::Sender<kad::Answer>),
    Stop,
}

type Dialling = oneshot::Sender<Result<Arc<Connection>, Failure>>;

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Node {
    pub fn id(&self) -> PeerId {
        self.key.to_peer_id()
    }

    /// Where it listens, its id at the end.
    pub fn addrs(&self) -> Vec<String> {
        lock(&self.addrs).iter().map(|addr| addr.clone().with(Protocol::P2p(self.id())).to_string()).collect()
    }

    /// All protocols, sorted.
    pub fn protocols(&self) -> Vec<String> {
        let mut all: Vec<String> = self.served().iter().map(ToString::to_string).collect();
        all.extend(OWN.map(|protocol| protocol.to_string()));
        all.extend(self.kad.iter().filter(|kad| *lock(&kad.mode) == Mode::Server).map(|kad| kad.protocol.to_string()));
        all.sort();
        all
    }

    /// What streams are served as.
    pub fn served(&self) -> Arc<[StreamProtocol]> {
        self.served.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Changes what is served, and tells all connections.
    pub async fn serve(
        &self,
        change: impl FnOnce(&mut Vec<StreamProtocol>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        {
            let mut served = self.served.write().unwrap_or_else(PoisonError::into_inner);
            let mut list = served.to_vec();
            change(&mut list)?;
            *served = list.into();
        }
        for connection in self.connections(None) {
            connection.refresh().await;
        }
        Ok(())
    }

    pub fn connections(&self, peer: Option<PeerId>) -> Vec<Arc<Connection>> {
        let all = lock(&self.connections);
        all.iter().filter(|connection| peer.is_none_or(|peer| connection.peer == peer)).cloned().collect()
    }

    pub fn connected(&self, connection: Arc<Connection>) {
        // In the list first: whoever reads the event may ask for the connection at once.
        lock(&self.connections).push(connection.clone());
        emit(&connection.connected());
        self.changed();
    }

    pub fn disconnected(&self, id: ConnectionId) {
        let gone = {
            let mut all = lock(&self.connections);
            let place = all.iter().position(|connection| connection.id == id);
            place.map(|place| all.remove(place))
        };
        if let Some(gone) = gone {
            gone.closing();
            if self.connections(Some(gone.peer)).is_empty() {
                lock(&self.about).remove(&gone.peer);
            }
            emit(&gone.disconnected());
            self.changed();
        }
    }

    /// Waits until a condition holds.
    pub async fn until(&self, holds: impl Fn() -> bool) {
        let mut changes = self.changes.subscribe();
        while !holds() {
            if changes.changed().await.is_err() {
                return pending().await;
            }
        }
    }

    fn changed(&self) {
        self.changes.send_replace(());
    }

    pub fn about(&self, peer: PeerId) -> Option<Known> {
        lock(&self.about).get(&peer).cloned()
    }

    pub fn pushes(&self, peer: PeerId) -> u64 {
        lock(&self.pushes).get(&peer).copied().unwrap_or(0)
    }

    pub fn identified(&self, peer: PeerId, known: Known) {
        emit(&json!({ "event": "identified", "peer": peer.to_string(), "agentVersion": known.agent_version() }));
        lock(&self.about).insert(peer, known);
        self.changed();
    }

    fn pushed(&self, peer: PeerId) {
        let count = {
            let mut pushes = lock(&self.pushes);
            let count = pushes.entry(peer).or_default();
            *count += 1;
            *count
        };
        emit(&json!({ "event": "push", "peer": peer.to_string(), "count": count }));
        self.changed();
    }

    /// Keeps a stalled stream waiting until [`Node::release`].
    pub fn hold(&self, stream: oneshot::Sender<()>) {
        let mut held = lock(&self.held);
        held.retain(|other| !other.is_closed());
        held.push(stream);
    }

    /// Lets all stalled streams go; how many there were.
    pub fn release(&self) -> usize {
        std::mem::take(&mut *lock(&self.held)).into_iter().filter_map(|stream| stream.send(()).ok()).count()
    }

    async fn order(&self, order: Order) -> Result<(), Failure> {
        self.orders.send(order).await.map_err(|_| Failure::error("the node is stopping"))
    }

    pub async fn dial(&self, addr: Multiaddr, force: bool) -> Result<Arc<Connection>, Failure> {
        let (reply, dialled) = oneshot::channel();
        self.order(Order::Dial { addr, force, reply }).await?;
        dialled.await.unwrap_or_else(|_| Err(Failure::error("the node is stopping")))
    }

    /// Closes a connection in order, and waits until it is gone.
    pub async fn close(&self, connection: &Connection) -> Result<(), Failure> {
        connection.closing();
        self.order(Order::Close(connection.id)).await?;
        self.gone(connection).await;
        Ok(())
    }

    /// Breaks a connection, and waits until it is gone.
    pub async fn abort(&self, connection: &Connection) {
        connection.closing();
        self.switchboard.cut(&connection.line());
        self.gone(connection).await;
    }

    async fn gone(&self, connection: &Connection) {
        self.until(|| !lock(&self.connections).iter().any(|other| other.id == connection.id)).await;
    }

    /// Pushes to all connected peers; waits until each push was sent or has failed.
    pub async fn push(&self) -> Result<(), Failure> {
        let (reply, pushed) = oneshot::channel();
        self.order(Order::Push(reply)).await?;
        pushed.await.map_err(|_| Failure::error("the node is stopping"))
    }

    /// The mode in which it takes part in Kademlia.
    pub fn kad_mode(&self) -> Result<Mode, Failure> {
        let kad = self.kad.as_ref().ok_or_else(|| {
            Failure::error("the peer takes no part in Kademlia: start it with --kad server or --kad client")
        })?;
        Ok(*lock(&kad.mode))
    }

    /// Does a task of Kademlia; the answer to the request.
    pub async fn kad(&self, task: Task) -> kad::Answer {
        self.kad_mode()?;
        let (reply, answered) = oneshot::channel();
        self.order(Order::Kad(task, reply)).await?;
        answered.await.unwrap_or_else(|_| Err(Failure::error("the node is stopping")))
    }

    /// Closes all connections and ends the loop of the swarm.
    pub async fn stop(&self) {
        // It is stopping already when the order cannot be given.
        let _ = self.order(Order::Stop).await;
    }
}

#[derive(NetworkBehaviour)]
struct Behaviour {
    identify: identify::Behaviour,
    ping: quiet::Behaviour,
    kad: Toggle<Kademlia>,
    connections: connection::Behaviour,
}

/// The swarm, and what waits for it.
pub struct Loop {
    node: Arc<Node>,
    swarm: Swarm<Behaviour>,
    orders: mpsc::Receiver<Order>,
    dials: HashMap<ConnectionId, Dial>,
    /// Connections that were identified; what comes after that are pushes.
    identified: HashSet<ConnectionId>,
    pushes: Vec<Push>,
    queries: Queries,
}

struct Dial {
    addr: Multiaddr,
    waiting: Vec<Dialling>,
}

struct Push {
    to: HashSet<PeerId>,
    done: Option<oneshot::Sender<()>>,
}

/// Makes a node and waits until it listens.
pub async fn start(key: Keypair, options: &Options) -> Result<(Arc<Node>, Loop), Failure> {
    let (orders, to_do) = mpsc::channel(ORDERS);
    let node = Arc::new(Node {
        key: key.public(),
        agent: options.agent.clone(),
        negotiation: (!options.default_limits).then_some(NEGOTIATION),
        switchboard: Arc::default(),
        orders,
        connections: Mutex::default(),
        served: RwLock::new(protocols::ALL.map(StreamProtocol::new).into()),
        about: Mutex::default(),
        pushes: Mutex::default(),
        held: Mutex::default(),
        changes: watch::Sender::new(()),
        addrs: Mutex::default(),
        kad: options.kad.clone().map(|(protocol, mode)| Part { protocol, mode: Mutex::new(mode) }),
    });
    let swarm = Swarm::new(
        transport(&key, &node, options)?,
        behaviour(&key, &node, options),
        node.id(),
        if options.default_limits {
            swarm::Config::with_tokio_executor()
        } else {
            swarm::Config::with_tokio_executor().with_max_negotiating_inbound_streams(YAMUX_STREAMS)
        },
    );
    let mut looping = Loop {
        node: node.clone(),
        swarm,
        orders: to_do,
        dials: HashMap::new(),
        identified: HashSet::new(),
        pushes: Vec::new(),
        queries: Queries::default(),
    };
    looping.listen(&options.listen).await?;
    Ok((node, looping))
}

fn transport(
    key: &Keypair,
    node: &Node,
    options: &Options,
) -> Result<libp2p::core::transport::Boxed<(PeerId, StreamMuxerBox)>, Failure> {
    let noise = noise::Config::new(key).map_err(|e| Failure::error(e.to_string()))?;
    let mut yamux = yamux::Config::default();
    if !options.default_limits {
        yamux.set_max_num_streams(YAMUX_STREAMS);
    }
    let upgraded = Sockets::new(node.switchboard.clone())
        .upgrade(upgrade::Version::V1Lazy)
        .authenticate(noise)
        .multiplex(Watched(yamux))
        .map(|(peer, muxer), _| (peer, StreamMuxerBox::new(muxer)));
    let timeout = if options.default_limits { Duration::from_secs(10) } else { NEGOTIATION };
    Ok(libp2p::core::transport::timeout::TransportTimeout::new(upgraded, timeout).boxed())
}

fn behaviour(key: &Keypair, node: &Arc<Node>, options: &Options) -> Behaviour {
    let identify = if options.signed_record {
        identify::Config::new_with_signed_peer_record(PROTOCOL_VERSION.to_owned(), key)
    } else {
        identify::Config::new(PROTOCOL_VERSION.to_owned(), key.public())
    };
    Behaviour {
        // Asked only once on each connection, with default limits too: this is how pushes are told from answers.
        identify: identify::Behaviour::new(
            identify.with_agent_version(options.agent.clone()).with_interval(NEVER_AGAIN),
        ),
        ping: quiet::Behaviour::new(ping::Config::new(), !options.default_limits),
        kad: options.kad.clone().map(|(protocol, mode)| kad::behaviour(node.id(), protocol, mode)).into(),
        connections: connection::Behaviour::new(node.clone()),
    }
}

impl Loop {
    async fn listen(&mut self, addrs: &[String]) -> Result<(), Failure> {
        let mut waiting: HashSet<ListenerId> = HashSet::new();
        for addr in addrs {
            let parsed = parse_addr(addr)?;
            let failed = |e: &dyn std::fmt::Display| Failure::error(format!("cannot listen on {addr}: {e}"));
            waiting.insert(self.swarm.listen_on(parsed).map_err(|e| failed(&e))?);
        }
        while !waiting.is_empty() {
            let event = self.swarm.select_next_some().await;
            if let SwarmEvent::NewListenAddr { listener_id, .. } = &event {
                waiting.remove(listener_id);
            }
            self.take(event);
        }
        Ok(())
    }

    /// Runs until the order to stop.
    pub async fn run(mut self) {
        loop {
            tokio::select! {
                event = self.swarm.select_next_some() => self.take(event),
                order = self.orders.recv() => match order {
                    Some(Order::Dial { addr, force, reply }) => self.dial(addr, force, reply),
                    Some(Order::Close(id)) => {
                        self.swarm.close_connection(id);
                    }
                    Some(Order::Push(done)) => self.push(done),
                    Some(Order::Kad(task, reply)) => self.kad(task, reply),
                    Some(Order::Stop) | None => break,
                },
            }
        }
        self.close_all().await;
    }

    async fn close_all(&mut self) {
        // No request is taken any more, and no dial goes on.
        self.orders.close();
        self.dials.clear();
        for connection in self.node.connections(None) {
            self.swarm.close_connection(connection.id);
        }
        let closed = async {
            while !self.node.connections(None).is_empty() {
                let event = self.swarm.select_next_some().await;
                self.take(event);
            }
        };
        // A remote that takes no bytes any more must not keep the process alive.
        let _ = tokio::time::timeout(STOP, closed).await;
    }

    fn dial(&mut self, addr: Multiaddr, force: bool, reply: Dialling) {
        if !force {
            if let Some(open) = peer_of(&addr).and_then(|peer| open(&self.node, peer)) {
                let _ = reply.send(Ok(open));
                return;
            }
            if let Some(dial) = self.dials.values_mut().find(|dial| dial.addr == addr) {
                dial.waiting.push(reply);
                return;
            }
        }
        let opts: DialOpts = addr.clone().into();
        let id = opts.connection_id();
        self.dials.insert(id, Dial { addr, waiting: vec![reply] });
        if let Err(e) = self.swarm.dial(opts) {
            self.dialled(id, Err((&e).into()));
        }
    }

    /// Tells whoever waits for a dial; a connection that nobody waits for any more is closed.
    fn dialled(&mut self, id: ConnectionId, result: Result<Arc<Connection>, Failure>) {
        let Some(dial) = self.dials.remove(&id) else { return };
        let waiting = dial.waiting.into_iter().filter_map(|reply| reply.send(result.clone()).ok()).count();
        if waiting == 0 && result.is_ok() {
            self.swarm.close_connection(id);
        }
    }

    fn kad(&mut self, task: Task, reply: oneshot::Sender<kad::Answer>) {
        if let (Task::Mode(mode), Some(kad)) = (&task, &self.node.kad) {
            *lock(&kad.mode) = *mode;
        }
        if let Some(behaviour) = self.swarm.behaviour_mut().kad.as_mut() {
            self.queries.begin(behaviour, task, reply);
        }
    }

    fn push(&mut self, done: oneshot::Sender<()>) {
        let to: HashSet<PeerId> = self.swarm.connected_peers().copied().collect();
        self.swarm.behaviour_mut().identify.push(to.iter().copied());
        self.pushes.push(Push { to, done: Some(done) });
        self.pushed(None);
    }

    /// A push to this peer was sent or has failed; ends the requests that wait for nobody any more.
    fn pushed(&mut self, peer: Option<PeerId>) {
        for push in &mut self.pushes {
            if let Some(peer) = peer {
                push.to.remove(&peer);
            }
            if push.to.is_empty()
                && let Some(done) = push.done.take()
            {
                let _ = done.send(());
            }
        }
        self.pushes.retain(|push| push.done.as_ref().is_some_and(|done| !done.is_closed()));
    }

    fn take(&mut self, event: SwarmEvent<BehaviourEvent>) {
        match event {
            SwarmEvent::ConnectionEstablished { connection_id, .. } => {
                let all = self.node.connections(None);
                if let Some(connection) = all.into_iter().find(|connection| connection.id == connection_id) {
                    self.dialled(connection_id, Ok(connection));
                }
            }
            SwarmEvent::ConnectionClosed { connection_id, peer_id, num_established, .. } => {
                self.identified.remove(&connection_id);
                if num_established == 0 {
                    self.pushed(Some(peer_id));
                }
            }
            SwarmEvent::OutgoingConnectionError { connection_id, error, .. } => {
                self.dialled(connection_id, Err((&error).into()));
            }
            SwarmEvent::IncomingConnectionError { send_back_addr, error, .. } => {
                eprintln!("a connection from {send_back_addr} failed: {}", chain(&error));
            }
            SwarmEvent::NewListenAddr { address, .. } => {
                // rust-libp2p puts only external addresses into its provider records.
                if self.node.kad.is_some() {
                    self.swarm.add_external_address(address.clone());
                }
                lock(&self.node.addrs).push(address);
            }
            SwarmEvent::ExpiredListenAddr { address, .. } => lock(&self.node.addrs).retain(|addr| *addr != address),
            SwarmEvent::ListenerError { error, .. } => eprintln!("a listener failed: {error}"),
            SwarmEvent::Behaviour(BehaviourEvent::Identify(event)) => self.take_identify(event),
            SwarmEvent::Behaviour(BehaviourEvent::Kad(libp2p_kad::Event::OutboundQueryProgressed {
                id,
                result,
                step,
                ..
            })) => {
                if let Some(kad) = self.swarm.behaviour_mut().kad.as_mut() {
                    self.queries.progressed(kad, id, result, step);
                }
            }
            _ => {}
        }
    }

    fn take_identify(&mut self, event: identify::Event) {
        match event {
            identify::Event::Received { connection_id, peer_id, info } => {
                self.route(peer_id, &info);
                let before = self.node.about(peer_id);
                self.node.identified(peer_id, Known::of(info, before.as_ref()));
                // rust-libp2p drops a push that comes before the answer to identify.
                if !self.identified.insert(connection_id) {
                    self.node.pushed(peer_id);
                }
            }
            identify::Event::Pushed { peer_id, .. } => self.pushed(Some(peer_id)),
            identify::Event::Error { peer_id, error, .. } => {
                eprintln!("identify with {peer_id} failed: {}", chain(&error));
                self.pushed(Some(peer_id));
            }
            identify::Event::Sent { .. } => {}
        }
    }

    /// Puts a server of the DHT into the routing table. rust-libp2p by itself takes only addresses that it has dialled.
    fn route(&mut self, peer: PeerId, info: &identify::Info) {
        let serves = self.node.kad.as_ref().is_some_and(|kad| info.protocols.contains(&kad.protocol));
        if serves && let Some(kad) = self.swarm.behaviour_mut().kad.as_mut() {
            for addr in &info.listen_addrs {
                kad.add_address(&peer, addr.clone());
            }
        }
    }
}

/// An error with all its causes.
fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

pub fn parse_addr(addr: &str) -> Result<Multiaddr, Failure> {
    addr.parse().map_err(|e| Failure::error(format!("\"{addr}\" is not a multiaddr: {e}")))
}

/// The id at the end of an address.
pub fn peer_of(addr: &Multiaddr) -> Option<PeerId> {
    match addr.iter().last()? {
        Protocol::P2p(peer) => Some(peer),
        _ => None,
    }
}

/// The oldest connection to a peer that is not being closed.
pub fn open(node: &Node, peer: PeerId) -> Option<Arc<Connection>> {
    node.connections(Some(peer)).into_iter().find(|connection| connection.is_open())
}
