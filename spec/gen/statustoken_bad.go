package main

import "strings"

func badTokenHeaders() ([]tokenVector, error) {
	var c tokenCases
	cwt := func(name, expect, comment string, change func(*statusToken), requirement ...string) {
		c.add(tokenVector{Name: name, Comment: comment, Format: "cwt", Expect: expect, Requirement: requirement}, change)
	}
	header := func(label int64, value raw) func(*statusToken) {
		return func(t *statusToken) { t.protected = t.protected.with(intOf(label), value) }
	}
	cwt("cwt-no-typ", "type", "No typ.", func(t *statusToken) { t.protected = t.protected.without(intOf(16)) }, "TSL-13")
	cwt("cwt-typ-short", "type", "The typ of older drafts.", header(16, textOf("statuslist+cwt")), "TSL-13")
	cwt("cwt-typ-document", "type", "The typ of our signed documents.", header(16, textOf("application/vnd.tongxing.status+cose")), "TSL-13")
	cwt("cwt-typ-number", "type", "A CoAP Content-Format number.", header(16, uintOf(61)), "TSL-13")
	cwt("cwt-typ-unprotected", "type", "A typ that nobody signed.", func(t *statusToken) {
		t.protected = t.protected.without(intOf(16))
		t.unprotected = mapOf(pairs{{intOf(16), textOf(typeCWT)}})
	}, "TSL-13")
	cwt("cwt-crit", "critical", "A critical parameter.", header(2, arrayOf(intOf(16))), "TSL-14")
	cwt("cwt-crit-unprotected", "critical", "A critical parameter in the unprotected header.", func(t *statusToken) {
		t.unprotected = mapOf(pairs{{intOf(2), arrayOf(intOf(16))}})
	}, "TSL-14")
	cwt("cwt-alg-missing", "algorithm", "No algorithm.", func(t *statusToken) { t.protected = t.protected.without(intOf(1)) }, "TSL-15")
	cwt("cwt-alg-sm2", "algorithm", "Another algorithm than the key's.", header(1, intOf(algSM2)), "TSL-15")
	cwt("cwt-alg-hmac", "algorithm", "A shared secret.", header(1, intOf(5)), "TSL-15")
	cwt("cwt-alg-unprotected", "algorithm", "A second algorithm, unprotected.", func(t *statusToken) {
		t.unprotected = mapOf(pairs{{intOf(1), intOf(algES256)}})
	}, "TSL-15")
	cwt("cwt-other-key", "signature", "Signed by another key.", func(t *statusToken) { t.key = keyOf("33", algES256, 2) }, "TSL-16")
	cwt("cwt-other-algorithm-key", "algorithm", "The reader has a key of another algorithm.", func(t *statusToken) { t.read = keyOf("33", algSM2, 1) }, "TSL-15")
	return c.done()
}

