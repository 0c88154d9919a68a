// Verifies the codes that stand on the lines of standard input.
//
//	npm install @tongxing/verifier
//	node main.mjs BUNDLE ANCHOR [TIME] <codes.txt
//
// BUNDLE is a file, ANCHOR the hash of the trusted root in hexadecimal, TIME that of
// the check in RFC 3339, now where it is left out.

import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { createVerifier } from '@tongxing/verifier'

const [bundle, anchor, time] = process.argv.slice(2)
const at = time ?? new Date()

const verifier = await createVerifier()
verifier.warm()
const { versions } = verifier.load(await readFile(bundle), { anchor, at })
console.log(`trust list ${versions.list}`)

for await (const code of createInterface({ input: process.stdin })) {
  const { outcome, reason, credential } = verifier.verify(code, { at, venue: { class: 1, region: '33' } })
  console.log(outcome, reason.name, credential?.holder.name ?? '-', reason.next_zh)
}
