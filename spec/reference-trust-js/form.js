// Forms of CBOR values, public keys among them. Each reads a decoded value and gives a
// plain one, or throws `content`, or `later` for a field that it does not know.
import { ECDH } from 'node:crypto'
import { ES256, SM2 } from '../reference-js/credential.js'
import { Refusal, need } from '../reference-js/refusal.js'
import { thumbprint } from '../reference-js/verify.js'

const CURVES = new Map([[ES256, 'prime256v1'], [SM2, 'SM2']])
const UNSEEN = /[\0-\x1F\x7F-\x9F\xAD\u061C\u180E\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFD\u{E0000}-\u{E0FFF}]/u

/** Runs something, or what is given for the reason why it was refused. */
export function attempt (run, refused) {
  try {
    return run()
  } catch (error) {
    if (error instanceof Refusal) return refused(error.reason)
    throw error
  }
}

export const content = holds => need(holds, 'content')
const when = holds => value => content(holds(value)) ?? value
export const isInteger = value => ['number', 'bigint'].includes(typeof value) && BigInt.asIntN(64, BigInt(value)) === BigInt(value) // CRED-13
export const integer = when(isInteger)
export const uint = (from, to) => when(value => typeof value === 'number' && value >= from && value <= to)
export const bytes = (from, to = from) => when(value => value instanceof Uint8Array && value.length >= from && value.length <= to)
export const hex = (from, to) => value => Buffer.from(bytes(from, to)(value)).toString('hex')
export const text = most => when(value => typeof value === 'string' && value !== '' && Buffer.byteLength(value) <= most && !UNSEEN.test(value)) // TRUST-26
export const region = when(value => typeof value === 'string' && /^[0-9]{2}$/.test(value)) // TRUST-25

/** An array of the parts that are given by name. */
export const tuple = parts => value => {
  const rows = Object.entries(parts)
  content(Array.isArray(value) && value.length === rows.length)
  return Object.fromEntries(rows.map(([name, read], i) => [name, read(value[i])]))
}

/** A map of the fields that are given as 'label name', or 'label? name' when optional. */
export const fields = table => {
  const rows = Object.entries(table).map(([row, read]) => [...row.match(/^(\d+)(\??) (\w+)$/).slice(1), read])
  return value => {
    content(value instanceof Map)
    need([...value.keys()].every(key => rows.some(([label]) => key === Number(label))), 'later') // TRUST-21
    const present = rows.filter(([label, optional]) => value.has(Number(label)) || content(optional))
    return Object.fromEntries(present.map(([label, , name, read]) => [name, read(value.get(Number(label)))]))
  }
}

/** An array of from `from` to `to` items. With `by` they ascend by that, and are distinct. */
export const list = (item, from, to, by) => value => {
  content(Array.isArray(value) && value.length >= from && value.length <= to)
  const items = value.map(item)
  if (by) items.forEach((one, i) => content(i === 0 || compare(by(items[i - 1]), by(one)) < 0))
  return items
}

/** Numbers by size, texts by their bytes, arrays element by element. */
export function compare (a, b) {
  if (Array.isArray(a)) return a.reduce((order, element, i) => order || compare(element, b[i]), 0)
  if (typeof a === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b))
  return a < b ? -1 : a > b ? 1 : 0
}

export const isKnown = algorithm => CURVES.has(algorithm)
/** { algorithm, point, id }, and of a known algorithm { x, y, thumbprint, kid } as well; bytes in hexadecimal. */
export function readKey (algorithm, point) {
  const key = { algorithm, point, id: `${algorithm} ${point}` }
  if (!isKnown(algorithm)) return key // TRUST-14
  need(point.length === 66, 'content')
  try {
    const [, x, y] = ECDH.convertKey(point, CURVES.get(algorithm), 'hex', 'hex', 'uncompressed').match(/^04(.{64})(.{64})$/)
    const whole = thumbprint({ algorithm, x, y })
    return { ...key, x, y, thumbprint: whole, kid: whole.slice(0, 8) }
  } catch {
    throw new Refusal('content') // not on the curve
  }
}

export const needDistinct = keys => need(new Set(keys.map(key => key.id)).size === keys.length, 'shared') // TRUST-13
