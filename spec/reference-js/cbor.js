// The encoding that every part of a credential has: credential.md, section 1.
import { Tokenizer, encode, rfc8949EncodeOptions } from 'cborg'
import { Refusal, need } from './refusal.js'

const DEEPEST = 12 // CRED-7
// `strict` is CRED-2. The bytes of a text are kept because cborg's own decoder
// repairs bad UTF-8 and drops a byte order mark.
const OPTIONS = { strict: true, allowIndefinite: false, allowBigInt: true, retainStringBytes: true }
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Writes deterministic CBOR. Map keys are integers or texts. */
export const encodeCBOR = value => encode(value, rfc8949EncodeOptions)

/** Reads a tag, or none, before one item that obeys CRED-1 to CRED-7: { tag, value }. */
export function decodeTagged (bytes) {
  try {
    const tokens = new Tokenizer(bytes, OPTIONS)
    const tag = bytes[0] >> 5 === 6 ? tokens.next().value : undefined
    const value = readItem(tokens, bytes, 0)
    need(tokens.done(), 'encoding')
    return { tag, value }
  } catch {
    // Cut short, too long a form, no definite length, bad UTF-8, or a rule below.
    throw new Refusal('encoding')
  }
}

/** Reads one item. Integers become numbers, or bigints beyond 2^53; maps become Map. */
export function decodeCBOR (bytes) {
  const { tag, value } = decodeTagged(bytes)
  need(tag === undefined, 'encoding')
  return value
}

function readItem (tokens, bytes, depth) {
  const token = tokens.next()
  switch (token.type.name) {
    case 'uint': case 'negint': case 'bytes':
      return token.value
    case 'string':
      return utf8.decode(token.byteValue ?? new Uint8Array())
    case 'array':
    case 'map':
      need(depth < DEEPEST, 'encoding')
      return (token.type.name === 'map' ? readMap : readArray)(token.value, tokens, bytes, depth + 1)
    default:
      throw new Refusal('encoding') // a tag, a float or a simple value (CRED-5)
  }
}

const readArray = (length, tokens, bytes, depth) => Array.from({ length }, () => readItem(tokens, bytes, depth))

function readMap (length, tokens, bytes, depth) {
  const map = new Map()
  let last
  for (let i = 0; i < length; i++) {
    const start = tokens.pos()
    const key = readItem(tokens, bytes, depth)
    const encoded = bytes.subarray(start, tokens.pos())
    need(!last || Buffer.compare(last, encoded) < 0, 'encoding') // CRED-4
    last = encoded
    map.set(key, readItem(tokens, bytes, depth))
  }
  return map
}
