// Verifies a code so many times for every number that comes in on a line, and
// answers with the processor time that it took, in microseconds. The first line out
// is how long the start, the warm-up call and the first check took, in milliseconds.
//
//	node bench.mjs LOAD REQUEST      files with request frames

import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { createVerifier } from '@tongxing/verifier'

const [load, request] = process.argv.slice(2).map((name) => readFileSync(name))
const times = []
let begun = performance.now()
const lap = () => {
  const now = performance.now()
  times.push((now - begun).toFixed(1))
  begun = now
}
const verifier = await createVerifier()
lap()
verifier.warm()
lap()
verifier.call(load)
begun = performance.now()
verifier.call(request)
lap()
for (let n = 0; n < 300; n++) verifier.call(request) // until the engine has compiled what it meets often
console.log(times.join(' '))
for await (const line of createInterface({ input: process.stdin })) {
  const begun = process.cpuUsage()
  for (let n = Number(line); n > 0; n--) verifier.call(request)
  const { user, system } = process.cpuUsage(begun)
  console.log(user + system)
}
