// Builds the js-libp2p node: TCP, Noise, yamux, identify, push and ping, and Kademlia if asked for.
import { generateKeyPair, privateKeyFromProtobuf } from '@libp2p/crypto/keys'
import { identify, identifyPush } from '@libp2p/identify'
import { noise } from '@libp2p/noise'
import { ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { createLibp2p } from 'libp2p'
import { kademlia } from './kad.mjs'
import { STREAM_LIMITS } from './protocols.mjs'

const KEY_TYPES = { ed25519: 'Ed25519', rsa: 'RSA', secp256k1: 'secp256k1' }
const READ_BUFFER = 64 << 20
const NEGOTIATION_MS = 60_000

export async function privateKey ({ key, rsaBits, privateKeyHex }) {
  if (privateKeyHex != null) {
    return privateKeyFromProtobuf(Buffer.from(privateKeyHex, 'hex'))
  }
  const type = KEY_TYPES[key]
  if (type == null) {
    throw new Error(`unknown key type "${key}": use one of ${Object.keys(KEY_TYPES).join(', ')}`)
  }
  return type === 'RSA' ? generateKeyPair(type, rsaBits) : generateKeyPair(type)
}

/**
 * Noise that notes for each raw connection whether the muxer was chosen inside the handshake, and that, when
 * `early` is false, neither offers a muxer there nor takes the remote's offer.
 */
function observedNoise (early, chosenEarly) {
  return components => {
    const inner = noise()(components)
    const observe = async (rawConnection, secured) => {
      const result = await secured
      chosenEarly.set(rawConnection, result.streamMuxer != null)
      return result
    }
    const adapt = options => (early ? options : { ...options, skipStreamMuxerNegotiation: true })
    return {
      protocol: inner.protocol,
      secureInbound: (raw, options) => observe(raw, inner.secureInbound(raw, adapt(options))),
      secureOutbound: (raw, options) => observe(raw, inner.secureOutbound(raw, adapt(options)))
    }
  }
}

/** identify-push that reports each push it has taken in. */
function observedPush (init, onPush) {
  return components => {
    const service = identifyPush(init)(components)
    const handle = service.handleProtocol
    service.handleProtocol = async (stream, connection) => {
      await handle(stream, connection)
      onPush(connection.remotePeer.toString())
    }
    return service
  }
}

/**
 * Starts a node. Returns it with `earlyMuxer(connection)`, which says whether the connection's muxer was chosen
 * inside the Noise handshake. `onPush(peer)` is called after each identify push that was taken in.
 */
export async function startNode (options, onPush) {
  const chosenEarly = new WeakMap()
  const limits = options.defaultLimits ? {} : STREAM_LIMITS
  const node = await createLibp2p({
    start: false,
    privateKey: await privateKey(options),
    nodeInfo: { userAgent: options.agent },
    addresses: { listen: options.listen },
    transports: [tcp()],
    connectionEncrypters: [observedNoise(options.earlyMuxer, chosenEarly)],
    streamMuxers: [yamux(options.defaultLimits
      ? {}
      : {
          ...STREAM_LIMITS,
          maxEarlyStreams: 10_000,
          // A paused stream is reset when its read buffer overflows. The largest window (16 MiB) is granted anew at each
          // resume, while what came in before may still be there: 32 MiB were not enough.
          streamOptions: { maxReadBufferLength: READ_BUFFER }
        })],
    connectionManager: options.defaultLimits
      ? {}
      : {
          maxConnections: 10_000,
          inboundConnectionThreshold: 1_000_000,
          maxIncomingPendingConnections: 10_000,
          inboundUpgradeTimeout: NEGOTIATION_MS,
          inboundStreamProtocolNegotiationTimeout: NEGOTIATION_MS,
          outboundStreamProtocolNegotiationTimeout: NEGOTIATION_MS,
          reconnectRetries: 0
        },
    // It breaks a connection whose ping comes late, which happens on a loaded machine.
    connectionMonitor: { enabled: options.defaultLimits },
    services: {
      identify: identify(limits),
      identifyPush: observedPush({ ...limits, ...(options.defaultLimits ? {} : { debounce: 50 }) }, onPush),
      ping: ping({ ...limits, ...(options.defaultLimits ? {} : { timeout: NEGOTIATION_MS }) }),
      ...(options.kad === 'off' ? {} : { kad: kademlia(options) })
    }
  })
  return { node, earlyMuxer: connection => chosenEarly.get(connection.maConn) ?? false }
}
