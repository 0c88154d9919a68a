package main

import "strings"

// replaceOnce makes a change to text that has to be there.
func replaceOnce(old, new string) func(string) string {
	return func(text string) string {
		if !strings.Contains(text, old) {
			return "no " + old
		}
		return strings.Replace(text, old, new, 1)
	}
}

func exportEnvelopes() []*exportVector {
	whole := func(name, expect, comment string, change func(string) string, requirement ...string) *exportVector {
		return exportWith(func(e *export) { e.whole = change }).vector(name, expect, comment, requirement...)
	}
	entry := func(name, expect, comment string, change func(jose), requirement ...string) *exportVector {
		return exportWith(func(e *export) {
			e.signatures = func(_ *export, all []jose) []jose {
				change(all[0])
				return all
			}
		}).vector(name, expect, comment, requirement...)
	}
	return []*exportVector{
		whole("empty-object", "not_an_export", "An object without members.", func(string) string { return "{}" }, "JWKS-10"),
		whole("array", "not_an_export", "An array.", func(string) string { return "[]" }, "JWKS-10"),
		whole("compact", "json", "A JWS in compact serialization.", func(string) string { return "eyJhbGciOiJFUzI1NiJ9.e30.AA" }, "JWKS-10"),
		whole("cut", "json", "The last character is missing.", func(s string) string { return s[:len(s)-1] }, "JWKS-1"),
		whole("trailing-line-end", "not_canonical", "A line end behind it.", func(s string) string { return s + "\n" }, "JWKS-1"),
		whole("trailing-object", "trailing", "Another object behind it.", func(s string) string { return s + "{}" }, "JWKS-1"),
		whole("blank-inside", "not_canonical", "A blank behind a colon.", replaceOnce(`"payload":`, `"payload": `), "JWKS-1"),
		whole("unsorted", "not_canonical", "Members out of order.", func(s string) string {
			payload, signatures, _ := strings.Cut(strings.Trim(s, "{}"), `,"signatures"`)
			return `{"signatures"` + signatures + "," + payload + "}"
		}, "JWKS-1"),
		whole("escaped-name", "not_canonical", "A name with an escape that it does not need.", replaceOnce(`"payload"`, `"p\u0061yload"`), "JWKS-1"),
		whole("escaped-value", "not_canonical", "A value with an escape that it does not need.", replaceOnce(`"payload":"e`, `"payload":"\u0065`), "JWKS-1"),
		whole("duplicate-payload", "duplicate", "The payload twice.", replaceOnce(`{"payload"`, `{"payload":"e30","payload"`), "JWKS-1"),
		whole("duplicate-escaped", "duplicate", "The payload twice, once spelt with an escape.", replaceOnce(`{"payload"`, `{"p\u0061yload":"e30","payload"`), "JWKS-1"),
		whole("duplicate-signature", "duplicate", "Two values of one signature.", replaceOnce(`"signature":"`, `"signature":"AA","signature":"`), "JWKS-1"),
		whole("name-of-another-case", "not_an_export", "A member that differs by case alone.", replaceOnce(`"payload"`, `"Payload"`), "JWKS-10"),
		whole("flattened", "not_an_export", "Flattened serialization.", func(s string) string {
			payload, rest, _ := strings.Cut(s, `,"signatures":[{`)
			one, _, _ := strings.Cut(rest, "}")
			return payload + "," + one + "}"
		}, "JWKS-10"),
		whole("more-members", "not_an_export", "A member more.", replaceOnce(`{"payload"`, `{"comment":"","payload"`), "JWKS-10"),
		whole("signatures-object", "not_an_export", "One signature in the place of a list.", func(s string) string {
			payload, rest, _ := strings.Cut(s, `"signatures":[`)
			one, _, _ := strings.Cut(rest, "}")
			return payload + `"signatures":` + one + "}}"
		}, "JWKS-10"),
		whole("payload-padded", "base64", "A payload with padding.", replaceOnce(`","signatures"`, `==","signatures"`), "JWKS-2"),
		whole("payload-standard", "base64", "A payload of the other alphabet.", replaceOnce(`"payload":"e`, `"payload":"+`), "JWKS-2"),
		entry("signature-stray-bits", "base64", "A signature with bits left over.", func(s jose) {
			text := s["signature"].(string) // 64 bytes end in a character with four zero bits
			s["signature"] = text[:len(text)-1] + string(rune(text[len(text)-1])+1)
		}, "JWKS-2"),
		entry("signature-line-end", "base64", "A signature with a line end in it.", func(s jose) {
			text := s["signature"].(string)
			s["signature"] = text[:40] + "\n" + text[40:]
		}, "JWKS-2"),
		entry("signature-63-bytes", "not_an_export", "A signature of 63 bytes.", func(s jose) { s["signature"] = s["signature"].(string)[:84] }, "JWKS-14"),
		entry("signature-empty", "not_an_export", "An empty signature.", func(s jose) { s["signature"] = "" }, "JWKS-14"),
		entry("unprotected-alg", "unprotected", "A header that is not protected, with alg.", func(s jose) { s["header"] = jose{"alg": "ES256"} }, "JWKS-10"),
		entry("unprotected-empty", "unprotected", "A header that is not protected, and empty.", func(s jose) { s["header"] = jose{} }, "JWKS-10"),
		entry("no-protected", "not_an_export", "A signature without a protected header.", func(s jose) { delete(s, "protected") }, "JWKS-10"),
		exportWith(func(e *export) { e.payloadText = func(string) string { return "" } }).vector("payload-empty", "json", "An empty payload.", "JWKS-10"),
	}
}

