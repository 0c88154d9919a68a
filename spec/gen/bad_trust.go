package main

import (
	"crypto/sha256"
	"crypto/sha512"
	"math/big"
	"time"
)

// forged makes a vector with a right credential and a signature of its own.
func forged(n, comment string, alg int64, sign func(k *key, message []byte) ([]byte, error), requirement ...string) *vector {
	return bad("signature-"+n, "signature_invalid", comment, func(c *code) {
		c.from("33", alg, 1)
		c.signature = func(message []byte) ([]byte, error) { return sign(c.signer, message) }
	}, requirement...)
}

// changedNumbers makes a vector whose r and s are changed.
func changedNumbers(n, comment string, alg int64, change func(order, r, s *big.Int) (*big.Int, *big.Int)) *vector {
	return forged(n, comment, alg, func(k *key, message []byte) ([]byte, error) {
		signature, err := k.sign(message)
		if err != nil {
			return nil, err
		}
		r, s := change(k.curve.Params().N, new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:]))
		return join64(r, s), nil
	}, "SIG-5", "VERIFY-13")
}

// signatureFaults have a right credential and a wrong signature.
func signatureFaults() []*vector {
	zero := new(big.Int)
	ones := new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 256), big.NewInt(1))
	var out []*vector
	for alg, n := range map[int64]string{algES256: "es256", algSM2: "sm2"} {
		out = append(out,
			forged(n+"-flipped-bit", "The last bit of the signature is flipped.", alg, func(k *key, message []byte) ([]byte, error) {
				signature, err := k.sign(message)
				if err != nil {
					return nil, err
				}
				signature[63] ^= 1
				return signature, nil
			}, "VERIFY-13"),
			forged(n+"-payload-changed", "The signature is that of another payload.", alg, func(k *key, message []byte) ([]byte, error) {
				changed := append([]byte{}, message...)
				changed[len(changed)-1] ^= 1
				return k.sign(changed)
			}, "SIG-1", "VERIFY-13"),
			forged(n+"-not-sig-structure", "What is signed lacks the head of the Sig_structure.", alg, func(k *key, message []byte) ([]byte, error) {
				return k.sign(message[len("\x84\x6aSignature1"):])
			}, "SIG-1"),
			changedNumbers(n+"-r-zero", "r is 0.", alg, func(_, _, s *big.Int) (*big.Int, *big.Int) { return zero, s }),
			changedNumbers(n+"-s-zero", "s is 0.", alg, func(_, r, _ *big.Int) (*big.Int, *big.Int) { return r, zero }),
			changedNumbers(n+"-r-order", "r is n.", alg, func(order, _, s *big.Int) (*big.Int, *big.Int) { return order, s }),
			changedNumbers(n+"-s-order", "s is n.", alg, func(order, r, _ *big.Int) (*big.Int, *big.Int) { return r, order }),
			changedNumbers(n+"-all-ones", "r and s are 2^256 - 1.", alg, func(_, _, _ *big.Int) (*big.Int, *big.Int) { return ones, ones }),
			changedNumbers(n+"-swapped", "s stands before r.", alg, func(_, r, s *big.Int) (*big.Int, *big.Int) { return s, r }),
		)
	}
	return out
}

// sm2Faults are wrong signatures that an implementation accepts which mixes the
// algorithms, or has SM2 wrong.
func sm2Faults() []*vector {
	return []*vector{
		changedNumbers("sm2-r-plus-s-order", "r + s is n.", algSM2, func(order, r, _ *big.Int) (*big.Int, *big.Int) {
			return r, new(big.Int).Sub(order, r)
		}),
		changedNumbers("sm2-twin", "r, n - s: ECDSA has such twins, SM2 has not.", algSM2, func(order, r, s *big.Int) (*big.Int, *big.Int) {
			return r, new(big.Int).Sub(order, s)
		}),
		forged("sm2-other-id", "ZA over another identity than 1234567812345678.", algSM2, func(k *key, message []byte) ([]byte, error) {
			return k.signSM2(message, []byte("ALICE123@YAHOO.COM"))
		}, "SIG-3"),
		forged("sm2-plain-ecdsa", "ECDSA with SHA-256 over the SM2 curve.", algSM2, func(k *key, message []byte) ([]byte, error) {
			digest := sha256.Sum256(message)
			return k.signPlainECDSA(digest[:]), nil
		}, "SIG-12"),
		forged("sm2-plain-ecdsa-sm3", "ECDSA over the SM2 curve with SM2's own digest e.", algSM2, func(k *key, message []byte) ([]byte, error) {
			e, err := k.digestSM2(message)
			if err != nil {
				return nil, err
			}
			return k.signPlainECDSA(e), nil
		}, "SIG-12"),
		forged("es256-other-hash", "ECDSA over P-256 with SHA-384.", algES256, func(k *key, message []byte) ([]byte, error) {
			digest := sha512.Sum384(message)
			return k.signPlainECDSA(digest[:32]), nil
		}, "SIG-2"),
		forged("es256-sm2-scheme", "The formula of SM2 over P-256 with SHA-256.", algES256, func(k *key, message []byte) ([]byte, error) {
			digest := sha256.Sum256(message)
			return k.signSM2Scheme(digest[:]), nil
		}, "SIG-12"),
		forged("of-another-key", "Another key of the region signed under the kid of this one.", algSM2, func(_ *key, message []byte) ([]byte, error) {
			return keyOf("33", algSM2, 2).sign(message)
		}, "VERIFY-13"),
	}
}

