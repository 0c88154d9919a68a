// Runs every vector of policies and prints each disagreement; exits 1 on any.
import { readFileSync, readdirSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { decide } from './policy.js'

const folder = new URL('../vectors/policy/', import.meta.url)
const files = readdirSync(folder).filter(name => name.endsWith('.json'))
const said = decision => Object.fromEntries(Object.entries(decision).filter(([, value]) => value !== undefined))

const agrees = file => {
  const vector = JSON.parse(readFileSync(new URL(file, folder), 'utf8'))
  const expected = { ...vector.decision, until: vector.decision.until && Date.parse(vector.decision.until) / 1000 }
  const got = decide(vector)
  return isDeepStrictEqual(said(got), said(expected)) ||
    console.log(`${file}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(got)} (${vector.comment})`)
}

const disagreements = files.filter(file => !agrees(file)).length
console.log(`${files.length} cases, ${disagreements} disagreements`)
process.exitCode = disagreements > 0 || files.length === 0 ? 1 : 0
