// Index sets and the additions of deltas: status.md.
import { Refusal } from '../reference-js/refusal.js'

const BLOCK = 128
const LAST = 2 ** 32 - 1
const MOST_MEMBERS = 2 ** 24
export const SETS = ['revoked', 'superseded', 'suspended']

/** What is wrong with the bytes: malformed, not_canonical, too_large or overlap. */
export class Fault extends Refusal {}
const need = (holds, fault) => { if (!holds) throw new Fault(fault) }

const bitsOf = bytes => [...bytes].map(byte => byte.toString(2).padStart(8, '0')).join('')

class Bits {
  constructor (bytes) { Object.assign(this, { text: bitsOf(bytes), at: 0 }) }

  number (width) {
    need(this.at + width <= this.text.length, 'malformed')
    this.at += width
    return width === 0 ? 0 : parseInt(this.text.slice(this.at - width, this.at), 2)
  }

  rice (k) {
    const one = this.text.indexOf('1', this.at)
    need(one >= 0, 'malformed')
    const quotient = one - this.at
    this.at = one + 1
    return quotient * 2 ** k + this.number(k)
  }
}

/** Reads n members and the bits that fill up the last byte (STATUS-1 to STATUS-7). */
function readSet (bits, n) {
  need(n <= MOST_MEMBERS, 'too_large')
  const [start, members] = [bits.at, []]
  while (members.length < n) readBlock(bits, members, Math.min(BLOCK, n - members.length))
  bits.at = Math.min(Math.ceil(bits.at / 8) * 8, bits.text.length)
  need(bits.text.slice(start, bits.at) === writeSet(members), 'not_canonical')
  return members
}

function readBlock (bits, members, count) {
  const isRuns = bits.number(1) === 1
  const k = bits.number(5)
  const j = isRuns ? bits.number(3) : 0
  for (let left = count; left > 0;) {
    const gap = bits.rice(k) + (isRuns && left < count ? 1 : 0)
    const length = isRuns ? bits.rice(j) + 1 : 1
    const first = (members.at(-1) ?? -1) + 1 + gap
    need(length <= left && first + length - 1 <= LAST, 'malformed')
    for (let i = 0; i < length; i++) members.push(first + i)
    left -= length
  }
}

const binary = (n, width) => width === 0 ? '' : n.toString(2).padStart(width, '0')
const rice = (v, k) => '0'.repeat(Math.floor(v / 2 ** k)) + '1' + binary(v % 2 ** k, k)
const sizeOf = (values, k) => values.reduce((sum, v) => sum + Math.floor(v / 2 ** k) + 1 + k, 0)

/** The smallest of the parameters that make values shortest. */
function parameter (values, most) {
  let best = 0
  for (let k = 1; k <= most; k++) if (sizeOf(values, k) < sizeOf(values, best)) best = k
  return best
}

function writeSet (members) {
  let out = ''
  for (let i = 0; i < members.length; i += BLOCK) out += writeBlock(members.slice(i, i + BLOCK), i === 0 ? -1 : members[i - 1])
  return out.padEnd(Math.ceil(out.length / 8) * 8, '0')
}

function writeBlock (members, before) { // STATUS-2, STATUS-3, STATUS-5
  const gaps = members.map((m, i) => m - (i === 0 ? before : members[i - 1]) - 1)
  const [starts, lengths] = [[], []]
  gaps.forEach((gap, i) => {
    if (i > 0 && gap === 0) return lengths.push(lengths.pop() + 1)
    starts.push(i === 0 ? gap : gap - 1)
    lengths.push(0)
  })
  const [k, runK, runJ] = [parameter(gaps, 31), parameter(starts, 31), parameter(lengths, 7)]
  if (1 + 5 + 3 + sizeOf(starts, runK) + sizeOf(lengths, runJ) < 1 + 5 + sizeOf(gaps, k)) {
    return '1' + binary(runK, 5) + binary(runJ, 3) + starts.map((gap, i) => rice(gap, runK) + rice(lengths[i], runJ)).join('')
  }
  return '0' + binary(k, 5) + gaps.map(gap => rice(gap, k)).join('')
}

/** The bytes of a set. */
export const encodeSet = members => Buffer.from(writeSet(members).match(/.{8}/g)?.map(byte => parseInt(byte, 2)) ?? [])

/** The members of an encoded set of n. */
export function decodeSet (n, bytes) {
  const bits = new Bits(bytes)
  const members = readSet(bits, n)
  need(bits.at === bits.text.length, 'not_canonical')
  return members
}

/** The additions of a list: { revoked, superseded, suspended } (STATUS-10, STATUS-11). */
export function decodeAdditions (bytes) {
  const [bits, found] = [new Bits(bytes), { revoked: [], superseded: [], suspended: [] }]
  for (let last = -1; bits.at < bits.text.length;) {
    const head = readHead(bits)
    const [n, set] = [Math.floor(head / 4), head % 4]
    need(n > 0 && set < 3, 'malformed')
    need(set > last, 'not_canonical')
    found[SETS[set]] = readSet(bits, n)
    last = set
  }
  const all = Object.values(found).flat()
  need(new Set(all).size === all.length, 'overlap') // STATUS-9
  return found
}

function readHead (bits) {
  let [head, shift, byte] = [0, 0, 0]
  do {
    need(shift < 35, 'malformed')
    byte = bits.number(8)
    head += byte % 128 * 2 ** shift
    shift += 7
  } while (byte >= 128)
  need(head <= LAST, 'malformed')
  need(byte > 0 || shift === 7, 'not_canonical')
  return head
}
