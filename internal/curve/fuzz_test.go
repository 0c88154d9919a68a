package curve

import (
	"crypto/ecdsa"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"math/big"
	"os"
	"path/filepath"
	"testing"

	gmsm "github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/sm3"
)

// seeds calls add for every key, message and signature of a file of Wycheproof's
// form.
func seeds(f *testing.F, file string, add func(point [64]byte, id, message, signature []byte)) {
	f.Helper()
	content, err := os.ReadFile(filepath.FromSlash(file))
	if err != nil {
		f.Fatal(err)
	}
	var set struct {
		TestGroups []struct {
			PublicKey struct{ Uncompressed string }
			Tests     []struct{ UserID, Msg, Sig string }
		}
	}
	if err := json.Unmarshal(content, &set); err != nil {
		f.Fatal(err)
	}
	count := 0
	for _, group := range set.TestGroups {
		point, err := hex.DecodeString(group.PublicKey.Uncompressed)
		if err != nil || len(point) != 65 {
			f.Fatalf("%s: %v", group.PublicKey.Uncompressed, err)
		}
		for _, c := range group.Tests {
			var parts [3][]byte
			for i, text := range []string{c.UserID, c.Msg, c.Sig} {
				if parts[i], err = hex.DecodeString(text); err != nil {
					f.Fatal(err)
				}
			}
			add([64]byte(point[1:]), parts[0], parts[1], parts[2])
			count++
		}
	}
	if count < 100 {
		f.Fatalf("%s has %d cases", file, count)
	}
}

// fuzzVerify holds the verdict to the library's, under the key given, and under
// one for which the signature is right.
func fuzzVerify(f *testing.F, s subject) {
	f.Fuzz(func(t *testing.T, point, digest, signature []byte) {
		if len(point) != 64 || len(digest) != 32 || len(signature) != 64 {
			return
		}
		m := signed{[64]byte(point), [32]byte(digest), new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])}
		s.compare(t, m)
		x, y := s.times(new(big.Int).SetBytes(point))
		if x == nil {
			return
		}
		m.point = bytesOf(x, y)
		s.compare(t, m)
		u, v := new(big.Int).Mod(m.r, s.curve.n), new(big.Int).Mod(m.s, s.curve.n)
		sum := new(big.Int).Mul(new(big.Int).SetBytes(point), v)
		x, _ = s.times(sum.Add(sum, u))
		if x == nil || v.Sign() == 0 || s.name == "SM2" && (u.Sign() == 0 || u.Cmp(v) == 0) {
			return
		}
		s.check(t, s.made(m.point, u, v, x), true, "made signature")
	})
}

func (s subject) compare(t *testing.T, m signed) {
	t.Helper()
	if got, want := s.curve.Verify(&m.point, &m.digest, m.signature()), s.byLibrary(t, m); got != want {
		t.Fatalf("%v, the library says %v: %x %x %x %x", got, want, m.point, m.digest, m.r, m.s)
	}
}

func FuzzVerifyES256(f *testing.F) {
	seeds(f, "../../format/sig/testdata/ecdsa_secp256r1_sha256_p1363_test.json", func(point [64]byte, _, message, signature []byte) {
		digest := sha256.Sum256(message)
		f.Add(point[:], digest[:], signature)
	})
	fuzzVerify(f, subjects()[0])
}

func FuzzVerifySM2(f *testing.F) {
	seeds(f, "../../spec/vectors/sm2/sm2_sm3_p1363_test.json", func(point [64]byte, id, message, signature []byte) {
		key := &ecdsa.PublicKey{Curve: gmsm.P256(), X: new(big.Int).SetBytes(point[:32]), Y: new(big.Int).SetBytes(point[32:])}
		za, err := gmsm.CalculateZA(key, id)
		if err != nil {
			f.Fatal(err)
		}
		e := sm3.Sum(append(za, message...))
		f.Add(point[:], e[:], signature)
	})
	fuzzVerify(f, subjects()[1])
}
