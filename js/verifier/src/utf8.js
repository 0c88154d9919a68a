// UTF-8 for engines without TextEncoder and TextDecoder. What is not UTF-8 becomes
// U+FFFD, as there.

export class Utf8Encoder {
  encode(text) {
    const bytes = []
    for (const character of text) {
      let c = character.codePointAt(0)
      if (c >= 0xd800 && c <= 0xdfff) c = 0xfffd
      if (c < 0x80) bytes.push(c)
      else if (c < 0x800) bytes.push(0xc0 | c >> 6, 0x80 | c & 63)
      else if (c < 0x10000) bytes.push(0xe0 | c >> 12, 0x80 | c >> 6 & 63, 0x80 | c & 63)
      else bytes.push(0xf0 | c >> 18, 0x80 | c >> 12 & 63, 0x80 | c >> 6 & 63, 0x80 | c & 63)
    }
    return new Uint8Array(bytes)
  }
}

// kinds are the first bytes of sequences: [mask, mark, bytes behind, least character].
const kinds = [[0x80, 0, 0, 0], [0xe0, 0xc0, 1, 0x80], [0xf0, 0xe0, 2, 0x800], [0xf8, 0xf0, 3, 0x10000]]

// character reads one at a place and returns it with the place behind; -1 for none.
function character(bytes, at) {
  const kind = kinds.find(([mask, mark]) => (bytes[at] & mask) === mark)
  if (kind === undefined) return [-1, at + 1]
  const [mask, , behind, least] = kind
  let c = bytes[at] & ~mask & 0xff
  for (let i = 1; i <= behind; i++) {
    if ((bytes[at + i] & 0xc0) !== 0x80) return [-1, at + 1]
    c = c << 6 | bytes[at + i] & 63
  }
  return c < least || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff) ? [-1, at + 1] : [c, at + behind + 1]
}

export class Utf8Decoder {
  decode(view) {
    const bytes = view instanceof Uint8Array ? view : new Uint8Array(view.buffer ?? view, view.byteOffset ?? 0, view.byteLength)
    const parts = []
    for (let at = 0, c; at < bytes.length;) {
      ;[c, at] = character(bytes, at)
      parts.push(c < 0 ? '\ufffd' : String.fromCodePoint(c))
    }
    return parts.join('')
  }
}
