// Runs every vector and prints each disagreement; exits 1 on any.
import { readFileSync, readdirSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { deriveClass, deriveNumber, deriveTag, maskName } from './derive.js'
import { Refusal } from './refusal.js'
import { thumbprint, verify } from './verify.js'

const folder = new URL('../vectors/', import.meta.url)
const read = name => JSON.parse(readFileSync(new URL(name, folder), 'utf8'))
let [runs, disagreements] = [0, 0]

function expect (name, wanted, compute) {
  runs++
  let got = {}
  try {
    got = compute()
  } catch (error) {
    if (!(error instanceof Refusal)) got = error
  }
  if (isDeepStrictEqual(got, wanted)) return
  disagreements++
  console.log(`${name}: expected ${JSON.stringify(wanted)}, got ${JSON.stringify(got)}`)
}

for (const file of readdirSync(folder).filter(name => name.endsWith('.json'))) {
  const { name, text, time, trust, presented, venue, expect: reason } = read(file)
  expect(name, reason, () => verify(text, Date.parse(time) / 1000, trust, presented, venue))
}
// In these tables a case without its results is refused: {}.
const derived = {
  names: ({ name, ...wanted }) => [wanted, () => ({ masked: maskName(name) })],
  numbers: ({ document_type: type, class: documentClass, number, ...wanted }) => [wanted, () => deriveNumber(deriveClass(type), number)],
  tags: ({ tag, ...of }) => [tag, () => deriveTag(of)],
  thumbprints: ({ thumbprint: whole, kid, ...key }) => [[whole, kid], () => [thumbprint(key), thumbprint(key).slice(0, 8)]]
}
for (const [table, pair] of Object.entries(derived)) {
  for (const row of read(`derived/${table}.json`).cases) expect(`${table} ${JSON.stringify(row)}`, ...pair(row))
}
console.log(`${runs} cases, ${disagreements} disagreements`)
process.exitCode = disagreements > 0 || runs === 0 ? 1 : 0
