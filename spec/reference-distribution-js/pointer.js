// A pointer to what it says: distribution.md, section 2.
import { need } from '../reference-js/refusal.js'

const MOST_POINTER = 65536
const MOST_DELTAS = 256
const MOST_BUNDLE = 67108864
const MOST_DELTA = 68157440

const BUNDLE = /^bundle ([0-9a-f]{64}) ([1-9][0-9]*)$/
const DELTA = /^delta ([0-9a-f]{64}) ([0-9a-f]{64}) ([1-9][0-9]*)$/
const OTHER = /^(?!(?:bundle|delta)(?: |$))[a-z]+(?: [!-~]+)*$/

/** Gives { bundle, deltas }, or throws not_a_pointer or later. */
export function parsePointer (text) {
  need(Buffer.byteLength(text) <= MOST_POINTER, 'not_a_pointer')
  const [first, ...lines] = text.split('\n')
  need(/^tongxing\/latest\/[0-9]+$/.test(first), 'not_a_pointer')
  need(first === 'tongxing/latest/1', 'later') // DIST-22
  need(lines.pop() === '' && BUNDLE.test(lines[0]), 'not_a_pointer')
  const bundle = file(lines.shift().match(BUNDLE), MOST_BUNDLE)
  const deltas = []
  for (const line of lines) {
    const found = line.match(DELTA)
    need(found || OTHER.test(line), 'not_a_pointer')
    if (found) deltas.push({ from: found[1], ...file(found.slice(1), MOST_DELTA) })
  }
  need(deltas.length <= MOST_DELTAS, 'not_a_pointer')
  need(deltas.every(({ from }, i) => from !== bundle.hash && (i === 0 || deltas[i - 1].from < from)), 'not_a_pointer')
  return { bundle, deltas }
}

function file ([, hash, size], most) {
  need(BigInt(size) <= most, 'not_a_pointer')
  return { hash, size: Number(size) }
}
