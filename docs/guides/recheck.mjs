// Reads a bundle and codes without a line of the programs that made them: by the
// readers of spec/, which were written from the specification alone, and OpenSSL.
//
//   node recheck.mjs BUNDLE ROOT-HASH TIME <codes.txt
//
// TONGXING is the folder of the source. Codes are counted by what they say, and by
// why they are refused.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const source = name => import(pathToFileURL(join(process.env.TONGXING, 'spec', name)).href)
const [{ load }, { parseCredential, SM2 }, { decodeText }, { encodeCBOR }] = await Promise.all(
  ['reference-trust-js/load.js', 'reference-js/credential.js', 'reference-js/transport.js', 'reference-js/cbor.js'].map(source))

const [bundle, anchor, time] = process.argv.slice(2)
const trust = load(readFileSync(bundle), anchor, Date.parse(time) / 1000)
console.log(`trust list ${trust.list.version.join('.')}, regions ${[...trust.regions.keys()].join(' ')}`)

// The public key as X.509 has it: what stands before the point names the curve.
const prefix = { [SM2]: '3059301306072a8648ce3d020106082a811ccf5501822d03420004', '-7': '3059301306072a8648ce3d020106082a8648ce3d03010703420004' }
const pem = ({ algorithm, x, y }) =>
  `-----BEGIN PUBLIC KEY-----\n${Buffer.from(prefix[algorithm] + x + y, 'hex').toString('base64')}\n-----END PUBLIC KEY-----\n`

// r || s as ASN.1 has it: two integers without leading zeros, and never negative.
function der (signature) {
  const integers = [0, 32].map(at => {
    const bytes = [...signature.subarray(at, at + 32)]
    while (bytes.length > 1 && bytes[0] === 0) bytes.shift()
    if (bytes[0] > 0x7f) bytes.unshift(0)
    return [2, bytes.length, ...bytes]
  }).flat()
  return Buffer.from([0x30, integers.length, ...integers])
}

function verifies (key, message, signature) {
  const folder = mkdtempSync(join(process.cwd(), 'recheck-'))
  const file = (name, content) => { writeFileSync(join(folder, name), content); return join(folder, name) }
  const how = key.algorithm === SM2 ? ['-digest', 'sm3', '-pkeyopt', 'distid:1234567812345678'] : ['-digest', 'sha256']
  try {
    execFileSync('openssl', ['pkeyutl', '-verify', '-rawin', ...how, '-pubin', '-inkey', file('key', pem(key)),
      '-sigfile', file('signature', der(signature)), '-in', file('message', message)], { stdio: 'pipe' })
    return true
  } catch {
    return false
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function recheck (text) {
  let code
  try {
    code = parseCredential(decodeText(text))
  } catch (refusal) {
    return `REFUSED: ${refusal.message}`
  }
  const { iss, kid, protectedHeader, payload, signature, status } = code
  const key = trust.regions.get(iss)?.keyset.keys.find(key => key.kid === Buffer.from(kid).toString('hex'))
  const message = encodeCBOR(['Signature1', protectedHeader, new Uint8Array(), payload])
  const { state, rule } = status ?? { state: 'none', rule: 0 }
  return `region ${iss}, state ${state}, rule ${rule}, signature ${key && verifies(key, message, signature) ? 'good' : 'BAD'}`
}

const counts = new Map()
for await (const text of createInterface({ input: process.stdin })) {
  const line = recheck(text)
  counts.set(line, (counts.get(line) ?? 0) + 1)
}
for (const [line, number] of [...counts].sort()) console.log(`${number}  ${line}`)
