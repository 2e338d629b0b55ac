// Reading and writing of one libp2p stream, with back-pressure both ways and an end that cannot be missed.
// A js-libp2p stream's own async iterator queues without bound, hangs when the end came before it began,
// and cannot tell the remote's half-close from a lost connection.
import { ConnectionClosedError, StreamResetError } from '@libp2p/interface'

const READ_HIGH_WATER = 1 << 20

/** The error that explains why a stream is not open any more. */
export function closeReason (stream) {
  return stream.status === 'reset'
    ? new StreamResetError('the remote reset the stream')
    : new ConnectionClosedError(`the stream ended before the remote closed its side (status ${stream.status})`)
}

export class Reader {
  #stream
  #chunks = []
  #queued = 0
  #finSeen
  #ended = false
  #error
  #wake = () => {}

  /** `held`: read nothing until release(), so that the remote runs into its window. */
  constructor (stream, { held = false } = {}) {
    this.#stream = stream
    this.held = held
    this.received = 0
    // A stream whose both sides are closed has lost its connection: nobody has closed our side yet.
    this.#finSeen = stream.status === 'open' && stream.remoteWriteStatus === 'closed'
    if (held && stream.readStatus === 'readable') {
      stream.pause()
    }
    stream.addEventListener('message', ({ data }) => {
      this.#chunks.push(data)
      this.#queued += data.byteLength
      this.received += data.byteLength
      if (this.#queued >= READ_HIGH_WATER && stream.readStatus === 'readable') {
        stream.pause()
      }
      this.#check()
    })
    stream.addEventListener('remoteCloseWrite', () => {
      this.#finSeen = true
      this.#check()
    })
    stream.addEventListener('end', () => this.#check())
    stream.addEventListener('close', () => this.#check())
    this.#check()
  }

  // Deferred, because a Data frame with FIN announces the end before it delivers its own bytes.
  #check () {
    queueMicrotask(() => {
      const stream = this.#stream
      if (stream.status === 'reset' || stream.status === 'aborted') {
        this.#error ??= closeReason(stream)
      } else if (stream.readBufferLength === 0) {
        if (this.#finSeen) {
          this.#ended = true
        } else if (stream.status === 'closed') {
          this.#error ??= closeReason(stream)
        }
      }
      this.#wake()
    })
  }

  release () {
    this.held = false
    this.#resume()
    this.#wake()
  }

  #resume () {
    if (!this.held && this.#queued < READ_HIGH_WATER && this.#stream.readStatus === 'paused') {
      try {
        this.#stream.resume()
      } catch {
        // The connection is gone, so the window update could not be sent; what was buffered has been delivered.
      }
      this.#check()
    }
  }

  /** The next bytes, or null at the remote's half-close; throws on reset and on a lost connection. */
  async read () {
    while (true) {
      if (!this.held && this.#chunks.length > 0) {
        const chunk = this.#chunks.shift()
        this.#queued -= chunk.byteLength
        this.#resume()
        return chunk
      }
      if (this.#error != null) {
        throw this.#error
      }
      if (!this.held && this.#ended) {
        return null
      }
      const { promise, resolve } = Promise.withResolvers()
      this.#wake = resolve
      await promise
    }
  }

  /** Exactly `count` bytes; throws if the stream ends before. */
  async readExactly (count) {
    const parts = []
    let have = 0
    while (have < count) {
      const chunk = await this.read()
      if (chunk == null) {
        throw new Error(`the remote closed its side after ${have} of ${count} bytes`)
      }
      const take = Math.min(count - have, chunk.byteLength)
      parts.push(chunk.subarray(0, take))
      have += take
      if (take < chunk.byteLength) {
        const rest = chunk.subarray(take)
        this.#chunks.unshift(rest)
        this.#queued += rest.byteLength
      }
    }
    return Buffer.concat(parts)
  }

  /** Reads to the end and returns how many bytes there were. */
  async drain (onChunk = () => {}) {
    let total = 0
    for (let chunk = await this.read(); chunk != null; chunk = await this.read()) {
      total += chunk.byteLength
      onChunk(chunk)
    }
    return total
  }
}

/** Feeds one received chunk, which may be a list of arrays, to a hash. */
export function hashChunk (hash, chunk) {
  if (chunk instanceof Uint8Array) {
    hash.update(chunk)
  } else {
    for (const part of chunk) {
      hash.update(part)
    }
  }
}

/** Sends one chunk and waits until the stream takes more; throws if it is reset or lost meanwhile. */
export async function write (stream, chunk) {
  if (stream.status !== 'open') {
    throw closeReason(stream)
  }
  stream.send(chunk)
  // The stream's own onDrain() resolves at once for ever after its first use: wait for the event instead.
  while (stream.writableNeedsDrain) {
    await new Promise((resolve, reject) => {
      const done = () => {
        stream.removeEventListener('drain', done)
        stream.removeEventListener('close', done)
        stream.status === 'open' ? resolve() : reject(closeReason(stream))
      }
      stream.addEventListener('drain', done)
      stream.addEventListener('close', done)
    })
  }
}

/** Half-closes: sends what is queued, then FIN. */
export async function finish (stream, signal) {
  if (stream.status === 'reset' || stream.status === 'aborted') {
    throw closeReason(stream)
  }
  await stream.close({ signal })
}