// goodSignatures are right signatures that implementations get wrong.
func goodSignatures() []*vector {
	padded := func(n, comment string, alg int64, at int) *vector {
		return ok("good-"+n, comment, func(c *code) {
			for index := uint64(0); ; index++ {
				c.from("33", alg, 1)
				ref(0, index)(c)
				signature, err := c.signer.sign(sigStructure(c.protectedBytes(), c.payloadBytes()))
				if err != nil || signature[at] == 0 {
					return
				}
			}
		}, "SIG-4")
	}
	return []*vector{
		padded("short-r-sm2", "An SM2 signature whose r begins with a zero byte.", algSM2, 0),
		padded("short-s-sm2", "An SM2 signature whose s begins with a zero byte.", algSM2, 32),
		padded("short-r-es256", "An ECDSA signature whose r begins with a zero byte.", algES256, 0),
		padded("short-s-es256", "An ECDSA signature whose s begins with a zero byte.", algES256, 32),
		ok("good-twin-es256", "The twin r, n - s of the signature of good-status-es256: as valid as that.", twinSignature, "SIG-6"),
	}
}

// keyFaults are right credentials under trust material that does not bear them.
func keyFaults() []*vector {
	iat := uint64(defaultIssued.Unix())
	first := func(change func(*publicKey)) func(*trust) {
		return func(t *trust) { change(&t.Regions[0].Keys[0]) }
	}
	retired := func(at uint64) func(*trust) {
		return first(func(k *publicKey) { k.State, k.RetiredAt = "retired", stamp(at) })
	}
	header := func(alg, signer int64) func(*code) {
		return func(c *code) { c.from("33", signer, 1); c.alg = intOf(alg) }
	}
	midnight := dayStart(dayOf(defaultIssued) + 1)
	issued := func(after int64) func(*code) {
		return func(c *code) { c.valid(uint64(int64(midnight)+after), midnight+24*3600) }
	}
	swapKid := func(c *code) {
		c.from("41", algSM2, 1)
		c.signer = keyOf("33", algSM2, 1)
	}
	return []*vector{
		bad("issuer-not-listed", "issuer_unknown", "A region that the trust list does not name.", nil, "VERIFY-10").under(func(t *trust) { t.Regions = t.Regions[1:] }),
		bad("issuer-99", "issuer_unknown", "Two digits that are no region.", func(c *code) { c.from("99", algSM2, 1) }, "VERIFY-10").under(func(t *trust) { t.Regions = t.Regions[1:] }),
		bad("issuer-unavailable", "issuer_unavailable", "A region that is listed and whose key set is missing.", nil, "VERIFY-10").under(func(t *trust) {
			t.Regions[0].Unavailable, t.Regions[0].Keys, t.Regions[0].Laboratories = true, nil, nil
		}),
		bad("key-not-in-set", "key_unknown", "The key set has other keys.", nil, "VERIFY-11").under(func(t *trust) { t.Regions[0].Keys = t.Regions[0].Keys[1:] }),
		bad("key-of-another-region", "key_unknown", "A key of region 33 signs for region 41.", swapKid, "SIG-22", "VERIFY-11").under(func(t *trust) {
			iat := uint64(defaultIssued.Unix())
			t.Regions[0].Keys[0] = factsOf(keyOf("41", algSM2, 1), iat)
			t.Regions[1].Keys = []publicKey{factsOf(keyOf("33", algSM2, 1), iat)}
		}),
		bad("key-kid-of-wrong-bytes", "key_unknown", "A kid of the last 4 bytes of the thumbprint.", func(c *code) {
			thumbprint := c.signer.thumbprint()
			c.kid = bytesOf(thumbprint[28:])
		}, "SIG-21", "VERIFY-11"),
		bad("key-sm2-header-es256", "algorithm_mismatch", "The header of an SM2 key says ES256.", header(algES256, algSM2), "SIG-11", "VERIFY-11"),
		bad("key-es256-header-sm2", "algorithm_mismatch", "The header of an ES256 key says SM2.", header(algSM2, algES256), "SIG-11", "VERIFY-11"),
		bad("key-compromised", "key_compromised", "A compromised key.", nil, "VERIFY-12").under(first(func(k *publicKey) { k.State = "compromised" })),
		bad("key-compromised-bad-signature", "key_compromised", "A compromised key and a wrong signature: the key decides first.", func(c *code) {
			c.signature = func([]byte) ([]byte, error) { return make([]byte, 64), nil }
		}, "VERIFY-1", "VERIFY-12").under(first(func(k *publicKey) { k.State = "compromised" })),
		ok("key-retired-after-iat", "A key retired one second after issuing.", nil, "VERIFY-14").under(retired(iat + 1)),
		bad("key-retired-at-iat", "key_retired", "A key retired in the second of issuing.", nil, "VERIFY-14").under(retired(iat)),
		bad("key-retired-before-iat", "key_retired", "A key retired a day before issuing.", nil, "VERIFY-14").under(retired(iat - 86400)),
		ok("key-signs-from-iat", "The key's signing period begins in the second of issuing.", issued(0), "VERIFY-15").under(first(func(k *publicKey) { k.SignFrom = stamp(midnight) })),
		bad("key-signs-from-later", "key_not_in_period", "The key's signing period begins a second after issuing.", issued(-1), "VERIFY-15").under(first(func(k *publicKey) { k.SignFrom = stamp(midnight) })),
		ok("key-signs-until-later", "The key's signing period ends a second after issuing.", issued(-1), "VERIFY-15").under(first(func(k *publicKey) { k.SignUntil = stamp(midnight) })),
		bad("key-signs-until-iat", "key_not_in_period", "The key's signing period ends in the second of issuing.", issued(0), "VERIFY-15").under(first(func(k *publicKey) { k.SignUntil = stamp(midnight) })),
		bad("key-signs-next-year", "key_not_in_period", "A key of the next year, published long ahead.", nil, "VERIFY-15").under(first(func(k *publicKey) {
			k.SignFrom, k.SignUntil = stamp(dayStart(dayOf(defaultIssued)+365)), stamp(dayStart(dayOf(defaultIssued)+730))
		})),
	}
}

