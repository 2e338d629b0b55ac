//! rust-libp2p's ping without pings of its own: it only answers. By itself it would ping at once on each connection, and
//! keep the stream of that open.

use std::convert::Infallible;
use std::task::{Context, Poll};

use libp2p::core::transport::PortUse;
use libp2p::core::{Endpoint, Multiaddr};
use libp2p::swarm::handler::ConnectionEvent;
use libp2p::swarm::{
    ConnectionDenied, ConnectionHandler, ConnectionHandlerEvent, ConnectionId, FromSwarm, NetworkBehaviour,
    SubstreamProtocol, THandler, THandlerInEvent, THandlerOutEvent, ToSwarm,
};
use libp2p::{PeerId, ping};

type Of<H> = <H as NetworkBehaviour>::ConnectionHandler;

pub struct Behaviour {
    ping: ping::Behaviour,
    quiet: bool,
}

impl Behaviour {
    pub fn new(config: ping::Config, quiet: bool) -> Self {
        Self { ping: ping::Behaviour::new(config), quiet }
    }

    fn handler(&self, ping: Of<ping::Behaviour>) -> Handler {
        Handler { ping, quiet: self.quiet }
    }
}

impl NetworkBehaviour for Behaviour {
    type ConnectionHandler = Handler;
    type ToSwarm = ping::Event;

    fn handle_established_inbound_connection(
        &mut self,
        id: ConnectionId,
        peer: PeerId,
        local: &Multiaddr,
        remote: &Multiaddr,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        let ping = self.ping.handle_established_inbound_connection(id, peer, local, remote)?;
        Ok(self.handler(ping))
    }

    fn handle_established_outbound_connection(
        &mut self,
        id: ConnectionId,
        peer: PeerId,
        remote: &Multiaddr,
        role: Endpoint,
        port: PortUse,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        let ping = self.ping.handle_established_outbound_connection(id, peer, remote, role, port)?;
        Ok(self.handler(ping))
    }

    fn on_swarm_event(&mut self, event: FromSwarm) {
        self.ping.on_swarm_event(event);
    }

    fn on_connection_handler_event(&mut self, peer: PeerId, id: ConnectionId, event: THandlerOutEvent<Self>) {
        self.ping.on_connection_handler_event(peer, id, event);
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<ToSwarm<ping::Event, THandlerInEvent<Self>>> {
        self.ping.poll(cx)
    }
}

pub struct Handler {
    ping: Of<ping::Behaviour>,
    quiet: bool,
}

type Inbound = <Of<ping::Behaviour> as ConnectionHandler>::InboundProtocol;
type Outbound = <Of<ping::Behaviour> as ConnectionHandler>::OutboundProtocol;
type Told = <Of<ping::Behaviour> as ConnectionHandler>::ToBehaviour;

impl ConnectionHandler for Handler {
    type FromBehaviour = Infallible;
    type ToBehaviour = Told;
    type InboundProtocol = Inbound;
    type OutboundProtocol = Outbound;
    type InboundOpenInfo = ();
    type OutboundOpenInfo = ();

    fn listen_protocol(&self) -> SubstreamProtocol<Inbound> {
        self.ping.listen_protocol()
    }

    fn connection_keep_alive(&self) -> bool {
        self.ping.connection_keep_alive()
    }

    fn on_behaviour_event(&mut self, event: Infallible) {
        self.ping.on_behaviour_event(event);
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<ConnectionHandlerEvent<Outbound, (), Told>> {
        loop {
            match self.ping.poll(cx) {
                // It asks for a stream once, and then waits for it.
                Poll::Ready(ConnectionHandlerEvent::OutboundSubstreamRequest { .. }) if self.quiet => {}
                other => return other,
            }
        }
    }

    fn on_connection_event(&mut self, event: ConnectionEvent<Inbound, Outbound>) {
        self.ping.on_connection_event(event);
    }
}
