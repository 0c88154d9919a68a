// Reads a signed JWK Set with jose, as a user of JOSE would.
//
//   node verify-jwks.mjs KEYS.json EXPORT.json
//
// KEYS.json is a JWK Set with the ES256 keys that may have signed. Printed is one
// line of JSON:
//   {"verified": ["kid", ...],          ES256 signatures that jose verifies, each alone
//    "general": "kid",                  the one that it is content with for the whole
//    "imported": [{"kid": "...", "thumbprint": "..."}],   ES256 keys that it imports (RFC 7638)
//    "selected": ["kid", ...]}          keys that it finds in the set by kid and algorithm

import { readFileSync } from "node:fs";
import {
  calculateJwkThumbprint,
  compactVerify,
  createLocalJWKSet,
  decodeProtectedHeader,
  generalVerify,
  importJWK,
} from "jose";

const [signers, text] = process.argv.slice(2).map((file) => JSON.parse(readFileSync(file, "utf8")));
const options = { algorithms: ["ES256"] };
const resolve = createLocalJWKSet(signers);

const verified = [];
for (const { protected: header, signature } of text.signatures) {
  const { alg, kid } = decodeProtectedHeader({ protected: header });
  if (alg !== "ES256") continue;
  await compactVerify(`${header}.${text.payload}.${signature}`, resolve, options);
  verified.push(kid);
}
const whole = await generalVerify(text, resolve, options);

const set = JSON.parse(new TextDecoder().decode(whole.payload));
const find = createLocalJWKSet(set);
const imported = [];
const selected = [];
for (const jwk of set.keys.filter((key) => key.alg === "ES256")) {
  const key = await importJWK(jwk);
  if (key.type !== "public") throw new Error(`${jwk.kid} is no public key`);
  imported.push({ kid: jwk.kid, thumbprint: await calculateJwkThumbprint(jwk) });
  await find({ alg: "ES256", kid: jwk.kid });
  selected.push(jwk.kid);
}
console.log(JSON.stringify({ verified, general: whole.protectedHeader.kid, imported, selected }));
