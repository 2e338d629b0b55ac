// Two peers talk through every request. Exits with 1 at the first check that fails; prints one line per part.
import './polyfill.mjs'
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { performance } from 'node:perf_hooks'
import { Peer } from './control.mjs'

const MIB = 1 << 20
const KEYS = ['ed25519', 'rsa', 'secp256k1']
const KEY_NAMES = { ed25519: 'Ed25519', rsa: 'RSA', secp256k1: 'secp256k1' }
const running = new Set()

async function start (...args) {
  const peer = await Peer.start(...args)
  running.add(peer)
  peer.exited.then(() => running.delete(peer))
  return peer
}

async function stopAll (...peers) {
  for (const peer of peers) {
    assert.deepEqual(await peer.stop(), { code: 0, signal: null })
    assert.deepEqual(peer.events.filter(e => e.event === 'unhandled' || e.event === 'stream-failed'), [])
  }
}

async function part (name, run) {
  const begin = performance.now()
  const figures = await run()
  console.log(`ok  ${name}  (${Math.round(performance.now() - begin)} ms)${figures == null ? '' : '  ' + figures}`)
}

const streamsOf = async peer => (await peer.ask('connections')).connections.flatMap(c => c.streams)

/** Every request between two peers, then the state both are left in. */
async function conversation (key, a, b, early) {
  const dialled = await a.ask('dial', { addr: b.addr })
  assert.equal(dialled.peer, b.id)
  assert.equal(dialled.muxer, '/yamux/1.0.0')
  assert.equal(dialled.encryption, '/noise')
  assert.equal(dialled.earlyMuxer, early)
  assert.equal((await b.event(e => e.event === 'connected')).earlyMuxer, early)
  assert.equal((await a.ask('dial', { addr: b.addr })).connection, dialled.connection)

  for (const [x, y] of [[a, b], [b, a]]) {
    const info = await y.ask('info')
    const known = await x.ask('identify', { peer: y.id })
    assert.equal(info.keyType, KEY_NAMES[key])
    assert.equal(known.keyType, KEY_NAMES[key])
    assert.equal(known.publicKey, info.publicKey)
    assert.equal(known.last.publicKey, info.publicKey)
    assert.equal(known.agentVersion, info.agent)
    assert.deepEqual(known.last.protocols, info.protocols)
    assert.deepEqual(known.last.signedRecord.addrs, info.addrs.map(addr => addr.replace(/\/p2p\/.*/, '')))
    assert.ok(known.last.observedAddr.startsWith('/ip4/127.0.0.1/tcp/'))
    assert.equal((await x.ask('identify', { peer: y.id, fresh: true })).agentVersion, info.agent)

    const { rtts } = await x.ask('ping', { peer: y.id, count: 5 })
    assert.equal(rtts.length, 5)
    assert.ok(rtts.every(rtt => rtt > 0))

    const extra = '/dunlin/extra/1.0.0'
    const pushed = x.ask('waitPush', { peer: y.id, present: extra })
    await y.ask('handle', { protocol: extra })
    assert.ok((await pushed).protocols.includes(extra))
    assert.equal((await x.ask('echo', { peer: y.id, protocol: extra, bytes: 100 })).ok, 1)
    await y.ask('unhandle', { protocol: extra })
    const { protocols, pushes } = await x.ask('waitPush', { peer: y.id, absent: extra })
    assert.ok(!protocols.includes(extra))
    await y.ask('push')
    assert.ok((await x.ask('waitPush', { peer: y.id, count: pushes + 1 })).pushes > pushes)

    for (const bytes of [0, 1, 1000, 300_000]) {
      const echoed = await x.ask('echo', { peer: y.id, streams: 3, bytes })
      assert.equal(echoed.ok, 3, JSON.stringify(echoed))
      assert.ok((await x.ask('sink', { peer: y.id, bytes })).match)
      assert.ok((await x.ask('source', { peer: y.id, bytes })).match)
    }

    assert.equal((await x.ask('reset', { peer: y.id, bytes: 100_000 })).received, 100_000)
    const wasReset = await y.event(e => e.event === 'stream-reset')
    assert.deepEqual([wasReset.peer, wasReset.received], [x.id, 100_000])
    const reset = await x.ask('awaitReset', { peer: y.id, bytes: 50_000 })
    assert.ok(reset.reset && reset.sent >= 50_000)

    const half = await x.ask('halfClose', { peer: y.id, bytes: 500_000 })
    assert.equal(half.greeting, 'hello')
    assert.equal((await y.event(e => e.event === 'received' && e.protocol.includes('half-close'))).sha256, half.sha256)

    const perf = await x.ask('perf', { peer: y.id, upload: MIB, download: MIB })
    assert.ok(perf.uploadMiBps > 0 && perf.downloadMiBps > 0)

    await assert.rejects(x.ask('sink', { peer: y.id, bytes: 1, protocol: '/dunlin/none/1.0.0' }), { name: 'UnsupportedProtocolError' })
  }

  await assert.rejects(a.ask('nonsense'), /unknown request/)
  await assert.rejects(a.ask('sink', { peer: b.id, bytes: -1 }), /whole number/)
  await assert.rejects(a.ask('echo', { peer: a.addr }), /self/)
  await assert.rejects(a.ask('dial', { addr: b.addr.replace(b.id, a.id), force: true }))

  const gone = b.event(e => e.event === 'disconnected')
  assert.equal((await a.ask('hangup', { peer: b.id })).closed, 1)
  await gone
  assert.equal((await a.ask('connections')).count, 0)
  assert.equal((await b.ask('connections')).count, 0)
  await assert.rejects(a.ask('echo', { peer: b.id }), /not connected/)

  await a.ask('dial', { addr: b.addr })
  await b.ask('identify', { peer: a.id })
  const { connections: [last] } = await b.ask('connections')
  await a.ask('hangup', { peer: b.id, abort: true })
  await b.event(e => e.event === 'disconnected' && e.connection === last.connection)
  assert.equal((await b.ask('connections')).count, 0)
}

