//! The protocols that the peer serves beside identify and ping. README.md says what each does on the wire.

use std::sync::Arc;

use libp2p::Stream;
use serde_json::json;
use tokio::sync::oneshot;

use crate::bytes::{Payload, hex, read_u64};
use crate::connection::Connection;
use crate::events::emit;
use crate::failure::Failure;
use crate::node::Node;
use crate::wire::{self, Reader, Writer};

pub const ECHO: &str = "/dunlin/echo/1.0.0";
pub const SINK: &str = "/dunlin/sink/1.0.0";
pub const SOURCE: &str = "/dunlin/source/1.0.0";
pub const STALL: &str = "/dunlin/stall/1.0.0";
pub const RESET: &str = "/dunlin/reset/1.0.0";
pub const HALF_CLOSE: &str = "/dunlin/half-close/1.0.0";
pub const PERF: &str = "/perf/1.0.0";

/// What is served from the start; requests add and remove echoes under other names.
pub const ALL: [&str; 7] = [ECHO, SINK, SOURCE, STALL, RESET, HALF_CLOSE, PERF];

/// Serves one stream, in a task of its own.
pub fn serve(node: &Arc<Node>, connection: &Arc<Connection>, stream: Stream, protocol: &str) {
    let (reader, writer) = wire::split(stream, protocol, false, connection);
    let mut call =
        Call { node: node.clone(), peer: connection.peer.to_string(), protocol: protocol.to_owned(), reader, writer };
    tokio::spawn(async move {
        if let Err(failure) = call.serve().await {
            emit(&json!({
                "event": if call.reader.is_reset() { "stream-reset" } else { "stream-failed" },
                "peer": call.peer,
                "protocol": call.protocol,
                "received": call.reader.received(),
                "message": failure.message,
            }));
        }
    });
}

struct Call {
    node: Arc<Node>,
    peer: String,
    protocol: String,
    reader: Reader,
    writer: Writer,
}

impl Call {
    async fn serve(&mut self) -> Result<(), Failure> {
        match self.protocol.as_str() {
            SINK => self.sink().await,
            SOURCE => self.answer(Payload::pattern).await,
            STALL => self.stall().await,
            RESET => self.reset().await,
            HALF_CLOSE => self.half_close().await,
            PERF => self.answer(Payload::zeroes).await,
            _ => self.echo().await,
        }
    }

    async fn echo(&mut self) -> Result<(), Failure> {
        while let Some(chunk) = self.reader.read().await? {
            self.writer.write(chunk).await?;
        }
        self.writer.finish().await
    }

    async fn sink(&mut self) -> Result<(), Failure> {
        let sha256 = self.digest().await?;
        self.writer.write(&sha256).await?;
        self.writer.finish().await
    }

    async fn digest(&mut self) -> Result<[u8; 32], Failure> {
        let (bytes, sha256) = self.reader.digest().await?;
        emit(&json!({
            "event": "received",
            "peer": self.peer,
            "protocol": self.protocol,
            "bytes": bytes,
            "sha256": hex(&sha256),
        }));
        Ok(sha256)
    }

    async fn stall(&mut self) -> Result<(), Failure> {
        let (release, released) = oneshot::channel();
        self.node.hold(release);
        self.reader.hold(async move { released.await.unwrap_or_default() }).await?;
        self.sink().await
    }

    async fn answer(&mut self, payload: fn(u64) -> Payload) -> Result<(), Failure> {
        let count = read_u64(self.reader.read_exactly().await?)?;
        self.reader.drain(|_| {}).await?;
        self.writer.send_unhashed(payload(count)).await
    }

    async fn half_close(&mut self) -> Result<(), Failure> {
        self.writer.write(b"hello").await?;
        self.writer.finish().await?;
        self.digest().await.map(|_| ())
    }

    /// Both halves are dropped at the end, unfinished: that resets the stream.
    async fn reset(&mut self) -> Result<(), Failure> {
        let after = read_u64(self.reader.read_exactly().await?)?;
        let mut received = 0;
        while received < after {
            match self.reader.read().await? {
                Some(chunk) => received += chunk.len() as u64,
                None => {
                    return Err(Failure::error(format!(
                        "the remote closed its side after {received} of {after} bytes"
                    )));
                }
            }
        }
        Ok(())
    }
}
