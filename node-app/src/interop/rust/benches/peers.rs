//! rust to rust figures over loopback, one process a peer, printed as one JSON line: /perf/1.0.0 each way and connect times.
//! Usage: cargo bench --locked [-- --mib 256 --runs 5 --connects 100]

#[path = "../tests/common/control.rs"]
mod control;

use control::Peer;
use serde_json::{Value, json};

fn main() {
    let (mut mib, mut runs, mut connects) = (256, 5, 100);
    // Cargo adds --bench.
    let mut args = std::env::args().skip(1).filter(|arg| arg != "--bench");
    while let Some(name) = args.next() {
        let value = args.next().and_then(|value| value.parse::<u64>().ok()).filter(|value| *value > 0);
        let place = match name.as_str() {
            "--mib" => &mut mib,
            "--runs" => &mut runs,
            "--connects" => &mut connects,
            _ => usage(),
        };
        *place = value.unwrap_or_else(|| usage());
    }

    let (dialler, listener) = (Peer::start(&[]), Peer::start(&[]));
    let bytes = mib << 20;
    let perf = |args: Value| dialler.ask("perf", args);
    // One run unmeasured: it warms both processes up and lets the stream windows grow.
    perf(json!({ "peer": listener.addr, "upload": bytes, "download": bytes }));
    let mut uploads = Vec::new();
    let mut downloads = Vec::new();
    for _ in 0..runs {
        uploads.push(perf(json!({ "peer": listener.addr, "upload": bytes }))["uploadMiBps"].as_f64());
        downloads.push(perf(json!({ "peer": listener.addr, "download": bytes }))["downloadMiBps"].as_f64());
    }
    dialler.ask("hangup", json!({ "peer": listener.id }));
    let connect = dialler.ask("connectTimes", json!({ "addr": listener.addr, "count": connects }));
    for peer in [&dialler, &listener] {
        peer.stop();
    }

    let line = json!({
        "bench": "rust-rust",
        "libp2p": libp2p_version(),
        "mib": mib,
        "runs": runs,
        "uploadMiBps": spread(uploads),
        "downloadMiBps": spread(downloads),
        "connects": connects,
        "connectMs": { "median": connect["medianMs"], "min": connect["minMs"], "max": connect["maxMs"] },
    });
    println!("{line}");
}

fn usage() -> ! {
    eprintln!("--mib, --runs and --connects take whole numbers of at least 1");
    std::process::exit(2);
}

fn spread(figures: Vec<Option<f64>>) -> Value {
    let mut figures: Vec<f64> = figures.into_iter().flatten().collect();
    figures.sort_by(f64::total_cmp);
    json!({ "median": figures.get(figures.len() / 2), "min": figures.first(), "max": figures.last() })
}

/// As the lock file has it.
fn libp2p_version() -> Option<&'static str> {
    let (_, after) = include_str!("../Cargo.lock").split_once("name = \"libp2p\"\nversion = \"")?;
    after.split('"').next()
}
