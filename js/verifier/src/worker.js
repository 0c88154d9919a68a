// A module worker with a verifier in it, for remote.js. The first message is
// {wasm} or {}; then each is {id, method, values} and is answered with
// {id, value} or {id, error}.

import { createVerifier } from './index.js'
import { builtin } from './load.js'

const methods = new Set(['call', 'load', 'stored', 'verify', 'verifyTogether', 'explain', 'inspect', 'venues', 'addFrame', 'warm'])

let verifier

async function answer({ id, method, values, wasm }) {
  verifier ??= createVerifier({ wasm })
  const made = await verifier
  if (method === undefined) return { id }
  if (!methods.has(method)) throw new TypeError(`no method ${method}`)
  return { id, value: made[method](...values) }
}

function refusal({ name, message, code, zh, en, member }) {
  return { name, message, code, zh, en, member }
}

// serve answers what comes through a port, the other side of which is the page or
// the main thread.
function serve(port) {
  const listen = (message) => answer(message).then(
    (response) => port.postMessage(response),
    (error) => port.postMessage({ id: message.id, error: refusal(error) }),
  )
  if (port.on) port.on('message', listen)
  else port.onmessage = ({ data }) => listen(data)
}

// No await stands here at the top: bundlers make classic scripts of workers.
if (typeof WorkerGlobalScope === 'undefined') builtin('worker_threads').then(({ parentPort }) => serve(parentPort))
else serve(globalThis)
