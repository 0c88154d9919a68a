// Runs every vector and prints each disagreement; exits 1 on any. With the argument -
// it answers vectors on standard input, one JSON object a line, for whoever compares.
import { readFileSync, readdirSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { isDeepStrictEqual } from 'node:util'
import { openDocument, read } from './document.js'
import { attempt } from './form.js'
import { load } from './load.js'

const GIVEN = ['name', 'comment', 'requirement', 'kind', 'document', 'bundle', 'previous', 'anchor', 'clock']
const folder = new URL('../vectors/', import.meta.url)
const [fromHex, dotted] = [text => Buffer.from(text, 'hex'), ({ version }) => version.join('.')]
const rfc3339 = time => new Date(time * 1000).toISOString().replace('.000', '')
const said = facts => Object.fromEntries(Object.entries(facts).filter(([, fact]) => fact === true || Object.keys(fact || {}).length > 0))

// { expect } with the class of the fault, or with all that a vector says beside `ok`.
const judge = vector => attempt(() => ({ expect: 'ok', ...vector.document ? judgeDocument(vector) : judgeBundle(vector) }), expect => ({ expect }))
const judgeDocument = ({ document, kind }) => ({ hash: read(openDocument(fromHex(document), kind)).hash })

function judgeBundle ({ bundle, previous, anchor, clock }) {
  const now = Date.parse(clock) / 1000
  const known = previous && load(fromHex(previous), anchor, now)
  const { root, list, policy, floor, regions, shared } = load(fromHex(bundle), anchor, now, known)
  const sharing = region => [...new Set(shared.filter(use => use.includes(region)).flatMap(([, ...codes]) => codes))].filter(code => code !== region).sort()
  const judgeRegion = ({ region }) => ({ region, ...said({ expect: regions.get(region).expect, shared: sharing(region), ...describe(regions.get(region)) }) })
  return { root: dotted(root), list: dotted(list), ...policy && { policy: dotted(policy) }, floor: rfc3339(floor), regions: list.entries.map(judgeRegion) }
}

// What of a region is in force.
function describe ({ expect, keyset, lists, deltas, state, isBehind: behind, closed, ...parts }) {
  const [snapshot, overlay, delta] = [parts.snapshot, parts.overlay, deltas?.at(-1)].map(part => part && dotted(part))
  const byNumber = (entries, tell) => Object.fromEntries([...entries].map(([number, one]) => [number, tell(one)]))
  const keys = keyset?.keys.flatMap(key => key.kid ?? []).sort()
  return expect === 'ok' && { keyset: dotted(keyset), keys, snapshot, overlay, lists: byNumber(lists, dotted), delta, known: byNumber(state ?? [], Object.values), behind, withdrawn: byNumber(closed, rfc3339) }
}

const agrees = file => {
  const vector = JSON.parse(readFileSync(new URL(file, folder), 'utf8'))
  const expected = Object.fromEntries(Object.entries(vector).filter(([field]) => !GIVEN.includes(field)))
  const got = judge(vector)
  return isDeepStrictEqual(got, expected) || console.log(`${file}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(got)}`)
}

if (process.argv[2] === '-') {
  for await (const line of createInterface({ input: process.stdin })) console.log(JSON.stringify(judge(JSON.parse(line))))
} else {
  const files = ['documents/', 'bundles/'].flatMap(name => readdirSync(new URL(name, folder)).map(file => name + file))
  const agreements = files.filter(agrees).length
  console.log(`${files.length} cases, ${files.length - agreements} disagreements`)
  process.exitCode = agreements < files.length || files.length === 0 ? 1 : 0
}
