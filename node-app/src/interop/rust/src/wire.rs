//! Reading and writing of one libp2p stream, with ends that can be told apart.

use std::future::poll_fn;
use std::sync::Arc;

use futures::future::FutureExt;
use futures::io::{ReadHalf, WriteHalf};
use futures::{AsyncReadExt, AsyncWriteExt};
use sha2::{Digest, Sha256};

use crate::bytes::{CHUNK, Payload, hex};
use crate::connection::{Connection, OpenStream};
use crate::failure::Failure;
use crate::muxer::{self, Facts};

/// Splits a negotiated stream. It is reset when both halves are dropped and the writer has not finished.
pub fn split(mut stream: libp2p::Stream, protocol: &str, outbound: bool, of: &Arc<Connection>) -> (Reader, Writer) {
    let facts = muxer::facts(&mut stream);
    let open = Arc::new(OpenStream::register(of, facts.clone(), protocol, outbound));
    let (read, write) = stream.split();
    let reader = Reader {
        stream: read,
        before: facts.taken(),
        facts: facts.clone(),
        connection: of.clone(),
        buffer: Vec::new(),
        from: 0,
        until: 0,
        _open: open.clone(),
    };
    (reader, Writer { stream: write, facts, connection: of.clone(), _open: open })
}

/// Why a stream is over that was not half-closed.
fn cause(facts: &Facts) -> Failure {
    if facts.is_reset() { Failure::reset() } else { Failure::lost() }
}

pub struct Reader {
    stream: ReadHalf<libp2p::Stream>,
    facts: Arc<Facts>,
    connection: Arc<Connection>,
    /// What the negotiation of the protocol had read.
    before: u64,
    buffer: Vec<u8>,
    from: usize,
    until: usize,
    _open: Arc<OpenStream>,
}

impl Reader {
    /// How many bytes the remote has sent, so far as they are here.
    pub fn received(&self) -> u64 {
        self.facts.received().saturating_sub(self.before)
    }

    pub fn is_reset(&self) -> bool {
        self.facts.is_reset()
    }

    /// The next bytes, or nothing at the remote's half-close; fails on a reset and on a lost connection.
    pub async fn read(&mut self) -> Result<Option<&[u8]>, Failure> {
        if self.from == self.until && !self.fill().await? {
            return Ok(None);
        }
        let from = std::mem::replace(&mut self.from, self.until);
        Ok(Some(&self.buffer[from..self.until]))
    }

    async fn fill(&mut self) -> Result<bool, Failure> {
        if self.buffer.is_empty() {
            self.buffer.resize(CHUNK, 0);
        }
        // yamux wakes no reader when our own side closes the connection. What it holds by then can still be read.
        let read = tokio::select! {
            biased;
            read = self.stream.read(&mut self.buffer) => Some(read),
            () = self.connection.ended() => None,
        };
        let read = match read {
            Some(read) => read,
            None => self.stream.read(&mut self.buffer).now_or_never().ok_or_else(|| cause(&self.facts))?,
        };
        match read {
            Ok(0) if self.facts.is_reset() || !self.facts.is_half_closed() => Err(cause(&self.facts)),
            Ok(count) => {
                (self.from, self.until) = (0, count);
                Ok(count > 0)
            }
            Err(_) => Err(cause(&self.facts)),
        }
    }

    /// So many bytes; fails if the stream ends before.
    pub async fn read_exactly<const COUNT: usize>(&mut self) -> Result<[u8; COUNT], Failure> {
        let mut bytes = [0; COUNT];
        self.read_into(&mut bytes).await?;
        Ok(bytes)
    }

    pub async fn read_into(&mut self, bytes: &mut [u8]) -> Result<(), Failure> {
        let mut have = 0;
        while have < bytes.len() {
            if self.from == self.until && !self.fill().await? {
                return Err(Failure::error(format!(
                    "the remote closed its side after {have} of {} bytes",
                    bytes.len()
                )));
            }
            let take = (bytes.len() - have).min(self.until - self.from);
            bytes[have..have + take].copy_from_slice(&self.buffer[self.from..self.from + take]);
            self.from += take;
            have += take;
        }
        Ok(())
    }

    /// Reads to the half-close; how many bytes there were.
    pub async fn drain(&mut self, mut on_chunk: impl FnMut(&[u8])) -> Result<u64, Failure> {
        let mut total = 0;
        while let Some(chunk) = self.read().await? {
            total += chunk.len() as u64;
            on_chunk(chunk);
        }
        Ok(total)
    }

    /// Reads to the half-close; how many bytes there were, and their SHA-256.
    pub async fn digest(&mut self) -> Result<(u64, [u8; 32]), Failure> {
        let mut hash = Sha256::new();
        let total = self.drain(|chunk| hash.update(chunk)).await?;
        Ok((total, hash.finalize().into()))
    }

    /// Reads nothing until `release` is done; fails if the stream ends before.
    pub async fn hold(&self, release: impl Future<Output = ()>) -> Result<(), Failure> {
        tokio::select! {
            () = release => Ok(()),
            () = poll_fn(|cx| self.facts.poll_reset(cx)) => Err(Failure::reset()),
            () = self.connection.ended() => Err(cause(&self.facts)),
        }
    }
}

pub struct Writer {
    stream: WriteHalf<libp2p::Stream>,
    facts: Arc<Facts>,
    connection: Arc<Connection>,
    _open: Arc<OpenStream>,
}

impl Writer {
    /// Hands bytes over to yamux, waiting for room; fails on a reset and on a lost connection.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        let written = tokio::select! {
            biased;
            written = self.stream.write_all(bytes) => written.is_ok(),
            // As for readers.
            () = self.connection.ended() => false,
        };
        if written { Ok(()) } else { Err(cause(&self.facts)) }
    }

    /// Half-closes behind what was written.
    pub async fn finish(&mut self) -> Result<(), Failure> {
        self.stream.close().await.map_err(|_| cause(&self.facts))?;
        // yamux takes the half-close of a stream that was reset for done.
        if self.facts.is_reset() { Err(Failure::reset()) } else { Ok(()) }
    }

    /// Writes everything and half-closes; the SHA-256 of it as hex.
    pub async fn send(&mut self, mut payload: Payload) -> Result<String, Failure> {
        let mut hash = Sha256::new();
        while let Some(chunk) = payload.next() {
            hash.update(chunk);
            self.write(chunk).await?;
        }
        self.finish().await?;
        Ok(hex(&hash.finalize()))
    }

    /// Writes everything and half-closes.
    pub async fn send_unhashed(&mut self, mut payload: Payload) -> Result<(), Failure> {
        while let Some(chunk) = payload.next() {
            self.write(chunk).await?;
        }
        self.finish().await
    }
}
