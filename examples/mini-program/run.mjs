// Runs app.js outside of a phone: a storage in memory, a camera that always sees the
// same code, and the module from the folder.
//
//	node run.mjs BUNDLE ANCHOR TIME CODE

import { readFile } from 'node:fs/promises'
import { brotliDecompressSync } from 'node:zlib'
import { createGate } from './app.js'

const [bundle, anchor, time, code] = process.argv.slice(2)
const store = new Map()
const wx = {
  getStorageSync: (key) => (store.has(key) ? JSON.parse(store.get(key)) : ''),
  setStorageSync: (key, value) => store.set(key, JSON.stringify(value)),
  removeStorageSync: (key) => store.delete(key),
  scanCode: async () => ({ result: code }),
}
const WXWebAssembly = {
  instantiate: async (path, imports) => WebAssembly.instantiate(brotliDecompressSync(await readFile(new URL(path, import.meta.url))), imports),
}
const options = { wx, WXWebAssembly, anchor, now: () => time }

const gate = await createGate(options)
console.log((await gate.scan({ class: 1, region: '33' })).reason.name)
console.log(gate.update(new Uint8Array(await readFile(bundle))).list)
const restarted = await createGate(options)
console.log((await restarted.scan({ class: 1, region: '33' })).reason.name)
// 换了信任起点：仍能启动，更新之前没有信任材料。 With another root it starts, with nothing to trust.
const moved = await createGate({ ...options, anchor: anchor.replace(/^[0-9a-f]/, (digit) => (digit === '0' ? '1' : '0')) })
console.log(moved.refused.code, (await moved.scan({ class: 1, region: '33' })).reason.name)
