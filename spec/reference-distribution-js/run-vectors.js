// Runs every vector of a delta or a pointer and prints each disagreement; exits 1 on any.
import { readFileSync, readdirSync } from 'node:fs'
import { Refusal } from '../reference-js/refusal.js'
import { applyDelta } from './delta.js'
import { parsePointer } from './pointer.js'

const folder = new URL('../vectors/distribution/', import.meta.url)
const hex = text => Buffer.from(text, 'hex')
let [vectors, disagreements] = [0, 0]

/** What the reader says: ok with a result, or a class of the vectors. */
function answer (read) {
  try {
    return { says: 'ok', result: read() }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return { says: error.reason }
  }
}

function compare (name, wanted, got) {
  if (got === wanted) return
  disagreements++
  console.log(`${name}: expected ${wanted}, got ${got}`)
}

for (const name of readdirSync(folder)) {
  const vector = JSON.parse(readFileSync(new URL(name, folder), 'utf8'))
  vectors++
  if (vector.pointer !== undefined) {
    const { says, result } = answer(() => parsePointer(vector.pointer))
    compare(name, vector.expect, says)
    const wanted = vector.expect === 'ok' ? { bundle: vector.bundle, deltas: vector.deltas ?? [] } : undefined
    compare(name, JSON.stringify(wanted), JSON.stringify(result))
  } else {
    const { says, result } = answer(() => applyDelta(hex(vector.old), hex(vector.delta)))
    compare(name, vector.expect, says)
    compare(name, vector.new, result?.toString('hex'))
  }
}
console.log(`${vectors} vectors, ${disagreements} disagreements`)
process.exitCode = disagreements > 0 || vectors === 0 ? 1 : 0
