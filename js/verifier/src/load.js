// Where the module comes from: bytes, an address, a Response or a compiled module.
// Without any it lies beside this file.

// builtin is a module of Node.js. Its name stands in no import, where bundlers for
// browsers would look for it.
export const builtin = (name) => import(/* webpackIgnore: true */ /* @vite-ignore */ `node:${name}`)

// compile returns the WebAssembly.Module of a source. Only who gives none needs the
// place of this file, which a bundle that is no ES module has not.
export async function compile(source) {
  const given = await source ?? new URL('../dist/tongxing.wasm', import.meta.url)
  if (given instanceof WebAssembly.Module) return given
  if (ArrayBuffer.isView(given) || given instanceof ArrayBuffer) return WebAssembly.compile(given)
  if (typeof Response !== 'undefined' && given instanceof Response) return compileResponse(given)
  const address = new URL(given, import.meta.url ?? globalThis.location?.href)
  if (address.protocol !== 'file:') return compileResponse(await fetch(address))
  const { readFile } = await builtin('fs/promises')
  return WebAssembly.compile(await readFile(address))
}

// A server that calls the file something else than application/wasm costs the
// streaming, no more.
async function compileResponse(response) {
  if (!response.ok) throw new Error(`${response.url}: ${response.status}`)
  if (response.headers.get('content-type')?.startsWith('application/wasm')) return WebAssembly.compileStreaming(response)
  return WebAssembly.compile(await response.arrayBuffer())
}

// environment is what an engine has elsewhere than on globalThis: Node.js 18 has no
// crypto there.
export async function environment() {
  if (globalThis.crypto) return {}
  const { webcrypto } = await builtin('crypto')
  return { crypto: webcrypto }
}