async function backPressure (a, b) {
  await a.ask('dial', { addr: b.addr })
  const bytes = 64 * MIB
  const sending = a.ask('sink', { peer: b.id, bytes, protocol: '/dunlin/stall/1.0.0' })
  // The stalled stream must not disturb others, and must hold no more than the receive window.
  assert.ok((await a.ask('sink', { peer: b.id, bytes: 8 * MIB })).match)
  const stalled = (await streamsOf(b)).find(s => s.protocol === '/dunlin/stall/1.0.0')
  assert.equal(stalled.status, 'open')
  assert.ok(stalled.buffered > 0 && stalled.buffered <= 16 * MIB, `${stalled.buffered} bytes buffered`)
  assert.equal((await b.ask('release')).released, 1)
  assert.ok((await sending).match)
  return `${stalled.buffered} bytes held while stalled`
}

async function killedMidTransfer (op) {
  const [a, b] = [await start(), await start()]
  await a.ask('dial', { addr: b.addr })
  await a.ask('identify', { peer: b.id })
  const bytes = 16 * 1024 * MIB
  const transfer = assert.rejects(a.ask(op, { peer: b.id, bytes }), /before the remote closed|reset|closed/)
  await a.ask('ping', { peer: b.id, count: 3 })
  assert.ok((await streamsOf(a)).some(s => s.protocol === `/dunlin/${op}/1.0.0`))
  const gone = a.event(e => e.event === 'disconnected')
  assert.equal((await b.kill()).signal, 'SIGKILL')
  await Promise.all([transfer, gone])
  assert.equal((await a.ask('connections')).count, 0)
  await stopAll(a)
}

const hexOf = text => Buffer.from(text).toString('hex')
const multihashOf = text => '1220' + createHash('sha256').update(text).digest('hex')
const plain = peer => peer.addr.replace(/\/p2p\/.*/, '')

/** Asks again until the answer is as wished: what was sent to many may still be under way. */
async function until (peer, op, args, wished) {
  for (let i = 0; i < 10_000; i++) {
    const answer = await peer.ask(op, args)
    if (wished(answer)) {
      return answer
    }
  }
  assert.fail(`${op} is never as wished`)
}

