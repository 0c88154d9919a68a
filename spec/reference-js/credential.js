// From bytes to claims: credential.md, sections 2 to 9.
import { decodeCBOR, decodeTagged, encodeCBOR } from './cbor.js'
import { need } from './refusal.js'

export const ES256 = -7
export const SM2 = -131585

const HEALTH_CLAIMS = -65537
const [FIRST_SECOND, LAST_SECOND] = [1577836800, 4294967295] // from 2020-01-01T00:00:00Z
const UTC8 = 8 * 3600
const MINUTES = [0, 43200]
const NUMBER = [0, 65535]
const NUMBER_FROM_1 = [1, 65535]
const LAST_TWO = /^[0-9A-Z\u3007\u3400-\u4DBF\u4E00-\u9FFF\uF900-\uFAFF\u{20000}-\u{3FFFD}]{2}$/u
const UNSEEN = /[\0-\x1F\x7F-\x9F\xAD\u034F\u061C\u115F-\u1160\u17B4-\u17B5\u180B-\u180F\u200B-\u200F\u2028-\u202E\u2060-\u206F\u2600-\u27BF\u3164\uD800-\uF8FF\uFE00-\uFE0F\uFEFF\uFFA0\uFFF0-\uFFFF\u{1F000}-\u{1FAFF}\u{E0000}-\u{10FFFF}]/u

export const hasUnseen = name => UNSEEN.test(name) // CRED-44
export const isOfNumberCharacters = text => [...text].every(c => LAST_TWO.test(c + c)) // CRED-42

const isInteger = v => typeof v === 'number' || typeof v === 'bigint'
const isUint = (v, from, to) => typeof v === 'number' && v >= from && v <= to
const isBytes = (v, from, to = from) => v instanceof Uint8Array && v.length >= from && v.length <= to
const isRegion = v => typeof v === 'string' && /^[0-9]{2}$/.test(v)
const isArray = (v, length) => Array.isArray(v) && v.length === length
const isTuple = (v, ...bounds) => isArray(v, bounds.length) && bounds.every((bound, i) => isUint(v[i], ...bound))
const claim = holds => need(holds, 'claims')

/** Reads a credential; throws encoding, envelope, algorithm_unknown or claims. */
export function parseCredential (bytes) {
  const { tag, value } = decodeTagged(bytes)
  need(tag === 18 && isArray(value, 4), 'envelope')
  const [protectedHeader, unprotected, payload, signature] = value
  need([protectedHeader, payload, signature].every(v => isBytes(v, 0, Infinity)), 'envelope')
  need(unprotected instanceof Map && unprotected.size === 0, 'envelope')
  const header = parseHeader(decodeCBOR(protectedHeader))
  need(signature.length === 64, 'envelope')
  const claims = decodeCBOR(payload)
  need(header.algorithm === ES256 || header.algorithm === SM2, 'algorithm_unknown')
  return { ...header, protectedHeader, payload, signature, ...parsePayload(claims) }
}

function parseHeader (header) { // CRED-13
  need(header instanceof Map && header.size === 2 && isBytes(header.get(4), 4), 'envelope')
  const [algorithm, kid] = [header.get(1), header.get(4)]
  need(isInteger(algorithm) && BigInt.asIntN(64, BigInt(algorithm)) === BigInt(algorithm), 'envelope')
  return { algorithm, kid }
}

function parsePayload (payload) { // CRED-20 to CRED-24
  claim(payload instanceof Map && payload.size === 4)
  const [iss, exp, iat, health] = [1, 4, 6, HEALTH_CLAIMS].map(key => payload.get(key))
  claim(isRegion(iss) && health instanceof Map)
  claim(isUint(iat, FIRST_SECOND, LAST_SECOND) && isUint(exp, FIRST_SECOND, LAST_SECOND) && exp > iat)
  checkKeys(health)
  const today = Math.floor((iat + UTC8) / 86400) - FIRST_SECOND / 86400
  return {
    ...{ iss, exp, iat },
    holder: parseHolder(health.get(1)),
    ref: parseRef(health.get(2), exp),
    status: parseStatus(health.get(3)),
    tests: parseList(health.get(4), 4, v => isTuple(v, NUMBER_FROM_1, NUMBER, MINUTES, [0, 6553599])),
    vaccinations: parseList(health.get(5), 6, v => isTuple(v, NUMBER_FROM_1, [1, 255], [1, 255], [0, Math.min(65535, today)])),
    exemptions: parseList(health.get(6), 4, v => isUint(v, ...NUMBER_FROM_1)),
    origin: parseOrigin(health.get(7))
  }
}

function checkKeys (health) { // CRED-30 to CRED-33
  let extensions = 0
  for (const [key, value] of health) {
    if (isUint(key, 1, 7)) continue
    claim(isUint(key, 64, 65535) && ++extensions <= 2)
    claim(isBytes(value, 1, 16) || (isInteger(value) && value >= 0))
  }
  claim(health.has(1) && health.has(2) && [3, 4, 5, 6].some(key => health.has(key)))
}

function parseHolder (holder) {
  claim(isArray(holder, 4))
  const [name, documentClass, lastTwo, tag] = holder
  claim(typeof name === 'string' && name !== '' && Buffer.byteLength(name) <= 24 && !hasUnseen(name))
  claim(isUint(documentClass, 1, 99))
  claim(typeof lastTwo === 'string' && LAST_TWO.test(lastTwo))
  claim(isBytes(tag, 2))
  return { name, documentClass, lastTwo, tag }
}

function parseRef (ref, exp) { // CRED-45, CRED-46
  const end = new Date((exp + UTC8) * 1000)
  const month = (end.getUTCFullYear() - 2020) * 12 + end.getUTCMonth()
  claim(isTuple(ref, [month * 256, month * 256 + 255], [0, 4294967295]))
  return { list: ref[0], index: ref[1] }
}

function parseStatus (status) { // CRED-50 to CRED-52
  if (status === undefined) return undefined
  claim(isTuple(status, NUMBER, NUMBER, MINUTES))
  const [state, rule, minutes] = status
  claim((rule === 0) === (state === 0))
  return { state, rule, minutes }
}

/** A list of 1 to `most` elements in strictly ascending order (CRED-66), or none. */
function parseList (list, most, isElement) {
  if (list === undefined) return []
  claim(Array.isArray(list) && list.length >= 1 && list.length <= most && list.every(isElement))
  const encoded = list.map(encodeCBOR)
  claim(encoded.every((element, i) => i === 0 || Buffer.compare(encoded[i - 1], element) < 0))
  return list
}

function parseOrigin (origin) { // CRED-70
  if (origin === undefined) return undefined
  claim(isArray(origin, 2) && isRegion(origin[0]) && isBytes(origin[1], 4))
  return { region: origin[0], kid: origin[1] }
}
