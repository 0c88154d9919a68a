// Starts a module. Nothing is left on the real globalThis, neither by Go's own
// wasm_exec.js nor by ours: both see a scope of their own.

import { makeGo } from '../dist/go.js'
import { stopped } from './error.js'

// scopeOf is what Go looks up as its global object. given replaces what a host
// lacks, as mini-programs do.
function scopeOf(given) {
  const { crypto, performance, TextEncoder, TextDecoder, WebAssembly, console, setTimeout, clearTimeout } = globalThis
  return { Object, Array, Uint8Array, Error, Date, crypto, performance, TextEncoder, TextDecoder, WebAssembly, console, setTimeout, clearTimeout, ...given }
}

// start runs the module that instantiate(imports) gives and returns what makes
// instances: each is a function from request bytes to response bytes.
export async function start(instantiate, given = {}) {
  const scope = scopeOf(given)
  const Go = makeGo(scope)
  const go = new Go()
  let running = true
  go.exit = () => { running = false }
  let newInstance
  scope.tongxing = (made) => { newInstance = made }
  const ended = go.run(await instantiate(go.importObject))
  ended.then(() => { running = false }, () => { running = false })
  delete scope.tongxing
  if (newInstance === undefined) throw stopped()
  return () => {
    const call = newInstance()
    return (request) => {
      if (!running) throw stopped()
      try {
        return call(request)
      } catch (cause) {
        running = false
        throw Object.assign(stopped(), { cause })
      }
    }
  }
}
