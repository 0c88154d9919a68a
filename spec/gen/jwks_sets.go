package main

import (
	"math/big"
	"strings"
)

func exportSets() []*exportVector {
	payload := func(name, expect, comment string, change func(*export), requirement ...string) *exportVector {
		return exportWith(change).vector("set-"+name, expect, comment, requirement...)
	}
	text := func(name, expect, comment string, change func(string) string, requirement ...string) *exportVector {
		return payload(name, expect, comment, func(e *export) { e.payloadText = change }, requirement...)
	}
	return []*exportVector{
		text("not-json", "json", "No JSON.", func(string) string { return "keys" }, "JWKS-1"),
		text("blank", "not_canonical", "A blank.", replaceOnce(`:`, `: `), "JWKS-1"),
		text("trailing", "trailing", "More behind it.", func(s string) string { return s + s }, "JWKS-1"),
		text("duplicate-keys", "duplicate", "Two lists of keys.", replaceOnce(`{"keys"`, `{"keys":[],"keys"`), "JWKS-1"),
		text("fraction", "json", "A time with a fraction.", replaceOnce(`"issued":1`, `"issued":0.1`), "JWKS-1"),
		text("exponent", "json", "A number with an exponent.", replaceOnce(`"usage":31`, `"usage":1e1`), "JWKS-1"),
		text("leading-zero", "json", "A number with a leading zero.", replaceOnce(`"usage":31`, `"usage":031`), "JWKS-1"),
		text("too-large-integer", "json", "A number above 2^53.", replaceOnce(`"usage":31`, `"usage":9007199254740993`), "JWKS-1"),
		text("too-deep", "json", "Arrays in arrays.", replaceOnce(`{"keys":[`, `{"keys":[`+strings.Repeat("[", 12)+strings.Repeat("]", 12)+","), "JWKS-4"),
		text("half-a-pair", "json", "Half a surrogate pair.", replaceOnce(`"kty":"EC"`, `"kty":"\ud800"`), "JWKS-1"),
		payload("no-about", "content", "A JWK Set alone.", func(e *export) { delete(e.payload, ours) }, "JWKS-33"),
		payload("no-keys", "content", "No list of keys.", func(e *export) { delete(e.payload, "keys") }, "JWKS-33"),
		payload("keys-object", "content", "Keys by name.", func(e *export) { e.payload["keys"] = jose{} }, "JWKS-33"),
		payload("later", "later", "A member of tomorrow.", func(e *export) { e.payload["next"] = 1 }, "JWKS-39"),
		payload("about-later", "later", "A member of tomorrow among ours.", func(e *export) { e.set()["rules"] = 1 }, "JWKS-39"),
		payload("compromised-empty", "content", "An empty list where it is left out.", func(e *export) { e.set()["compromised"] = []any{} }, "JWKS-35"),
		payload("list-version", "content", "A version of one number.", func(e *export) { e.set()["list"].(jose)["version"] = "12" }, "JWKS-33"),
		payload("list-version-plus", "content", "A version with a sign.", func(e *export) { e.set()["list"].(jose)["version"] = "1.+2" }, "JWKS-33"),
		payload("list-hash-capitals", "content", "A hash in capitals.", func(e *export) {
			list := e.set()["list"].(jose)
			list["hash"] = strings.ToUpper(list["hash"].(string))
		}, "JWKS-33"),
		payload("list-epoch", "epoch", "A list of an epoch that the root does not set.", func(e *export) { e.set()["list"].(jose)["version"] = "2.1" }, "JWKS-23"),
		payload("list-1970", "content", "Issued in 1970.", func(e *export) { e.set()["list"].(jose)["issued"] = 1 }, "JWKS-33"),
		payload("regions-unsorted", "content", "Regions out of order.", func(e *export) {
			regions := e.set()["regions"].([]any)
			regions[0], regions[1] = regions[1], regions[0]
		}, "JWKS-34"),
		payload("region-twice", "content", "A region twice.", func(e *export) { e.region(1)["code"] = "33" }, "JWKS-34"),
		payload("region-letters", "content", "A region of letters.", func(e *export) { e.region(1)["code"] = "ZJ" }, "JWKS-34"),
		payload("region-without-keyset", "content", "Keys of a region without a key set.", func(e *export) { delete(e.region(0), "keyset") }, "JWKS-34"),
		payload("region-later", "later", "A member of tomorrow in a region.", func(e *export) { e.region(0)["least"] = 1 }, "JWKS-39"),
		payload("region-usage-33-bits", "content", "A usage of 33 bits.", func(e *export) { e.region(0)["usage"] = int64(1) << 32 }, "JWKS-33"),
		payload("withdrawn-empty", "content", "No withdrawals, as an empty list.", func(e *export) { e.region(1)["withdrawn"] = []any{} }, "JWKS-33"),
		payload("withdrawn-twice", "content", "A withdrawal twice.", func(e *export) {
			list := e.region(1)["withdrawn"].([]any)
			e.region(1)["withdrawn"] = append(list, list[0])
		}, "JWKS-33"),
	}
}

