package format_test

import (
	"testing"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
	"github.com/tongxing/tongxing/format/transport"
)

var algorithms = []sig.Algorithm{sig.ES256, sig.SM2}

// full is the plan's budget credential: status, one test and one vaccination
// under a three-character name.
func full(t testing.TB) *format.Credential {
	t.Helper()
	const issuedAt = 1660089600 // 2022-08-10T08:00:00+08:00
	ref := format.Ref{List: format.ListMonth(issuedAt+7*86400)<<8 | 7, Index: 734003}
	document, err := format.NewDocument(format.ClassCitizen, "33999919600105836３")
	if err != nil {
		t.Fatal(err)
	}
	holder, err := format.NewHolder("33", ref, "廖浩然", document)
	if err != nil {
		t.Fatal(err)
	}
	return &format.Credential{
		Issuer: "33", IssuedAt: issuedAt, Expires: issuedAt + 7*86400,
		Holder: holder, Ref: ref,
		Status:       &format.Status{State: 0, Minutes: 1260},
		Tests:        []format.Test{{Kind: 1, Result: 0, Minutes: 2664, Laboratory: 33<<16 | 3}},
		Vaccinations: []format.Vaccination{{Product: 1, Dose: 3, Course: 2, Day: 708}},
	}
}

func encode(t testing.TB, c *format.Credential, signer sig.Signer) []byte {
	t.Helper()
	data, err := format.Encode(c, signer)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// BenchmarkParse is text to Unverified: the plan allows 10 us and 20
// allocations.
func BenchmarkParse(b *testing.B) {
	text := transport.Encode(encode(b, full(b), sigtest.New(sig.SM2, "benchmark")))
	b.ReportAllocs()
	for b.Loop() {
		data, err := transport.Decode(text)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := format.Parse(data); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkEncode is credential to text: the work around the signature is what
// is left when that is taken off.
func BenchmarkEncode(b *testing.B) {
	for _, algorithm := range algorithms {
		signer := sigtest.New(algorithm, "benchmark")
		credential := full(b)
		b.Run(algorithm.String(), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				transport.Encode(encode(b, credential, signer))
			}
		})
	}
}