/** Peers of which a knows b, b knows c, and a client knows b. */
async function kademlia () {
  const [a, b, c, client] = await Promise.all(['server', 'server', 'server', 'client'].map(mode => start('--kad', mode, '--kad-prefix', '/dunlin')))
  const add = async (to, peer) => assert.equal((await to.ask('kad.add', { peer: peer.id, addrs: [peer.addr] })).added, true)
  assert.deepEqual((await a.ask('kad.table')).peers, [])
  await assert.rejects(a.ask('kad.bootstrap'), /the routing table is empty/)
  await add(b, c)
  await add(a, b)
  await add(client, b)
  assert.ok((await a.ask('info')).protocols.includes('/dunlin/kad/1.0.0'))
  assert.ok(!(await client.ask('info')).protocols.includes('/dunlin/kad/1.0.0'))

  const found = { peer: c.id, addrs: [plain(c)] }
  assert.deepEqual(await a.ask('kad.findPeer', { peer: c.id }), found)
  await a.ask('kad.bootstrap')
  await until(a, 'kad.table', {}, ({ peers }) => peers.includes(b.id) && peers.includes(c.id))
  // js follows only who is closer to the key than the peer that tells of them: to c's own id, c is.
  const { publicKey } = await c.ask('info')
  // The identity multihash, as for each Ed25519 key.
  const idOfC = '0024' + publicKey
  const { peers } = await client.ask('kad.closest', { key: idOfC })
  assert.ok(peers[0] === c.id && peers.includes(b.id) && !peers.includes(client.id))

  const key = multihashOf('content')
  await c.ask('kad.provide', { key })
  const { providers } = await until(a, 'kad.findProviders', { key }, ({ providers }) => providers.length > 0)
  assert.deepEqual(providers, [found])
  assert.deepEqual((await a.ask('kad.findProviders', { key: multihashOf('none'), count: 1 })).providers, [])
  await assert.rejects(a.ask('kad.provide', { key: hexOf('no multihash') }))

  const one = hexOf('/test/one')
  assert.ok((await a.ask('kad.put', { key: one, value: hexOf('b') })).stored > 0)
  assert.equal((await client.ask('kad.get', { key: one })).value, hexOf('b'))
  await assert.rejects(a.ask('kad.get', { key: hexOf('/test/none') }), { name: 'NotFoundError' })
  await assert.rejects(a.ask('kad.put', { key: 'zz', value: '' }), /must be hex/)
  const select = values => a.ask('kad.select', { key: one, values: values.map(hexOf) })
  assert.equal((await select(['a', 'c', 'b'])).index, 1)
  const pk = { key: hexOf('/pk/') + idOfC, value: publicKey }
  assert.deepEqual(await a.ask('kad.checkIpns', pk), { valid: true, error: null })
  assert.equal((await a.ask('kad.checkIpns', { ...pk, key: hexOf('/pk/none') })).valid, false)

  await client.ask('dial', { addr: b.addr })
  assert.equal((await client.ask('kad.mode')).mode, 'client')
  assert.equal((await client.ask('kad.mode', { mode: 'server' })).mode, 'server')
  await until(b, 'kad.table', {}, ({ peers }) => peers.includes(client.id))
  assert.equal((await client.ask('kad.mode', { mode: 'client' })).mode, 'client')
  assert.ok(!(await client.ask('info')).protocols.includes('/dunlin/kad/1.0.0'))
  await assert.rejects(client.ask('kad.mode', { mode: 'both' }), /server or client/)

  const off = await start()
  assert.ok(!(await off.ask('info')).protocols.some(protocol => protocol.includes('kad')))
  await assert.rejects(off.ask('kad.table'), /--kad/)
  const ipfs = await start('--kad', 'server')
  assert.ok((await ipfs.ask('info')).protocols.includes('/ipfs/kad/1.0.0'))
  assert.equal((await ipfs.ask('kad.checkIpns', { key: one, value: '' })).valid, false)
  await stopAll(a, b, c, client, off, ipfs)
}

const jsonHex = value => hexOf(JSON.stringify(value))