// usageFaults are claims that the key or the list does not cover.
func usageFaults() []*vector {
	claims := []struct {
		name, comment, expect string
		change                func(*code)
		needs, without        uint64
	}{
		{"status", "The green state", "ok", nil, useStatus, useStatus},
		{"adverse", "The red state", "adverse_without_rule", red, useStatus | useAdverse, useAdverse},
		{"tests", "A test", "no_status", only(claimTests, arrayOf(exampleTest)), useTests, useTests},
		{"vaccinations", "A vaccination", "no_status", only(claimVaccinations, arrayOf(exampleVaccination)), useVaccinations, useVaccinations},
		{"exemptions", "An exemption", "no_status", only(claimExemptions, arrayOf(exampleExemption)), useExemptions, useExemptions},
	}
	key := func(usage uint64) func(*trust) { return func(t *trust) { t.Regions[0].Keys[0].Usage = usage } }
	list := func(usage uint64) func(*trust) { return func(t *trust) { t.Regions[0].Usage = usage } }
	var out []*vector
	for _, c := range claims {
		out = append(out,
			bad("usage-key-"+c.name, "usage_key", c.comment+" under a key with every usage but that.", c.change, "VERIFY-20").under(key(useAll&^c.without)),
			bad("usage-list-"+c.name, "usage_list", c.comment+" of a region with every usage but that.", c.change, "VERIFY-21").under(list(useAll&^c.without)),
			bad("usage-least-"+c.name, c.expect, c.comment+" under a key and of a region with no other usage, which is enough.", c.change, "VERIFY-20", "VERIFY-21").under(func(t *trust) { key(c.needs)(t); list(c.needs)(t) }),
		)
	}
	return append(out,
		bad("usage-adverse-without-status", "usage_key", "The red state under a key with usage 2 and without 1: both are needed.", red, "VERIFY-20").under(key(useAll&^useStatus)),
		bad("usage-one-claim-of-two", "usage_key", "A status and a test under a key without tests: the whole code is refused.", func(c *code) { c.set(claimTests, arrayOf(exampleTest)) }, "VERIFY-20").under(key(useStatus)),
		bad("usage-unknown-bits", "usage_key", "Bits that nobody knows grant nothing.", nil, "VERIFY-20").under(key(1<<20|useStatusList)),
		bad("usage-none", "usage_key", "A key of no usage.", nil, "VERIFY-20").under(key(0)),
	)
}

