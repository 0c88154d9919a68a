// Answers requests on standard input: conformance.md.
import { createInterface } from 'node:readline'
import { verify } from './verify.js'

for await (const line of createInterface({ input: process.stdin })) {
  const { id, text, time, trust, presented, venue } = JSON.parse(line)
  console.log(JSON.stringify({ id, reason: verify(text, Date.parse(time) / 1000, trust, presented, venue) }))
}
