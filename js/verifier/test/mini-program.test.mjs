// The build for mini-programs, under an engine with their limits.

import assert from 'node:assert/strict'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { brotliDecompressSync } from 'node:zlib'

const folder = new URL('../dist/mini-program/', import.meta.url)
const { ChunkedStorage, createMiniProgramVerifier } = await import(new URL('src/mini-program.js', folder))
const { Utf8Decoder, Utf8Encoder } = await import(new URL('src/utf8.js', folder))

const file = (name) => new Uint8Array(readFileSync(join(process.env.FRAMES, name)))
const [anchor] = Buffer.from(file('anchor.txt')).toString().split('\n')
const [code] = Buffer.from(file('code.txt')).toString().split('\n')
const at = '2022-08-10T01:00:00Z'

// FakeWx keeps what JSON can say, 1 MB under a key and 10 MB in all, and stops after
// some writes as a phone does whose battery is empty.
class FakeWx {
  store = new Map()
  writes = Infinity

  getStorageSync(key) {
    return this.store.has(key) ? JSON.parse(this.store.get(key)) : ''
  }

  setStorageSync(key, value) {
    if (--this.writes < 0) throw new Error('interrupted')
    const text = JSON.stringify(value)
    if (text.length > 1 << 20) throw new Error('setStorage:fail entry size limit reached')
    const all = [...this.store].reduce((sum, [name, kept]) => sum + (name === key ? 0 : name.length + kept.length), key.length + text.length)
    if (all > 10 << 20) throw new Error('setStorage:fail exceed storage max size 10Mb')
    this.store.set(key, text)
  }

  removeStorageSync(key) {
    if (this.writes >= 0) this.store.delete(key)
  }
}

const WXWebAssembly = {
  async instantiate(path, imports) {
    assert.match(path, /\.wasm(\.br)?$/)
    const compressed = readFileSync(new URL(path, folder))
    return WebAssembly.instantiate(path.endsWith('.br') ? brotliDecompressSync(compressed) : compressed, imports)
  },
}

// equal compares by bytes: assert.deepEqual takes seconds for a large bundle.
const equal = (got, want, about) => {
  for (const part of ['bundle', 'memory']) assert.equal(Buffer.compare(got[part], want[part]), 0, about)
}

const noise = (length, seed) => Uint8Array.from({ length }, (_, i) => Math.imul(i + seed, 2654435761) >>> 24)

test('the folder fits into a package of a mini-program', () => {
  let bytes = 0
  for (const name of readdirSync(folder, { recursive: true })) {
    const info = statSync(new URL(name, folder))
    if (info.isFile()) bytes += info.size
    if (!name.endsWith('.js')) continue
    const text = readFileSync(new URL(name, folder), 'utf8')
    assert.ok(!text.includes('import.meta') && !/\bimport\(/.test(text), `${name} has what the engine lacks`)
  }
  assert.ok(bytes < 2 << 20, `${bytes} bytes`)
})

test('a verifier is restored from the storage and lets nothing older in', async () => {
  const storage = new ChunkedStorage(new FakeWx())
  assert.equal(storage.load(), undefined)
  await assert.rejects(createMiniProgramVerifier({ WXWebAssembly, paht: 'tongxing.wasm.br' }), { code: 'argument', member: 'options.paht' })
  const first = await createMiniProgramVerifier({ WXWebAssembly, path: 'tongxing.wasm.br' })
  first.warm()
  first.load(file('newer.bundle'), { anchor, at })
  storage.save(first.stored())
  const second = await createMiniProgramVerifier({ WXWebAssembly, path: 'tongxing.wasm.br' })
  second.load(null, { anchor, at, stored: storage.load() })
  assert.equal(second.verify(code, { at }).reason.name, 'ok')
  assert.throws(() => second.load(file('older.bundle'), { anchor, at }), { code: 'bundle_older' })
})

test('a large bundle is kept in pieces, and one that is too large leaves the old', () => {
  const wx = new FakeWx()
  const storage = new ChunkedStorage(wx)
  const large = { bundle: noise(3_000_001, 1), memory: noise(2_000, 2) }
  storage.save(large)
  equal(storage.load(), large)
  assert.throws(() => storage.save({ ...large, bundle: noise(7_000_000, 3) }), /max size/)
  equal(storage.load(), large)
  const next = { bundle: noise(2_500_000, 4), memory: new Uint8Array(0) }
  storage.save(next)
  equal(storage.load(), next)
  assert.ok([...wx.store.keys()].every((key) => key === 'tongxing' || key.startsWith('tongxing/2/')))
  storage.remove()
  assert.equal(wx.store.size, 0)
})

test('what stored() does not give leaves what was saved', () => {
  const storage = new ChunkedStorage(new FakeWx())
  const before = { bundle: noise(9, 1), memory: noise(3, 1) }
  storage.save(before)
  for (const wrong of [undefined, {}, { ...before, bundle: before.bundle.buffer }, { ...before, memory: [1] }]) {
    assert.throws(() => storage.save(wrong), { code: 'argument' })
    equal(storage.load(), before)
  }
})

test('whenever the battery is empty, the old is there or the new', () => {
  for (let writes = 0; writes <= 7; writes++) {
    const wx = new FakeWx()
    const before = { bundle: noise(900_000, 1), memory: noise(10, 1) }
    const after = { bundle: noise(1_200_000, 2), memory: noise(10, 2) }
    new ChunkedStorage(wx).save(before)
    wx.writes = writes
    try {
      new ChunkedStorage(wx).save(after)
    } catch { /* interrupted */ }
    wx.writes = Infinity
    equal(new ChunkedStorage(wx).load(), writes < 6 ? before : after, `${writes} writes`)
    new ChunkedStorage(wx).save(after)
    equal(new ChunkedStorage(wx).load(), after)
  }
})

test('pieces that are damaged or gone are no bundle', () => {
  for (const spoil of [(wx) => wx.store.delete('tongxing/1/0/0'), (wx) => wx.store.set('tongxing/1/0/0', '"AAA"'), (wx) => wx.store.set('tongxing/1/0/0', '"!AAAAAAAAAAAAAAA"'), (wx) => wx.store.set('tongxing', '{"generation":1}'), (wx) => wx.store.set('tongxing', '{"generation":1,"parts":[null,null]}')]) {
    const wx = new FakeWx()
    const storage = new ChunkedStorage(wx)
    storage.save({ bundle: noise(12, 1), memory: noise(3, 1) })
    spoil(wx)
    assert.equal(storage.load(), undefined)
  }
})

test('UTF-8 is that of the standard', () => {
  for (const text of ['', 'a', '廖*然', '𬱖\u0000\u07ff\u0800\uffff', '\ud800x']) {
    assert.deepEqual(new Utf8Encoder().encode(text), new TextEncoder().encode(text))
    assert.equal(new Utf8Decoder().decode(new TextEncoder().encode(text)), new TextDecoder().decode(new TextEncoder().encode(text)))
  }
  for (const bytes of [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0x80, 65]]) {
    assert.equal(new Utf8Decoder().decode(Uint8Array.from(bytes)), new TextDecoder().decode(Uint8Array.from(bytes)))
  }
})
