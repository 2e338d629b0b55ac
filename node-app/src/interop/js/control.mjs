// Starts peer.mjs as a child process and speaks its line protocol; used by selftest.mjs and bench.mjs.
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const PEER = fileURLToPath(new URL('peer.mjs', import.meta.url))

export class Peer {
  #child
  #nextId = 1
  #pending = new Map()
  #waiters = new Set()

  static async start (...args) {
    const peer = new Peer()
    peer.#child = spawn(process.execPath, [PEER, ...args], { stdio: ['pipe', 'pipe', 'inherit'] })
    peer.events = []
    peer.exited = new Promise(resolve => peer.#child.on('exit', (code, signal) => resolve({ code, signal })))
    peer.exited.then(() => {
      peer.#pending.forEach(({ reject }) => reject(new Error('the peer has exited')))
      peer.#waiters.forEach(({ reject }) => reject(new Error('the peer has exited')))
    })
    // A request to a peer that was killed fails by its exit, not by the broken pipe.
    peer.#child.stdin.on('error', () => {})
    createInterface({ input: peer.#child.stdout }).on('line', line => peer.#take(JSON.parse(line)))
    const listening = await peer.event(e => e.event === 'listening')
    peer.id = listening.peerId
    peer.addr = listening.addrs[0]
    return peer
  }

  #take (message) {
    if (message.event == null) {
      const { resolve, reject } = this.#pending.get(message.id)
      this.#pending.delete(message.id)
      message.ok ? resolve(message.result) : reject(Object.assign(new Error(message.error.message), { name: message.error.name }))
      return
    }
    this.events.push(message)
    this.#waiters.forEach(waiter => {
      if (waiter.test(message)) {
        this.#waiters.delete(waiter)
        waiter.resolve(message)
      }
    })
  }

  /** The first event, past or to come, for which `test` holds. */
  event (test) {
    const past = this.events.find(test)
    return past != null ? Promise.resolve(past) : new Promise((resolve, reject) => this.#waiters.add({ test, resolve, reject }))
  }

  ask (op, args = {}) {
    const id = this.#nextId++
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject })
      this.#child.stdin.write(JSON.stringify({ id, op, ...args }) + '\n')
    })
  }

  kill () {
    this.#child.kill('SIGKILL')
    return this.exited
  }

  /** Asks for a clean stop and returns the exit code and signal. */
  async stop () {
    await this.ask('stop')
    return this.exited
  }
}
