//! Starts a peer as a child process and speaks its line protocol.

use std::collections::HashMap;
use std::fmt;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// How long anything may take; a loaded machine is slow.
const DEADLINE: Duration = Duration::from_secs(240);

pub struct Peer {
    pub id: String,
    pub addr: String,
    child: Mutex<Child>,
    requests: Mutex<Option<ChildStdin>>,
    next: AtomicU64,
    heard: Arc<Heard>,
}

/// What the peer has said, and who waits for more.
#[derive(Default)]
struct Heard {
    said: Mutex<Said>,
    more: Condvar,
}

#[derive(Default)]
struct Said {
    events: Vec<Value>,
    answers: HashMap<u64, Value>,
    over: bool,
}

/// A request failed.
#[derive(Debug)]
pub struct Failed {
    pub name: String,
    pub message: String,
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name, self.message)
    }
}

/// A request that is under way.
pub struct Asked<'a> {
    peer: &'a Peer,
    id: u64,
    op: String,
}

impl Peer {
    /// Starts a rust peer on a free port of the loopback.
    pub fn start(args: &[&str]) -> Self {
        Self::command(Command::new(env!("CARGO_BIN_EXE_dunlin-rust-peer")).args(args))
    }

    /// Starts one that cannot start; the event that tells why, and how it ended.
    #[allow(dead_code)]
    pub fn failing(args: &[&str]) -> (Value, ExitStatus) {
        let peer = Self::spawn(Command::new(env!("CARGO_BIN_EXE_dunlin-rust-peer")).args(args).stderr(Stdio::null()));
        let failed = peer.event(|event| is(event, "failed"));
        (failed, peer.ended())
    }

    /// Starts a js peer.
    #[allow(dead_code)] // Not every test needs one.
    pub fn start_js(folder: &Path, args: &[&str]) -> Self {
        Self::command(Command::new("node").arg("peer.mjs").args(args).current_dir(folder))
    }

    fn command(command: &mut Command) -> Self {
        let mut peer = Self::spawn(command);
        let listening = peer.event(|event| is(event, "listening") || is(event, "failed"));
        assert!(is(&listening, "listening"), "{listening}");
        peer.id = text(&listening["peerId"]);
        peer.addr = text(&listening["addrs"][0]);
        peer
    }

    fn spawn(command: &mut Command) -> Self {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the peer starts");
        let requests = child.stdin.take().expect("stdin is piped");
        let output = child.stdout.take().expect("stdout is piped");
        let heard = Arc::new(Heard::default());
        let hearing = heard.clone();
        thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                hearing.hear(serde_json::from_str(&line).expect("every line is JSON"));
            }
            hearing.lock().over = true;
            hearing.more.notify_all();
        });
        Self {
            id: String::new(),
            addr: String::new(),
            child: Mutex::new(child),
            requests: Mutex::new(Some(requests)),
            next: AtomicU64::new(1),
            heard,
        }
    }

    pub fn asking(&self, op: &str, mut args: Value) -> Asked<'_> {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        args["id"] = id.into();
        args["op"] = op.into();
        if args.get("timeoutMs").is_none() {
            args["timeoutMs"] = u64::try_from(DEADLINE.as_millis()).expect("a short time").into();
        }
        if let Some(requests) = lock(&self.requests).as_mut() {
            // A request to a peer that was killed fails by its end, not by the broken pipe.
            let _ = requests.write_all(format!("{args}\n").as_bytes());
        }
        Asked { peer: self, id, op: op.to_owned() }
    }

    /// Asks and waits for the result.
    pub fn ask(&self, op: &str, args: Value) -> Value {
        self.asking(op, args).result()
    }

    /// Asks and waits for the failure.
    pub fn refused(&self, op: &str, args: Value) -> Failed {
        match self.asking(op, args).outcome() {
            Err(failed) => failed,
            Ok(result) => panic!("{op} should have failed, but gave {result}"),
        }
    }

    /// The first event, past or to come, that is as wished.
    pub fn event(&self, wished: impl Fn(&Value) -> bool) -> Value {
        self.nth_event(1, wished)
    }

    /// The n-th event that is as wished, counted from 1.
    pub fn nth_event(&self, n: usize, wished: impl Fn(&Value) -> bool) -> Value {
        self.heard.wait("an event", |said| said.events.iter().filter(|event| wished(event)).nth(n - 1).cloned())
    }

    pub fn events(&self) -> Vec<Value> {
        self.heard.lock().events.clone()
    }

    /// Asks for a clean stop, and waits for the end.
    pub fn stop(&self) -> ExitStatus {
        self.ask("stop", json!({}));
        self.ended()
    }

    pub fn kill(&self) -> ExitStatus {
        lock(&self.child).kill().expect("the peer can be killed");
        self.ended()
    }

    /// Closes its standard input and waits for the end.
    #[allow(dead_code)]
    pub fn close_input(&self) -> ExitStatus {
        lock(&self.requests).take();
        self.ended()
    }

    /// Sends it SIGTERM and waits for the end.
    #[allow(dead_code)]
    pub fn terminate(&self) -> ExitStatus {
        let pid = lock(&self.child).id().to_string();
        let sent = Command::new("kill").args(["-TERM", &pid]).status().expect("kill runs");
        assert!(sent.success());
        self.ended()
    }

    /// Waits for the end of the process.
    pub fn ended(&self) -> ExitStatus {
        self.heard.wait("the end", |said| said.over.then_some(()));
        lock(&self.child).wait().expect("the peer has ended")
    }
}

/// A peer of a test that failed does not outlive it.
impl Drop for Peer {
    fn drop(&mut self) {
        let child = self.child.get_mut().unwrap_or_else(PoisonError::into_inner);
        if matches!(child.try_wait(), Ok(None)) {
            let _ = child.kill().and_then(|()| child.wait());
        }
    }
}

impl Asked<'_> {
    pub fn outcome(self) -> Result<Value, Failed> {
        let answer = self.peer.heard.wait(&self.op, |said| match said.answers.remove(&self.id) {
            None if said.over => Some(json!({ "error": { "name": "Error", "message": "the peer has exited" } })),
            answer => answer,
        });
        if answer["ok"] == true {
            return Ok(answer["result"].clone());
        }
        Err(Failed { name: text(&answer["error"]["name"]), message: text(&answer["error"]["message"]) })
    }

    pub fn result(self) -> Value {
        let op = self.op.clone();
        self.outcome().unwrap_or_else(|failed| panic!("{op}: {failed}"))
    }
}

impl Heard {
    fn lock(&self) -> MutexGuard<'_, Said> {
        lock(&self.said)
    }

    fn hear(&self, message: Value) {
        {
            let mut said = self.lock();
            if message.get("event").is_some() {
                said.events.push(message);
            } else {
                let id = message["id"].as_u64().expect("an answer has the id of its request");
                said.answers.insert(id, message);
            }
        }
        self.more.notify_all();
    }

    fn wait<T>(&self, what: &str, mut found: impl FnMut(&mut Said) -> Option<T>) -> T {
        let end = Instant::now() + DEADLINE;
        let mut said = self.lock();
        loop {
            if let Some(found) = found(&mut said) {
                return found;
            }
            let left = end.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "{what} took more than {DEADLINE:?}; events: {:?}", said.events);
            said = self.more.wait_timeout(said, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

pub fn is(event: &Value, name: &str) -> bool {
    event["event"] == name
}

pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
