// From a text, a time and trust material to one reason: verification.md.
import { createHash, createPublicKey, verify as verifySignature } from 'node:crypto'
import smCrypto from 'sm-crypto'
import { ladderAt, reasonAt } from '../reference-policy-js/venue.js'
import { encodeCBOR } from './cbor.js'
import { ES256, SM2, parseCredential } from './credential.js'
import { deriveClass, deriveNumber, deriveTag, maskName } from './derive.js'
import { Refusal, need } from './refusal.js'
import { decodeText } from './transport.js'

const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n
const DAY = 86400
const TOLERANCE = 300 // VERIFY-41
const ENDED_BY_CLOCK = 90 * DAY // VERIFY-40

const seconds = text => Date.parse(text) / 1000
const hex = bytes => Buffer.from(bytes).toString('hex')
const fromHex = text => Buffer.from(text, 'hex')

/** The reason for a text at a time of the clock in seconds; trust, presented and venue as vectors/README.md describes them. */
export function verify (text, clock, trust, presented = {}, venue = {}) {
  if (!trust) return 'no_trust'
  try {
    checkProgramme(trust, clock)
    const credential = parseCredential(decodeText(text))
    const region = findRegion(trust, credential.iss)
    const key = findKey(region, credential)
    const { protectedHeader, payload, signature } = credential
    const message = encodeCBOR(['Signature1', protectedHeader, new Uint8Array(), payload]) // SIG-1
    need(isValidSignature(key, message, signature), 'signature_invalid')
    checkPeriod(key, credential.iat)
    checkUsage(key, region, credential)
    checkOrigin(trust, credential.origin)
    const now = checkTime(trust, clock, credential)
    const isCovered = checkRevocation(region, credential.ref)
    const reason = reasonAt(venue, credential, trust, now, isCovered)
    need(reason !== 'adverse_without_rule', reason) // VERIFY-50
    checkHolder(credential, presented)
    return reason
  } catch (error) {
    if (error instanceof Refusal) return error.reason
    throw error
  }
}

const regionOf = (trust, code) => (trust.regions ?? []).find(({ region }) => region === code)
const keyOf = (region, kid) => (region.keys ?? []).find(key => key.kid === hex(kid))

function findRegion (trust, iss) { // VERIFY-10
  const region = regionOf(trust, iss)
  need(region, 'issuer_unknown')
  need(!region.unavailable, 'issuer_unavailable')
  return region
}

function findKey (region, { kid, algorithm }) { // VERIFY-11, VERIFY-12
  const key = keyOf(region, kid)
  need(key, 'key_unknown')
  need(key.algorithm === algorithm, 'algorithm_mismatch')
  need(key.state !== 'compromised', 'key_compromised')
  return key
}

/** Whether 64 bytes r || s are the signature of a message under { algorithm, x, y }. */
export function isValidSignature ({ algorithm, x, y }, message, signature) {
  try {
    return algorithm === SM2 ? isValidSM2(x, y, message, signature) : isValidES256(x, y, message, signature)
  } catch {
    return false // no point of the curve
  }
}

function isValidSM2 (x, y, message, signature) {
  return smCrypto.sm2.doVerifySignature([...message], hex(signature), '04' + x + y, { hash: true, der: false, userId: '1234567812345678' })
}

function isValidES256 (x, y, message, signature) {
  const [r, s] = [0, 32].map(at => BigInt('0x' + hex(signature.subarray(at, at + 32))))
  if (signature.length !== 64 || [r, s].some(n => n < 1n || n >= P256_ORDER)) return false // SIG-5
  const base64url = v => fromHex(v).toString('base64url')
  const key = createPublicKey({ format: 'jwk', key: { kty: 'EC', crv: 'P-256', x: base64url(x), y: base64url(y) } })
  return verifySignature('sha256', message, { key, dsaEncoding: 'ieee-p1363' }, signature)
}

function checkPeriod (key, iat) { // VERIFY-14, VERIFY-15
  need(key.state !== 'retired' || iat < seconds(key.retired_at), 'key_retired')
  need(seconds(key.sign_from) <= iat && iat < seconds(key.sign_until), 'key_not_in_period')
}

function checkUsage (key, region, { status, tests, vaccinations, exemptions }) { // VERIFY-20 to VERIFY-25
  const uses = [status, status?.state, tests.length, vaccinations.length, exemptions.length]
  const needed = uses.reduce((bits, use, i) => use ? bits | 1 << i : bits, 0)
  need((needed & key.usage) === needed, 'usage_key')
  need((needed & region.usage) === needed, 'usage_list')
  need(tests.every(([, , , laboratory]) => key.laboratories?.includes(laboratory) ?? true), 'laboratory_not_admitted')
}

function checkOrigin (trust, origin) { // VERIFY-30
  if (!origin) return
  const region = regionOf(trust, origin.region)
  const key = region && keyOf(region, origin.kid)
  need(key, 'origin_unknown')
  need(key.state !== 'compromised', 'origin_compromised')
}

function checkProgramme ({ issued, programme_end: programmeEnd }, clock) { // VERIFY-40
  const [floor, end] = [seconds(issued), programmeEnd ? seconds(programmeEnd) : Infinity]
  need(floor < end && (clock < end || clock > floor + ENDED_BY_CLOCK), 'programme_ended')
}

function checkTime (trust, clock, { iat, exp }) { // VERIFY-41, VERIFY-42
  const floor = seconds(trust.issued)
  const now = Math.max(clock, floor)
  need(now <= floor + ladderAt(trust.policy, now).all, 'trust_stale')
  need(now >= iat - TOLERANCE, 'from_the_future')
  need(now < exp, 'expired')
  return now
}

function checkRevocation ({ status_lists: lists = [] }, { list, index }) { // STATUS-30, STATUS-31
  const sets = lists.find(sets => sets.list === list)
  for (const set of ['revoked', 'superseded', 'suspended']) need(!sets?.[set]?.includes(index), set)
  return sets !== undefined
}

function checkHolder ({ iss, ref, holder }, { document_type: type = '', number = '', name = '' }) { // VERIFY-70, VERIFY-71
  if (type || number) {
    const documentClass = deriveClass(type)
    const { normalised, last_two: lastTwo } = deriveNumber(documentClass, number)
    const tag = deriveTag({ class: documentClass, number: normalised, iss, ...ref })
    need(documentClass === holder.documentClass && lastTwo === holder.lastTwo && tag === hex(holder.tag), 'holder_mismatch')
  }
  need(!name || maskName(name) === holder.name, 'holder_mismatch')
}

/** The whole thumbprint of a key, in hexadecimal (SIG-20). */
export function thumbprint ({ algorithm, x, y }) {
  const key = new Map([[1, 2], [-1, algorithm === SM2 ? -131584 : 1], [-2, fromHex(x)], [-3, fromHex(y)]])
  return createHash('sha256').update(encodeCBOR(key)).digest('hex')
}
