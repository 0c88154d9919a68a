// From text to bytes: transport.md.
import { Refusal, need } from './refusal.js'

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:'
const TAIL_BYTES = { 0: 0, 3: 1, 5: 2, 8: 3, 10: 4, 13: 5, 15: 6 } // by number of digits (TEXT-21)

const isBlank = c => /^[\p{White_Space}\uFEFF]$/u.test(c)

/** Drops the blanks around a text and none inside (TEXT-1). */
function trim (text) {
  let [from, to] = [0, text.length]
  while (from < to && isBlank(text[from])) from++
  while (from < to && isBlank(text[to - 1])) to--
  return text.slice(from, to)
}

/** Gives the bytes of a code's text, or throws not_a_code, later_version or damaged_text. */
export function decodeText (scanned) {
  const text = trim(scanned)
  const length = [...text].length // characters, not UTF-16 units
  const isDigits = /^86[1-9]/.test(text) && length >= 159 && length <= 7089
  const isText = /^TX[1-9]:/i.test(text) && length <= 4296
  need(isDigits || isText, 'not_a_code')
  if (text.startsWith('TX1:')) return decodeBase45(text.slice(4))
  if (text.startsWith('861')) return decodeDigits(text.slice(3))
  need(isText || /^[0-9]*$/.test(text), 'not_a_code') // TEXT-4
  throw new Refusal(isDigits || text.startsWith('TX') ? 'later_version' : 'damaged_text') // TEXT-5
}

function decodeBase45 (body) {
  need(body.length > 0 && body.length % 3 !== 1, 'damaged_text')
  const bytes = []
  for (let i = 0; i < body.length; i += 3) {
    const digits = [...body.slice(i, i + 3)].map(c => ALPHABET.indexOf(c))
    const [c, d, e = 0] = digits
    const n = c + 45 * d + 2025 * e
    const isPair = i + 2 === body.length
    need(!digits.includes(-1) && n <= (isPair ? 0xff : 0xffff), 'damaged_text')
    bytes.push(...(isPair ? [n] : [n >> 8, n & 0xff]))
  }
  return Uint8Array.from(bytes)
}

function decodeDigits (body) {
  const tail = TAIL_BYTES[body.length % 17]
  need(/^[0-9]*$/.test(body) && tail !== undefined, 'damaged_text')
  const bytes = []
  for (let i = 0; i < body.length; i += 17) {
    const count = i + 17 <= body.length ? 7 : tail
    const n = BigInt(body.slice(i, i + 17))
    need(n < 1n << BigInt(8 * count), 'damaged_text')
    for (let shift = count - 1; shift >= 0; shift--) bytes.push(Number(n >> BigInt(8 * shift) & 0xffn))
  }
  return Uint8Array.from(bytes)
}
