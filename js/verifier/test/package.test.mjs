// The package as its users see it. FRAMES is a folder with older.bundle,
// newer.bundle, root.cose, anchor.txt, code.txt and frames.txt.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { runInNewContext, Script } from 'node:vm'
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

test('an option that nobody knows is refused, and does not count for nothing', async () => {
  const rejects = (promise, member) => assert.rejects(promise, (error) => {
    assert.ok(error instanceof VerifierError)
    assert.deepEqual([error.code, error.member], ['argument', member])
    return true
  })
  for (const [options, member] of [[{ wsam: wasm }, 'options.wsam'], [{ wasm, at }, 'options.at'], [wasm, 'options'], [null, 'options']]) {
    await rejects(createVerifier(options), member)
    await rejects(createRemoteVerifier({}, options), member)
  }
})

test('a venue or a document that JSON cannot say is refused and does not count for nothing', async () => {
  const verifier = await createVerifier()
  verifier.load(older, { anchor, at })
  for (const venue of [9, '33', null, [], () => {}]) refuses(() => verifier.verify(code, { at, venue }), 'argument', 'venue')
  for (const id of [110101199003070038, '110101199003070038', null, [], 5n]) refuses(() => verifier.verify(code, { at, id }), 'argument', 'id')
  for (const wrong of [Symbol('9'), () => 9, 9n, '9', null]) refuses(() => verifier.verify(code, { at, venue: { class: wrong } }), 'argument', 'venue.class')
  for (const wrong of [Symbol('33'), () => '33', 33, null]) refuses(() => verifier.verify(code, { at, venue: { region: wrong } }), 'argument', 'venue.region')
  for (const member of ['type', 'number', 'name']) {
    for (const wrong of [Symbol('1'), () => '1', 1n, 1, null]) refuses(() => verifier.verify(code, { at, id: { [member]: wrong } }), 'argument', `id.${member}`)
  }
  for (const options of [null, 7, 'x', new Date(at)]) refuses(() => verifier.verify(code, options), 'argument', 'options')
  for (const codes of [code, undefined, 7]) refuses(() => verifier.verifyTogether(codes, { at }), 'argument', 'codes')
  for (const regions of ['33', Symbol('33'), null]) refuses(() => verifier.load(older, { anchor, at, regions }), 'argument', 'regions')
  refuses(() => verifier.load(older, { anchor, at, statusListRequired: Symbol('yes') }), 'argument', 'statusListRequired')
  refuses(() => verifier.load(null, { anchor, at, stored: null }), 'argument', 'stored')
  refuses(() => verifier.explain(code, { at }, Symbol('en')), 'argument', 'language')
  refuses(() => verifier.inspect(null), 'argument', 'options')
})

test('every text has a verdict, half a surrogate pair too', async () => {
  const verifier = await createVerifier()
  verifier.load(older, { anchor, at })
  const name = (text) => verifier.verify(text, { at }).reason.name
  assert.equal(name(`${code}\ud800`), name(`${code}\ufffd`))
  assert.equal(name('\udc00'), 'not_a_code')
  assert.equal(name('\u0000'.repeat(1 << 17)), 'not_a_code')
})

test('bytes and dates may be of another realm, part of a buffer, or shared, and not transferred', async () => {
  const verifier = await createVerifier()
  const foreign = runInNewContext('({ bytes: Uint8Array.from(list), date: new Date(at) })', { list: [...older], at })
  const shared = new Uint8Array(new SharedArrayBuffer(older.length))
  shared.set(older)
  const amid = Buffer.concat([Buffer.alloc(13), older, Buffer.alloc(7)]).subarray(13, 13 + older.length)
  for (const bundle of [foreign.bytes, foreign.bytes.buffer, shared, amid]) {
    assert.equal(verifier.load(bundle, { anchor, at: foreign.date }).versions.list, '1.1')
  }
  const gone = older.slice()
  structuredClone(gone.buffer, { transfer: [gone.buffer] })
  for (const bundle of [gone, gone.buffer, [...older]]) refuses(() => verifier.load(bundle, { anchor, at }), 'argument', 'bundle')
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
  refuses(() => lost.load(newer, { anchor, at, stored: { ...stored, memory: new Uint8Array(0) } }), 'memory_damaged')
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

test('a worker that has ended refuses what waits and what comes later', { timeout: 60_000 }, async () => {
  const ended = { name: 'VerifierError', code: 'stopped' }
  const worker = new Worker(`require('node:worker_threads').parentPort.on('message', function ({ id, method }) {
    if (method) process.exit()
    this.postMessage({ id })
  })`, { eval: true })
  const remote = await createRemoteVerifier(worker)
  await assert.rejects(remote.verify(code, { at }), ended)
  await assert.rejects(remote.verify(code, { at }), ended)
  await assert.rejects(createRemoteVerifier(worker), ended)
  await assert.rejects(createRemoteVerifier(new Worker('throw new Error("broken")', { eval: true })), ({ code, cause }) => code === 'stopped' && cause.message === 'broken')
})

test('bundlers for browsers take it: no module of Node.js is named in an import, and a worker may be a classic script', () => {
  const source = (name) => readFileSync(new URL(`../src/${name}.js`, import.meta.url), 'utf8')
  for (const name of ['index', 'load', 'options', 'start', 'verifier', 'frame', 'error', 'remote', 'worker']) {
    assert.doesNotMatch(source(name), /(from|import\()\s*(\/\*.*?\*\/\s*)*['"]node:/, name)
  }
  new Script(source('worker').replace(/^import .*$/gm, '')) // where an await at the top is an error
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
