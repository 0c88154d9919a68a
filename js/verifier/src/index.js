import { compile, environment } from './load.js'
import { only } from './options.js'
import { start } from './start.js'
import { Verifier } from './verifier.js'

export { VerifierError } from './error.js'
export { Verifier }

// createVerifier starts a module of its own: what one verifier believes no other
// knows of.
export async function createVerifier(options = {}) {
  const { wasm } = only(options, ['wasm'], 'options')
  const module = await compile(wasm)
  const newInstance = await start((imports) => WebAssembly.instantiate(module, imports), await environment())
  return new Verifier(newInstance())
}
