package verifier_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	crand "crypto/rand"
	"crypto/sha256"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/emmansun/gmsm/sm2"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
	"github.com/tongxing/tongxing/format/status"
	"github.com/tongxing/tongxing/format/transport"
	"github.com/tongxing/tongxing/internal/ratiotest"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/trusttest"
	"github.com/tongxing/tongxing/verifier"
)

const (
	issuedAt = 1660089600 // 2022-08-10T08:00:00+08:00
	allUsage = trustlist.UsageStatus | trustlist.UsageAdverse | trustlist.UsageTest |
		trustlist.UsageVaccination | trustlist.UsageExemption
)

// code returns the text of a green code with one test and one vaccination, and
// a verifier that knows its key and the lists of its region.
func code(t testing.TB, algorithm sig.Algorithm, lists map[uint32]status.Sets) (string, *verifier.Verifier) {
	t.Helper()
	signer := sigtest.New(algorithm, "province 33")
	m := &trusttest.Material{Issued: issuedAt - 3600, Policy: nation(), Regions: []trusttest.Region{{
		Code: "33", Usage: allUsage | regionalUsage, StatusLists: lists,
		Laboratories: []trustlist.Laboratory{{Number: 3, Name: "杭州", Admitted: issuedAt - 90*day}},
		Keys: []trustlist.Key{{
			Public: signer.PublicKey(), Usage: allUsage,
			SignFrom: format.DayStart(format.Day(issuedAt) - 30), SignUntil: format.DayStart(format.Day(issuedAt) + 365),
		}},
	}}}
	trust, err := m.Load()
	if err != nil {
		t.Fatal(err)
	}
	v, err := verifier.New(trust, verifier.Options{})
	if err != nil {
		t.Fatal(err)
	}
	ref := format.Ref{List: benchmarkList, Index: holderIndex}
	document, err := format.NewDocument(format.ClassCitizen, "339999196001058363")
	if err != nil {
		t.Fatal(err)
	}
	holder, err := format.NewHolder("33", ref, "廖浩然", document)
	if err != nil {
		t.Fatal(err)
	}
	data, err := format.Encode(&format.Credential{
		Issuer: "33", IssuedAt: issuedAt, Expires: issuedAt + 7*86400, Holder: holder, Ref: ref,
		Status:       &format.Status{Minutes: 1260},
		Tests:        []format.Test{{Kind: 1, Minutes: 2664, Laboratory: 33<<16 | 3}},
		Vaccinations: []format.Vaccination{{Product: 1, Dose: 3, Course: 2, Day: 708}},
	}, signer)
	if err != nil {
		t.Fatal(err)
	}
	return transport.Encode(data), v
}

// benchmarkList is the list of a code that is issued at issuedAt for a week.
const benchmarkList = 31<<8 | 7

// aMillion is a list of a million revoked indices among 2^26 places, without that
// of the code.
func aMillion() map[uint32]status.Sets {
	revoked := make([]uint32, 0, 1_000_000)
	r := rand.New(rand.NewPCG(1, 2))
	for next := r.Uint32N(134); len(revoked) < cap(revoked); next += 1 + r.Uint32N(134) {
		if next != holderIndex {
			revoked = append(revoked, next)
		}
	}
	return map[uint32]status.Sets{benchmarkList: {Revoked: revoked, Superseded: []uint32{1<<32 - 1}}}
}

// BenchmarkVerify is text to verdict at a station, with the lookup in a list of a
// million and the policy's answer, against the bare signature verification of the
// same library: the plan allows 1.3 times that, and 40 allocations.
func BenchmarkVerify(b *testing.B) {
	at := time.Unix(issuedAt+3600, 0)
	lists := aMillion()
	for _, algorithm := range []sig.Algorithm{sig.ES256, sig.SM2} {
		text, v := code(b, algorithm, lists)
		verdict := func() {
			verdict := v.Verify(text, at, verifier.Context{Class: station, Region: "33"})
			if verdict.Outcome() != verifier.Pass || !verdict.Evidence().Revocation.Covered {
				b.Fatal(verdict.Reason(), verdict.Err())
			}
		}
		b.Run(algorithm.String(), func(b *testing.B) {
			ratiotest.Compare(b, verdict, bareVerify(b, algorithm), 1.3)
			b.ReportMetric(testing.AllocsPerRun(100, verdict), "ours-allocs")
		})
	}
}

// bareVerify is the library's own verification of one signature over a message
// as long as a credential's Sig_structure.
func bareVerify(b *testing.B, algorithm sig.Algorithm) func() {
	message := make([]byte, 120)
	if algorithm == sig.SM2 {
		key, err := sm2.GenerateKey(crand.Reader)
		if err != nil {
			b.Fatal(err)
		}
		signature, err := key.Sign(crand.Reader, message, sm2.DefaultSM2SignerOpts)
		if err != nil {
			b.Fatal(err)
		}
		return func() {
			if !sm2.VerifyASN1WithSM2(&key.PublicKey, nil, message, signature) {
				b.Fatal("bare verification failed")
			}
		}
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), crand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	digest := sha256.Sum256(message)
	signature, err := ecdsa.SignASN1(crand.Reader, key, digest[:])
	if err != nil {
		b.Fatal(err)
	}
	return func() {
		if !ecdsa.VerifyASN1(&key.PublicKey, digest[:], signature) {
			b.Fatal("bare verification failed")
		}
	}
}
