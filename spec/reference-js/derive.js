// What an issuer derives from a document: credential.md, section 11.
// What no credential can carry is nobody's: `holder_mismatch` (VERIFY-72).
import { createHash, createHmac } from 'node:crypto'
import { encodeCBOR } from './cbor.js'
import { hasUnseen, isOfNumberCharacters } from './credential.js'
import { need } from './refusal.js'

const MOST_NAME_BYTES = 24
const SELECTORS = /[\uFE00-\uFE0F\u{E0100}-\u{E01EF}\u180B-\u180F]/gu
const DOTS = /[\u2022\u2027\u2219\u22C5\u30FB\uFF65\u0387\uFF0E]/g
const FULL_WIDTH_LETTERS = /[\uFF21-\uFF3A\uFF41-\uFF5A]/g

/** The class of a document type (CRED-80). */
export function deriveClass (type) {
  need(/^(?!00)[0-9]{2}$/.test(type), 'holder_mismatch')
  return ['02', '91'].includes(type) ? 1 : Number(type)
}

/** Gives the normalised number and the last two characters (CRED-81 to CRED-84). */
export function deriveNumber (documentClass, number) {
  let normal = number.normalize('NFKC').replace(/[\p{White_Space}\p{Pd}]/gu, '').replace(/[a-z]/g, c => c.toUpperCase())
  need(normal !== '' && [...normal].length <= 32 && isOfNumberCharacters(normal), 'holder_mismatch')
  if (documentClass === 1) {
    if (/^[0-9]{15}$/.test(normal)) normal = withCheckCharacter(normal.slice(0, 6) + '19' + normal.slice(6))
    need(/^[0-9]{17}[0-9X]$/.test(normal) && normal === withCheckCharacter(normal.slice(0, 17)), 'holder_mismatch')
  }
  return { normalised: normal, last_two: [...'0' + normal].slice(-2).join('') }
}

/** GB 11643: the sum of digit i times 2^(17 - i), check character included, is 1 modulo 11. */
function withCheckCharacter (digits) {
  const sum = [...digits].reduce((sum, digit, i) => sum + Number(digit) * 2 ** (17 - i), 0)
  return digits + '0123456789X'[(12 - sum % 11) % 11]
}

/** The tag (CRED-85), in hexadecimal. */
export function deriveTag ({ class: documentClass, number, iss, list, index }) {
  const v = createHash('sha256').update(encodeCBOR(['tongxing/holder/1', documentClass, number])).digest().subarray(0, 2)
  return createHmac('sha256', encodeCBOR([iss, list, index])).update(v).digest('hex').slice(0, 4)
}

/** The masked name (CRED-90 to CRED-93). */
export function maskName (raw) {
  const name = raw.replace(SELECTORS, '').replace(DOTS, '\u00B7')
    .replace(FULL_WIDTH_LETTERS, c => c.normalize('NFKC'))
    .replace(/\p{White_Space}/gu, ' ').normalize('NFC').replace(/ +/g, ' ').replace(/^ | $/g, '')
  need(name !== '' && !hasUnseen(name), 'holder_mismatch')
  const letters = name.match(/\p{L}/gu) ?? []
  const isLatin = letters.length > 0 && letters.every(c => /\p{Script=Latin}/u.test(c))
  const isMasked = /^.\p{M}*\*.\p{M}*$/u.test(name) // CRED-93
  return isLatin && !isMasked ? maskLatin(name) : maskOther(name.replaceAll(' ', '').normalize('NFC'))
}

const fits = (text, bytes = MOST_NAME_BYTES) => Buffer.byteLength(text) <= bytes
const withoutMarks = ([base]) => base // a string's first element is its first code point

function maskLatin (name) {
  const letters = name.split(' ').map(word => word.match(/\p{L}\p{M}*/u)?.[0]).filter(Boolean)
  const words = letters.map(c => (fits(c, MOST_NAME_BYTES - 1) ? c : withoutMarks(c)) + '*')
  while (!fits(words.join(' '))) words.pop()
  return words.join(' ')
}

function maskOther (name) {
  const characters = name.match(/.\p{M}*/gu)
  const mask = ([first, ...rest]) => first + (rest.length > 0 ? '*' : '') + (rest.length > 1 ? rest.at(-1) : '')
  return fits(mask(characters)) ? mask(characters) : mask(characters.map(withoutMarks))
}
