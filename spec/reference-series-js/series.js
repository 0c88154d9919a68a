// Frames to a file: series.md.
import { createHash } from 'node:crypto'
import { decodeCBOR, encodeCBOR } from '../reference-js/cbor.js'
import { Refusal, need } from '../reference-js/refusal.js'
import { decodeText } from '../reference-js/transport.js'

const MOST_BYTES = 262144
const MOST_BLOCKS = 1024
const MOST_SESSIONS = 4 // of a reader's own choice (SERIES-33)

const sha256 = bytes => createHash('sha256').update(bytes).digest()
const hex = bytes => Buffer.from(bytes).toString('hex')
const isBytes = (value, length) => value instanceof Uint8Array && value.length === length
const isNumber = (value, least, most) => Number.isInteger(value) && value >= least && value <= most

/** Gives the parts of a frame's text, or throws not_a_frame, later or damaged. */
export function decodeFrame (scanned) {
  const text = scanned.replace(/^[\p{White_Space}\uFEFF]+|[\p{White_Space}\uFEFF]+$/gu, '')
  need(/^TXS[1-9]:/i.test(text) && [...text].length <= 4296, 'not_a_frame')
  need(text.startsWith('TXS'), 'damaged') // SERIES-4
  need(text.startsWith('TXS1:'), 'later')
  try {
    return checked(decodeCBOR(decodeText('TX1:' + text.slice(5)))) // SERIES-1: TEXT-10 to TEXT-12
  } catch (error) {
    if (error instanceof Refusal) throw new Refusal('damaged')
    throw error
  }
}

function checked (frame) {
  need(Array.isArray(frame) && frame.length === 7, 'damaged')
  const [session, count, sequence, length, hash, data, check] = frame
  need(isNumber(count, 1, MOST_BLOCKS) && isNumber(length, 1, MOST_BYTES) && isNumber(sequence, 0, 2 ** 32 - 1), 'damaged')
  need(isBytes(session, 8) && isBytes(hash, 32) && isBytes(check, 4), 'damaged')
  const size = Math.ceil(length / count)
  need(Math.ceil(length / size) === count && isBytes(data, size), 'damaged') // SERIES-11, SERIES-12
  const name = sha256(encodeCBOR(['tongxing/series/1', count, length, hash]))
  need(hex(name.subarray(0, 8)) === hex(session), 'damaged') // SERIES-13
  need(hex(sha256(encodeCBOR(frame.slice(0, 6))).subarray(0, 4)) === hex(check), 'damaged') // SERIES-14
  return { session, count, sequence, length, hash, data }
}

/** The row of a frame as a number whose highest of count bits is block 0 (SERIES-21). */
export function rowOf (session, sequence, count) {
  const unit = i => 1n << BigInt(count - 1 - i)
  if (sequence < count) return unit(sequence)
  const number = Buffer.alloc(4)
  number.writeUInt32BE(sequence)
  const hashes = [0, 1, 2, 3].map(j => sha256(Buffer.concat([session, number, Buffer.of(j)])))
  const row = BigInt('0x' + hex(Buffer.concat(hashes))) >> BigInt(1024 - count)
  return row || unit(sequence % count)
}

/** Takes texts in any order until a file is whole. */
export class SeriesReader {
  sessions = new Map() // the name of a session to its equations, by their highest bit

  /** Gives the file with the text that completes it, else undefined; throws as decodeFrame, and poisoned. */
  add (text) {
    const frame = decodeFrame(text)
    const name = hex(frame.session)
    const equations = this.sessions.get(name) ?? this.#begin(name)
    insert(equations, rowOf(frame.session, frame.sequence, frame.count), BigInt('0x' + hex(frame.data)))
    if (equations.size < frame.count) return undefined
    this.sessions.delete(name)
    const file = solve(equations, frame)
    need(hex(sha256(file)) === hex(frame.hash), 'poisoned') // SERIES-31, SERIES-35
    return file
  }

  #begin (name) {
    if (this.sessions.size === MOST_SESSIONS) {
      const [least] = [...this.sessions].reduce((a, b) => b[1].size < a[1].size ? b : a)
      this.sessions.delete(least)
    }
    this.sessions.set(name, new Map())
    return this.sessions.get(name)
  }
}

function insert (equations, row, data) {
  while (row) {
    const highest = row.toString(2).length - 1
    const other = equations.get(highest)
    if (!other) {
      equations.set(highest, [row, data])
      return
    }
    row ^= other[0]
    data ^= other[1]
  } // nothing is left of a frame that depends on others (SERIES-32)
}

function solve (equations, { count, length }) {
  const size = Math.ceil(length / count)
  const blocks = []
  for (let bit = 0; bit < count; bit++) { // the last block first
    let [row, data] = equations.get(bit)
    for (let lower = 0; lower < bit; lower++) {
      if (row >> BigInt(lower) & 1n) data ^= blocks[lower]
    }
    blocks.push(data)
  }
  const whole = blocks.reverse().map(block => block.toString(16).padStart(2 * size, '0')).join('')
  return Buffer.from(whole, 'hex').subarray(0, length)
}