func exportHeaders() []*exportVector {
	header := func(name, expect, comment string, change func(jose), requirement ...string) *exportVector {
		return exportWith(func(e *export) {
			e.header = func(k *key, h jose) {
				if k == e.signers[0] {
					change(h)
				}
			}
		}).vector(name, expect, comment, requirement...)
	}
	text := func(name, expect, comment string, change func(string) string, requirement ...string) *exportVector {
		return exportWith(func(e *export) {
			e.headerText = func(k *key, s string) string {
				if k == e.signers[0] {
					return change(s)
				}
				return s
			}
		}).vector(name, expect, comment, requirement...)
	}
	set := func(name string, value any) func(jose) { return func(h jose) { h[name] = value } }
	return []*exportVector{
		header("crit", "crit", "A critical member.", func(h jose) { h["crit"], h["exp"] = []any{"exp"}, 1 }, "JWKS-11"),
		header("crit-empty", "crit", "An empty list of critical members.", set("crit", []any{}), "JWKS-11"),
		header("b64-false", "b64", "A payload that is signed as it is.", set("b64", false), "JWKS-11"),
		header("b64-true", "b64", "A payload that is signed in base64url, which goes without saying.", set("b64", true), "JWKS-11"),
		header("jwk-in-header", "header", "A key in the header.", set("jwk", jose{"kty": "EC"}), "JWKS-11"),
		header("typ-other", "type", "A JWT.", set("typ", "JWT"), "JWKS-11"),
		header("typ-long", "type", "The media type written out.", set("typ", "application/vnd.tongxing.jwks+json"), "JWKS-11"),
		header("typ-missing", "header", "No typ.", func(h jose) { delete(h, "typ") }, "JWKS-11"),
		header("alg-missing", "header", "No alg.", func(h jose) { delete(h, "alg") }, "JWKS-11"),
		header("kid-missing", "header", "No kid.", func(h jose) { delete(h, "kid") }, "JWKS-11"),
		header("kid-4-bytes", "header", "The kid of a credential.", func(h jose) { h["kid"] = h["kid"].(string)[:6] + "A" }, "JWKS-11"),
		header("alg-number", "header", "The number of COSE.", set("alg", -7), "JWKS-11"),
		header("alg-none", "forbidden", "The algorithm none.", set("alg", "none"), "JWKS-12"),
		header("alg-none-capital", "forbidden", "The algorithm none, in capitals.", set("alg", "NONE"), "JWKS-12"),
		header("alg-hs256", "forbidden", "A shared secret.", set("alg", "HS256"), "JWKS-12"),
		header("alg-sm3-hmac", "forbidden", "A shared secret with SM3.", set("alg", "SGD_SM3_HMAC"), "JWKS-12"),
		header("alg-es256-of-sm2", "mismatch", "ES256 by an SM2 key.", set("alg", "ES256"), "JWKS-21"),
		header("alg-es384-of-sm2", "mismatch", "ES384 by an SM2 key.", set("alg", "ES384"), "JWKS-21"),
		text("header-blank", "not_canonical", "A header with a blank.", replaceOnce(`:`, `: `), "JWKS-1"),
		text("header-duplicate", "duplicate", "A header with alg twice.", replaceOnce(`{"alg"`, `{"alg":"ES256","alg"`), "JWKS-1"),
		text("header-duplicate-escaped", "duplicate", "A header with alg twice, once spelt with an escape.", replaceOnce(`,"kid"`, `,"\u0061lg":"none","kid"`), "JWKS-1"),
		text("header-array", "header", "A header that is an array.", func(string) string { return "[]" }, "JWKS-11"),
		text("header-trailing", "trailing", "A header with more behind it.", func(s string) string { return s + s }, "JWKS-1"),
	}
}

