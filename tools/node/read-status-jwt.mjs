// Reads a Status List Token in JWT format with jose, which verifies it, and with
// @sd-jwt/jwt-status-list, which reads the list; or makes one with both.
//
//   node read-status-jwt.mjs read KEY.json TOKEN.jwt SECONDS
//   node read-status-jwt.mjs make PRIVATE.json SAYS.json
//
// KEY.json is the JWK of the ES256 key, SECONDS the time of the reader (unix).
// Reading prints one line of JSON as read-status-token.mjs does. Making prints the
// token; SAYS.json has {"sub", "iat", "exp", "ttl", "bits", "statuses": [0, 1, …]}.

import { readFileSync } from "node:fs";
import { StatusList, createHeaderAndPayload, getListFromStatusListJWT } from "@sd-jwt/jwt-status-list";
import { SignJWT, importJWK, jwtVerify } from "jose";

const [what, keyFile, file, time] = process.argv.slice(2);
const key = await importJWK(JSON.parse(readFileSync(keyFile, "utf8")), "ES256");
const text = readFileSync(file, "utf8");

if (what === "make") {
  const { bits, statuses, ...claims } = JSON.parse(text);
  const made = createHeaderAndPayload(new StatusList(statuses, bits), claims, { alg: "ES256" });
  console.log(await new SignJWT(made.payload).setProtectedHeader(made.header).sign(key));
} else {
  const { payload } = await jwtVerify(text, key, {
    algorithms: ["ES256"],
    typ: "statuslist+jwt",
    currentDate: new Date(Number(time) * 1000),
  });
  const list = getListFromStatusListJWT(text);
  const statuses = {};
  list.statusList.forEach((status, index) => {
    if (status !== 0) statuses[index] = status;
  });
  const { sub, iat, exp, ttl } = payload;
  console.log(JSON.stringify({ sub, iat, exp, ttl, bits: list.getBitsPerStatus(), places: list.statusList.length, statuses }));
}
