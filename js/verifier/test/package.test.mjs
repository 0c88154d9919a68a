// The package as its users see it. FRAMES is a folder with older.bundle,
// newer.bundle, root.cose, anchor.txt, code.txt and frames.txt.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { createVerifier, VerifierError } from '@tongxing/verifier'
import { createRemoteVerifier } from '@tongxing/verifier/remote'

const file = (name) => readFileSync(join(process.env.FRAMES, name))
const lines = (name) => file(name).toString().split('\n').filter(Boolean)
const [anchor] = lines('anchor.txt')
const [code] = lines('code.txt')
const at = '2022-08-10T01:00:00Z'
const older = new Uint8Array(file('older.bundle'))
const newer = new Uint8Array(file('newer.bundle'))
const wasm = readFileSync(new URL(import.meta.resolve('@tongxing/verifier/tongxing.wasm')))

const refuses = (call, code, member) => assert.throws(call, (error) => {
  assert.ok(error instanceof VerifierError)
  assert.equal(error.code, code)
  assert.equal(error.member, member)
  assert.ok(error.zh && error.en && error.message)
  return true
})

test('nothing is left on globalThis, and verifiers share nothing', async () => {
  const names = () => Object.getOwnPropertyNames(globalThis)
  const before = names()
  const [one, other] = await Promise.all([createVerifier(), createVerifier({ wasm })])
  assert.deepEqual(names(), before)
  one.warm()
  one.load(older, { anchor, at })
  assert.equal(one.verify(code, { at }).reason.name, 'ok')
  assert.equal(other.verify(code, { at }).reason.name, 'no_trust')
})

test('the module comes as bytes, as an address, compiled or as a promise of it', async () => {
  const module = await WebAssembly.compile(wasm)
  for (const source of [wasm, wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength), module, Promise.resolve(module), import.meta.resolve('@tongxing/verifier/tongxing.wasm')]) {
    const verifier = await createVerifier({ wasm: source })
    assert.equal(verifier.verify(code, { at: new Date(at) }).reason.name, 'no_trust')
  }
})

test('what is refused is an error with a name, never a verdict', async () => {
  const verifier = await createVerifier()
  refuses(() => verifier.load(older, { anchor: '00', at }), 'anchor_invalid', 'anchor')
  refuses(() => verifier.load('bundle', { anchor, at }), 'argument', 'bundle')
  refuses(() => verifier.load(older, { anchor }), 'argument', 'at')
  refuses(() => verifier.load(older, { anchor, at, statuslistrequired: true }), 'argument', 'options.statuslistrequired')
  refuses(() => verifier.stored(), 'no_trust')
  refuses(() => verifier.inspect({ at }), 'no_trust')
  refuses(() => verifier.verify(7, { at }), 'argument', 'code')
  refuses(() => verifier.verify(code), 'argument', 'at')
  refuses(() => verifier.verify(code, { at: new Date(NaN) }), 'argument', 'at')
  refuses(() => verifier.verify(code, { at, venue: { klass: 3 } }), 'argument', 'venue.klass')
  refuses(() => verifier.verify(code, { at, venue: { class: 70000 } }), 'member_invalid', 'venue.class')
  refuses(() => verifier.verifyTogether([], { at }), 'member_invalid', 'codes')
  refuses(() => verifier.addFrame('TX1:AA'), 'frame_other')
})

test('a stored bundle comes back, and nothing older does', async () => {
  const first = await createVerifier()
  first.load(older, { anchor: new Uint8Array(file('root.cose')), at })
  assert.deepEqual(first.load(newer, { anchor, at }).versions, { root: '1.1', list: '1.2' })
  const stored = first.stored()
  const again = await createVerifier()
  assert.equal(again.load(null, { anchor, at, stored }).versions.list, '1.2')
  assert.deepEqual(again.stored(), stored)
  refuses(() => again.load(older, { anchor, at }), 'bundle_older')
  const third = await createVerifier()
  refuses(() => third.load(older, { anchor, at, stored }), 'bundle_older')
  assert.equal(third.verify(code, { at }).reason.name, 'ok')
  const lost = await createVerifier()
  refuses(() => lost.load(older, { anchor, at, stored: { ...stored, bundle: new Uint8Array(9) } }), 'bundle_older')
  assert.equal(lost.load(newer, { anchor, at, stored: { ...stored, bundle: new Uint8Array(9) } }).versions.list, '1.2')
  refuses(() => lost.load(newer, { anchor, at, stored: { ...stored, memory: new Uint8Array(9) } }), 'memory_damaged')
})

test('verdicts, persons, explanations, inspections and venues', async () => {
  const verifier = await createVerifier()
  verifier.load(older, { anchor, at, regions: [], statusListRequired: false, known: at })
  assert.equal(verifier.verify(code, { at, id: { number: '110101199003070038', name: '某人' } }).reason.name, 'holder_mismatch')
  assert.equal(verifier.verifyTogether([code, code], { at }).verdicts.length, 1)
  const { verdict, steps } = verifier.explain(code, { at }, 'en')
  assert.equal(verdict.outcome, 'pass')
  assert.ok(steps.some((step) => step.check === 'signature' && step.result === 'held'))
  assert.equal(verifier.inspect({ at }).documents[0].kind, 'root')
  const { classes, regions } = verifier.venues()
  assert.ok(classes.length > 5 && regions.some(({ region, zh }) => region === '33' && zh))
})

test('a bundle comes as a series of codes', async () => {
  const verifier = await createVerifier()
  let file
  for (const frame of lines('frames.txt')) ({ file } = verifier.addFrame(frame))
  assert.deepEqual(file, older)
  verifier.load(file, { anchor, at })
})

test('a worker answers as the verifier itself', async () => {
  const worker = new Worker(new URL(import.meta.resolve('@tongxing/verifier/worker')))
  const remote = await createRemoteVerifier(worker, { wasm })
  await remote.load(older, { anchor, at })
  assert.equal((await remote.verify(code, { at })).reason.name, 'ok')
  assert.ok((await remote.stored()).bundle instanceof Uint8Array)
  await assert.rejects(remote.load(older, { at }), (error) => error instanceof VerifierError && error.code === 'argument')
  await worker.terminate()
})

test('a module that has ended says so', async () => {
  const verifier = await createVerifier()
  const { start } = await import('../src/start.js')
  const module = await WebAssembly.compile(wasm)
  let memory
  const newInstance = await start(async (imports) => {
    const instance = await WebAssembly.instantiate(module, imports)
    memory = instance.exports.mem
    return instance
  }, { console: { ...console, error() {}, warn() {}, log() {} } })
  const call = newInstance()
  new Uint8Array(memory.buffer).fill(0xff, 0, 1 << 22) // what a fault of the engine would do
  assert.throws(() => { for (;;) call(new TextEncoder().encode('{"op":"warm"}')) }, { code: 'stopped' })
  assert.throws(() => call(new Uint8Array(0)), { code: 'stopped' })
  assert.equal(verifier.verify(code, { at }).reason.name, 'no_trust')
})
