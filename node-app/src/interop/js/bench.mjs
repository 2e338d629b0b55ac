// js to js figures over loopback, one process a peer, printed as one JSON line: /perf/1.0.0 each way and connect times.
// Usage: node bench.mjs [--mib 256] [--runs 5] [--connects 100]
import './polyfill.mjs'
import { parseArgs } from 'node:util'
import { Peer } from './control.mjs'

const { values } = parseArgs({
  options: {
    mib: { type: 'string', default: '256' },
    runs: { type: 'string', default: '5' },
    connects: { type: 'string', default: '100' }
  }
})
const [mib, runs, connects] = [values.mib, values.runs, values.connects].map(Number)
if (![mib, runs, connects].every(n => Number.isSafeInteger(n) && n > 0)) {
  console.error('--mib, --runs and --connects take whole numbers of at least 1')
  process.exit(2)
}

const bytes = mib * (1 << 20)
const spread = list => {
  const sorted = list.toSorted((x, y) => x - y)
  return { median: sorted[sorted.length >> 1], min: sorted[0], max: sorted.at(-1) }
}

const dialler = await Peer.start()
const listener = await Peer.start()
const peer = listener.addr
// One run unmeasured: it warms both processes up and lets the stream windows grow.
await dialler.ask('perf', { peer, upload: bytes, download: bytes, timeoutMs: 600_000 })
const uploads = []
const downloads = []
for (let i = 0; i < runs; i++) {
  uploads.push((await dialler.ask('perf', { peer, upload: bytes, timeoutMs: 600_000 })).uploadMiBps)
  downloads.push((await dialler.ask('perf', { peer, download: bytes, timeoutMs: 600_000 })).downloadMiBps)
}
await dialler.ask('hangup', { peer: listener.id })
const connect = await dialler.ask('connectTimes', { addr: peer, count: connects, timeoutMs: 600_000 })
await Promise.all([dialler.stop(), listener.stop()])

console.log(JSON.stringify({
  bench: 'js-js',
  node: process.version,
  mib,
  runs,
  uploadMiBps: spread(uploads),
  downloadMiBps: spread(downloads),
  connects,
  connectMs: { median: connect.medianMs, min: connect.minMs, max: connect.maxMs }
}))