// keyFault is a good export with a fault in its first key.
func keyFault(name, expect, comment string, change func(e *export, jwk jose), requirement ...string) *exportVector {
	return exportWith(func(e *export) { change(e, e.keyAt(0)) }).vector("key-"+name, expect, comment, requirement...)
}

func exportJWKs() []*exportVector {
	set := func(name string, value any) func(*export, jose) {
		return func(_ *export, jwk jose) { jwk[name] = value }
	}
	term := func(name string, value any) func(*export, jose) {
		return func(_ *export, jwk jose) { about(jwk)[name] = value }
	}
	return append(keyPlaces(), []*exportVector{
		keyFault("text", "content", "Text in the place of a key.", func(e *export, _ jose) { e.payload["keys"].([]any)[0] = "key" }, "JWKS-30"),
		keyFault("no-kty", "content", "A key without a type.", func(_ *export, jwk jose) { delete(jwk, "kty") }, "JWKS-30"),
		keyFault("alg-of-another-curve", "mismatch", "ES256 with a key of SM2.", set("alg", "ES256"), "JWKS-31"),
		keyFault("curve-of-another-alg", "mismatch", "P-256 with the algorithm of SM2.", set("crv", "P-256"), "JWKS-31"),
		keyFault("alg-esp256", "mismatch", "The other name of ES256, with a key of P-256.", func(e *export, _ jose) { e.keyAt(2)["alg"] = "ESP256" }, "JWKS-31"),
		keyFault("alg-missing", "mismatch", "A key without an algorithm.", func(_ *export, jwk jose) { delete(jwk, "alg") }, "JWKS-31"),
		keyFault("alg-of-rsa", "mismatch", "ES256 with an RSA key.", func(e *export, _ jose) { e.addKeys(jose{"alg": "ES256", "e": "AQAB", "kty": "RSA", "n": "AA"}) }, "JWKS-31"),
		keyFault("alg-of-unknown-curve", "mismatch", "ES256 with a key of P-384.", func(e *export, _ jose) { e.addKeys(jose{"alg": "ES256", "crv": "P-384", "kty": "EC"}) }, "JWKS-31"),
		keyFault("x-31-bytes", "coordinate", "An x of 31 bytes.", func(_ *export, jwk jose) { jwk["x"] = base64url(make([]byte, 31)) }, "JWKS-32"),
		keyFault("y-33-bytes", "coordinate", "A y of 33 bytes.", func(_ *export, jwk jose) { jwk["y"] = base64url(make([]byte, 33)) }, "JWKS-32"),
		keyFault("off-curve", "point", "A point that is not on the curve.", func(_ *export, jwk jose) { jwk["y"] = jwk["x"] }, "JWKS-32"),
		keyFault("off-curve-es256", "point", "A point of SM2 with P-256.", func(e *export, jwk jose) { e.keyAt(2)["x"], e.keyAt(2)["y"] = jwk["x"], jwk["y"] }, "JWKS-32"),
		keyFault("infinity", "point", "Both coordinates zero.", func(_ *export, jwk jose) {
			jwk["x"], jwk["y"] = base64url(make([]byte, 32)), base64url(make([]byte, 32))
		}, "JWKS-32"),
		keyFault("x-not-below-p", "point", "An x that is not below the prime.", func(_ *export, jwk jose) {
			p := curveOf(algSM2).Params().P
			jwk["x"] = base64url(new(big.Int).Add(p, big.NewInt(2)).FillBytes(make([]byte, 32)))
		}, "JWKS-32"),
		keyFault("x-padded", "base64", "An x with padding.", func(_ *export, jwk jose) { jwk["x"] = jwk["x"].(string) + "=" }, "JWKS-2"),
		keyFault("kid-other", "kid", "The kid of another key.", func(e *export, jwk jose) { jwk["kid"] = e.keyAt(1)["kid"] }, "JWKS-30"),
		keyFault("kid-short", "kid", "The kid of a credential.", func(_ *export, jwk jose) { jwk["kid"] = jwk["kid"].(string)[:6] }, "JWKS-30"),
		keyFault("use-enc", "content", "A key to encrypt with.", set("use", "enc"), "JWKS-30"),
		keyFault("use-missing", "content", "A key without its use.", func(_ *export, jwk jose) { delete(jwk, "use") }, "JWKS-30"),
		keyFault("key-ops", "later", "A member of RFC 7517 that keys do not have.", set("key_ops", []any{"verify"}), "JWKS-39"),
		keyFault("certificate", "later", "A certificate.", set("x5c", []any{"AA"}), "JWKS-39"),
		keyFault("term-later", "later", "A term of tomorrow.", term("place", 1), "JWKS-39"),
		keyFault("private", "private", "A key with its private part.", set("d", base64url(make([]byte, 32))), "JWKS-37"),
		keyFault("private-unknown", "private", "A key of an unknown type with its private part.", func(e *export, _ jose) {
			e.addKeys(jose{"crv": "Ed25519", "d": "AA", "kty": "OKP", "x": "AA"})
		}, "JWKS-37"),
		keyFault("secret", "private", "A shared secret.", func(e *export, _ jose) { e.addKeys(jose{"k": "AA", "kty": "oct"}) }, "JWKS-37"),
		keyFault("no-terms", "content", "A key of nobody.", func(_ *export, jwk jose) { delete(jwk, ours) }, "JWKS-30"),
		keyFault("state-unknown", "content", "A state of tomorrow.", term("state", "resting"), "JWKS-30"),
		keyFault("active-since", "later", "An active key with a time of retirement.", term("since", documentTime), "JWKS-30"),
		keyFault("retired-without-since", "content", "A retired key without its time.", term("state", "retired"), "JWKS-30"),
		keyFault("period-empty", "content", "A period without a day.", term("sign_until", startOfDay(dayFrom)), "JWKS-30"),
		keyFault("period-not-a-day", "content", "A period that begins in the middle of a day.", term("sign_from", startOfDay(dayFrom)+3600), "JWKS-30"),
		keyFault("usage-negative", "content", "A usage below zero.", term("usage", -1), "JWKS-30"),
		keyFault("laboratories-unsorted", "content", "Laboratories out of order.", term("laboratories", []any{4, 3}), "JWKS-30"),
		keyFault("laboratories-empty", "content", "Limited to no laboratory.", term("laboratories", []any{}), "JWKS-30"),
		keyFault("laboratory-of-region-100", "content", "A laboratory of region 100.", term("laboratories", []any{100 << 16}), "JWKS-30"),
	}...)
}

