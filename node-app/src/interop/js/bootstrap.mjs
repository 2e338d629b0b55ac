// Bootstrap sessions of Taleus in their compatible form: one JSON value in each direction of a stream, ended by closing the
// write side. Written from the tables of messages, and from no implementation: it is what others are measured by.
import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { multiaddr } from '@multiformats/multiaddr'
import { connection, withStream } from './open.mjs'
import { serveOne } from './protocols.mjs'
import { finish, write } from './stream-io.mjs'

export const BOOTSTRAP = '/taleus/bootstrap/1.0.0'

const ROLES = ['stock', 'foil']
const MOST_BYTES = 64 << 10
const MOST_DEPTH = 16
const MOST_ADDRS = 64
const MOST_ADDR_BYTES = 512
const MOST_STRING_BYTES = 8 << 10
const MOST_IDENTITY_BYTES = 32 << 10
const MOST_RAW_BYTES = 1 << 20
const MOST_SEEN = 1_000

const isText = value => typeof value === 'string' && value !== ''
const isObject = value => typeof value === 'object' && value !== null && !Array.isArray(value)
const sizeOf = value => Buffer.byteLength(typeof value === 'string' ? value : JSON.stringify(value))

/** What is wrong with a text that is JSON, beyond the grammar: a name that an object has twice, or too deep a nest. */
function structure (text) {
  const open = []
  let last
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]:]/g)) {
    if (token === '{' || token === '[') {
      open.push(new Set())
      if (open.length > MOST_DEPTH) {
        return [`deeper than ${MOST_DEPTH}`]
      }
    } else if (token === '}' || token === ']') {
      open.pop()
    } else if (token === ':') {
      const name = JSON.parse(last)
      if (open.at(-1).has(name)) {
        return [`"${name}" twice`]
      }
      open.at(-1).add(name)
    } else {
      last = token
    }
  }
  return []
}

/** The values of an object, and of all within, that are longer strings than allowed; not the identity, which may be larger. */
function longStrings (value, path) {
  if (typeof value === 'string') {
    return sizeOf(value) > MOST_STRING_BYTES ? [`"${path}" is over ${MOST_STRING_BYTES} bytes`] : []
  }
  return typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([name, inner]) => name === 'identityBundle' ? [] : longStrings(inner, name))
    : []
}

function addrsProblems (addrs) {
  if (!Array.isArray(addrs)) {
    return ['"cadrePeerAddrs" is no list']
  }
  const bad = addrs.filter(addr => {
    try {
      return !isText(addr) || sizeOf(addr) > MOST_ADDR_BYTES || multiaddr(addr) == null
    } catch {
      return true
    }
  })
  return [
    ...(addrs.length > MOST_ADDRS ? [`over ${MOST_ADDRS} addresses`] : []),
    ...bad.map(addr => `${JSON.stringify(addr)} is no address`)
  ]
}

const need = (holds, problem) => holds ? [] : [problem]

function databaseProblems (value) {
  if (!isObject(value) || !isObject(value.tally) || !isObject(value.dbConnectionInfo)) {
    return ['no "tally" and "dbConnectionInfo"']
  }
  return [
    ...need(isText(value.tally.tallyId), 'no "tallyId"'),
    ...need(ROLES.includes(value.tally.createdBy), '"createdBy" is neither stock nor foil'),
    ...need(isText(value.dbConnectionInfo.endpoint), 'no "endpoint"'),
    ...need(typeof value.dbConnectionInfo.credentialsRef === 'string', 'no "credentialsRef"')
  ]
}

function contactProblems (value) {
  return [
    ...need(isText(value.token), 'no "token"'),
    ...need(isText(value.partyId), 'no "partyId"'),
    ...need(Object.hasOwn(value, 'identityBundle'), 'no "identityBundle"'),
    ...need(value.identityBundle == null || sizeOf(value.identityBundle) <= MOST_IDENTITY_BYTES, 'the identity is too large'),
    ...addrsProblems(value.cadrePeerAddrs)
  ]
}