func badTokenEnvelopes() ([]tokenVector, error) {
	var c tokenCases
	cwt := func(name, expect, comment string, change func(*statusToken), requirement ...string) {
		c.add(tokenVector{Name: name, Comment: comment, Format: "cwt", Expect: expect, Requirement: requirement}, change)
	}
	whole := func(name, expect, comment string, change func(protected, unprotected, payload, signature raw) raw, requirement ...string) {
		cwt(name, expect, comment, func(t *statusToken) { t.whole = change }, requirement...)
	}
	sign1 := func(protected, unprotected, payload, signature raw) raw {
		return arrayOf(bytesOf(protected), unprotected, bytesOf(payload), bytesOf(signature))
	}
	whole("cwt-payload-changed", "signature", "A bit of the payload changed behind the signature.", func(h, u, p, s raw) raw {
		p[len(p)-1] ^= 1
		return tagOf(18, sign1(h, u, p, s))
	}, "TSL-16")
	whole("cwt-no-tag", "not_a_token", "No tag, as draft 14 wanted it.", sign1, "TSL-10")
	whole("cwt-tag-61", "not_a_token", "The tag of a CWT around it.", func(h, u, p, s raw) raw { return tagOf(61, tagOf(18, sign1(h, u, p, s))) }, "TSL-10")
	whole("cwt-tag-17", "not_a_token", "COSE_Mac0.", func(h, u, p, s raw) raw { return tagOf(17, sign1(h, u, p, s)) }, "TSL-10")
	whole("cwt-tag-98", "not_a_token", "COSE_Sign.", func(h, u, p, s raw) raw {
		return tagOf(98, arrayOf(bytesOf(h), u, bytesOf(p), arrayOf(arrayOf(bytesOf(h), u, bytesOf(s)))))
	}, "TSL-10")
	whole("cwt-detached", "not_a_token", "The payload is elsewhere.", func(h, u, _, s raw) raw { return tagOf(18, arrayOf(bytesOf(h), u, raw{0xf6}, bytesOf(s))) }, "TSL-10")
	whole("cwt-unprotected-null", "not_a_token", "null in the place of the unprotected header.", func(h, _, p, s raw) raw { return tagOf(18, sign1(h, raw{0xf6}, p, s)) }, "TSL-10")
	whole("cwt-signature-array", "not_a_token", "The signature as an array of integers.", func(h, u, p, s raw) raw {
		var octets []raw
		for _, octet := range s {
			octets = append(octets, uintOf(uint64(octet)))
		}
		return tagOf(18, arrayOf(bytesOf(h), u, bytesOf(p), arrayOf(octets...)))
	}, "TSL-10")
	whole("cwt-three-parts", "not_a_token", "The signature is missing.", func(h, u, p, _ raw) raw { return tagOf(18, arrayOf(bytesOf(h), u, bytesOf(p))) }, "TSL-10")
	whole("cwt-trailing", "not_a_token", "A byte behind it.", func(h, u, p, s raw) raw { return append(tagOf(18, sign1(h, u, p, s)), 0) }, "TSL-10")
	whole("cwt-truncated", "not_a_token", "The last byte is missing.", func(h, u, p, s raw) raw {
		all := tagOf(18, sign1(h, u, p, s))
		return all[:len(all)-1]
	}, "TSL-10")
	whole("cwt-indefinite", "not_a_token", "An array of indefinite length.", func(h, u, p, s raw) raw {
		return tagOf(18, indefinite(4, bytesOf(h), u, bytesOf(p), bytesOf(s)))
	}, "TSL-17")
	whole("cwt-unprotected-twice", "not_a_token", "A label that stands twice.", func(h, _, p, s raw) raw {
		return tagOf(18, sign1(h, mapAsIs(pairs{{intOf(4), bytesOf([]byte("1"))}, {intOf(4), bytesOf([]byte("2"))}}), p, s))
	}, "TSL-17")
	return c.done()
}