func laboratoryFaults() []*vector {
	iat := uint64(defaultIssued.Unix())
	tested := func(c *code) { c.set(claimTests, arrayOf(exampleTest)) }
	limit := func(numbers ...uint64) func(*trust) {
		return func(t *trust) { t.Regions[0].Keys[0].Laboratories = numbers }
	}
	const refused = "laboratory_not_admitted"
	return []*vector{
		ok("laboratory-within-limit", "A test key limited to two laboratories, one of them that of the test.", tested, "VERIFY-25").under(limit(33*65536+3, 33*65536+4)),
		bad("laboratory-outside-limit", refused, "A test key limited to another laboratory.", tested, "VERIFY-25").under(limit(33*65536 + 4)),
		ok("laboratory-not-limited", "A key that is not limited, and a laboratory that no key set lists.", tested, "VERIFY-26").under(func(t *trust) { t.Regions[0].Laboratories = nil }),
		ok("laboratory-of-another-region", "A laboratory of region 41, under a key that is not limited.", func(c *code) { c.set(claimTests, arrayOf(uints(1, 0, 600, 41*65536+3))) }, "VERIFY-26"),
		bad("laboratory-of-another-region-outside-limit", refused, "The limit names the number of the laboratory in another region.", tested, "VERIFY-25").under(limit(41*65536 + 3)),
		bad("laboratory-second-test-outside-limit", refused, "Two tests, the second from a laboratory outside the limit.", func(c *code) {
			c.set(claimTests, arrayOf(uints(1, 0, 600, 33*65536+3), uints(2, 0, 600, 33*65536+4)))
		}, "VERIFY-25").under(limit(33*65536 + 3)),
		ok("laboratory-withdrawn", "The laboratory was withdrawn before the report: for the policy to judge.", tested, "VERIFY-26").under(func(t *trust) {
			t.Regions[0].Laboratories[0].Withdrawn = stamp(iat - 86400)
		}),
	}
}

func originFaults() []*vector {
	source := keyOf("41", algSM2, 1).kid()
	origin := func(region string, kid []byte) func(*code) {
		return func(c *code) { c.set(claimOrigin, arrayOf(textOf(region), bytesOf(kid))) }
	}
	state := func(change func(*publicKey)) func(*trust) {
		return func(t *trust) { change(&t.Regions[1].Keys[0]) }
	}
	return []*vector{
		bad("origin-region-unknown", "origin_unknown", "Converted from a region that the trust list does not name.", origin("46", source), "VERIFY-30"),
		bad("origin-region-unavailable", "origin_unknown", "Converted from a region whose key set is missing.", origin("41", source), "VERIFY-30").under(func(t *trust) {
			t.Regions[1].Unavailable, t.Regions[1].Keys = true, nil
		}),
		bad("origin-key-unknown", "origin_unknown", "Converted from a key that region 41 does not list.", origin("41", keyOf("41", algSM2, 2).kid()), "VERIFY-30"),
		bad("origin-key-of-issuer", "origin_unknown", "The kid of region 33's own key, under region 41.", origin("41", keyOf("33", algSM2, 1).kid()), "VERIFY-30"),
		bad("origin-key-compromised", "origin_compromised", "Converted from a compromised key.", origin("41", source), "VERIFY-30").under(state(func(k *publicKey) { k.State = "compromised" })),
		ok("origin-key-retired", "Converted from a key that is retired by now.", origin("41", source), "VERIFY-30").under(state(func(k *publicKey) {
			k.State, k.RetiredAt = "retired", stamp(uint64(defaultIssued.Add(-48*time.Hour).Unix()))
		})),
	}
}
