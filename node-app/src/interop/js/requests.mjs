// The requests of the line protocol. Each takes the context, its arguments and a deadline signal and returns a plain object.
import { createHash } from 'node:crypto'
import { performance } from 'node:perf_hooks'
import { publicKeyToProtobuf } from '@libp2p/crypto/keys'
import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { bootstrapRequests } from './bootstrap.mjs'
import { patternSha256, randomChunks, u64, zeroChunks } from './bytes.mjs'
import { kadRequests } from './kad.mjs'
import { connection, withStream, writeAll } from './open.mjs'
import { ECHO, HALF_CLOSE, PERF, RESET, serveEcho, SINK, SOURCE } from './protocols.mjs'
import { finish, hashChunk, write } from './stream-io.mjs'

const PING = '/ipfs/ping/1.0.0'
const PING_BYTES = 32

const hex = bytes => Buffer.from(bytes).toString('hex')
const millis = since => performance.now() - since

function count (value, name, fallback) {
  const number = value ?? fallback
  if (!Number.isSafeInteger(number) || number < 0) {
    throw new Error(`"${name}" must be a whole number of at least 0, not ${JSON.stringify(number)}`)
  }
  return number
}

function describe ({ earlyMuxer }, conn) {
  return {
    peer: conn.remotePeer.toString(),
    connection: conn.id,
    remoteAddr: conn.remoteAddr.toString(),
    direction: conn.direction,
    status: conn.status,
    encryption: conn.encryption,
    muxer: conn.multiplexer,
    earlyMuxer: earlyMuxer(conn),
    streams: conn.streams.map(s => ({
      id: s.id, protocol: s.protocol, direction: s.direction, status: s.status, buffered: s.readBufferLength
    }))
  }
}

/** What the node knows of a peer: its store entry, and the newest value of each identify or push field. */
async function knownOf ({ node, identified, pushes }, peer) {
  const entry = await node.peerStore.get(peerIdFromString(peer))
  const last = identified.get(peer)
  const text = name => entry.metadata.has(name) ? Buffer.from(entry.metadata.get(name)).toString() : null
  const key = entry.id.publicKey ?? last?.connection.remotePeer.publicKey
  return {
    peer,
    keyType: entry.id.type,
    publicKey: key == null ? null : hex(publicKeyToProtobuf(key)),
    agentVersion: text('AgentVersion'),
    protocolVersion: text('ProtocolVersion'),
    protocols: [...entry.protocols].sort(),
    addresses: entry.addresses.map(a => ({ addr: a.multiaddr.toString(), certified: a.isCertified })),
    hasSignedRecord: entry.peerRecordEnvelope != null,
    pushes: pushes.get(peer) ?? 0,
    last: last == null
      ? null
      : {
          protocols: [...last.protocols ?? []].sort(),
          listenAddrs: (last.listenAddrs ?? []).map(String),
          observedAddr: last.observedAddr?.toString() ?? null,
          agentVersion: last.agentVersion ?? null,
          protocolVersion: last.protocolVersion ?? null,
          publicKey: last.publicKey == null ? null : hex(last.publicKey),
          signedRecord: last.signedPeerRecord == null
            ? null
            : { seq: String(last.signedPeerRecord.seq), addrs: last.signedPeerRecord.addresses.map(String) }
        }
  }
}

/** One echo: random bytes out, half-close, the same bytes back. Throws when they differ. */
async function echoOnce (stream, reader, bytes, signal) {
  const sent = createHash('sha256')
  const got = createHash('sha256')
  const [, received] = await Promise.all([
    writeAll(stream, randomChunks(bytes, sent), signal),
    reader.drain(chunk => hashChunk(got, chunk))
  ])
  if (received !== bytes || sent.digest('hex') !== got.digest('hex')) {
    throw new Error(`echo differs: sent ${bytes} bytes, got ${received}`)
  }
}

