import { compile, environment } from './load.js'
import { start } from './start.js'
import { Verifier } from './verifier.js'

export { VerifierError } from './error.js'
export { Verifier }

// createVerifier starts a module of its own: what one verifier believes no other
// knows of.
export async function createVerifier({ wasm } = {}) {
  const module = await compile(wasm)
  const newInstance = await start((imports) => WebAssembly.instantiate(module, imports), await environment())
  return new Verifier(newInstance())
}
