// A js-libp2p peer under the control of its parent process: JSON requests on stdin, answers and events on stdout,
// one a line. README.md documents them.
import './polyfill.mjs'
import { setMaxListeners } from 'node:events'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { IPFS_PREFIX, MODES } from './kad.mjs'
import { startNode } from './node.mjs'
import { serve } from './protocols.mjs'
import { requests } from './requests.mjs'

const DEFAULT_TIMEOUT_MS = 60_000

function options () {
  const { values } = parseArgs({
    options: {
      key: { type: 'string', default: 'ed25519' },
      'rsa-bits': { type: 'string', default: '2048' },
      'private-key': { type: 'string' },
      'early-muxer': { type: 'string', default: 'on' },
      listen: { type: 'string', multiple: true, default: ['/ip4/127.0.0.1/tcp/0'] },
      agent: { type: 'string', default: 'dunlin-js-peer/1.0.0' },
      'default-limits': { type: 'boolean', default: false },
      kad: { type: 'string', default: 'off' },
      'kad-prefix': { type: 'string', default: IPFS_PREFIX }
    }
  })
  if (!['on', 'off'].includes(values['early-muxer'])) {
    throw new Error(`--early-muxer must be on or off, not "${values['early-muxer']}"`)
  }
  if (!['off', ...MODES].includes(values.kad)) {
    throw new Error(`--kad must be off, server or client, not "${values.kad}"`)
  }
  if (!/^\/.*[^/]$/.test(values['kad-prefix'])) {
    throw new Error(`--kad-prefix must begin with a slash and not end with one, as ${IPFS_PREFIX}, not "${values['kad-prefix']}"`)
  }
  return {
    key: values.key,
    rsaBits: Number(values['rsa-bits']),
    privateKeyHex: values['private-key'],
    earlyMuxer: values['early-muxer'] === 'on',
    listen: values.listen,
    agent: values.agent,
    defaultLimits: values['default-limits'],
    kad: values.kad,
    kadPrefix: values['kad-prefix']
  }
}

function libp2pVersion () {
  return JSON.parse(readFileSync(new URL('./node_modules/libp2p/package.json', import.meta.url), 'utf8')).version
}

function emit (message) {
  process.stdout.write(JSON.stringify(message) + '\n')
}

const failure = error => ({ name: error?.name ?? 'Error', message: error?.message ?? String(error) })

/** Waits until `test()` holds; it is asked again after each event that may change it. */
function changes () {
  const waiting = new Set()
  return {
    changed: () => waiting.forEach(again => again()),
    until: (test, signal) => new Promise((resolve, reject) => {
      const settle = (done, value) => {
        waiting.delete(again)
        signal.removeEventListener('abort', expire)
        done(value)
      }
      const again = () => { if (test()) settle(resolve) }
      const expire = () => settle(reject, signal.reason)
      waiting.add(again)
      signal.addEventListener('abort', expire)
      signal.aborted ? expire() : again()
    })
  }
}

/** The message's fields over those of the messages before: what a push leaves out is unchanged. */
function merged (before, message) {
  const given = ([, value]) => value != null && value.length !== 0
  return { ...before, ...Object.fromEntries(Object.entries(message).filter(given)) }
}

async function main () {
  const chosen = options()
  const { changed, until } = changes()
  const pushes = new Map()
  const identified = new Map()
  const held = new Set()
  const { node, earlyMuxer } = await startNode(chosen, peer => {
    pushes.set(peer, (pushes.get(peer) ?? 0) + 1)
    emit({ event: 'push', peer, count: pushes.get(peer) })
    changed()
  })
  const context = { node, earlyMuxer, pushes, identified, held, emit, until, agent: chosen.agent }

  node.addEventListener('connection:open', ({ detail }) => {
    emit({
      event: 'connected',
      peer: detail.remotePeer.toString(),
      connection: detail.id,
      remoteAddr: detail.remoteAddr.toString(),
      direction: detail.direction,
      muxer: detail.multiplexer,
      earlyMuxer: earlyMuxer(detail)
    })
  })
  node.addEventListener('connection:close', ({ detail }) => {
    emit({ event: 'disconnected', peer: detail.remotePeer.toString(), connection: detail.id })
    changed()
  })
  node.addEventListener('peer:identify', ({ detail }) => {
    const peer = detail.peerId.toString()
    identified.set(peer, merged(identified.get(peer), detail))
    emit({ event: 'identified', peer, agentVersion: detail.agentVersion ?? null })
    changed()
  })
  node.addEventListener('peer:disconnect', ({ detail }) => identified.delete(detail.toString()))

  await serve(node, emit, held)
  await node.start()

  let stopping
  const stop = () => {
    stopping ??= Promise.resolve(node.stop()).then(() => {
      emit({ event: 'stopped' })
      process.stdout.write('', () => process.exit(0))
    })
    return stopping
  }

  async function answer (line) {
    let id = null
    try {
      const request = JSON.parse(line)
      id = request.id ?? null
      if (request.op === 'stop') {
        emit({ id, ok: true, result: {} })
        await stop()
        return
      }
      if (!Object.hasOwn(requests, request.op)) {
        throw new Error(`unknown request "${request.op}": use one of ${Object.keys(requests).join(', ')}, stop`)
      }
      const signal = AbortSignal.timeout(request.timeoutMs ?? DEFAULT_TIMEOUT_MS)
      setMaxListeners(0, signal)
      emit({ id, ok: true, result: await requests[request.op](context, request, signal) })
    } catch (error) {
      emit({ id, ok: false, error: failure(error) })
    }
  }

  createInterface({ input: process.stdin }).on('line', answer).on('close', stop)
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  emit({
    event: 'listening',
    peerId: node.peerId.toString(),
    addrs: node.getMultiaddrs().map(String),
    libp2p: libp2pVersion()
  })
}

process.on('unhandledRejection', error => {
  emit({ event: 'unhandled', error: failure(error) })
  console.error(error)
})
main().catch(error => {
  emit({ event: 'failed', error: failure(error) })
  console.error(error)
  process.exit(1)
})
