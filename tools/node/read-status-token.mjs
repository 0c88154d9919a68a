// Reads a Status List Token (draft-ietf-oauth-status-list) in CWT format, with
// nothing but Node: zlib, the cryptography, and the little CBOR that it takes.
//
//   node read-status-token.mjs KEY.json TOKEN.cwt [SECONDS]
//
// KEY.json is the JWK of the ES256 key that signs, SECONDS the time of the reader
// (unix; left out: not looked at). Printed is one line of JSON:
//   {"sub": "urn:…", "iat": 1660176000, "exp": …, "ttl": …, "bits": 2, "places": 32,
//    "statuses": {"1": 1, "5": 2}}     by index, all others are 0
// Whatever is wrong ends the program with a sentence and status 1.

import { createPublicKey, verify } from "node:crypto";
import { readFileSync } from "node:fs";
import { inflateSync } from "node:zlib";

const maxPlaces = 2 ** 28;

// need stops the program unless a condition holds.
function need(condition, problem) {
  if (condition) return;
  console.error(problem);
  process.exit(1);
}

// read decodes the CBOR item at an offset and returns [item, offset behind it].
// Maps become Map, byte strings Buffer, a tag {tag, item}.
function read(data, offset) {
  need(offset < data.length, "CBOR ends too early");
  const major = data[offset] >> 5;
  let argument = data[offset] & 31;
  offset += 1;
  need(argument < 28, "CBOR of indefinite length or reserved form");
  if (argument >= 24) {
    const size = 1 << (argument - 24);
    need(offset + size <= data.length, "CBOR ends too early");
    argument = Number(size === 8 ? data.readBigUInt64BE(offset) : data.readUIntBE(offset, size));
    offset += size;
  }
  const items = (n) => Array.from({ length: Math.min(n, data.length) }, () => {
    const [item, next] = read(data, offset);
    offset = next;
    return item;
  });
  switch (major) {
    case 0: return [argument, offset];
    case 1: return [-1 - argument, offset];
    case 2:
    case 3: {
      const bytes = data.subarray(offset, offset + argument);
      need(bytes.length === argument, "CBOR ends too early");
      return [major === 2 ? bytes : bytes.toString("utf8"), offset + argument];
    }
    case 4: return [items(argument), offset];
    case 5: {
      const map = new Map();
      for (let i = 0; i < argument; i++) {
        const [key, value] = items(2);
        need(!map.has(key), `${key} stands twice`);
        map.set(key, value);
      }
      return [map, offset];
    }
    case 6: return [{ tag: argument, item: items(1)[0] }, offset];
  }
  return need(false, "CBOR item that no token has");
}

// all is read for data that is one item.
function all(data) {
  const [item, end] = read(data, 0);
  need(end === data.length, "there is something behind the CBOR");
  return item;
}

const head = (major, n) => (n < 24 ? Buffer.from([major << 5 | n]) : Buffer.from([major << 5 | 26, n >>> 24, n >>> 16, n >>> 8, n]));
const shortest = (n) => (n < 24 ? head(2, n) : n < 256 ? Buffer.from([0x58, n]) : n < 65536 ? Buffer.from([0x59, n >> 8, n]) : head(2, n));

const [keyFile, tokenFile, time] = process.argv.slice(2);
const key = createPublicKey({ key: JSON.parse(readFileSync(keyFile, "utf8")), format: "jwk" });
const { tag, item: parts } = all(readFileSync(tokenFile));
need(tag === 18 && parts?.length === 4, "this is no COSE_Sign1");
const [protectedBytes, , payload, signature] = parts;
const header = all(protectedBytes);
need(header.get(1) === -7 && !header.has(2), "alg is not ES256, or something is critical");
need(header.get(16) === "application/statuslist+cwt", "typ is that of another token");
const signed = Buffer.concat([Buffer.from("\x84\x6aSignature1", "latin1"), shortest(protectedBytes.length), protectedBytes,
  Buffer.from([0x40]), shortest(payload.length), payload]);
need(verify("sha256", signed, { key, dsaEncoding: "ieee-p1363" }, signature), "the signature is not by this key");
const claims = all(payload);
const [sub, iat, exp, ttl, list] = [2, 6, 4, 65534, 65533].map((label) => claims.get(label));
need(time === undefined || exp === undefined || Number(time) < exp, "the token has expired");
const bits = list.get("bits");
need([1, 2, 4, 8].includes(bits), `${bits} bits a status`);
const array = inflateSync(list.get("lst"), { maxOutputLength: maxPlaces * bits / 8 });
const statuses = {};
array.forEach((octet, i) => {
  for (let k = 0; octet >> k; k += bits) if (octet >> k & (1 << bits) - 1) statuses[(i * 8 + k) / bits] = octet >> k & (1 << bits) - 1;
});
console.log(JSON.stringify({ sub, iat, exp, ttl, bits, places: array.length * 8 / bits, statuses }));
