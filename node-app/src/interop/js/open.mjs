// What the requests open streams with.
import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { STREAM_LIMITS } from './protocols.mjs'
import { finish, Reader, write } from './stream-io.mjs'

/** The connection to a peer: `peer` is a multiaddr, which is dialled if need be, or the id of a connected peer. */
export async function connection ({ node }, peer, signal) {
  if (typeof peer !== 'string' || peer === '') {
    throw new Error('"peer" is missing: give a multiaddr or a peer id')
  }
  if (peer.startsWith('/')) {
    return node.dial(multiaddr(peer), { signal })
  }
  const open = node.getConnections(peerIdFromString(peer)).find(c => c.status === 'open')
  if (open == null) {
    throw new Error(`not connected to ${peer}: dial a multiaddr first`)
  }
  return open
}

/** Opens a stream, runs `use(stream, reader)`, and resets the stream when that fails or the deadline passes. */
export async function withStream (conn, protocol, signal, use) {
  const stream = await conn.newStream([protocol], { signal, ...STREAM_LIMITS })
  const reader = new Reader(stream)
  const expire = () => stream.abort(signal.reason)
  signal.addEventListener('abort', expire, { once: true })
  try {
    return await use(stream, reader)
  } catch (error) {
    stream.abort(error)
    throw signal.aborted ? signal.reason : error
  } finally {
    signal.removeEventListener('abort', expire)
  }
}

export async function writeAll (stream, chunks, signal) {
  for (const chunk of chunks) {
    await write(stream, chunk)
  }
  await finish(stream, signal)
}