// keyPlaces are keys in places that are not theirs.
func keyPlaces() []*exportVector {
	stolen := keyOf("root", algSM2, 2).jwk("33", useAll)
	return []*exportVector{
		keyFault("twice", "twice", "A key twice.", func(e *export, jwk jose) {
			e.payload["keys"] = append([]any{jwk}, e.payload["keys"].([]any)...)
		}, "JWKS-38"),
		keyFault("in-two-regions", "twice", "A key of two regions.", func(e *export, jwk jose) {
			again := jose{}
			for name, value := range jwk {
				again[name] = value
			}
			again[ours] = jose{"region": "46", "sign_from": startOfDay(dayFrom), "sign_until": startOfDay(dayUntil), "state": "active", "usage": 1}
			e.payload["keys"] = []any{jwk, again}
		}, "JWKS-38"),
		keyFault("unsorted", "content", "Keys out of order.", func(e *export, _ jose) {
			keys := e.payload["keys"].([]any)
			keys[0], keys[1] = keys[1], keys[0]
		}, "JWKS-38"),
		keyFault("of-no-region", "content", "A key of a region that is not listed.", func(_ *export, jwk jose) { about(jwk)["region"] = "11" }, "JWKS-34"),
		keyFault("of-the-root", "shared", "A key of the root as a signing key.", func(e *export, _ jose) { e.payload["keys"] = []any{stolen} }, "JWKS-38"),
		keyFault("compromised-among-good", "content", "A compromised key among those in use.", func(_ *export, jwk jose) {
			about(jwk)["state"], about(jwk)["since"] = "compromised", documentTime
		}, "JWKS-35"),
		keyFault("good-among-compromised", "content", "A key in use among the compromised ones.", func(e *export, jwk jose) {
			e.payload["keys"] = e.payload["keys"].([]any)[1:]
			e.set()["compromised"] = []any{jwk}
		}, "JWKS-35"),
	}
}
