// Runs every vector of approvals and prints each disagreement; exits 1 on any.
import { readFileSync, readdirSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { attempt, readKey } from '../reference-trust-js/form.js'
import { readApproval, recordsHash } from './approval.js'

const folder = new URL('../vectors/approval/', import.meta.url)
const hex = text => Buffer.from(text, 'hex')
const keyOf = ({ algorithm, x, y }) => readKey(algorithm, (parseInt(y.slice(-1), 16) % 2 ? '03' : '02') + x)
// Numbers of a vector are read as JSON has them: those beyond 2^53 about.
const told = counts => Object.fromEntries([...counts].map(([state, count]) => [state, Number(count)]))

const judge = ({ approval, keys }) => attempt(() => {
  const { signer, said } = readApproval(hex(approval), keys.map(keyOf))
  const bulk = said[7] && { digest: said[7], count: Number(said[8]), lifetime: said[9] }
  return { expect: 'ok', says: { signer, region: said[1], job: said[2], records: said[3], at: said[4], adverse: told(said[5]), keys: said[6], ...bulk } }
}, expect => ({ expect }))

function wanted ({ expect, says }) {
  if (expect !== 'ok') return { expect }
  const { job_key: key, input, ...rest } = says
  return { expect, says: { ...rest, records: recordsHash(hex(key), input) } }
}

const files = readdirSync(folder)
let disagreements = 0
for (const file of files) {
  const vector = JSON.parse(readFileSync(new URL(file, folder), 'utf8'))
  const [got, want] = [judge(vector), wanted(vector)]
  if (isDeepStrictEqual(got, want)) continue
  disagreements++
  console.log(`${file}: expected ${JSON.stringify(want)}, got ${JSON.stringify(got)} (${vector.comment})`)
}
console.log(`${files.length} vectors, ${disagreements} disagreements`)
process.exitCode = disagreements > 0 || files.length === 0 ? 1 : 0
