// Runs every vector of index sets and prints each disagreement; exits 1 on any.
import { readFileSync, readdirSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { Fault, decodeAdditions, decodeSet } from './status.js'

const folder = new URL('../vectors/status/', import.meta.url)
let [runs, disagreements] = [0, 0]

/** "5" and "100-119" as indices. */
function indices (ranges = []) {
  return ranges.flatMap(range => {
    const [first, last = first] = range.split('-').map(Number)
    return Array.from({ length: last - first + 1 }, (_, i) => first + i)
  })
}

function outcome (compute) {
  try {
    return { expect: 'ok', found: compute() }
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    return { expect: error.message }
  }
}

for (const file of readdirSync(folder).filter(name => name.endsWith('.json'))) {
  const v = JSON.parse(readFileSync(new URL(file, folder), 'utf8'))
  const bytes = Buffer.from(v.encoded, 'hex')
  const isSet = v.kind === 'set'
  const got = outcome(() => isSet ? decodeSet(v.count ?? 0, bytes) : decodeAdditions(bytes))
  const found = isSet
    ? indices(v.members)
    : { revoked: indices(v.revoked), superseded: indices(v.superseded), suspended: indices(v.suspended) }
  const wanted = v.expect === 'ok' ? { expect: 'ok', found } : { expect: v.expect }
  runs++
  if (isDeepStrictEqual(got, wanted)) continue
  disagreements++
  console.log(`${v.name}: expected ${v.expect}, got ${JSON.stringify(got).slice(0, 200)} (${v.comment})`)
}
console.log(`${runs} cases, ${disagreements} disagreements`)
process.exitCode = disagreements > 0 || runs === 0 ? 1 : 0