func exportSigned() []*exportVector {
	by := func(name, expect, comment string, signers []*key, requirement ...string) *exportVector {
		return exportWith(func(e *export) { e.signers = signers }).vector(name, expect, comment, requirement...)
	}
	list := func(name, expect, comment string, change func(e *export, all []jose) []jose, requirement ...string) *exportVector {
		return exportWith(func(e *export) { e.signatures = change }).vector(name, expect, comment, requirement...)
	}
	signers := exportSigners()
	return []*exportVector{
		by("unsigned", "threshold", "A draft.", nil, "JWKS-20"),
		by("threshold-minus-one", "threshold", "One of SM2 and two of ES256.", signers[1:], "JWKS-20"),
		by("one-group", "threshold", "All of SM2 and none of ES256.", keysOf("root", algSM2, 3), "JWKS-20"),
		by("authority", "threshold", "The authority of a region.", authority("33"), "JWKS-20"),
		list("one-key-twice", "twice", "Two signatures by one key.", func(_ *export, all []jose) []jose {
			return append([]jose{all[0]}, all...)
		}, "JWKS-13"),
		list("signatures-unsorted", "not_canonical", "Signatures out of order.", func(_ *export, all []jose) []jose {
			all[0], all[1] = all[1], all[0]
			return all
		}, "JWKS-13"),
		list("signatures-17", "not_an_export", "Seventeen signatures.", func(_ *export, all []jose) []jose {
			for range 13 {
				all = append(all, all[3])
			}
			return all
		}, "JWKS-13"),
		list("signature-of-another-payload", "threshold", "A signature of another export.", func(e *export, all []jose) []jose {
			other := exportWith(func(other *export) { other.set()["programme_end"] = documentTime + 1 })
			for i, k := range e.signers {
				one, err := other.sign(k, k.header())
				if i == 0 && err == nil {
					for j := range all {
						if all[j]["protected"] == one["protected"] {
							all[j] = one
						}
					}
				}
			}
			return all
		}, "JWKS-20"),
		list("signature-plain-ecdsa", "threshold", "An SM2 key with plain ECDSA over its curve.", func(e *export, all []jose) []jose {
			k := e.signers[0]
			for i := range all {
				protected := base64url([]byte(canonical(k.header())))
				if all[i]["protected"] == protected {
					digest, err := k.digestSM2([]byte(protected + "." + base64url([]byte(e.plain()))))
					if err == nil {
						all[i]["signature"] = base64url(k.signPlainECDSA(digest))
					}
				}
			}
			return all
		}, "JWKS-14"),
	}
}
