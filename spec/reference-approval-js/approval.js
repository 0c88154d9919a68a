// An approval (批准书): issuer.md, section 10.
import { createHash, createHmac } from 'node:crypto'
import { need } from '../reference-js/refusal.js'
import { openDocument, signersOf } from '../reference-trust-js/document.js'
import { bytes, content, hex, list, region, uint } from '../reference-trust-js/form.js'

const MOST_BYTES = 16384
const NAME = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]+$/u // DELETION-3
const MOST = 2n ** 64n - 1n

const counted = value => {
  content(['number', 'bigint'].includes(typeof value) && BigInt(value) >= 1n && BigInt(value) <= MOST)
  return BigInt(value)
}

function name (value) {
  content(typeof value === 'string' && Buffer.byteLength(value) <= 128 && NAME.test(value))
  return value
}

function adverse (value) {
  content(value instanceof Map && value.size <= 64)
  return new Map([...value].map(([state, count]) => [uint(1, 65535)(state), counted(count)]))
}

const AT_ONCE = { 1: region, 2: name, 3: hex(32), 4: uint(0, 4294967295), 5: adverse, 6: list(hex(32), 1, 64, itself => itself) }
const BULK = { ...AT_ONCE, 7: hex(32), 8: counted, 9: uint(1, 4294967295) }

/** Gives what an approval says, by its field numbers, and who of the approvers signed it. */
export function readApproval (data, approvers) {
  need(data.length <= MOST_BYTES, 'envelope') // ISSUER-25
  const document = openDocument(data, 'approval', MOST_BYTES)
  need(document.signatures.length === 1, 'envelope')
  const [signer] = signersOf(document, approvers)
  need(signer, 'unsigned')
  const said = readContent(document.value)
  need(!said[6].includes(signer.thumbprint), 'own_key') // ISSUER-24
  return { signer: signer.thumbprint, said }
}

function readContent (value) { // ISSUER-26
  content(value instanceof Map)
  const isBulk = value.size === Object.keys(BULK).length
  const form = Object.entries(isBulk ? BULK : AT_ONCE)
  content(value.size === form.length && form.every(([label]) => value.has(Number(label))))
  const said = Object.fromEntries(form.map(([label, read]) => [label, read(value.get(Number(label)))]))
  const restricted = [...said[5].values()].reduce((sum, count) => sum + count, 0n)
  content(isBulk ? restricted <= said[8] : restricted > 0n)
  return said
}

/** The keyed hash of a file of records. */
export function recordsHash (key, file) {
  const sum = createHash('sha256').update(file).digest()
  return createHmac('sha256', bytes(32)(key)).update('tongxing approval\n').update(sum).digest('hex')
}
