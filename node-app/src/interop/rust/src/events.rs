//! The lines on standard output: answers and events, one JSON object each.

use std::io::Write;

use serde_json::Value;

/// Writes one line. A parent that reads no more is gone, or will be told so by the end of standard input.
pub fn emit(message: &Value) {
    let mut line = message.to_string();
    line.push('\n');
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(line.as_bytes()).and_then(|()| out.flush());
}
