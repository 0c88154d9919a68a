// Takes names of functions and files and line numbers out of a WebAssembly module of
// Go, in place: a seventh of it when compressed, and of use in the traceback of a
// crash alone.
//
//	node strip-lines.mjs FILE.wasm
//
// Go's linker has no option for it. A function without tables of files and lines is
// a state that the runtime knows (pcvalue with offset 0, runtime/symtab.go of Go
// 1.20 to 1.26), and so is one with an empty name. What no other table shares is
// overwritten with zeros. A layout that is not the one known here is refused, and
// the file stays as it was.

import { readFileSync, renameSync, writeFileSync } from 'node:fs'

const dataSection = 11
const magic = [0xf1, 0xff, 0xff, 0xff, 0, 0, 1, 8] // Go 1.20 and later, instructions of 1 byte, pointers of 8

function refuse(what) {
  throw new Error(`strip-lines: ${what}: not the layout of Go 1.20 to 1.26`)
}

function leb(bytes, at) {
  let value = 0
  for (let shift = 0; ; shift += 7) {
    const b = bytes[at++]
    value += (b & 127) * 2 ** shift
    if (b < 128) return [value, at]
  }
}

// segments returns where the pieces of memory stand in the file: [address, offset, length].
function segments(file) {
  for (let at = 8; at < file.length;) {
    const [size, content] = leb(file, at + 1)
    if (file[at] === dataSection) return readSegments(file, content)
    at = content + size
  }
  return refuse('no data')
}

function readSegments(file, at) {
  const all = []
  let count, address, length
  for ([count, at] = leb(file, at); count > 0; count--) {
    if (file[at] !== 0 || file[at + 1] !== 0x41) refuse('a segment without an address')
    ;[address, at] = leb(file, at + 2)
    ;[length, at] = leb(file, at + 1) // behind the end of the expression
    all.push([address, at, length])
    at += length
  }
  return all
}

// image lays the segments out as memory has them.
function image(file, all) {
  const memory = new Uint8Array(Math.max(...all.map(([address, , length]) => address + length)))
  for (const [address, offset, length] of all) memory.set(file.subarray(offset, offset + length), address)
  return memory
}

function find(memory) {
  for (let at = 0; at < memory.length; at += 8) {
    if (magic.every((b, i) => memory[at + i] === b)) return at
  }
  return refuse('no table of functions')
}

// tableEnd returns where a table of pairs of numbers ends, which a zero does.
function tableEnd(memory, at) {
  let first = true
  for (;;) {
    if (memory[at] === 0 && !first) return at + 1
    at = leb(memory, leb(memory, at)[1])[1]
    first = false
  }
}

function strip(memory) {
  const header = find(memory)
  const view = new DataView(memory.buffer)
  const word = (n) => Number(view.getBigUint64(header + 8 + 8 * n, true))
  const functions = word(0)
  const names = header + word(3)
  const pctab = header + word(6)
  const functab = header + word(7)
  if (!(functions > 1000 && header < names && names < pctab && pctab < functab && functab < memory.length)) refuse('the header')
  const kept = new Set()
  for (let i = 0; i < functions; i++) {
    const f = functab + view.getUint32(functab + 8 * i + 4, true)
    const field = (n) => view.getUint32(f + 4 * n, true)
    if (field(0) !== view.getUint32(functab + 8 * i, true)) refuse('a function')
    kept.add(field(4)) // stack pointers
    for (let n = 0; n < field(7); n++) kept.add(field(11 + n))
    for (const n of [1, 5, 6, 9]) view.setUint32(f + 4 * n, 0, true) // name, files, lines, first line
  }
  kept.delete(0)
  const old = memory.slice(pctab, functab)
  memory.fill(0, names, functab) // names of functions and files stand before the tables
  for (const start of kept) {
    if (start >= old.length) refuse('a table')
    memory.set(old.subarray(start, tableEnd(old, start)), pctab + start)
  }
}

const [path] = process.argv.slice(2)
const file = readFileSync(path)
const all = segments(file)
const memory = image(file, all)
strip(memory)
for (const [address, offset, length] of all) file.set(memory.subarray(address, address + length), offset)
writeFileSync(`${path}.part`, file)
renameSync(`${path}.part`, path)
