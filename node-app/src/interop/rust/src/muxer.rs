//! rust-libp2p's yamux, with a look at the frames that come in. rust-yamux reads a reset, a lost connection and the
//! remote's half-close all as the same end of the stream, and does not tell how much it holds unread.
//! Nothing is changed on the wire, nor in what rust-libp2p's own protocols see.

use std::cell::Cell;
use std::collections::HashMap;
use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker, ready};

use futures::future::Ready;
use futures::task::AtomicWaker;
use futures::{AsyncRead, AsyncWrite, future};
use libp2p::core::UpgradeInfo;
use libp2p::core::muxing::{StreamMuxer, StreamMuxerEvent};
use libp2p::core::upgrade::{InboundConnectionUpgrade, OutboundConnectionUpgrade};
use libp2p::yamux;

/// What has come in for one stream.
#[derive(Debug, Default)]
pub struct Facts {
    /// The stream's number in yamux.
    pub id: u32,
    received: AtomicU64,
    taken: AtomicU64,
    half_closed: AtomicBool,
    reset: AtomicBool,
    on_reset: AtomicWaker,
}

impl Facts {
    fn of(id: u32) -> Arc<Self> {
        Arc::new(Self { id, ..Self::default() })
    }

    /// How many bytes came in, those of the negotiation of the protocol among them.
    pub fn received(&self) -> u64 {
        self.received.load(Ordering::Acquire)
    }

    /// How many of them were read.
    pub fn taken(&self) -> u64 {
        self.taken.load(Ordering::Acquire)
    }

    pub fn is_half_closed(&self) -> bool {
        self.half_closed.load(Ordering::Acquire)
    }

    pub fn is_reset(&self) -> bool {
        self.reset.load(Ordering::Acquire)
    }

    /// Waits until the remote resets the stream; for one waiter.
    pub fn poll_reset(&self, cx: &mut Context<'_>) -> Poll<()> {
        self.on_reset.register(cx.waker());
        if self.is_reset() { Poll::Ready(()) } else { Poll::Pending }
    }
}

/// The facts of a connection's streams; one leaves when its stream does. Only a stream that yamux itself refuses, for it
/// holds 256 that nobody has asked for yet, leaves its facts behind until the connection ends.
type Streams = Arc<Mutex<HashMap<u32, Arc<Facts>>>>;

fn lock(streams: &Streams) -> MutexGuard<'_, HashMap<u32, Arc<Facts>>> {
    streams.lock().unwrap_or_else(PoisonError::into_inner)
}

thread_local! {
    /// libp2p boxes a stream before it hands it out: the facts come up through here. See [`facts`].
    static HANDED_UP: Cell<Option<Arc<Facts>>> = const { Cell::new(None) };
}

/// The facts of a negotiated stream.
pub fn facts(stream: &mut libp2p::Stream) -> Arc<Facts> {
    // Whoever reads no bytes wants them, see Substream::poll_read.
    let _ = Pin::new(stream).poll_read(&mut Context::from_waker(Waker::noop()), &mut []);
    HANDED_UP.take().expect("the stream is one of the watched muxer's, and its protocol is agreed upon")
}

/// The yamux upgrade.
#[derive(Clone)]
pub struct Watched(pub yamux::Config);

impl UpgradeInfo for Watched {
    type Info = <yamux::Config as UpgradeInfo>::Info;
    type InfoIter = <yamux::Config as UpgradeInfo>::InfoIter;

    fn protocol_info(&self) -> Self::InfoIter {
        self.0.protocol_info()
    }
}

type Upgraded<C> = Ready<io::Result<Muxer<C>>>;

impl<C> InboundConnectionUpgrade<C> for Watched
where
    C: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    type Output = Muxer<C>;
    type Error = io::Error;
    type Future = Upgraded<C>;

    fn upgrade_inbound(self, io: C, info: Self::Info) -> Self::Future {
        let streams = Streams::default();
        let upgraded = self.0.upgrade_inbound(Tap::new(io, streams.clone()), info);
        future::ready(upgraded.into_inner().map(|yamux| Muxer { yamux, streams }))
    }
}

impl<C> OutboundConnectionUpgrade<C> for Watched
where
    C: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    type Output = Muxer<C>;
    type Error = io::Error;
    type Future = Upgraded<C>;

    fn upgrade_outbound(self, io: C, info: Self::Info) -> Self::Future {
        let streams = Streams::default();
        let upgraded = self.0.upgrade_outbound(Tap::new(io, streams.clone()), info);
        future::ready(upgraded.into_inner().map(|yamux| Muxer { yamux, streams }))
    }
}

/// A yamux connection whose streams know their facts.
pub struct Muxer<C> {
    yamux: yamux::Muxer<Tap<C>>,
    streams: Streams,
}

impl<C> Muxer<C> {
    fn watch(&self, stream: yamux::Stream) -> Substream {
        let id = number(&stream);
        let facts = lock(&self.streams).entry(id).or_insert_with(|| Facts::of(id)).clone();
        Substream { stream, facts, streams: self.streams.clone() }
    }
}

