package main

import "time"

func timeVectors() []*vector {
	at := func(n, expect, comment string, clock func(iat, exp uint64) uint64) *vector {
		v := bad("time-"+n, expect, comment, nil, "VERIFY-41")
		v.clock = clock
		return v
	}
	floor := func(n, expect, comment string, issued, clock uint64, requirement ...string) *vector {
		v := bad("time-"+n, expect, comment, nil, requirement...).under(func(t *trust) { t.Issued = stamp(issued) })
		v.clock = func(_, _ uint64) uint64 { return clock }
		return v
	}
	iat := uint64(defaultIssued.Unix())
	exp := iat + 24*3600
	const day = 24 * 3600
	end := func(n, expect, comment string, end, issued, clock uint64) *vector {
		v := floor(n, expect, comment, issued, clock, "VERIFY-40")
		v.trust = func(t *trust) { t.Issued, t.ProgrammeEnd = stamp(issued), stamp(end) }
		return v
	}
	return []*vector{
		at("last-second", "ok", "The last second before exp.", func(_, exp uint64) uint64 { return exp - 1 }),
		at("expired-at-exp", "expired", "Exactly at exp.", func(_, exp uint64) uint64 { return exp }),
		at("expired-long-ago", "expired", "Sixty days after exp.", func(_, exp uint64) uint64 { return exp + 60*day }).under(func(t *trust) { t.Issued = stamp(exp + 59*day) }),
		at("at-iat", "ok", "The second of issuing.", func(iat, _ uint64) uint64 { return iat }),
		at("300-seconds-early", "ok", "A clock that is 300 s behind.", func(iat, _ uint64) uint64 { return iat - 300 }),
		at("301-seconds-early", "from_the_future", "A clock that is 301 s behind.", func(iat, _ uint64) uint64 { return iat - 301 }),
		at("future-beats-nothing", "from_the_future", "A clock that is 20 days behind, and the trust material older still.", func(iat, _ uint64) uint64 { return iat - 20*day }).under(func(t *trust) { t.Issued = stamp(iat - 21*day) }),
		floor("clock-set-back", "expired", "The clock says it is valid; the trust material was issued after exp.", exp+60, exp-60, "VERIFY-42"),
		floor("clock-behind-floor", "ok", "The clock is an hour behind iat, the trust material newer than iat.", iat+60, iat-3600, "VERIFY-42"),
		end("programme-ended", "programme_ended", "The trust material was issued at the programme's end.", iat+60, iat+60, iat+90),
		end("programme-ended-damaged", "programme_ended", "No code: after the programme nobody is asked to show a better one.", iat+60, iat+60, iat+90).in(fixed("TX1:ABC")).alone(),
		end("programme-ended-nobody", "programme_ended", "After the programme the trust list has no regions any more.", iat+60, iat+60, iat+90).besides(func(t *trust) { t.Regions = []region{} }),
		end("programme-ended-by-clock", "programme_ended", "The clock has reached the programme's end.", iat+60, iat-day, iat+60),
		end("programme-not-ended", "ok", "A second before the programme's end.", iat+61, iat-day, iat+60),
		end("programme-ended-clock-back", "programme_ended", "The clock was set back before the programme's end, the floor was not.", iat-day, iat-day, iat-2*day),
		end("programme-ended-90-days-on", "programme_ended", "The clock is past the end and 7,776,000 s after the floor: it is believed.", iat, iat+3600-90*day, iat+3600),
		end("programme-not-ended-beyond-90-days", "no_status", "A second more: a clock so far ahead ends nothing.", iat, iat+3600-90*day-1, iat+3600).stating(vaccinated),
		floor("trust-seven-days-old", "ok", "The trust material is as old as it may be for a status.", iat+3600-7*day, iat+3600, "VERIFY-43", "POLICY-3", "POLICY-4"),
		floor("trust-over-seven-days-old", "trust_stale", "A second older: verified, and left to the venue.", iat+3600-7*day-1, iat+3600, "VERIFY-43"),
		floor("trust-hundred-days-old", "no_status", "8,640,000 s: as old as it may be for a vaccination.", iat+3600-100*day, iat+3600, "VERIFY-44", "POLICY-3", "POLICY-4").stating(vaccinated),
		floor("trust-over-hundred-days-old-vaccination", "trust_stale", "8,640,001 s: too old for a vaccination as well.", iat+3600-100*day-1, iat+3600, "VERIFY-44").stating(vaccinated),
		floor("trust-hundred-days-old-status", "trust_stale", "8,640,000 s: verified, and left to the venue.", iat+3600-100*day, iat+3600, "VERIFY-43"),
		floor("trust-over-seven-days-old-vaccination", "no_status", "604,801 s: too old for a status, not for a vaccination.", iat+3600-7*day-1, iat+3600, "VERIFY-43", "POLICY-3").stating(vaccinated),
		floor("trust-over-seven-days-old-red", "adverse_without_rule", "604,801 s: a red state without a rule says the same whatever the age.", iat+3600-7*day-1, iat+3600, "VERIFY-43", "VERIFY-50").stating(red),
		floor("trust-over-hundred-days-old", "trust_stale", "A second older than any credential may be judged by.", iat+3600-100*day-1, iat+3600, "VERIFY-44"),
		floor("trust-two-years-old", "trust_stale", "Nobody has brought new trust material for two years.", iat-730*day, iat+3600, "VERIFY-44"),
	}
}

