// The protocols that the peer serves beside identify and ping. README.md says what each does on the wire.
import { createHash } from 'node:crypto'
import { patternChunks, readU64, zeroChunks } from './bytes.mjs'
import { finish, hashChunk, Reader, write } from './stream-io.mjs'

export const ECHO = '/dunlin/echo/1.0.0'
export const SINK = '/dunlin/sink/1.0.0'
export const SOURCE = '/dunlin/source/1.0.0'
export const STALL = '/dunlin/stall/1.0.0'
export const RESET = '/dunlin/reset/1.0.0'
export const HALF_CLOSE = '/dunlin/half-close/1.0.0'
export const PERF = '/perf/1.0.0'

export const STREAM_LIMITS = { maxInboundStreams: 100_000, maxOutboundStreams: 100_000 }

async function echo (stream, reader) {
  for (let chunk = await reader.read(); chunk != null; chunk = await reader.read()) {
    await write(stream, chunk)
  }
  await finish(stream)
}

async function source (stream, reader) {
  const count = readU64(await reader.readExactly(8))
  await reader.drain()
  for (const chunk of patternChunks(count)) {
    await write(stream, chunk)
  }
  await finish(stream)
}

async function perf (stream, reader) {
  const count = readU64(await reader.readExactly(8))
  await reader.drain()
  for (const chunk of zeroChunks(count)) {
    await write(stream, chunk)
  }
  await finish(stream)
}

async function reset (stream, reader) {
  const after = readU64(await reader.readExactly(8))
  let received = 0
  while (received < after) {
    const chunk = await reader.read()
    if (chunk == null) {
      throw new Error(`the remote closed its side after ${received} of ${after} bytes`)
    }
    received += chunk.byteLength
  }
  stream.abort(new Error('reset as asked for'))
}

/** Registers every protocol on the node; `emit` takes the events, `held` collects the readers of stalled streams. */
export async function serve (node, emit, held) {
  const digest = async (stream, reader, peer) => {
    const hash = createHash('sha256')
    const bytes = await reader.drain(chunk => hashChunk(hash, chunk))
    const sha256 = hash.digest()
    emit({ event: 'received', peer, protocol: stream.protocol, bytes, sha256: sha256.toString('hex') })
    return sha256
  }
  const sink = async (stream, reader, peer) => {
    await write(stream, await digest(stream, reader, peer))
    await finish(stream)
  }
  const stall = async (stream, reader, peer) => {
    held.add(reader)
    try {
      await sink(stream, reader, peer)
    } finally {
      held.delete(reader)
    }
  }
  const halfClose = async (stream, reader, peer) => {
    await write(stream, Buffer.from('hello'))
    await finish(stream)
    await digest(stream, reader, peer)
  }
  const handlers = {
    [ECHO]: echo, [SINK]: sink, [SOURCE]: source, [STALL]: stall, [RESET]: reset, [HALF_CLOSE]: halfClose, [PERF]: perf
  }
  for (const [protocol, handler] of Object.entries(handlers)) {
    await serveOne(node, emit, protocol, handler)
  }
}

/** Registers an echo handler under another name. */
export function serveEcho (node, emit, protocol) {
  return serveOne(node, emit, protocol, echo)
}

/** Registers a handler, `handler(stream, reader, peer)`; what it throws resets the stream and is told. */
export function serveOne (node, emit, protocol, handler) {
  return node.handle(protocol, async (stream, connection) => {
    const peer = connection.remotePeer.toString()
    const reader = new Reader(stream, { held: protocol === STALL })
    try {
      await handler(stream, reader, peer)
    } catch (error) {
      emit({
        event: stream.status === 'reset' ? 'stream-reset' : 'stream-failed',
        peer,
        protocol,
        received: reader.received,
        message: error.message
      })
      stream.abort(error)
    }
  }, STREAM_LIMITS)
}
