//! Why a request or a stream failed: a name that tests can tell apart, and a sentence.

use std::fmt;

use libp2p::swarm::{DialError, StreamUpgradeError};
use serde_json::{Value, json};

#[derive(Debug, Clone)]
pub struct Failure {
    pub name: &'static str,
    pub message: String,
}

impl Failure {
    pub fn new(name: &'static str, message: impl Into<String>) -> Self {
        Self { name, message: message.into() }
    }

    pub fn error(message: impl Into<String>) -> Self {
        Self::new("Error", message)
    }

    pub fn timeout() -> Self {
        Self::new("TimeoutError", "the operation took longer than its timeout")
    }

    pub fn reset() -> Self {
        Self::new("StreamResetError", "the remote reset the stream")
    }

    pub fn lost() -> Self {
        Self::new(
            "ConnectionClosedError",
            "the stream ended before the remote closed its side (the connection is closed)",
        )
    }

    /// Why no stream of this protocol came about.
    pub fn of_open<E: std::error::Error>(protocol: &str, error: StreamUpgradeError<E>) -> Self {
        match error {
            StreamUpgradeError::Timeout => Self::timeout(),
            StreamUpgradeError::NegotiationFailed => {
                Self::new("UnsupportedProtocolError", format!("the remote does not speak {protocol}"))
            }
            StreamUpgradeError::Io(e) => {
                Self::error(format!("the stream ended while {protocol} was being negotiated: {e}"))
            }
            StreamUpgradeError::Apply(e) => Self::error(e.to_string()),
        }
    }

    pub fn to_json(&self) -> Value {
        json!({ "name": self.name, "message": self.message })
    }
}

impl From<&DialError> for Failure {
    fn from(error: &DialError) -> Self {
        let name = match error {
            DialError::LocalPeerId { .. } => "InvalidPeerIdError",
            DialError::WrongPeerId { .. } => "UnexpectedPeerError",
            _ => "DialError",
        };
        Self::new(name, error.to_string())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name, self.message)
    }
}

impl std::error::Error for Failure {}