// stating returns v with other claims.
func (v *vector) stating(change func(*code)) *vector { v.change = change; return v }

// vaccinated is a vaccination and no status.
var vaccinated = only(claimVaccinations, arrayOf(exampleVaccination))

// withoutTrust are texts for a verifier that trusts nothing.
func withoutTrust() []*vector {
	none := func(n, comment string, text func([]byte) string) *vector {
		v := bad("no-trust-"+n, "no_trust", comment, nil, "VERIFY-4").in(text)
		v.untrusting = true
		return v
	}
	return []*vector{
		none("good", "A right code, and nothing to check it against.", nil),
		none("not-a-code", "No code: the verifier cannot judge, and says so first.", fixed("https://example.org/")).alone(),
		none("empty", "The empty text.", fixed("")).alone(),
		none("later-version", "A later version.", fixed("TX2:ABC")).alone(),
	}
}

// stateVectors are right credentials whose state decides.
func stateVectors() []*vector {
	state := func(n, expect, comment string, number, rule uint64, requirement string) *vector {
		return bad("state-"+n, expect, comment, func(c *code) { c.set(claimStatus, uints(number, rule, 90)) }, requirement)
	}
	return []*vector{
		state("red", "adverse_without_rule", "The red state under a rule that nobody published.", 2, 201, "VERIFY-50"),
		state("yellow", "adverse_without_rule", "The yellow state under a rule that nobody published.", 1, 101, "VERIFY-50"),
		state("red-largest-rule", "adverse_without_rule", "The largest number of a rule.", 2, 65535, "VERIFY-50"),
		state("unknown-3", "state_unknown", "A state that no table has.", 3, 301, "VERIFY-51"),
		state("unknown-65535", "state_unknown", "The largest number of a state.", 65535, 1, "VERIFY-51"),
		order("expired-red", "expired", "Red and expired: an expired code states nothing.", red, func(_, exp uint64) uint64 { return exp }),
		order("future-without-key", "key_unknown", "From the future and of an unknown key: the key decides first.", func(c *code) { c.signer = keyOf("33", algSM2, 2) },
			func(iat, _ uint64) uint64 { return iat - 301 }).under(func(t *trust) { t.Regions[0].Keys = t.Regions[0].Keys[1:] }),
		order("claims-before-issuer", "claims", "A fault of the claims and an unknown region.", func(c *code) { c.from("99", algSM2, 1); c.drop(claimStatus) }, nil).under(func(t *trust) { t.Regions = nil }),
		order("algorithm-before-claims", "algorithm_unknown", "An unknown algorithm and a fault of the claims.", func(c *code) { c.alg = intOf(-9); c.drop(claimStatus) }, nil),
		order("payload-encoding-before-algorithm", "encoding", "An unknown algorithm and a payload of another encoding.", func(c *code) {
			c.alg = intOf(-9)
			c.encodePayload = func(p pairs) raw { return indefinite(5, p.body()) }
		}, nil),
		order("header-before-payload-encoding", "envelope", "A kid of 3 bytes and a payload of another encoding.", func(c *code) {
			c.kid = bytesOf([]byte{1, 2, 3})
			c.encodePayload = func(p pairs) raw { return indefinite(5, p.body()) }
		}, nil),
		order("array-before-header-encoding", "envelope", "An unprotected header that is not empty and a protected header of another encoding.", func(c *code) {
			c.unprotected = mapOf(pairs{{uintOf(1), intOf(algSM2)}})
			c.encodeProtected = func(p pairs) raw { return indefinite(5, p.body()) }
		}, nil),
		order("header-encoding-before-signature-length", "encoding", "A protected header of another encoding and a signature of 63 bytes.", func(c *code) {
			c.encodeProtected = func(p pairs) raw { return indefinite(5, p.body()) }
			c.signature = func([]byte) ([]byte, error) { return make([]byte, 63), nil }
		}, nil),
		order("signature-before-retired", "signature_invalid", "A wrong signature under a retired key.", func(c *code) {
			c.signature = func([]byte) ([]byte, error) { return make([]byte, 64), nil }
		}, nil).under(func(t *trust) {
			t.Regions[0].Keys[0].State, t.Regions[0].Keys[0].RetiredAt = "retired", stamp(uint64(defaultIssued.Add(-time.Hour).Unix()))
		}),
	}
}

// order makes a vector with two faults, which pins the order of the checks.
func order(n, expect, comment string, change func(*code), clock func(iat, exp uint64) uint64) *vector {
	v := bad("order-"+n, expect, comment, change, "VERIFY-1")
	v.clock = clock
	return v
}
