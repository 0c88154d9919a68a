// The verifier in mini-programs: WXWebAssembly instead of WebAssembly, an engine
// that may lack TextEncoder, crypto and performance, and a storage of small pieces.
// Nothing here is for the module's own cryptography: it verifies, and needs no
// randomness but for the order in which it keeps its tables.

import { only } from './options.js'
import { start } from './start.js'
import { Utf8Decoder, Utf8Encoder } from './utf8.js'
import { Verifier } from './verifier.js'

export { ChunkedStorage } from './chunked-storage.js'

const scope = {
  TextEncoder: Utf8Encoder,
  TextDecoder: Utf8Decoder,
  WebAssembly: { Instance: Object },
  crypto: {
    getRandomValues(bytes) {
      for (let i = 0; i < bytes.length; i++) bytes[i] = Math.floor(Math.random() * 256)
      return bytes
    },
  },
  performance: { now: () => Date.now() },
}

export async function createMiniProgramVerifier(options) {
  const { WXWebAssembly, path } = only(options, ['WXWebAssembly', 'path'], 'options')
  const newInstance = await start(async (imports) => {
    const made = await WXWebAssembly.instantiate(path, imports)
    return made.instance ?? made
  }, scope)
  return new Verifier(newInstance(), scope)
}