/** `role`: the one of the link, which decides whether there is a database in an approval. */
function answerProblems (value, role) {
  if (value.approved === true) {
    return [
      ...need(isText(value.partyId), 'no "partyId"'),
      ...addrsProblems(value.cadrePeerAddrs),
      ...(role === 'stock'
        ? databaseProblems(value.provisionResult)
        : need(value.provisionResult == null, 'a "provisionResult" for who makes the database itself'))
    ]
  }
  return [
    ...need(value.approved === false, '"approved" is neither true nor false'),
    ...need(isText(value.reason), 'no "reason"'),
    ...need(value.cadrePeerAddrs == null, 'a rejection that tells of the cadre'),
    ...need(value.provisionResult == null, 'a rejection with a database')
  ]
}

/** A message as it came: its text, its value if it is a JSON object, and what is wrong with it. */
function parsed (bytes, check) {
  if (bytes.length > MOST_BYTES) {
    return { text: null, value: null, problems: [`over ${MOST_BYTES} bytes`] }
  }
  let text = null
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    const value = JSON.parse(text)
    if (!isObject(value)) {
      return { text, value: null, problems: ['no JSON object'] }
    }
    return { text, value, problems: [...structure(text), ...longStrings(value, ''), ...check(value)] }
  } catch (error) {
    return { text, value: null, problems: [error.message] }
  }
}

async function send (stream, message, signal) {
  await write(stream, Buffer.from(JSON.stringify(message)))
  await finish(stream, signal)
}

/** The bytes to the end of the stream; of those over the limit one more is kept, so that they are known to be too many. */
async function readToEnd (reader, most) {
  const parts = []
  let kept = 0
  await reader.drain(chunk => {
    // The first call makes one array of a list of them, the second takes no more of it than there is.
    const part = chunk.subarray().subarray(0, Math.max(0, most + 1 - kept))
    kept += part.byteLength
    parts.push(part)
  })
  return Buffer.concat(parts)
}

const known = what => {
  const { value, problems } = what
  return value == null || problems.length > 0 ? null : value
}

/** The part of a listener: the tokens it knows, what it made and what it saw. */
class Party {
  #node
  #emit
  #tokens = new Map()
  /** By token, peer and, for a token of many uses, the key that the peer gave; a contact without one is its own. */
  #redemptions = new Map()
  #databases = []
  #seen = []
  #instead = []
  #cadre
  #withRefs = false
  #serving

  constructor (node, emit) {
    this.#node = node
    this.#emit = emit
  }

  get peerId () {
    return this.#node.peerId.toString()
  }

  get cadre () {
    return this.#cadre ?? this.#node.getMultiaddrs().map(String)
  }

  serve ({ cadre, sessionRefs = false }) {
    this.#cadre = cadre
    this.#withRefs = sessionRefs
    this.#serving ??= serveOne(this.#node, this.#emit, BOOTSTRAP, (stream, reader, peer) => this.#take(stream, reader, peer))
    return this.#serving
  }

  token ({ token, role, multiUse = false, identity }) {
    if (!isText(token) || !ROLES.includes(role)) {
      throw new Error('a token needs "token" and "role", which is stock or foil')
    }
    this.#tokens.set(token, { token, role, multiUse, identity, uses: 0 })
  }

  instead (kind, bytes) {
    this.#instead.push({ kind, bytes })
  }

  make (role) {
    const name = randomUUID()
    const made = {
      tally: { tallyId: name, createdBy: role },
      dbConnectionInfo: { endpoint: `postgresql://database.example/${name}`, credentialsRef: `vault:${name}` }
    }
    this.#databases.push(made)
    return made
  }

