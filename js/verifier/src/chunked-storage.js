// Keeps bundle and memory in the storage of a mini-program, which takes 1 MB under a
// key and 10 MB in all, and only what JSON can say: base64 in pieces.
//
// One key, the index, says which pieces count; it is written when all of them are
// there, so that whoever is interrupted finds what was saved before. New pieces have
// names of their own, and the old ones go last.

import { argument } from './error.js'

const pieceBytes = 3 << 17 // 524,288 characters of base64
const mostBytes = 10 << 20 // no storage has more
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

function toBase64(bytes) {
  let text = ''
  for (let i = 0; i < bytes.length; i += 3) {
    const n = bytes[i] << 16 | (bytes[i + 1] ?? 0) << 8 | (bytes[i + 2] ?? 0)
    text += alphabet[n >> 18] + alphabet[n >> 12 & 63] + alphabet[n >> 6 & 63] + alphabet[n & 63]
  }
  return text
}

const values = new Map([...alphabet].map((character, value) => [character.charCodeAt(0), value]))

// fromBase64 fills bytes, whose length says how much of the last group counts, and
// returns false for a text that is not theirs.
function fromBase64(text, bytes) {
  if (typeof text !== 'string' || text.length !== Math.ceil(bytes.length / 3) * 4) return false
  for (let i = 0, at = 0; i < text.length; i += 4, at += 3) {
    let n = 0
    for (let k = 0; k < 4; k++) {
      const value = values.get(text.charCodeAt(i + k))
      if (value === undefined) return false
      n = n << 6 | value
    }
    bytes.set([n >> 16, n >> 8 & 255, n & 255].slice(0, bytes.length - at), at)
  }
  return true
}

export class ChunkedStorage {
  #wx
  #name

  constructor(wx, name = 'tongxing') {
    this.#wx = wx
    this.#name = name
  }

  #index() {
    const index = this.#wx.getStorageSync(this.#name)
    const right = index && Number.isSafeInteger(index.generation) && Array.isArray(index.parts) && index.parts.length === 2 &&
      index.parts.every((part) => Number.isSafeInteger(part?.length) && part.length >= 0 && part.length <= mostBytes)
    return right ? index : undefined
  }

  #key(generation, part, piece) {
    return `${this.#name}/${generation}/${part}/${piece}`
  }

  // pieces calls with every piece of an index: its key, and where its bytes stand.
  static #pieces(index, visit) {
    index.parts.forEach(({ length }, part) => {
      for (let at = 0, piece = 0; at < length; at += pieceBytes, piece++) visit(part, piece, at, Math.min(at + pieceBytes, length))
    })
  }

  load() {
    const index = this.#index()
    if (index === undefined) return undefined
    const stored = index.parts.map(({ length }) => new Uint8Array(length))
    let whole = true
    ChunkedStorage.#pieces(index, (part, piece, begin, end) => {
      whole = whole && fromBase64(this.#wx.getStorageSync(this.#key(index.generation, part, piece)), stored[part].subarray(begin, end))
    })
    return whole ? { bundle: stored[0], memory: stored[1] } : undefined
  }

  save(stored) {
    const bytes = [stored?.bundle, stored?.memory]
    if (!bytes.every((part) => part instanceof Uint8Array)) {
      throw argument('stored', 'bundle and memory are needed, as stored() gives them', '需要 stored() 给出的 bundle 和 memory')
    }
    const before = this.#index()
    const index = { generation: (before?.generation ?? 0) + 1, parts: bytes.map(({ length }) => ({ length })) }
    try {
      ChunkedStorage.#pieces(index, (part, piece, begin, end) => {
        this.#wx.setStorageSync(this.#key(index.generation, part, piece), toBase64(bytes[part].subarray(begin, end)))
      })
      this.#wx.setStorageSync(this.#name, index)
    } catch (error) {
      this.#removePieces(index)
      throw error
    }
    if (before) this.#removePieces(before)
  }

  remove() {
    const index = this.#index()
    this.#wx.removeStorageSync(this.#name)
    if (index) this.#removePieces(index)
  }

  #removePieces(index) {
    ChunkedStorage.#pieces(index, (part, piece) => this.#wx.removeStorageSync(this.#key(index.generation, part, piece)))
  }
}
