// Frames of spec/binding.md: JSON on one line, and bytes behind a line feed.

import { VerifierError } from './error.js'

const LF = 10

// encode returns a request: parts are [name, bytes] in their order.
export function encode(header, parts, encoder) {
  const text = encoder.encode(JSON.stringify(parts.length === 0 ? header : { ...header, parts: parts.map(([name, bytes]) => ({ name, length: bytes.length })) }))
  if (parts.length === 0) return text
  const frame = new Uint8Array(parts.reduce((sum, [, bytes]) => sum + bytes.length, text.length + 1))
  frame.set(text)
  frame[text.length] = LF
  let at = text.length + 1
  for (const [, bytes] of parts) {
    frame.set(bytes, at)
    at += bytes.length
  }
  return frame
}

// decode returns the header of a response and its parts by name, as copies. A
// refusal is thrown.
export function decode(response, decoder) {
  const end = response.indexOf(LF)
  const header = JSON.parse(decoder.decode(end < 0 ? response : response.subarray(0, end)))
  if (header.ok !== true) throw new VerifierError(header.error)
  const parts = {}
  let at = end + 1
  for (const { name, length } of header.parts ?? []) {
    parts[name] = response.slice(at, at + length)
    at += length
  }
  return { header, parts }
}
