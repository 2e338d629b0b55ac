//! TCP connections that can be broken off: rust-libp2p itself only closes in order.

use std::collections::HashMap;
use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use futures::future::{BoxFuture, FutureExt};
use futures::task::AtomicWaker;
use futures::{AsyncRead, AsyncWrite};
use libp2p::Multiaddr;
use libp2p::core::Transport;
use libp2p::core::transport::{DialOpts, ListenerId, TransportError, TransportEvent};
use libp2p::swarm::ConnectionId;
use libp2p::tcp;

/// Which connection a socket carries. A swarm names what it accepts by the remote's address; what it dials has
/// no address of its own until much later, so there the connection's id is passed around it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Line {
    Dialled(ConnectionId),
    Accepted(Multiaddr),
}

/// The switches of all open sockets.
#[derive(Default)]
pub struct Switchboard {
    dialling: Mutex<Option<ConnectionId>>,
    /// Several of a connection whose addresses are being dialled at once.
    switches: Mutex<HashMap<Line, Vec<Arc<Switch>>>>,
}

#[derive(Default)]
struct Switch {
    broken: AtomicBool,
    waker: AtomicWaker,
}

impl Switchboard {
    /// What the swarm asks the transport to dial next belongs to this connection.
    pub fn dialling(&self, connection: ConnectionId) {
        *lock(&self.dialling) = Some(connection);
    }

    /// Breaks a connection: the remote gets a TCP reset, and what was not sent yet is lost.
    pub fn cut(&self, line: &Line) {
        for switch in lock(&self.switches).get(line).into_iter().flatten() {
            switch.broken.store(true, Ordering::Release);
            switch.waker.wake();
        }
    }

    fn socket(self: Arc<Self>, tcp: tcp::tokio::TcpStream, line: Line) -> Socket {
        let switch = Arc::new(Switch::default());
        lock(&self.switches).entry(line.clone()).or_default().push(switch.clone());
        Socket { tcp, line, switch, board: self }
    }

    fn forget(&self, line: &Line, switch: &Arc<Switch>) {
        let mut switches = lock(&self.switches);
        if let Some(of_line) = switches.get_mut(line) {
            of_line.retain(|other| !Arc::ptr_eq(other, switch));
            if of_line.is_empty() {
                switches.remove(line);
            }
        }
    }
}

fn lock<T>(of: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A TCP stream with a switch.
pub struct Socket {
    tcp: tcp::tokio::TcpStream,
    line: Line,
    switch: Arc<Switch>,
    board: Arc<Switchboard>,
}

impl Socket {
    fn check(&self, cx: &Context<'_>) -> io::Result<()> {
        self.switch.waker.register(cx.waker());
        if self.switch.broken.load(Ordering::Acquire) {
            return Err(io::Error::new(io::ErrorKind::ConnectionAborted, "aborted as asked for"));
        }
        Ok(())
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.board.forget(&self.line, &self.switch);
        if self.switch.broken.load(Ordering::Acquire)
            && let Err(e) = self.tcp.0.set_zero_linger()
        {
            eprintln!("the socket will be closed in order: {e}");
        }
    }
}

impl AsyncRead for Socket {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut [u8]) -> Poll<io::Result<usize>> {
        self.check(cx)?;
        Pin::new(&mut self.tcp).poll_read(cx, buf)
    }
}

impl AsyncWrite for Socket {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.check(cx)?;
        Pin::new(&mut self.tcp).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.check(cx)?;
        Pin::new(&mut self.tcp).poll_write_vectored(cx, bufs)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_flush(cx)
    }

    fn poll_close(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.check(cx)?;
        Pin::new(&mut self.tcp).poll_close(cx)
    }
}

/// rust-libp2p's TCP transport, each of its sockets with a switch.
pub struct Sockets {
    tcp: tcp::tokio::Transport,
    board: Arc<Switchboard>,
}

impl Sockets {
    pub fn new(board: Arc<Switchboard>) -> Self {
        Self { tcp: tcp::tokio::Transport::new(tcp::Config::default()), board }
    }
}

impl Transport for Sockets {
    type Output = Socket;
    type Error = io::Error;
    type ListenerUpgrade = BoxFuture<'static, io::Result<Socket>>;
    type Dial = BoxFuture<'static, io::Result<Socket>>;

    fn listen_on(&mut self, id: ListenerId, addr: Multiaddr) -> Result<(), TransportError<io::Error>> {
        self.tcp.listen_on(id, addr)
    }

    fn remove_listener(&mut self, id: ListenerId) -> bool {
        self.tcp.remove_listener(id)
    }

    fn dial(&mut self, addr: Multiaddr, opts: DialOpts) -> Result<Self::Dial, TransportError<io::Error>> {
        let connection = *lock(&self.board.dialling);
        let connection =
            connection.ok_or_else(|| TransportError::Other(io::Error::other("a dial of no connection")))?;
        let board = self.board.clone();
        let dial = self.tcp.dial(addr, opts)?;
        Ok(async move { Ok(board.socket(dial.await?, Line::Dialled(connection))) }.boxed())
    }

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<TransportEvent<Self::ListenerUpgrade, io::Error>> {
        let board = self.board.clone();
        Pin::new(&mut self.tcp).poll(cx).map(|event| {
            let remote = match &event {
                TransportEvent::Incoming { send_back_addr, .. } => send_back_addr.clone(),
                _ => Multiaddr::empty(),
            };
            event.map_upgrade(|accepted| {
                async move { Ok(board.socket(accepted.await?, Line::Accepted(remote))) }.boxed()
            })
        })
    }
}
