// A signed document: trust.md, section 2.
import { createHash } from 'node:crypto'
import { decodeCBOR, decodeTagged, encodeCBOR } from '../reference-js/cbor.js'
import { need } from '../reference-js/refusal.js'
import { isValidSignature } from '../reference-js/verify.js'
import { compare, isInteger, isKnown } from './form.js'
import { KINDS } from './kinds.js'

const verified = new Map()
const envelope = holds => need(holds, 'envelope')
const isBytes = (value, from = 0, to = Infinity) => value instanceof Uint8Array && value.length >= from && value.length <= to
const isMap = (value, ...keys) => value instanceof Map && value.size === keys.length && keys.every(key => value.has(key))

/** Opens bytes as a document of a kind, of which nothing is verified: TRUST-1, TRUST-10, TRUST-11. */
export function openDocument (bytes, kind, most = KINDS[kind].most) {
  const { tag, value } = decodeTagged(bytes)
  envelope(tag === 98 && Array.isArray(value) && value.length === 4)
  const [header, unprotected, payload, list] = value
  envelope(isBytes(header) && isMap(unprotected) && isBytes(payload) && Array.isArray(list) && list.length >= 1 && list.length <= 16)
  const labels = decodeCBOR(header)
  envelope(isMap(labels, 16) && typeof labels.get(16) === 'string')
  const signatures = list.map(openSignature)
  envelope(new Set(signatures.map(({ kid }) => kid)).size === list.length)
  need(labels.get(16) === `application/vnd.tongxing.${kind}+cose`, 'kind')
  need(payload.length <= most, 'too_large')
  const hash = createHash('sha256').update(encodeCBOR([header, payload])).digest('hex')
  return { bytes, kind, hash, header, payload, signatures, value: decodeCBOR(payload) }
}

function openSignature (value) {
  envelope(Array.isArray(value) && value.length === 3)
  const [header, unprotected, signature] = value
  envelope(isBytes(header) && isMap(unprotected) && isBytes(signature))
  const labels = decodeCBOR(header)
  const [algorithm, kid] = isMap(labels, 1, 4) ? [labels.get(1), labels.get(4)] : []
  envelope(isInteger(algorithm) && isBytes(kid, 32, 32) && (isKnown(algorithm) ? isBytes(signature, 64, 64) : isBytes(signature, 1, 8192)))
  return { header, algorithm, kid: Buffer.from(kid).toString('hex'), signature }
}

/** The content of a document, by the rules of its kind. */
export const read = ({ bytes, kind, hash, value }) => ({ ...KINDS[kind].read(value), kind, hash, bytes })

/** Those of some keys that signed a document (TRUST-15). What stands twice is verified once (TRUST-115). */
export const signersOf = ({ header, payload, signatures }, keys) => keys.filter(key => {
  const signature = signatures.find(({ kid, algorithm }) => kid === key.thumbprint && algorithm === key.algorithm)
  if (!signature) return false
  const message = encodeCBOR(['Signature', header, signature.header, new Uint8Array(), payload])
  const id = [key.id, ...[message, signature.signature].map(part => Buffer.from(part).toString('base64'))].join()
  if (!verified.has(id)) verified.set(id, isValidSignature(key, message, signature.signature))
  return verified.get(id)
})

/** Refuses a document that the groups of a root did not sign (TRUST-33). */
export const needGroups = (document, groups) => groups.filter(group => isKnown(group.algorithm)).forEach(({ keys, threshold }) =>
  need(signersOf(document, keys).length >= threshold, 'threshold'))

/** Gives back a part, unless it is before one that is known or named, or another of its version (TRUST-71, TRUST-103). */
export function needNotBefore (part, known, reason = 'rollback') {
  const order = known ? compare(part.version, known.version) : 1
  need(order >= 0, reason)
  need(order > 0 || part.hash === known.hash, 'fork')
  return part
}
