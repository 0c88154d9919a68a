// Package openssltest has OpenSSL judge signatures in tests: neither our
// cryptography nor our forms of keys and signatures have a part in it.
//
//	openssltest.Verify(t, int64(key.Algorithm()), key.Uncompressed(), message, signature)
package openssltest

import (
	"encoding/asn1"
	"encoding/hex"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// algorithm is how OpenSSL is told of a key, and what it has to be told to hash a
// message as we do.
type algorithm struct {
	keyHead string // SubjectPublicKeyInfo up to the 65 bytes of the point (RFC 5480)
	hashing []string
}

// algorithms are by their numbers in COSE: ES256, and SM2 with its default identity.
var algorithms = map[int64]algorithm{
	-7:      {"3059301306072a8648ce3d020106082a8648ce3d030107034200", []string{"-digest", "sha256"}},
	-131585: {"3059301306072a8648ce3d020106082a811ccf5501822d034200", []string{"-digest", "sm3", "-pkeyopt", "distid:1234567812345678"}},
}

// Verify fails the test unless OpenSSL finds that the signature, 64 bytes r||s, is
// one over the message by the key: an algorithm of COSE and a point of 65 bytes.
func Verify(tb testing.TB, number int64, point, message, signature []byte) {
	tb.Helper()
	a, known := algorithms[number]
	if !known || len(signature) != 64 {
		tb.Fatalf("algorithm %d, a signature of %d bytes", number, len(signature))
	}
	info, err := hex.DecodeString(a.keyHead + hex.EncodeToString(point))
	if err != nil {
		tb.Fatal(err)
	}
	der, err := asn1.Marshal(struct{ R, S *big.Int }{new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])})
	if err != nil {
		tb.Fatal(err)
	}
	folder := tb.TempDir()
	arguments := append([]string{"pkeyutl", "-verify", "-rawin", "-pubin", "-keyform", "DER"}, a.hashing...)
	for name, data := range map[string][]byte{"inkey": info, "in": message, "sigfile": der} {
		file := filepath.Join(folder, name)
		if err := os.WriteFile(file, data, 0o600); err != nil {
			tb.Fatal(err)
		}
		arguments = append(arguments, "-"+name, file)
	}
	if output, err := exec.Command("openssl", arguments...).CombinedOutput(); err != nil {
		tb.Errorf("openssl %v: %v\n%s", arguments, err, output)
	}
}