func badTokenClaims() ([]tokenVector, error) {
	var c tokenCases
	cwt := func(name, expect, comment string, change func(*statusToken), requirement ...string) {
		c.add(tokenVector{Name: name, Comment: comment, Format: "cwt", Expect: expect, Requirement: requirement}, change)
	}
	claim := func(name, expect, comment string, change func(p pairs) pairs, requirement ...string) {
		cwt(name, expect, comment, func(t *statusToken) {
			t.claims = func(list raw) raw { return mapOf(change(t.cwtClaims(list))) }
		}, requirement...)
	}
	set := func(label int64, value raw) func(pairs) pairs {
		return func(p pairs) pairs { return p.with(intOf(label), value) }
	}
	drop := func(label int64) func(pairs) pairs {
		return func(p pairs) pairs { return p.without(intOf(label)) }
	}
	claim("cwt-no-sub", "claims", "No sub.", drop(2), "TSL-17")
	claim("cwt-sub-empty", "claims", "An empty sub.", set(2, textOf("")), "TSL-17")
	claim("cwt-sub-bytes", "claims", "A sub that is no text.", set(2, bytesOf([]byte(tokenSubject))), "TSL-17")
	claim("cwt-no-iat", "claims", "No iat.", drop(6), "TSL-17")
	claim("cwt-iat-float", "claims", "An iat in floating point.", set(6, raw{0xfb, 0x41, 0xd8, 0xbd, 0x20, 0, 0, 0, 0}), "TSL-17")
	claim("cwt-iat-tagged", "claims", "An iat with the tag of times.", set(6, tagOf(1, intOf(tokenIssued))), "TSL-17")
	claim("cwt-iat-null", "claims", "An iat of null.", set(6, raw{0xf6}), "TSL-17")
	claim("cwt-exp-negative", "claims", "A negative exp.", set(4, intOf(-1)), "TSL-17")
	claim("cwt-exp-2-63", "claims", "An exp that 63 bits do not hold.", set(4, uintOf(1<<63)), "TSL-17")
	claim("cwt-ttl-0", "claims", "A ttl of 0.", set(65534, uintOf(0)), "TSL-17")
	claim("cwt-ttl-text", "claims", "A ttl in text.", set(65534, textOf("86400")), "TSL-17")
	claim("cwt-aud", "claims", "A token for somebody.", set(3, textOf("somebody")), "TSL-17")
	claim("cwt-no-list", "status_list", "No status list.", drop(65533), "TSL-17")
	claim("cwt-list-tagged", "status_list", "A tagged status list.", func(p pairs) pairs { return p.with(intOf(65533), tagOf(24, p[3].value)) }, "TSL-17")
	claim("cwt-list-of-claim-65535", "status_list", "The claim of older drafts.", func(p pairs) pairs {
		return p.without(intOf(65533)).with(intOf(65535), p[3].value)
	}, "TSL-17")
	claim("cwt-claim-twice", "claims", "A claim that stands twice.", func(p pairs) pairs { return append(p, p[0]) }, "TSL-17")
	cwt("cwt-claims-array", "claims", "Claims that are no map.", func(t *statusToken) { t.claims = func(raw) raw { return arrayOf() } }, "TSL-17")
	cwt("cwt-claims-trailing", "claims", "A byte behind the claims.", func(t *statusToken) {
		t.claims = func(list raw) raw { return append(mapOf(t.cwtClaims(list)), 0) }
	}, "TSL-17")
	return c.done()
}

