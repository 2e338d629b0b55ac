// The peer's part in Kademlia: the service of js-libp2p, and the requests that ask something of it.
import { NotFoundError } from '@libp2p/interface'
import { kadDHT, passthroughMapper } from '@libp2p/kad-dht'
import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { ipnsSelector } from 'ipns/selector'
import { ipnsValidator } from 'ipns/validator'
import { CID } from 'multiformats/cid'
import * as raw from 'multiformats/codecs/raw'
import * as Digest from 'multiformats/hashes/digest'
import { STREAM_LIMITS } from './protocols.mjs'

export const MODES = ['server', 'client']
export const IPFS_PREFIX = '/ipfs'

const MOST_ERRORS = 5

const hex = bytes => Buffer.from(bytes).toString('hex')

/** Of several values the lexicographically greatest is the best. */
function greatest (key, values) {
  return values.reduce((best, value, i) => Buffer.compare(value, values[best]) > 0 ? i : best, 0)
}

/**
 * The service, in a mode and under a prefix. Outside of the network of IPFS the namespace /test/ takes any value.
 * js-libp2p itself knows /pk/ only; /ipns/ is as js IPFS has it.
 */
export function kademlia ({ kad, kadPrefix, defaultLimits }) {
  const open = kadPrefix !== IPFS_PREFIX
  return kadDHT({
    protocol: `${kadPrefix}/kad/1.0.0`,
    clientMode: kad === 'client',
    // By default private addresses, and so the loopback, are taken out of what is told and learnt.
    peerInfoMapper: passthroughMapper,
    // Otherwise each query waits for a first peer, and then for the node's own first query.
    allowQueryWithZeroPeers: true,
    validators: { ipns: ipnsValidator, ...(open ? { test: () => {} } : {}) },
    selectors: { ipns: ipnsSelector, ...(open ? { test: greatest } : {}) },
    ...(defaultLimits ? {} : STREAM_LIMITS)
  })
}

function service ({ node }) {
  if (node.services.kad == null) {
    throw new Error('the peer takes no part in Kademlia: start it with --kad server or --kad client')
  }
  return node.services.kad
}

function bytes (args, name) {
  const text = args[name]
  if (typeof text !== 'string' || !/^([0-9a-f]{2})*$/i.test(text)) {
    throw new Error(`"${name}" must be hex, not ${JSON.stringify(text)}`)
  }
  return new Uint8Array(Buffer.from(text, 'hex'))
}

/** A content's key; the service takes CIDs and uses nothing but the multihash in them. */
const content = args => CID.createV1(raw.code, Digest.decode(bytes(args, 'key')))

const described = ({ id, multiaddrs }) => ({
  peer: id.toString(),
  addrs: [...new Set(multiaddrs.map(addr => addr.toString().replace(/\/p2p\/[^/]*$/, '')))]
})

/** Runs a query to its end; returns the events of one name. */
async function events (query, name) {
  const found = []
  const errors = new Set()
  for await (const event of query) {
    if (event.name === name) {
      found.push(event)
    } else if (event.name === 'QUERY_ERROR') {
      errors.add(event.error.message)
    }
  }
  return { found, errors: [...errors].slice(0, MOST_ERRORS) }
}

const ids = kad => kad.routingTable.closestPeers(new Uint8Array(32), { count: Infinity }).map(String).sort()

/** The validator or selector of a key's namespace. */
function verdict (of, key) {
  const [, namespace] = Buffer.from(key).toString().split('/')
  if (!Object.hasOwn(of, namespace)) {
    throw new Error(`nothing is known of the namespace "${namespace}"`)
  }
  return of[namespace]
}

export const kadRequests = {
  async 'kad.add' (context, { peer, addrs = [] }, signal) {
    const kad = service(context)
    const id = peerIdFromString(peer)
    await context.node.peerStore.merge(id, { multiaddrs: addrs.map(addr => multiaddr(addr)) }, { signal })
    await kad.routingTable.add(id, { signal })
    return { added: await kad.routingTable.find(id, { signal }) != null }
  },

  async 'kad.bootstrap' (context, _, signal) {
    const kad = service(context)
    if (kad.routingTable.size === 0) {
      throw new Error('the routing table is empty')
    }
    await events(kad.getClosestPeers(context.node.peerId.toMultihash().bytes, { signal }))
    await kad.refreshRoutingTable()
    return { size: kad.routingTable.size }
  },

  async 'kad.table' (context) {
    return { peers: ids(service(context)) }
  },

  async 'kad.findPeer' (context, { peer }, signal) {
    for await (const event of service(context).findPeer(peerIdFromString(peer), { signal, useCache: false })) {
      if (event.name === 'FINAL_PEER') {
        return described(event.peer)
      }
    }
    throw new NotFoundError(`${peer} was not found`)
  },

  async 'kad.closest' (context, args, signal) {
    const { found } = await events(service(context).getClosestPeers(bytes(args, 'key'), { signal }), 'FINAL_PEER')
    return { peers: found.map(({ peer }) => peer.id.toString()) }
  },

  async 'kad.provide' (context, args, signal) {
    const query = service(context).provide(content(args), { signal })
    const { found, errors } = await events(query, 'PEER_RESPONSE')
    return { sent: found.filter(({ messageName }) => messageName === 'ADD_PROVIDER').length, errors }
  },

  async 'kad.findProviders' (context, args, signal) {
    const count = args.count ?? 20
    const found = new Map()
    for await (const event of service(context).findProviders(content(args), { signal })) {
      if (event.name === 'PROVIDER') {
        event.providers.map(described).forEach(provider => found.set(provider.peer, provider))
        if (count > 0 && found.size >= count) {
          break
        }
      }
    }
    const providers = [...found.values()]
    return { providers: count > 0 ? providers.slice(0, count) : providers }
  },

  async 'kad.put' (context, args, signal) {
    const value = bytes(args, 'value')
    const { found, errors } = await events(service(context).put(bytes(args, 'key'), value, { signal }), 'PEER_RESPONSE')
    const echoed = ({ messageName, record }) => messageName === 'PUT_VALUE' && record != null && hex(record.value) === hex(value)
    return { stored: found.filter(echoed).length, errors }
  },

  async 'kad.get' (context, args, signal) {
    const { found: [best] } = await events(service(context).get(bytes(args, 'key'), { signal }), 'VALUE')
    if (best == null) {
      throw new NotFoundError('no value was found')
    }
    return { value: hex(best.value) }
  },

  async 'kad.mode' (context, { mode }, signal) {
    const kad = service(context)
    if (mode != null) {
      if (!MODES.includes(mode)) {
        throw new Error(`the mode must be server or client, not "${mode}"`)
      }
      await kad.setMode(mode, { signal })
    }
    return { mode: kad.getMode() }
  },

  /** What js's validators say; of other namespaces too. */
  async 'kad.checkIpns' (context, args, signal) {
    const kad = service(context)
    try {
      await verdict(kad.validators, bytes(args, 'key'))(bytes(args, 'key'), bytes(args, 'value'), { signal })
      return { valid: true, error: null }
    } catch (error) {
      return { valid: false, error: error.message }
    }
  },

  /** Which of several records js takes for the best. */
  async 'kad.select' (context, args) {
    const key = bytes(args, 'key')
    const values = args.values.map((_, i) => bytes(args.values, i))
    return { index: await verdict(service(context).selectors, key)(key, values) }
  }
}
