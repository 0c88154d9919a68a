// A module worker with a verifier in it, for remote.js. The first message is
// {wasm} or {}; then each is {id, method, values} and is answered with
// {id, value} or {id, error}.

import { createVerifier } from './index.js'

const methods = new Set(['call', 'load', 'stored', 'verify', 'verifyTogether', 'explain', 'inspect', 'venues', 'addFrame', 'warm'])

// port is the other side, in browsers and in Node.js.
const port = typeof WorkerGlobalScope === 'undefined'
  ? (await import(/* webpackIgnore: true */ /* @vite-ignore */ 'node:worker_threads')).parentPort
  : globalThis

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

const listen = (message) => answer(message).then(
  (response) => port.postMessage(response),
  (error) => port.postMessage({ id: message.id, error: refusal(error) }),
)
if (port.on) port.on('message', listen)
else port.onmessage = ({ data }) => listen(data)
