package sig_test

import (
	"crypto/rand"
	"encoding/asn1"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	tjsm2 "github.com/tjfoc/gmsm/sm2"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
)

var userID = []byte("1234567812345678")

// tjfoc/gmsm shares no code with the library that signs and verifies here.
func TestTjfocAgreesOnSM2Signatures(t *testing.T) {
	signer := sigtest.New(sig.SM2, "oracle")
	point := signer.PublicKey().Uncompressed()
	theirs := &tjsm2.PublicKey{Curve: tjsm2.P256Sm2(), X: new(big.Int).SetBytes(point[1:33]), Y: new(big.Int).SetBytes(point[33:])}
	for i := range 50 {
		message := []byte{byte(i)}
		signature, err := signer.Sign(message)
		if err != nil {
			t.Fatal(err)
		}
		r, s := new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])
		if !tjsm2.Sm2Verify(theirs, message, userID, r, s) {
			t.Errorf("tjfoc refuses %x", signature)
		}
		if tjsm2.Sm2Verify(theirs, append(message, 0), userID, r, s) {
			t.Errorf("tjfoc accepts %x for another message", signature)
		}
	}
}

// tjfoc writes short halves as they are: FromDER pads them.
func TestSM2SignaturesOfTjfocVerify(t *testing.T) {
	private, err := tjsm2.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	key := newKey(t, sig.SM2, slices.Concat([]byte{4}, private.X.FillBytes(make([]byte, 32)), private.Y.FillBytes(make([]byte, 32))))
	short := 0
	for i := 0; i < 100 || short == 0; i++ {
		message := []byte{byte(i), byte(i >> 8)}
		r, s, err := tjsm2.Sm2Sign(private, message, nil, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		der, err := asn1.Marshal(struct{ R, S *big.Int }{r, s})
		if err != nil {
			t.Fatal(err)
		}
		signature, err := sig.FromDER(der)
		if err != nil {
			t.Fatal(err)
		}
		if err := key.Verify(message, signature); err != nil {
			t.Errorf("%x: %v", signature, err)
		}
		if r.BitLen() <= 248 || s.BitLen() <= 248 {
			short++
		}
	}
}

// curveParameters are how OpenSSL is told of a key, and what it has to be told
// to hash as we do.
var (
	curveName = map[sig.Algorithm]string{sig.ES256: "P-256", sig.SM2: "SM2"}
	hashing   = map[sig.Algorithm][]string{
		sig.ES256: {"-rawin", "-digest", "sha256"},
		sig.SM2:   {"-rawin", "-digest", "sm3", "-pkeyopt", "distid:1234567812345678"},
	}
	// SubjectPublicKeyInfo up to the 65 bytes of the point (RFC 5480).
	keyHead = map[sig.Algorithm]string{
		sig.ES256: "3059301306072a8648ce3d020106082a8648ce3d030107034200",
		sig.SM2:   "3059301306072a8648ce3d020106082a811ccf5501822d034200",
	}
)

func openssl(t *testing.T, arguments ...string) []byte {
	t.Helper()
	output, err := exec.Command("openssl", arguments...).CombinedOutput()
	if err != nil {
		t.Fatalf("openssl %v: %v\n%s", arguments, err, output)
	}
	return output
}

func write(t *testing.T, file string, data []byte) string {
	t.Helper()
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestOpenSSLVerifiesWhatIsSignedHere(t *testing.T) {
	folder := t.TempDir()
	for _, signer := range signers(2) {
		algorithm := signer.PublicKey().Algorithm()
		key := write(t, filepath.Join(folder, "key.der"), append(fromHex(t, keyHead[algorithm]), signer.PublicKey().Uncompressed()...))
		for i := range 10 {
			message := []byte{byte(i)}
			signature, err := signer.Sign(message)
			if err != nil {
				t.Fatal(err)
			}
			der, err := asn1.Marshal(struct{ R, S *big.Int }{new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])})
			if err != nil {
				t.Fatal(err)
			}
			openssl(t, append([]string{"pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", key,
				"-in", write(t, filepath.Join(folder, "message"), message),
				"-sigfile", write(t, filepath.Join(folder, "signature"), der)}, hashing[algorithm]...)...)
		}
	}
}

func TestWhatOpenSSLSignsVerifiesHere(t *testing.T) {
	folder := t.TempDir()
	for _, algorithm := range algorithms {
		private := filepath.Join(folder, "private.pem")
		openssl(t, "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:"+curveName[algorithm], "-out", private)
		info := openssl(t, "pkey", "-in", private, "-pubout", "-outform", "DER")
		key := newKey(t, algorithm, info[len(info)-sig.UncompressedPointSize:])
		output := filepath.Join(folder, "signature")
		for i := range 20 {
			message := []byte{byte(i)}
			openssl(t, append([]string{"pkeyutl", "-sign", "-inkey", private,
				"-in", write(t, filepath.Join(folder, "message"), message), "-out", output}, hashing[algorithm]...)...)
			der, err := os.ReadFile(output)
			if err != nil {
				t.Fatal(err)
			}
			signature, err := sig.FromDER(der)
			if err != nil {
				t.Fatalf("%x: %v", der, err)
			}
			if err := key.Verify(message, signature); err != nil {
				t.Errorf("%s %x: %v", algorithm, signature, err)
			}
			refuse(t, key, append(message, 0), signature, "another message")
		}
	}
}