/// The number of a stream. rust-libp2p does not tell it otherwise than in the text for debugging.
fn number(stream: &yamux::Stream) -> u32 {
    let text = format!("{stream:?}");
    let digits = text.split_once("id: ").map(|(_, rest)| rest.split(|c: char| !c.is_ascii_digit()));
    digits
        .and_then(|mut parts| parts.next()?.parse().ok())
        .unwrap_or_else(|| panic!("no stream number in \"{text}\": this release of libp2p-yamux is not supported"))
}

impl<C> StreamMuxer for Muxer<C>
where
    C: AsyncRead + AsyncWrite + Unpin + 'static,
{
    type Substream = Substream;
    type Error = yamux::Error;

    fn poll_inbound(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<Substream, yamux::Error>> {
        let stream = ready!(Pin::new(&mut self.yamux).poll_inbound(cx))?;
        Poll::Ready(Ok(self.watch(stream)))
    }

    fn poll_outbound(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<Substream, yamux::Error>> {
        let stream = ready!(Pin::new(&mut self.yamux).poll_outbound(cx))?;
        Poll::Ready(Ok(self.watch(stream)))
    }

    fn poll_close(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), yamux::Error>> {
        Pin::new(&mut self.yamux).poll_close(cx)
    }

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<StreamMuxerEvent, yamux::Error>> {
        Pin::new(&mut self.yamux).poll(cx)
    }
}

/// A yamux stream that knows its facts.
pub struct Substream {
    stream: yamux::Stream,
    facts: Arc<Facts>,
    streams: Streams,
}

impl Drop for Substream {
    fn drop(&mut self) {
        lock(&self.streams).remove(&self.facts.id);
    }
}

impl AsyncRead for Substream {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut [u8]) -> Poll<io::Result<usize>> {
        if buf.is_empty() {
            HANDED_UP.set(Some(self.facts.clone()));
            return Poll::Ready(Ok(0));
        }
        let count = ready!(Pin::new(&mut self.stream).poll_read(cx, buf))?;
        self.facts.taken.fetch_add(count as u64, Ordering::AcqRel);
        Poll::Ready(Ok(count))
    }
}

impl AsyncWrite for Substream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_close(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_close(cx)
    }
}

const HEADER_BYTES: usize = 12;
const DATA: u8 = 0;
const WINDOW_UPDATE: u8 = 1;
const SYN: u16 = 1;
const FIN: u16 = 4;
const RST: u16 = 8;

/// Reads along what the secure channel hands to yamux.
pub struct Tap<C> {
    io: C,
    streams: Streams,
    header: [u8; HEADER_BYTES],
    have: usize,
    body: Body,
}

/// What is still to come of a Data frame.
#[derive(Default)]
struct Body {
    left: u64,
    of: Option<Arc<Facts>>,
    half_closes: bool,
}

impl<C> Tap<C> {
    fn new(io: C, streams: Streams) -> Self {
        Self { io, streams, header: [0; HEADER_BYTES], have: 0, body: Body::default() }
    }

    fn passed(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            if self.body.left > 0 {
                let count = self.body.left.min(bytes.len() as u64);
                self.body.take(count);
                bytes = &bytes[count as usize..];
                continue;
            }
            let count = (HEADER_BYTES - self.have).min(bytes.len());
            self.header[self.have..self.have + count].copy_from_slice(&bytes[..count]);
            self.have += count;
            bytes = &bytes[count..];
            if self.have == HEADER_BYTES {
                self.have = 0;
                self.frame();
            }
        }
    }

    fn frame(&mut self) {
        let [_, kind, f0, f1, i0, i1, i2, i3, l0, l1, l2, l3] = self.header;
        if kind != DATA && kind != WINDOW_UPDATE {
            return;
        }
        let flags = u16::from_be_bytes([f0, f1]);
        let id = u32::from_be_bytes([i0, i1, i2, i3]);
        let facts = {
            let mut streams = lock(&self.streams);
            if flags & SYN != 0 {
                streams.entry(id).or_insert_with(|| Facts::of(id));
            }
            streams.get(&id).cloned()
        };
        if flags & RST != 0
            && let Some(facts) = &facts
        {
            facts.reset.store(true, Ordering::Release);
            facts.on_reset.wake();
        }
        let length = u32::from_be_bytes([l0, l1, l2, l3]);
        self.body =
            Body { left: if kind == DATA { u64::from(length) } else { 0 }, of: facts, half_closes: flags & FIN != 0 };
        self.body.take(0);
    }
}

impl Body {
    fn take(&mut self, count: u64) {
        self.left -= count;
        if let Some(facts) = &self.of {
            facts.received.fetch_add(count, Ordering::AcqRel);
            // The end counts when all that comes before it is there.
            if self.left == 0 && self.half_closes {
                facts.half_closed.store(true, Ordering::Release);
            }
        }
    }
}

impl<C: AsyncRead + Unpin> AsyncRead for Tap<C> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut [u8]) -> Poll<io::Result<usize>> {
        let count = ready!(Pin::new(&mut self.io).poll_read(cx, buf))?;
        self.passed(&buf[..count]);
        Poll::Ready(Ok(count))
    }
}

impl<C: AsyncWrite + Unpin> AsyncWrite for Tap<C> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_close(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_close(cx)
    }
}