func badTokenJWTs() ([]tokenVector, error) {
	var c tokenCases
	jwt := func(name, expect, comment string, change func(*statusToken), requirement ...string) {
		c.add(tokenVector{Name: name, Comment: comment, Format: "jwt", Expect: expect, Requirement: requirement}, change)
	}
	header := func(name, expect, comment string, change func(string) string, requirement ...string) {
		jwt(name, expect, comment, func(t *statusToken) { t.header = change(t.header) }, requirement...)
	}
	header("jwt-typ-jwt", "type", "The typ of any JWT.", replaceOnce(`"statuslist+jwt"`, `"JWT"`), "TSL-13")
	header("jwt-typ-long", "type", "The media type written out.", replaceOnce(`"statuslist+jwt"`, `"application/statuslist+jwt"`), "TSL-13")
	header("jwt-typ-capital", "type", "In capitals.", replaceOnce(`"statuslist+jwt"`, `"STATUSLIST+JWT"`), "TSL-13")
	header("jwt-no-typ", "type", "No typ.", replaceOnce(`,"typ":"statuslist+jwt"`, ``), "TSL-13")
	header("jwt-crit", "critical", "A critical parameter.", replaceOnce(`{`, `{"crit":["exp"],"exp":1,`), "TSL-14")
	header("jwt-b64", "critical", "A payload that is signed as it is.", replaceOnce(`{`, `{"b64":false,`), "TSL-14")
	header("jwt-alg-none", "algorithm", "The algorithm none.", replaceOnce(`"ES256"`, `"none"`), "TSL-15")
	header("jwt-alg-hs256", "algorithm", "A shared secret.", replaceOnce(`"ES256"`, `"HS256"`), "TSL-15")
	header("jwt-alg-es384", "algorithm", "Another signature.", replaceOnce(`"ES256"`, `"ES384"`), "TSL-15")
	header("jwt-alg-missing", "algorithm", "No algorithm.", replaceOnce(`"alg":"ES256",`, ``), "TSL-15")
	header("jwt-alg-twice", "not_a_token", "Two algorithms.", replaceOnce(`{`, `{"alg":"none",`), "TSL-17")
	header("jwt-alg-twice-escaped", "not_a_token", "Two algorithms, one spelt with an escape.", replaceOnce(`{`, `{"\u0061lg":"none",`), "TSL-17")
	header("jwt-header-array", "not_a_token", "A header that is an array.", func(string) string { return "[]" }, "TSL-11")
	header("jwt-header-trailing", "not_a_token", "More behind the header.", func(s string) string { return s + s }, "TSL-11")
	jwt("jwt-other-key", "signature", "Signed by another key.", func(t *statusToken) { t.key = keyOf("33", algES256, 2) }, "TSL-16")
	parts := func(name, expect, comment string, change func(whole string) string, requirement ...string) {
		jwt(name, expect, comment, func(t *statusToken) {
			join := t.parts
			t.parts = func(header, payload, signature string) string { return change(join(header, payload, signature)) }
		}, requirement...)
	}
	parts("jwt-signature-padded", "not_a_token", "A signature with padding.", func(s string) string { return s + "==" }, "TSL-11")
	parts("jwt-signature-stray-bits", "not_a_token", "A signature with bits left over.", func(s string) string { return s[:len(s)-1] + string(s[len(s)-1]+1) }, "TSL-11")
	parts("jwt-signature-empty", "signature", "No signature.", func(s string) string { return s[:strings.LastIndex(s, ".")+1] }, "TSL-16")
	parts("jwt-two-parts", "not_a_token", "Two parts.", func(s string) string { return s[:strings.LastIndex(s, ".")] }, "TSL-11")
	parts("jwt-four-parts", "not_a_token", "Four parts.", func(s string) string { return s + ".AA" }, "TSL-11")
	parts("jwt-line-end", "not_a_token", "A line end behind it.", func(s string) string { return s + "\n" }, "TSL-11")
	parts("jwt-empty", "not_a_token", "Nothing.", func(string) string { return "" }, "TSL-11")
	parts("jwt-general", "not_a_token", "A JWS in JSON.", func(s string) string {
		p := strings.Split(s, ".")
		return canonical(jose{"payload": p[1], "protected": p[0], "signature": p[2]})
	}, "TSL-11")
	return c.done()
}

