// Parses a CDDL file with npm's cddl and validates CBOR against its first rule.
//
//   node cddl.mjs FILE.cddl < lines
//
// Each line of standard input is a name, a blank and CBOR in hexadecimal; each
// line of standard output is the name, a blank, and "valid" or what is wrong.
//
// The parser does not know the control operator .cbor (RFC 8610 section 3.8.4).
// It is handed .within in its place, which has the same syntax and which our
// files do not use, and the tree is read accordingly.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'cddl'
import cbor from 'cbor'

const { decodeFirstSync, Tagged } = cbor

function parseFile(path) {
  const source = readFileSync(path, 'utf8')
  if (source.includes('.within')) throw new Error(`${path}: .within stands for .cbor here and cannot be used`)
  const folder = mkdtempSync(join(tmpdir(), 'cddl-'))
  try {
    const copy = join(folder, 'copy.cddl')
    writeFileSync(copy, source.replaceAll('.cbor', '.within'))
    return parse(copy)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const rules = new Map()
let fault // of the deepest alternative that was tried last

function fail(text) {
  fault = text
  return false
}

function decode(bytes) {
  return decodeFirstSync(bytes, { preferMap: true })
}

const isInteger = (v) => typeof v === 'bigint' || Number.isSafeInteger(v)

const named = {
  uint: (v) => isInteger(v) && v >= 0,
  int: isInteger,
  bstr: (v) => Buffer.isBuffer(v),
  tstr: (v) => typeof v === 'string',
  bool: (v) => typeof v === 'boolean',
  null: (v) => v === null,
  any: () => true,
}

function matchesRule(name, value) {
  const rule = rules.get(name)
  if (!rule) throw new Error(`no rule ${name}`)
  switch (rule.Type) {
    case 'variable': return matchesAny(rule.PropertyType, value, name)
    case 'array': return matchesArray(rule, value)
    case 'group': return matchesMap(rule, value)
  }
  throw new Error(`rule ${name}: unknown type ${rule.Type}`)
}

function matchesAny(types, value, place) {
  return types.some((type) => matches(type, value, place))
}

function matches(type, value, place) {
  if (typeof type === 'string') return named[type](value) || fail(`${place}: not ${type}`)
  if (type.Operator) return matches(type.Type, value, place) && obeys(type.Operator, value, place)
  switch (type.Type) {
    case 'literal': return value === type.Value || fail(`${place}: not ${type.Value}`)
    case 'range': return inRange(type.Value, value) || fail(`${place}: out of range`)
    case 'group': return type.Value in named ? matches(type.Value, value, place) : matchesRule(type.Value, value)
    case 'tag': return matchesTag(type.Value, value, place)
  }
  throw new Error(`${place}: unknown type ${JSON.stringify(type)}`)
}

function inRange(range, value) {
  return isInteger(value) && value >= range.Min.Value && value <= range.Max.Value
}

function matchesTag(tag, value, place) {
  const number = Number(String(tag.NumericPart).split('.')[1])
  if (!(value instanceof Tagged) || value.tag !== number) return fail(`${place}: not tag ${number}`)
  return matches(tag.TypePart, value.value, place)
}

function obeys(operator, value, place) {
  const argument = operator.Value
  switch (operator.Type) {
    case 'size': {
      const bytes = Buffer.byteLength(value)
      const right = argument.Type === 'range' ? inRange(argument.Value, bytes) : bytes === argument.Value
      return right || fail(`${place}: ${bytes} bytes`)
    }
    case 'regexp': return new RegExp(`^(?:${argument.Value})$`, 'u').test(value) || fail(`${place}: not ${argument.Value}`)
    case 'within': return matches(argument, decode(value), place)
  }
  throw new Error(`${place}: unknown operator ${operator.Type}`)
}

function matchesArray(rule, value) {
  if (!Array.isArray(value)) return fail(`${rule.Name}: not an array`)
  let at = 0
  for (const entry of rule.Values) {
    const { n, m } = entry.Occurrence
    let count = 0
    while (at < value.length && count < (m ?? Infinity) && matchesAny(entry.Type, value[at], entry.Name || rule.Name)) {
      at++
      count++
    }
    if (count < n) return at < value.length ? false : fail(`${rule.Name}: too short`)
  }
  return at === value.length || fail(`${rule.Name}: too long, or an element does not match`)
}

// A member of JSON is named by its text; every other key by a rule.
function isKey(name, key) {
  return typeof key === 'string' && !rules.has(name) ? name === key : matchesRule(name, key)
}

// A map matches when every entry of it is one of a key that the rule allows,
// and every key that the rule demands is there.
function matchesMap(rule, value) {
  if (!(value instanceof Map)) return fail(`${rule.Name}: not a map`)
  const seen = new Map()
  for (const [key, item] of value) {
    const entry = rule.Properties.find((p) => isKey(p.Name, key))
    if (!entry) return fail(`${rule.Name}: key ${key}`)
    if (!matchesAny(entry.Type, item, entry.Name)) return false
    seen.set(entry, (seen.get(entry) ?? 0) + 1)
    if (seen.get(entry) > (entry.Occurrence.m ?? Infinity)) return fail(`${rule.Name}: too many of ${entry.Name}`)
  }
  const missing = rule.Properties.find((p) => (seen.get(p) ?? 0) < p.Occurrence.n)
  return !missing || fail(`${rule.Name}: no ${missing.Name}`)
}

const tree = parseFile(process.argv[2])
for (const rule of tree) {
  if (rules.has(rule.Name)) throw new Error(`two rules ${rule.Name}`)
  rules.set(rule.Name, rule)
}
for (const line of readFileSync(0, 'utf8').split('\n').filter(Boolean)) {
  const [name, hex] = line.split(' ')
  let verdict
  try {
    verdict = matchesRule(tree[0].Name, decode(Buffer.from(hex, 'hex'))) ? 'valid' : fault
  } catch (error) {
    verdict = `not read: ${error.message}`
  }
  console.log(`${name} ${verdict}`)
}
