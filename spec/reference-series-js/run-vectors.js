// Runs every vector of a series and prints each disagreement; exits 1 on any.
import { readFileSync, readdirSync } from 'node:fs'
import { Refusal } from '../reference-js/refusal.js'
import { SeriesReader, decodeFrame, rowOf } from './series.js'

const folder = new URL('../vectors/series/', import.meta.url)
let [texts, disagreements] = [0, 0]

function compare (name, wanted, got) {
  if (got === wanted) return
  disagreements++
  console.log(`${name}: expected ${wanted}, got ${got}`)
}

/** What the reader says to a text: a class of series.md, and the file if it has one. */
function answer (reader, text) {
  try {
    const file = reader.add(text)
    return { says: file ? 'complete' : 'frame', file }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return { says: error.reason }
  }
}

for (const name of readdirSync(folder)) {
  const vector = JSON.parse(readFileSync(new URL(name, folder), 'utf8'))
  const reader = new SeriesReader()
  let whole
  for (const [i, { text, expect, session, count, sequence, row }] of vector.texts.entries()) {
    const { says, file } = answer(reader, text)
    texts++
    compare(`${name} ${i}`, expect, says)
    whole = file ?? whole
    if (!row) continue
    const parts = decodeFrame(text)
    compare(`${name} ${i}, session`, session, Buffer.from(parts.session).toString('hex'))
    compare(`${name} ${i}, sequence`, sequence, parts.sequence)
    const bits = rowOf(parts.session, parts.sequence, count) << BigInt(-count & 7)
    compare(`${name} ${i}, row`, row, bits.toString(16).padStart(row.length, '0'))
  }
  compare(`${name}, file`, vector.file, whole?.toString('hex'))
}
console.log(`${texts} texts, ${disagreements} disagreements`)
process.exitCode = disagreements > 0 || texts === 0 ? 1 : 0
