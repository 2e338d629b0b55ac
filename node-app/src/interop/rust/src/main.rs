//! A rust-libp2p peer under the control of its parent process: JSON requests on stdin, answers and events on stdout,
//! one a line. README.md documents them.

mod bytes;
mod connection;
mod events;
mod failure;
mod identify;
mod kad;
mod keys;
mod muxer;
mod node;
mod options;
mod protocols;
mod quiet;
mod requests;
mod socket;
mod wire;

use std::io::{BufRead, BufReader, Read};
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{Semaphore, mpsc};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::prelude::*;

use crate::events::emit;
use crate::failure::Failure;
use crate::node::Node;
use crate::options::Options;

/// How many requests may run at once; more are read when one has ended.
const REQUESTS: usize = 10_000;

/// The longest line that is read.
const LINE_BYTES: u64 = 1 << 20;

const TIMEOUT_MS: u64 = 60_000;

#[tokio::main]
async fn main() {
    std::panic::set_hook(Box::new(|info| {
        emit(&json!({ "event": "unhandled", "error": { "name": "Panic", "message": info.to_string() } }));
        eprintln!("{info}");
    }));
    log();
    match run().await {
        Ok(()) => {
            emit(&json!({ "event": "stopped" }));
            std::process::exit(0);
        }
        Err(failure) => {
            emit(&json!({ "event": "failed", "error": failure.to_json() }));
            eprintln!("{failure}");
            std::process::exit(1);
        }
    }
}

/// What rust-libp2p logs goes to standard error, if `RUST_LOG` asks for it.
fn log() {
    let wanted = std::env::var("RUST_LOG").ok().and_then(|text| text.parse::<Targets>().ok());
    if let Some(wanted) = wanted {
        let to_stderr = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(false);
        tracing_subscriber::registry().with(to_stderr.with_filter(wanted)).init();
    }
}

/// The version of the crate `libp2p` that this program is locked to; empty if the lock file does not say.
fn libp2p_version() -> &'static str {
    let lock = include_str!("../Cargo.lock");
    let package = lock.split("[[package]]").find(|text| text.contains("\nname = \"libp2p\"\n")).unwrap_or("");
    package.split("version = \"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or("")
}

async fn run() -> Result<(), Failure> {
    let options = Options::parse(std::env::args().skip(1))?;
    let key = match &options.private_key {
        Some(hex) => keys::from_hex(hex)?,
        None => keys::generate(&options.key, options.rsa_bits)?,
    };
    let (node, running) = node::start(key, &options).await?;
    let mut lines = read_lines();
    let failed = |e: std::io::Error| Failure::error(e.to_string());
    let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
    let (id, addrs) = (node.id().to_string(), node.addrs());
    emit(&json!({ "event": "listening", "peerId": id, "addrs": addrs, "libp2p": libp2p_version() }));

    let stopper = node.clone();
    tokio::spawn(async move {
        tokio::select! {
            () = answer_all(&stopper, &mut lines) => {}
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        stopper.stop().await;
    });
    running.run().await;
    Ok(())
}

/// The lines of standard input, read by a thread of their own. The channel closes at the end.
fn read_lines() -> mpsc::Receiver<Result<String, Failure>> {
    let (lines, to_answer) = mpsc::channel(1);
    std::thread::spawn(move || {
        let mut input = BufReader::new(std::io::stdin());
        loop {
            let mut line = Vec::new();
            match input.by_ref().take(LINE_BYTES).read_until(b'\n', &mut line) {
                Ok(0) | Err(_) => return,
                Ok(_) => {}
            }
            let whole = line.last() == Some(&b'\n') || (line.len() as u64) < LINE_BYTES;
            let text = if whole {
                String::from_utf8(line).map_err(|e| Failure::error(e.to_string()))
            } else {
                Err(Failure::error("a line of more than 1 MiB"))
            };
            // What follows a line without an end cannot be understood.
            if lines.blocking_send(text).is_err() || !whole {
                return;
            }
        }
    });
    to_answer
}

/// Answers requests until standard input ends or one asks to stop.
async fn answer_all(node: &Arc<Node>, lines: &mut mpsc::Receiver<Result<String, Failure>>) {
    let permits = Arc::new(Semaphore::new(REQUESTS));
    while let Some(line) = lines.recv().await {
        let parsed = line.and_then(|line| {
            serde_json::from_str::<Value>(&line).map_err(|e| Failure::new("SyntaxError", e.to_string()))
        });
        let request = match parsed {
            Ok(request) => request,
            Err(failure) => {
                answer(&Value::Null, Err(failure));
                continue;
            }
        };
        let id = request.get("id").cloned().unwrap_or_default();
        if request.get("op").and_then(Value::as_str) == Some("stop") {
            answer(&id, Ok(json!({})));
            return;
        }
        let Ok(permit) = permits.clone().acquire_owned().await else { return };
        let node = node.clone();
        tokio::spawn(async move {
            let timeout = request.get("timeoutMs").and_then(Value::as_u64).unwrap_or(TIMEOUT_MS);
            let running = requests::run(&node, &request);
            let result = tokio::time::timeout(Duration::from_millis(timeout), running).await;
            answer(&id, result.unwrap_or_else(|_| Err(Failure::timeout())));
            drop(permit);
        });
    }
}

fn answer(id: &Value, result: Result<Value, Failure>) {
    emit(&match result {
        Ok(result) => json!({ "id": id, "ok": true, "result": result }),
        Err(failure) => json!({ "id": id, "ok": false, "error": failure.to_json() }),
    });
}