/** Both flows in both directions, with tokens of both kinds, and what is refused. */
async function bootstrap () {
  const [a, b, c] = await Promise.all([start(), start(), start()])
  const rejection = reason => ({ approved: false, reason })
  await assert.rejects(a.ask('bootstrap.redeem', { addrs: [b.addr], token: 'none', role: 'stock' }), { name: 'UnsupportedProtocolError' })
  for (const peer of [a, b]) {
    assert.ok((await peer.ask('bootstrap.serve', { sessionRefs: peer === b })).protocols.includes('/taleus/bootstrap/1.0.0'))
  }
  for (const [x, y] of [[a, b], [b, a]]) {
    for (const role of ['stock', 'foil']) {
      for (const multiUse of [false, true]) {
        const token = `${role} ${multiUse}`
        const redeem = (peer, args) => peer.ask('bootstrap.redeem', { addrs: [y.addr], token, role, ...args })
        await y.ask('bootstrap.token', { token, role, multiUse, identity: { name: 'x' } })
        const wrong = await redeem(x, { identity: { name: 'y' } })
        assert.deepEqual(wrong.answer.value, rejection('identity_insufficient'))
        assert.deepEqual((await redeem(x, { identity: { name: 'x' }, partyId: y.id })).answer.value, rejection('identity_insufficient'))
        const { approved, answer, database, third } = await redeem(x, { identity: { name: 'x' } })
        assert.ok(approved && answer.end === 'closed', JSON.stringify(answer))
        assert.deepEqual([answer.problems, answer.value.partyId, answer.value.cadrePeerAddrs], [[], y.id, [y.addr]])
        assert.equal(database.tally.createdBy, role)
        if (role === 'foil') {
          assert.deepEqual([third.end, third.text, 'sessionRef' in third.sent], ['closed', '', y === b])
        }
        const maker = await (role === 'stock' ? y : x).ask('bootstrap.state')
        assert.deepEqual(maker.databases.at(-1), database)
        const again = await redeem(c, { identity: { name: 'x' } })
        assert.equal(again.approved, multiUse)
        const listener = await y.ask('bootstrap.state')
        assert.equal(listener.tokens.find(t => t.token === token).uses, multiUse ? 2 : 1)
        assert.ok(listener.redemptions.filter(r => r.token === token).every(r => r.phase === 'done'))
        assert.ok(listener.seen.every(m => m.problems.length === 0))
        if (multiUse) {
          const keyed = () => redeem(x, { identity: { name: 'x' }, more: { idempotencyKey: 'k'.repeat(16) } })
          assert.equal((await keyed()).answer.text, (await keyed()).answer.text)
        } else {
          assert.deepEqual(again.answer.value, rejection('invalid_token'))
          assert.equal((await redeem(x, { identity: { name: 'x' }, sendThird: false })).answer.text, answer.text)
        }
      }
    }
    assert.equal((await x.ask('bootstrap.third', { addrs: [y.addr] })).value.reason, 'malformed_request')
    const contact = { token: 'stock true', partyId: x.id, identityBundle: { name: 'x' }, cadrePeerAddrs: [] }
    const raw = async bytes => JSON.parse((await x.ask('bootstrap.raw', { addrs: [y.addr], bytes })).text)
    assert.equal((await raw(jsonHex(contact))).approved, true)
    for (const bytes of [
      '', 'ff', hexOf('nonsense'), hexOf('[]'), hexOf('{}'), jsonHex(contact) + '20' + hexOf('{}'), hexOf('{"token":"a",') + jsonHex(contact).slice(2),
      jsonHex(contact).replace(hexOf('name'), 'ff'), jsonHex({ ...contact, cadrePeerAddrs: ['no address'] }),
      jsonHex({ ...contact, identityBundle: 'x'.repeat(1 << 16) }), jsonHex({ ...contact, more: JSON.parse('['.repeat(16) + ']'.repeat(16)) })
    ]) {
      assert.deepEqual(await raw(bytes), rejection('malformed_request'), bytes.slice(0, 200))
    }
    await y.ask('bootstrap.instead', { bytes: '00' })
    const { approved, answer } = await x.ask('bootstrap.redeem', { addrs: [y.addr], token: 'stock true', role: 'stock' })
    assert.ok(!approved && answer.problems.length === 1, JSON.stringify(answer))
  }
  // Of two sessions that wait for one peer, a third message that names none is for neither.
  await b.ask('bootstrap.token', { token: 'two', role: 'foil', multiUse: true })
  const two = () => a.ask('bootstrap.redeem', { addrs: [b.addr], token: 'two', role: 'foil', sendThird: false })
  const [one] = [await two(), await two()]
  assert.equal((await a.ask('bootstrap.third', { addrs: [b.addr] })).value.reason, 'malformed_request')
  assert.equal((await a.ask('bootstrap.third', { addrs: [b.addr], sessionRef: one.answer.value.sessionRef })).text, '')
  assert.equal((await a.ask('bootstrap.third', { addrs: [b.addr] })).text, '')
  await b.ask('bootstrap.instead', { kind: 'database', bytes: hexOf('{}') })
  assert.equal((await a.ask('bootstrap.redeem', { addrs: [b.addr], token: 'two', role: 'foil' })).third.text, '{}')
  await assert.rejects(a.ask('bootstrap.redeem', { addrs: [], token: 'two', role: 'foil' }), /must be a list/)
  await assert.rejects(a.ask('bootstrap.redeem', { addrs: [b.addr], token: 'two', role: 'both' }), /stock or foil/)
  await stopAll(a, b, c)
}