  state () {
    return {
      cadre: this.cadre,
      tokens: [...this.#tokens.values()].map(({ token, role, multiUse, uses }) => ({ token, role, multiUse, uses })),
      databases: this.#databases,
      redemptions: [...this.#redemptions.values()].map(({ token: { token }, peer, phase }) => ({ token, peer, phase })),
      seen: this.#seen
    }
  }

  async #take (stream, reader, peer) {
    const bytes = await readToEnd(reader, MOST_BYTES)
    const message = parsed(bytes, value => {
      if (Object.hasOwn(value, 'token')) {
        return contactProblems(value)
      }
      return Object.hasOwn(value, 'tally') && Object.hasOwn(value, 'dbConnectionInfo')
        ? databaseProblems(value)
        : ['neither a contact nor a database']
    })
    const value = known(message)
    let kind = 'malformed'
    let answer = { approved: false, reason: 'malformed_request' }
    if (value != null) {
      kind = Object.hasOwn(value, 'token') ? 'contact' : 'database'
      answer = kind === 'contact' ? this.#contact(value, peer) : this.#database(value, peer)
    }
    if (this.#seen.length === MOST_SEEN) {
      this.#seen.shift()
    }
    this.#seen.push({ peer, kind, bytes: bytes.length, ...message, answer })
    const instead = this.#instead.findIndex(other => other.kind === kind)
    if (instead >= 0) {
      const [{ bytes }] = this.#instead.splice(instead, 1)
      await write(stream, bytes)
      await finish(stream)
    } else if (answer == null) {
      await finish(stream)
    } else {
      await send(stream, answer)
    }
    this.#emit({ event: 'bootstrap', peer, kind, reason: answer?.reason ?? null })
  }

  #contact (contact, peer) {
    const refused = reason => ({ approved: false, reason })
    const token = this.#tokens.get(contact.token)
    if (token == null) {
      return refused('invalid_token')
    }
    const key = token.multiUse ? contact.idempotencyKey ?? randomUUID() : ''
    const id = JSON.stringify([token.token, peer, key])
    const before = this.#redemptions.get(id)
    if (before != null) {
      return before.answer
    }
    if (!token.multiUse && token.uses > 0) {
      return refused('invalid_token')
    }
    if (contact.partyId !== peer || (token.identity !== undefined && !isDeepStrictEqual(contact.identityBundle, token.identity))) {
      return refused('identity_insufficient')
    }
    token.uses++
    const isStock = token.role === 'stock'
    const answer = {
      approved: true,
      partyId: this.peerId,
      cadrePeerAddrs: this.cadre,
      ...(isStock ? { provisionResult: this.make('stock') } : {}),
      ...(!isStock && this.#withRefs ? { sessionRef: randomUUID().replaceAll('-', '') } : {})
    }
    this.#redemptions.set(id, { token, peer, answer, phase: isStock ? 'done' : 'awaiting' })
    return answer
  }

  /** A third message is for the one session of the peer that awaits it. There is no message behind it unless it is refused. */
  #database (database, peer) {
    const waiting = [...this.#redemptions.values()].filter(r => r.peer === peer && r.phase === 'awaiting' &&
      (database.sessionRef == null || r.answer.sessionRef === database.sessionRef))
    if (waiting.length !== 1) {
      return { approved: false, reason: 'malformed_request' }
    }
    waiting[0].phase = 'done'
    this.#databases.push({ tally: database.tally, dbConnectionInfo: database.dbConnectionInfo })
    return null
  }
}

const parties = new WeakMap()

function party ({ node, emit }) {
  if (!parties.has(node)) {
    parties.set(node, new Party(node, emit))
  }
  return parties.get(node)
}

/** The first of the addresses at which somebody answers. */
async function reach (context, addrs, signal) {
  if (!Array.isArray(addrs) || addrs.length === 0) {
    throw new Error('"addrs" must be a list of the addresses of who made the link')
  }
  const failures = []
  for (const addr of addrs) {
    try {
      return await connection(context, addr, signal)
    } catch (error) {
      failures.push(`${addr}: ${error.message}`)
    }
  }
  throw new Error(`nobody is reached: ${failures.join('; ')}`)
}

