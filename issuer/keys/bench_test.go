package keys

import (
	"crypto/ecdsa"
	"crypto/rand"
	"testing"

	"github.com/emmansun/gmsm/sm2"

	"github.com/tongxing/tongxing/format/sig"
)

// BenchmarkSign sets Sign, digest and conversion included, beside the bare
// signing of a digest by the library.
func BenchmarkSign(b *testing.B) {
	message := make([]byte, 160) // a credential's Sig_structure
	digest := make([]byte, 32)
	for _, algorithm := range []sig.Algorithm{sig.SM2, sig.ES256} {
		key := generate(b, algorithm)
		b.Run(algorithm.String()+"/bare", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				bareSign(b, key, digest)
			}
		})
		b.Run(algorithm.String()+"/Sign", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := key.Sign(message); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// bareSign is what the library does alone: no digest, and DER comes out.
func bareSign(t testing.TB, key *PrivateKey, digest []byte) {
	var err error
	if key.secret().sm2 != nil {
		_, err = sm2.SignASN1(rand.Reader, key.secret().sm2, digest, nil)
	} else {
		_, err = ecdsa.SignASN1(rand.Reader, key.secret().es256, digest)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func BenchmarkMarshal(b *testing.B) {
	key := generate(b, sig.SM2)
	for b.Loop() {
		if _, err := key.Marshal([]byte("passphrase")); err != nil {
			b.Fatal(err)
		}
	}
}
