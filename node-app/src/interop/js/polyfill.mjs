// Loaded before anything else: js-libp2p calls Promise.withResolvers, which Node.js has only from version 22 on.
Promise.withResolvers ??= function () {
  let resolve, reject
  const promise = new this((yes, no) => { resolve = yes; reject = no })
  return { promise, resolve, reject }
}
