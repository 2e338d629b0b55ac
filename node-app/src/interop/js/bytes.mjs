// What the test protocols send: random bytes with their checksum, zeroes, and the reproducible pattern of /dunlin/source.
import { createHash, randomBytes } from 'node:crypto'

export const CHUNK = 64 * 1024

export function * randomChunks (total, hash) {
  for (let left = total; left > 0; left -= CHUNK) {
    const chunk = randomBytes(Math.min(CHUNK, left))
    hash?.update(chunk)
    yield chunk
  }
}

export function * zeroChunks (total) {
  const zeroes = new Uint8Array(CHUNK)
  for (let left = total; left > 0; left -= CHUNK) {
    yield left < CHUNK ? zeroes.subarray(0, left) : zeroes
  }
}

/** xorshift32 (13, 17, 5) from 0x9E3779B9; each state after a step is four bytes, least significant first. */
export function * patternChunks (total) {
  let x = 0x9E3779B9 | 0
  for (let left = total; left > 0; left -= CHUNK) {
    const words = new Uint8Array(CHUNK)
    const view = new DataView(words.buffer)
    for (let i = 0; i < CHUNK; i += 4) {
      x ^= x << 13
      x ^= x >>> 17
      x ^= x << 5
      view.setInt32(i, x, true)
    }
    yield left < CHUNK ? words.subarray(0, left) : words
  }
}

export function patternSha256 (total) {
  const hash = createHash('sha256')
  for (const chunk of patternChunks(total)) {
    hash.update(chunk)
  }
  return hash.digest('hex')
}

export function u64 (value) {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(BigInt(value))
  return bytes
}

/** A length from the wire; refused when it is more than a test can mean (16 GiB). */
export function readU64 (bytes) {
  const value = bytes.readBigUInt64BE()
  if (value > 1n << 34n) {
    throw new Error(`a length of ${value} bytes is over the limit of 16 GiB`)
  }
  return Number(value)
}