/** Sends bytes and, unless told not to, half-closes; all that comes to the end of the stream, and how it ended. */
async function raw (conn, bytes, close, signal) {
  return withStream(conn, BOOTSTRAP, signal, async (stream, reader) => {
    const parts = []
    let received = 0
    const reading = reader.drain(chunk => {
      received += chunk.byteLength
      if (received > MOST_RAW_BYTES) {
        throw new Error(`more than ${MOST_RAW_BYTES} bytes came`)
      }
      parts.push(chunk.subarray())
    })
    const sending = (async () => {
      await write(stream, bytes)
      if (close) {
        await finish(stream, signal)
      }
    })()
    const [read, sent] = await Promise.allSettled([reading, sending])
    const failure = read.reason ?? sent.reason
    if (failure != null && stream.status !== 'reset') {
      throw failure
    }
    // Who was told not to close closes at the end, so that the stream is not left open.
    if (!close && stream.status === 'open') {
      await finish(stream, signal)
    }
    return { answer: Buffer.concat(parts), end: read.reason == null ? 'closed' : 'reset', sent: sent.reason == null }
  })
}

/** Sends a message; what came back, which may be nothing. */
async function exchange (conn, message, check, signal) {
  const { answer, end } = await raw(conn, Buffer.from(JSON.stringify(message)), true, signal)
  return answer.length === 0 ? { end, text: '', value: null, problems: [] } : { end, ...parsed(answer, check) }
}

/** The third message and what came back. Nothing needs to; what does is no approval but if it says so. */
async function third (context, conn, database, sessionRef, signal) {
  const message = { ...database, ...(sessionRef == null ? {} : { sessionRef }) }
  return { sent: message, ...await exchange(conn, message, () => [], signal) }
}

export const bootstrapRequests = {
  async 'bootstrap.serve' (context, args) {
    await party(context).serve(args)
    return { protocols: context.node.getProtocols() }
  },

  async 'bootstrap.token' (context, args) {
    party(context).token(args)
    return {}
  },

  async 'bootstrap.instead' (context, { kind = 'contact', bytes }) {
    party(context).instead(kind, Buffer.from(bytes, 'hex'))
    return {}
  },

  async 'bootstrap.state' (context) {
    return party(context).state()
  },

  async 'bootstrap.redeem' (context, args, signal) {
    const { token, role, identity = {}, more = {}, sendThird = true, withRef = true } = args
    if (!ROLES.includes(role)) {
      throw new Error('"role" must be stock or foil')
    }
    const own = party(context)
    const conn = await reach(context, args.addrs, signal)
    const contact = {
      token,
      partyId: args.partyId ?? own.peerId,
      identityBundle: identity,
      cadrePeerAddrs: args.cadre ?? own.cadre,
      ...more
    }
    const answer = await exchange(conn, contact, value => answerProblems(value, role), signal)
    const approved = known(answer)?.approved === true
    if (!approved || role === 'stock') {
      return { approved, answer, database: approved ? answer.value.provisionResult : null }
    }
    const database = own.make('foil')
    return {
      approved,
      answer,
      database,
      third: sendThird ? await third(context, conn, database, withRef ? answer.value.sessionRef : null, signal) : null
    }
  },

  async 'bootstrap.third' (context, { addrs, database, sessionRef }, signal) {
    const conn = await reach(context, addrs, signal)
    return third(context, conn, database ?? party(context).make('foil'), sessionRef, signal)
  },

  async 'bootstrap.raw' (context, { addrs, bytes, close = true }, signal) {
    const { answer, end, sent } = await raw(await reach(context, addrs, signal), Buffer.from(bytes, 'hex'), close, signal)
    return { bytes: answer.toString('hex'), text: answer.toString(), end, sent }
  }
}
