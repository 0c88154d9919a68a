package sig

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"math/big"
	"os"
	"testing"

	"crypto/ecdsa"

	"github.com/emmansun/gmsm/sm2"
)

// setsOfPoints are files of Wycheproof's form by algorithm.
var setsOfPoints = map[Algorithm]string{
	ES256: "testdata/ecdsa_secp256r1_sha256_p1363_test.json",
	SM2:   "../../spec/vectors/sm2/sm2_sm3_p1363_test.json",
}

// eachVector calls check for every case.
func eachVector(t *testing.T, check func(algorithm Algorithm, point, message, signature []byte)) {
	t.Helper()
	unhex := func(text string) []byte {
		b, err := hex.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	for algorithm, file := range setsOfPoints {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var set struct {
			TestGroups []struct {
				PublicKey struct{ Uncompressed string }
				Tests     []struct{ Msg, Sig string }
			}
		}
		if err := json.Unmarshal(content, &set); err != nil || len(set.TestGroups) == 0 {
			t.Fatalf("%s: %d groups, %v", file, len(set.TestGroups), err)
		}
		for _, group := range set.TestGroups {
			for _, c := range group.Tests {
				check(algorithm, unhex(group.PublicKey.Uncompressed), unhex(c.Msg), unhex(c.Sig))
			}
		}
	}
}

// What verifies in WebAssembly and what verifies elsewhere say the same of every
// vector.
func TestOwnArithmeticAgreesWithTheLibraries(t *testing.T) {
	accepted := map[Algorithm]int{}
	eachVector(t, func(algorithm Algorithm, point, message, signature []byte) {
		key, err := NewPublicKey(algorithm, point)
		if err != nil {
			t.Fatal(err)
		}
		if len(signature) != SignatureSize {
			return
		}
		digest := key.Digest(message)
		got, want := ownVerify(key, &digest, signature), key.arithmetic.verify(key, &digest, signature)
		if got != want {
			t.Errorf("%s: %v, the library says %v: %x over %x", key, got, want, signature, message)
		}
		if got {
			accepted[algorithm]++
		}
	})
	if accepted[ES256] == 0 || accepted[SM2] == 0 {
		t.Errorf("accepted: %v", accepted)
	}
}

// wrongForms are no points, or no form of one.
func wrongForms(point []byte) (wrong [][]byte) {
	for length := range len(point) + 2 {
		if length != len(point) {
			wrong = append(wrong, append(bytes.Clone(point), 0)[:length])
		}
	}
	for _, head := range []byte{0, 1, 5, 6, 7, 0x84} {
		other := bytes.Clone(point)
		other[0] = head
		wrong = append(wrong, other)
	}
	for i := 1; i < len(point); i += 3 {
		other := bytes.Clone(point)
		other[i] ^= 0x10
		wrong = append(wrong, other)
	}
	return append(wrong, nil, make([]byte, CompressedPointSize), make([]byte, UncompressedPointSize),
		append([]byte{2}, bytes.Repeat([]byte{0xff}, 32)...), append([]byte{4}, bytes.Repeat([]byte{0xff}, 64)...))
}

func TestOwnArithmeticTakesTheSamePoints(t *testing.T) {
	seen := map[string]bool{}
	eachVector(t, func(algorithm Algorithm, point, _, _ []byte) {
		if seen[string(point)] {
			return
		}
		seen[string(point)] = true
		forms := [][]byte{point, append([]byte{2 + point[64]&1}, point[1:33]...), append([]byte{3 - point[64]&1}, point[1:33]...)}
		if len(seen) < 6 {
			forms = append(forms, wrongForms(forms[0])...)
			forms = append(forms, wrongForms(forms[1])...)
		}
		for _, form := range forms {
			got, err := ownUncompress(algorithm, form)
			want, wantErr := uncompress(algorithm, form)
			if (err == nil) != (wantErr == nil) || !bytes.Equal(got, want) {
				t.Errorf("%s %x: %x, %v; the library has %x, %v", algorithm, form, got, err, want, wantErr)
			}
		}
	})
	if len(seen) < 6 {
		t.Errorf("%d points", len(seen))
	}
}

func TestZAIsThatOfTheLibrary(t *testing.T) {
	eachVector(t, func(algorithm Algorithm, point, _, _ []byte) {
		if algorithm != SM2 {
			return
		}
		key := &ecdsa.PublicKey{Curve: sm2.P256(), X: new(big.Int).SetBytes(point[1:33]), Y: new(big.Int).SetBytes(point[33:])}
		want, err := sm2.CalculateZA(key, userID)
		if got := za(point); err != nil || !bytes.Equal(got[:], want) {
			t.Errorf("%x: %x, want %x, %v", point, got, want, err)
		}
	})
}
