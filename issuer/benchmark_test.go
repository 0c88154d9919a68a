package issuer_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"testing"
	"time"

	"github.com/emmansun/gmsm/sm2"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/transport"
	"github.com/tongxing/tongxing/internal/ratiotest"
	"github.com/tongxing/tongxing/issuer"
	"github.com/tongxing/tongxing/issuer/keys"
	"github.com/tongxing/tongxing/issuer/record"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/trusttest"
)

const issuedAt = 1660089600 // 2022-08-10T08:00:00+08:00

const greenUsage = trustlist.UsageStatus | trustlist.UsageTest | trustlist.UsageVaccination | trustlist.UsageExemption

// region returns province 33 with the given keys, each with its usage.
func region(t testing.TB, usage trustlist.Usage, signers map[sig.Signer]trustlist.Usage) *trustlist.Region {
	t.Helper()
	r := trusttest.Region{Code: "33", Usage: usage}
	for signer, allowed := range signers {
		r.Keys = append(r.Keys, trustlist.Key{
			Public: signer.PublicKey(), Usage: allowed,
			SignFrom: format.DayStart(format.Day(issuedAt) - 30), SignUntil: format.DayStart(format.Day(issuedAt) + 30),
		})
	}
	m := &trusttest.Material{Issued: issuedAt - 3600, Regions: []trusttest.Region{r}}
	trust, err := m.Load()
	if err != nil {
		t.Fatal(err)
	}
	found, ok := trust.Region("33")
	if !ok {
		t.Fatal("region 33 is not in the list")
	}
	return found
}

func beijing(text string) time.Time {
	at, err := time.ParseInLocation("2006-01-02 15:04", text, format.ChinaTime)
	if err != nil {
		panic(err)
	}
	return at
}

// person is a record as the feeds give it.
func person() *record.Record {
	return &record.Record{
		Name: "廖浩然", DocumentType: "01", DocumentNumber: "339999196001058363", BirthDate: "1960-01-05",
		Status: &record.Status{Determined: beijing("2022-08-09 11:00"), Until: beijing("2022-08-16 11:00")},
		Tests: []record.Test{{
			Kind: 1, Sampled: beijing("2022-08-08 01:00"), Reported: beijing("2022-08-08 11:36"), Laboratory: 33<<16 | 3,
		}},
		Vaccinations: []record.Vaccination{{Product: 1, Dose: 3, Course: 2, Day: "2021-12-09"}},
	}
}

// BenchmarkIssue is a chunk of 1,000 from record to text, the checks after signing
// included, against the library's bare signing: at least 75 % of its rate (SM2) and
// 80 % (ES256), which leaves the rest of bulk work room above 60 % and 70 %.
func BenchmarkIssue(b *testing.B) {
	limits := map[sig.Algorithm]float64{sig.ES256: 1 / 0.80, sig.SM2: 1 / 0.75}
	for _, algorithm := range []sig.Algorithm{sig.ES256, sig.SM2} {
		key, err := keys.Generate(algorithm, rand.Reader)
		if err != nil {
			b.Fatal(err)
		}
		iss, err := issuer.New(issuer.Options{
			Region: region(b, greenUsage, map[sig.Signer]trustlist.Usage{key: greenUsage}), Keys: []sig.Signer{key},
		})
		if err != nil {
			b.Fatal(err)
		}
		b.Run(algorithm.String(), func(b *testing.B) {
			ratiotest.Compare(b, issueText(b, iss), bareSign(b, algorithm), limits[algorithm])
		})
	}
}

const chunkSize = 1000

func issueText(b *testing.B, iss *issuer.Issuer) func() {
	rec, at := person(), time.Unix(issuedAt, 0)
	return func() {
		chunk := iss.Chunk()
		for range chunkSize {
			draft, err := iss.Draft(rec, at)
			if err != nil {
				b.Fatal(err)
			}
			issued, err := chunk.Sign(draft, format.Ref{List: format.ListMonth(draft.Expires()) << 8, Index: 734003})
			if err != nil {
				b.Fatal(err)
			}
			transport.Encode(issued.Data)
		}
		if err := chunk.Release(); err != nil {
			b.Fatal(err)
		}
	}
}

// bareSign is the library's own signature over messages as long as a credential's
// Sig_structure, as many as a chunk has.
func bareSign(b *testing.B, algorithm sig.Algorithm) func() {
	message := make([]byte, 120)
	if algorithm == sig.SM2 {
		key, err := sm2.GenerateKey(rand.Reader)
		if err != nil {
			b.Fatal(err)
		}
		return func() {
			for range chunkSize {
				if _, err := key.Sign(rand.Reader, message, sm2.DefaultSM2SignerOpts); err != nil {
					b.Fatal(err)
				}
			}
		}
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	return func() {
		for range chunkSize {
			digest := sha256.Sum256(message)
			if _, err := key.Sign(rand.Reader, digest[:], crypto.SHA256); err != nil {
				b.Fatal(err)
			}
		}
	}
}
