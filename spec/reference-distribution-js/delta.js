// An old bundle and a delta to the new bundle: distribution.md, section 1.
import { createHash } from 'node:crypto'
import { decodeCBOR } from '../reference-js/cbor.js'
import { Refusal, need } from '../reference-js/refusal.js'

const MOST_DELTA = 68157440
const MOST_BUNDLE = 67108864
const MOST_TRIPLES = 1048576

const sha256 = bytes => createHash('sha256').update(bytes).digest()
const isBytes = (value, length = value?.length) => value instanceof Uint8Array && value.length === length

/**
 * Gives the bundle that a delta makes of the old one, or throws not_a_delta, later,
 * too_large, other_base or wrong_result.
 */
export function applyDelta (old, bytes) {
  const delta = parseDelta(bytes)
  const triples = readTriples(delta) // all of them, before there is room for the result (DIST-7)
  need(old.length === delta.oldSize && sha256(old).equals(delta.oldHash), 'other_base') // DIST-8
  const result = Buffer.alloc(delta.newSize)
  let [made, taken] = [0, 0]
  for (const { insert, from, copy } of triples) {
    made += delta.inserted.copy(result, made, taken, taken + insert)
    taken += insert
    made += old.copy(result, made, from, from + copy)
  }
  delta.inserted.copy(result, made, taken)
  need(sha256(result).equals(delta.newHash), 'wrong_result') // DIST-9
  return result
}

function parseDelta (bytes) {
  need(bytes.length <= MOST_DELTA, 'too_large')
  const name = bytes.subarray(2, 18).toString('latin1')
  need(bytes[0] >> 5 === 4 && name.startsWith('tongxing/delta/'), 'not_a_delta')
  need(bytes[0] === 0x82 && bytes[1] === 0x70 && name === 'tongxing/delta/1', 'later') // DIST-3
  const fields = bodyOf(bytes)
  need(fields instanceof Map, 'not_a_delta')
  need([...fields.keys()].every(key => key >= 1 && key <= 6), 'later')
  const [oldHash, oldSize, newHash, newSize, instructions, inserted] = [1, 2, 3, 4, 5, 6].map(key => fields.get(key))
  need(isBytes(oldHash, 32) && isBytes(newHash, 32) && isBytes(instructions) && isBytes(inserted), 'not_a_delta') // DIST-1
  for (const size of [oldSize, newSize]) {
    need((Number.isInteger(size) || typeof size === 'bigint') && size >= 1, 'not_a_delta')
    need(size <= MOST_BUNDLE, 'too_large')
  }
  need(Buffer.compare(oldHash, newHash) !== 0, 'not_a_delta') // DIST-2
  return { oldHash, oldSize, newHash, newSize, instructions, inserted: Buffer.from(inserted) }
}

function bodyOf (bytes) {
  try {
    return decodeCBOR(bytes)[1]
  } catch (error) {
    if (error instanceof Refusal) throw new Refusal('not_a_delta')
    throw error
  }
}

/** The triples with the place in the old bundle that each copy begins at (DIST-4 to DIST-6). */
function readTriples ({ oldSize, newSize, instructions, inserted }) {
  const triples = []
  let [at, made, left, place] = [0, 0, inserted.length, 0]
  const number = () => {
    let value = 0
    for (let i = 0; i < 4; i++) {
      const byte = instructions[place++]
      need(byte !== undefined && !(i > 0 && byte === 0), 'not_a_delta')
      value += (byte & 0x7f) * 2 ** (7 * i)
      if (byte < 0x80) return value
    }
    throw new Refusal('not_a_delta')
  }
  while (place < instructions.length) {
    const [insert, skipped, copy] = [number(), number(), number()]
    const skip = skipped % 2 === 0 ? skipped / 2 : -(skipped + 1) / 2
    const from = at + skip
    need(triples.length < MOST_TRIPLES && copy >= 1, 'not_a_delta')
    need(insert > 0 || skip !== 0 || triples.length === 0, 'not_a_delta')
    need(insert <= left && from >= 0 && from + copy <= oldSize, 'not_a_delta')
    triples.push({ insert, from, copy })
    at = from + copy
    made += insert + copy
    left -= insert
  }
  need(made + left === newSize, 'not_a_delta')
  return triples
}