export const requests = {
  async info ({ node, agent }) {
    return {
      peerId: node.peerId.toString(),
      keyType: node.peerId.type,
      publicKey: hex(publicKeyToProtobuf(node.peerId.publicKey)),
      addrs: node.getMultiaddrs().map(String),
      agent,
      protocols: node.getProtocols()
    }
  },

  async dial (context, { addr, force = false }, signal) {
    const start = performance.now()
    const conn = await context.node.dial(multiaddr(addr), { signal, force })
    return { ...describe(context, conn), ms: millis(start) }
  },

  async ping (context, args, signal) {
    const balls = count(args.count, 'count', 1)
    const conn = await connection(context, args.peer, signal)
    return withStream(conn, PING, signal, async (stream, reader) => {
      const rtts = []
      for (let i = 0; i < balls; i++) {
        const [ball] = randomChunks(PING_BYTES)
        const start = performance.now()
        await write(stream, ball)
        if (!ball.equals(await reader.readExactly(PING_BYTES))) {
          throw new Error(`answer ${i} differs from what was sent`)
        }
        rtts.push(millis(start))
      }
      await finish(stream, signal)
      await reader.drain()
      return { rtts }
    })
  },

  async identify (context, { peer, fresh = false }, signal) {
    const conn = await connection(context, peer, signal)
    const id = conn.remotePeer.toString()
    if (fresh) {
      await context.node.services.identify.identify(conn, { signal })
    } else {
      await context.until(() => context.identified.has(id), signal)
    }
    return knownOf(context, id)
  },

  async waitPush (context, { peer, count: wanted = 1, present, absent }, signal) {
    await context.until(() => {
      const protocols = context.identified.get(peer)?.protocols ?? []
      return (context.pushes.get(peer) ?? 0) >= wanted &&
        (present == null || protocols.includes(present)) && (absent == null || !protocols.includes(absent))
    }, signal)
    return knownOf(context, peer)
  },

  async handle ({ node, emit }, { protocol }) {
    await serveEcho(node, emit, protocol)
    return { protocols: node.getProtocols() }
  },

  async unhandle ({ node }, { protocol }) {
    await node.unhandle(protocol)
    return { protocols: node.getProtocols() }
  },

  async push ({ node }) {
    await node.services.identifyPush.push()
    return {}
  },

  async echo (context, args, signal) {
    const wanted = count(args.streams, 'streams', 1)
    const bytes = count(args.bytes, 'bytes', 1024)
    const conn = await connection(context, args.peer, signal)
    const opened = performance.now()
    let waiting = wanted
    const allOpen = Promise.withResolvers()
    const arrived = () => { if (--waiting <= 0) allOpen.resolve(millis(opened)) }
    const results = await Promise.allSettled(Array.from({ length: wanted }, async () => {
      let open = false
      try {
        await withStream(conn, args.protocol ?? ECHO, signal, async (stream, reader) => {
          open = true
          arrived()
          // All streams are open before the first byte is sent, so they really are open at once.
          await allOpen.promise
          await echoOnce(stream, reader, bytes, signal)
        })
      } finally {
        if (!open) arrived()
      }
    }))
    const errors = results.filter(r => r.status === 'rejected').map(r => r.reason.message)
    return {
      streams: wanted,
      ok: wanted - errors.length,
      failed: errors.length,
      bytesEach: bytes,
      openMs: wanted === 0 ? 0 : await allOpen.promise,
      ms: millis(opened),
      errors: [...new Set(errors)].slice(0, 5)
    }
  },

  async sink (context, args, signal) {
    const bytes = count(args.bytes, 'bytes')
    const conn = await connection(context, args.peer, signal)
    return withStream(conn, args.protocol ?? SINK, signal, async (stream, reader) => {
      const start = performance.now()
      const sent = createHash('sha256')
      await writeAll(stream, randomChunks(bytes, sent), signal)
      const answer = await reader.readExactly(32)
      await reader.drain()
      const sha256 = sent.digest('hex')
      return { bytes, sha256, remoteSha256: hex(answer), match: sha256 === hex(answer), ms: millis(start) }
    })
  },

  async source (context, args, signal) {
    const bytes = count(args.bytes, 'bytes')
    const conn = await connection(context, args.peer, signal)
    return withStream(conn, SOURCE, signal, async (stream, reader) => {
      const start = performance.now()
      const hash = createHash('sha256')
      await writeAll(stream, [u64(bytes)], signal)
      const received = await reader.drain(chunk => hashChunk(hash, chunk))
      const ms = millis(start)
      const sha256 = hash.digest('hex')
      return { bytes: received, sha256, match: received === bytes && sha256 === patternSha256(bytes), ms }
    })
  },

  async reset (context, args, signal) {
    const bytes = count(args.bytes, 'bytes', 1024)
    const conn = await connection(context, args.peer, signal)
    return withStream(conn, args.protocol ?? ECHO, signal, async (stream, reader) => {
      for (const chunk of randomChunks(bytes)) {
        await write(stream, chunk)
        await reader.readExactly(chunk.byteLength)
      }
      stream.abort(new Error('reset as asked for'))
      return { sent: bytes, received: reader.received }
    })
  },

  async awaitReset (context, args, signal) {
    const after = count(args.bytes, 'bytes', 1024)
    const conn = await connection(context, args.peer, signal)
    return withStream(conn, RESET, signal, async (stream, reader) => {
      let sent = 0
      const ended = reader.drain().then(() => { throw new Error('the remote closed its side, a reset was expected') })
      const sending = (async () => {
        await write(stream, u64(after))
        while (true) {
          const [chunk] = randomChunks(4096)
          await write(stream, chunk)
          sent += chunk.byteLength
          // Let received frames in between two writes, or the reset would be seen only when the window is full.
          await new Promise(resolve => setImmediate(resolve))
        }
      })()
      try {
        await Promise.race([ended, sending])
      } catch (error) {
        await Promise.allSettled([ended, sending])
        if (stream.status !== 'reset') {
          throw error
        }
      }
      return { reset: true, sent }
    })
  },

  async halfClose (context, args, signal) {
    const bytes = count(args.bytes, 'bytes', 1024)
    const conn = await connection(context, args.peer, signal)
    return withStream(conn, HALF_CLOSE, signal, async (stream, reader) => {
      const greeting = []
      await reader.drain(chunk => greeting.push(chunk.subarray()))
      // The remote has closed its side: ours must still carry data.
      const sent = createHash('sha256')
      await writeAll(stream, randomChunks(bytes, sent), signal)
      return { greeting: Buffer.concat(greeting).toString(), bytes, sha256: sent.digest('hex') }
    })
  },

  async release ({ held }) {
    const readers = [...held]
    readers.forEach(reader => reader.release())
    return { released: readers.length }
  },

  async perf (context, args, signal) {
    const upload = count(args.upload, 'upload', 0)
    const download = count(args.download, 'download', 0)
    const conn = await connection(context, args.peer, signal)
    return withStream(conn, PERF, signal, async (stream, reader) => {
      const start = performance.now()
      let firstByte
      const reading = reader.drain(() => { firstByte ??= performance.now() })
      await write(stream, u64(download))
      await writeAll(stream, zeroChunks(upload), signal)
      const received = await reading
      const end = performance.now()
      if (received !== download) {
        throw new Error(`asked for ${download} bytes, got ${received}`)
      }
      // The server answers, or closes, only after it has read everything: that moment ends the upload.
      const answered = upload === 0 ? start : firstByte ?? end
      const rate = (bytes, ms) => bytes === 0 ? null : bytes / (1 << 20) / (ms / 1000)
      return {
        upload,
        download,
        uploadMs: answered - start,
        downloadMs: end - answered,
        uploadMiBps: rate(upload, answered - start),
        downloadMiBps: rate(download, end - answered)
      }
    })
  },

  async connectTimes (context, args, signal) {
    const rounds = count(args.count, 'count', 20)
    const times = []
    for (let i = 0; i < rounds; i++) {
      const start = performance.now()
      const conn = await context.node.dial(multiaddr(args.addr), { signal, force: true })
      times.push(millis(start))
      await conn.close({ signal })
      await context.until(() => conn.status === 'closed' || conn.status === 'aborted', signal)
    }
    times.sort((a, b) => a - b)
    return { count: rounds, medianMs: times[rounds >> 1] ?? null, minMs: times[0] ?? null, maxMs: times.at(-1) ?? null }
  },

  async hangup ({ node }, { peer, abort = false }, signal) {
    const open = node.getConnections(peerIdFromString(peer))
    for (const conn of open) {
      if (abort) {
        conn.abort(new Error('aborted as asked for'))
      } else {
        await conn.close({ signal })
      }
    }
    return { closed: open.length }
  },

  async connections (context, { peer }) {
    const list = context.node.getConnections(peer == null ? undefined : peerIdFromString(peer))
    return { count: list.length, connections: list.map(conn => describe(context, conn)) }
  },

  ...kadRequests,

  ...bootstrapRequests
}
