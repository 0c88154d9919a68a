// The verifier over a function from request bytes to response bytes.

import { argument } from './error.js'
import { decode, encode } from './frame.js'
import { kindOf, object, only } from './options.js'

// time is a moment as the binding takes it. Dates and bytes may be of another realm,
// as where tests run in one of their own.
function time(value, member) {
  if (typeof value === 'string') return value
  if (kindOf(value) === 'Date' && !Number.isNaN(value.getTime())) return value.toISOString()
  throw argument(member, 'a Date or a text of RFC 3339 is needed', '需要 Date 或 RFC 3339 文本')
}

// bytes is a Uint8Array of this realm. One whose memory was transferred has none.
function bytes(value, member) {
  try {
    if (value instanceof Uint8Array) return value.subarray()
    if (kindOf(value) === 'ArrayBuffer') return new Uint8Array(value)
    if (kindOf(value) === 'Uint8Array') return new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
  } catch {} // transferred
  throw argument(member, 'a Uint8Array or an ArrayBuffer is needed', '需要 Uint8Array 或 ArrayBuffer')
}

function text(value, member) {
  if (typeof value === 'string') return value
  throw argument(member, 'a text is needed', '需要文本')
}

// code is what a scanner read: half a surrogate pair, which UTF-8 cannot say, counts
// as the character for what cannot be read, so that such a text has a verdict too.
function code(value, member) {
  return text(value, member).replace(/[\ud800-\udfff]/gu, '\ufffd')
}

function list(value, member) {
  if (typeof value === 'object' && typeof value?.[Symbol.iterator] === 'function') return [...value]
  throw argument(member, 'a list is needed', '需要列表')
}

// optional is a member that may be absent. JSON would leave out a value that it
// cannot say, and the venue or the document would silently count for nothing.
function optional(value, type, member) {
  if (value === undefined || typeof value === type) return value
  throw argument(member, `a ${type} is needed`, `需要 ${type}`)
}

// context is what stands beside a code in a request.
function context(options = {}) {
  const { at, venue, id } = only(options, ['at', 'venue', 'id'], 'options')
  const header = { at: time(at, 'at') }
  if (venue !== undefined) {
    const { class: number, region } = only(venue, ['class', 'region'], 'venue')
    header.venue = { class: optional(number, 'number', 'venue.class'), region: optional(region, 'string', 'venue.region') }
  }
  if (id !== undefined) {
    const { type, number, name } = only(id, ['type', 'number', 'name'], 'id')
    for (const [member, value] of Object.entries({ type, number, name })) optional(value, 'string', `id.${member}`)
    header.presented = { document_type: number === undefined ? type : type ?? '01', number, name }
  }
  return header
}

export class Verifier {
  #call
  #encoder
  #decoder

  constructor(call, { TextEncoder, TextDecoder } = globalThis) {
    this.#call = call
    this.#encoder = new TextEncoder()
    this.#decoder = new TextDecoder()
  }

  // call hands a request frame over as it is and returns the response frame.
  call(request) {
    return this.#call(bytes(request, 'request'))
  }

  #ask(header, parts = []) {
    return decode(this.#call(encode(header, parts, this.#encoder)), this.#decoder)
  }

  load(bundle, options = {}) {
    const { anchor, at, known, regions, statusListRequired, stored } =
      only(options, ['anchor', 'at', 'known', 'regions', 'statusListRequired', 'stored'], 'options')
    const header = { op: 'load', at: time(at, 'at') }
    if (known !== undefined) header.known = time(known, 'known')
    if (regions !== undefined) header.regions = list(regions, 'regions').map((region) => text(region, 'regions'))
    if (statusListRequired !== undefined) header.status_list_required = optional(statusListRequired, 'boolean', 'statusListRequired')
    const root = typeof anchor === 'string' ? [] : [['anchor', bytes(anchor, 'anchor')]]
    if (typeof anchor === 'string') header.anchor = anchor
    return this.#load(header, root, bundle, stored)
  }

  // What was stored comes first. Where its bundle is lost, its memory still keeps
  // older bundles out.
  #load(header, root, bundle, stored) {
    const one = (...parts) => {
      const { versions, report } = this.#ask(header, [...root, ...parts]).header
      return { versions, report }
    }
    if (stored === undefined) return one(['bundle', bytes(bundle, 'bundle')])
    const memory = ['memory', bytes(object(stored, 'stored').memory, 'stored.memory')]
    try {
      const report = one(['bundle', bytes(stored.bundle, 'stored.bundle')], memory)
      if (bundle === undefined || bundle === null) return report
    } catch (error) {
      if (bundle === undefined || bundle === null || !error.code?.startsWith('bundle_')) throw error
    }
    return one(['bundle', bytes(bundle, 'bundle')], memory)
  }

  stored() {
    const { bundle, memory } = this.#ask({ op: 'stored' }).parts
    return { bundle, memory }
  }

  verify(scanned, options) {
    return this.#ask({ op: 'verify', code: code(scanned, 'code'), ...context(options) }).header.verdict
  }

  verifyTogether(codes, options) {
    return this.#ask({ op: 'together', codes: list(codes, 'codes').map((scanned) => code(scanned, 'codes')), ...context(options) }).header.person
  }

  explain(scanned, options, language = 'zh') {
    const { verdict, steps } = this.#ask({ op: 'verify', code: code(scanned, 'code'), explain: text(language, 'language'), ...context(options) }).header
    return { verdict, steps }
  }

  inspect(options = {}) {
    const { at } = only(options, ['at'], 'options')
    return this.#ask({ op: 'inspect', at: time(at, 'at') }).header.inspection
  }

  venues() {
    const { classes, regions } = this.#ask({ op: 'venues' }).header
    return { classes, regions }
  }

  addFrame(scanned) {
    const { header, parts } = this.#ask({ op: 'frame', code: code(scanned, 'code') })
    return parts.file === undefined ? { progress: header.progress } : { progress: header.progress, file: parts.file }
  }

  warm() {
    this.#ask({ op: 'warm' })
  }
}
