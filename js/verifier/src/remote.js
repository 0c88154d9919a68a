// The methods of a Verifier over a worker that runs worker.js: each returns a
// promise.
//
//	const worker = new Worker(new URL('@tongxing/verifier/worker', import.meta.url), { type: 'module' })
//	const verifier = await createRemoteVerifier(worker)
//	const verdict = await verifier.verify(code, { at: new Date() })

import { stopped, VerifierError } from './error.js'
import { only } from './options.js'

const methods = ['call', 'load', 'stored', 'verify', 'verifyTogether', 'explain', 'inspect', 'venues', 'addFrame', 'warm']

function failure({ name, message, code, zh, en, member }) {
  if (name !== 'VerifierError') return Object.assign(new Error(message), { name })
  return Object.assign(new VerifierError({ name: code, member, zh, en }), { message })
}

// createRemoteVerifier starts the verifier of a worker. When the worker ends or
// breaks, calls that wait and later ones are refused: nobody waits at a gate for an
// answer that cannot come.
export async function createRemoteVerifier(worker, options = {}) {
  const { wasm } = only(options, ['wasm'], 'options')
  const waiting = new Map()
  let last = 0
  let ended = worker.threadId === -1 ? stopped() : undefined // as Node.js numbers one that has ended
  const listen = ({ id, value, error }) => {
    const { resolve, reject } = waiting.get(id)
    waiting.delete(id)
    if (error) reject(failure(error))
    else resolve(value)
  }
  const broken = (cause) => {
    ended ??= Object.assign(stopped(), { cause })
    for (const { reject } of waiting.values()) reject(ended)
    waiting.clear()
  }
  if (worker.on) worker.on('message', listen).on('error', broken).on('exit', () => broken())
  else {
    worker.onmessage = ({ data }) => listen(data)
    worker.onerror = (event) => broken(event.error ?? new Error(event.message))
  }
  const send = (message) => new Promise((resolve, reject) => {
    if (ended) throw ended
    worker.postMessage({ ...message, id: ++last })
    waiting.set(last, { resolve, reject })
  })
  await send({ wasm })
  return Object.fromEntries(methods.map((method) => [method, (...values) => send({ method, values })]))
}