async function main () {
  for (const key of KEYS) {
    for (const mode of [['on', 'on'], ['on', 'off'], ['off', 'on'], ['off', 'off']]) {
      await part(`conversation ${key}, early muxer ${mode[0]} to ${mode[1]}`, async () => {
        const [a, b] = await Promise.all(mode.map(m => start('--key', key, '--early-muxer', m)))
        await conversation(key, a, b, mode.every(m => m === 'on'))
        await stopAll(a, b)
      })
    }
  }

  await part('fixed identity', async () => {
    // RFC 8032, section 7.1, test 1, as a PrivateKey message.
    const hex = '08011240' + '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60' +
      'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a'
    const a = await start('--private-key', hex)
    assert.equal((await a.ask('info')).publicKey, '08011220' + hex.slice(-64))
    await stopAll(a)
  })

  const [a, b] = [await start(), await start('--early-muxer', 'off')]
  await a.ask('dial', { addr: b.addr })
  for (const [x, y, way] of [[a, b, 'dialler to listener'], [b, a, 'listener to dialler']]) {
    await part(`64 MiB ${way}, pushed and fetched, with checksums`, async () => {
      const pushed = await x.ask('sink', { peer: y.id, bytes: 64 * MIB })
      const fetched = await x.ask('source', { peer: y.id, bytes: 64 * MIB })
      const echoed = await x.ask('echo', { peer: y.id, bytes: 64 * MIB })
      assert.ok(pushed.match && fetched.match)
      assert.equal(echoed.ok, 1)
      return `push ${Math.round(64000 / pushed.ms)} MiB/s, fetch ${Math.round(64000 / fetched.ms)} MiB/s`
    })
    await part(`1,000 streams at once, ${way}`, async () => {
      const all = await x.ask('echo', { peer: y.id, streams: 1000, bytes: 10_000 })
      assert.equal(all.ok, 1000, JSON.stringify(all))
      return `opened in ${Math.round(all.openMs)} ms, done in ${Math.round(all.ms)} ms`
    })
  }
  await part('no stream is left open', async () => {
    await a.ask('ping', { peer: b.id })
    for (const peer of [a, b]) {
      const left = (await streamsOf(peer)).filter(s => s.protocol.startsWith('/dunlin/'))
      assert.deepEqual(left, [])
    }
  })
  await part('back-pressure', () => backPressure(a, b))
  await stopAll(a, b)

  await part('Kademlia', kademlia)

  await part('bootstrap', bootstrap)

  await part('receiver killed mid-transfer', () => killedMidTransfer('sink'))
  await part('sender killed mid-transfer', () => killedMidTransfer('source'))

  await part('100 connects and hang-ups, then 100 connections at once', async () => {
    const [x, y] = [await start(), await start()]
    const times = await x.ask('connectTimes', { addr: y.addr, count: 100 })
    for (let i = 0; i < 100; i++) {
      await x.ask('dial', { addr: y.addr, force: true })
    }
    assert.equal((await x.ask('connections')).count, 100)
    assert.equal((await x.ask('hangup', { peer: y.id })).closed, 100)
    assert.equal((await x.ask('connections')).count, 0)
    await stopAll(x, y)
    return `connect ${times.medianMs.toFixed(1)} ms median`
  })
}

try {
  await main()
  console.log('all parts passed')
} catch (error) {
  console.error(error)
  process.exitCode = 1
  for (const peer of running) {
    await peer.kill()
  }
}