func badJWTClaims() ([]tokenVector, error) {
	var c tokenCases
	jwt := func(name, expect, comment string, change func(*statusToken), requirement ...string) {
		c.add(tokenVector{Name: name, Comment: comment, Format: "jwt", Expect: expect, Requirement: requirement}, change)
	}
	claims := func(name, expect, comment string, change func(jose), requirement ...string) {
		jwt(name, expect, comment, func(t *statusToken) {
			all := t.jwtClaims()
			change(all)
			t.payload = canonical(all)
		}, requirement...)
	}
	claims("jwt-no-sub", "claims", "No sub.", func(m jose) { delete(m, "sub") }, "TSL-17")
	claims("jwt-sub-number", "claims", "A sub that is no text.", func(m jose) { m["sub"] = 33 }, "TSL-17")
	claims("jwt-no-iat", "claims", "No iat.", func(m jose) { delete(m, "iat") }, "TSL-17")
	claims("jwt-iat-text", "claims", "An iat in text.", func(m jose) { m["iat"] = "1660176000" }, "TSL-17")
	claims("jwt-iat-fraction", "claims", "An iat with a fraction.", func(m jose) { m["iat"] = 1660176000.5 }, "TSL-17")
	claims("jwt-exp-null", "claims", "An exp of null.", func(m jose) { m["exp"] = nil }, "TSL-17")
	claims("jwt-ttl-negative", "claims", "A negative ttl.", func(m jose) { m["ttl"] = -1 }, "TSL-17")
	claims("jwt-aud", "claims", "A token for somebody.", func(m jose) { m["aud"] = "somebody" }, "TSL-17")
	claims("jwt-no-list", "status_list", "No status list.", func(m jose) { delete(m, "status_list") }, "TSL-17")
	list := func(name, comment string, change func(jose), requirement ...string) {
		claims(name, "status_list", comment, func(m jose) { change(m["status_list"].(jose)) }, requirement...)
	}
	list("jwt-bits-text", "A width in text.", func(m jose) { m["bits"] = "2" }, "TSL-3")
	list("jwt-bits-3", "A width that no status has.", func(m jose) { m["bits"] = 3 }, "TSL-3")
	list("jwt-lst-standard", "Another alphabet.", func(m jose) { m["lst"] = "+" + m["lst"].(string)[1:] }, "TSL-3")
	list("jwt-lst-padded", "An array with padding.", func(m jose) { m["lst"] = m["lst"].(string) + "=" }, "TSL-3")
	list("jwt-lst-missing", "No array.", func(m jose) { delete(m, "lst") }, "TSL-3")
	payload := func(name, expect, comment string, change func(string) string, requirement ...string) {
		jwt(name, expect, comment, func(t *statusToken) { t.payload = change(canonical(t.jwtClaims())) }, requirement...)
	}
	payload("jwt-exp-twice", "claims", "Two times at which it runs out.", replaceOnce(`{`, `{"exp":1,`), "TSL-17")
	payload("jwt-lst-twice", "status_list", "Two arrays.", replaceOnce(`{"bits"`, `{"lst":"","bits"`), "TSL-17")
	payload("jwt-name-of-another-case", "claims", "A name that differs by case alone.", replaceOnce(`"iat"`, `"IAT"`), "TSL-17")
	payload("jwt-claims-trailing", "claims", "More behind the claims.", func(s string) string { return s + "{}" }, "TSL-17")
	payload("jwt-claims-text", "claims", "Claims that are no object.", func(string) string { return `"claims"` }, "TSL-17")
	return c.done()
}

func badTokenTimes() ([]tokenVector, error) {
	var c tokenCases
	at := func(name, format, expect, comment string, time int64, change func(*statusToken)) {
		c.add(tokenVector{Name: name, Comment: comment, Format: format, Expect: expect, Time: time, Requirement: needs("TSL-18")}, change)
	}
	for _, format := range []string{"cwt", "jwt"} {
		at(format+"-expired", format, "expired", "At exp.", tokenIssued+2*tokenDay, nil)
		at(format+"-last-second", format, "ok", "A second before exp.", tokenIssued+2*tokenDay-1, nil)
		at(format+"-early", format, "ok", "As early as a clock may be.", tokenIssued-300, nil)
		at(format+"-too-early", format, "future", "A second earlier.", tokenIssued-301, nil)
	}
	notBefore := func(t *statusToken) {
		t.claims = func(list raw) raw { return mapOf(t.cwtClaims(list).with(intOf(5), intOf(tokenIssued+1000))) }
	}
	at("cwt-not-before", "cwt", "future", "Before nbf.", tokenIssued+699, notBefore)
	at("cwt-from-not-before", "cwt", "ok", "From nbf on, as early as a clock may be.", tokenIssued+700, notBefore)
	asked := func(name, uri, expect string) {
		c.add(tokenVector{Name: name, Comment: "The reader asks for one list.", Format: "cwt", Expect: expect, AskedFor: uri, Requirement: needs("TSL-19")}, nil)
	}
	asked("subject-asked-for", tokenSubject, "ok")
	asked("subject-other", "urn:tongxing:status:33:7937", "subject")
	asked("subject-other-case", "URN:tongxing:status:33:7936", "subject")
	return c.done()
}
