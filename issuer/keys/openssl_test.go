package keys

import (
	"bytes"
	"crypto/sha256"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/tongxing/tongxing/format/sig"
)

// openssl runs the machine's openssl, 3.0 or later, and returns what it writes.
func openssl(t *testing.T, stdin []byte, args ...string) []byte {
	t.Helper()
	command := exec.Command("openssl", args...)
	command.Stdin = bytes.NewReader(stdin)
	var stderr bytes.Buffer
	command.Stderr = &stderr
	out, err := command.Output()
	if err != nil {
		t.Fatalf("openssl %v: %v (this test needs openssl 3.0): %s", args, err, stderr.Bytes())
	}
	return out
}

// TestOpenSSLOpensOurFiles lets openssl derive the public key.
func TestOpenSSLOpensOurFiles(t *testing.T) {
	forEachAlgorithm(t, func(t *testing.T, algorithm sig.Algorithm) {
		key := generate(t, algorithm)
		path := filepath.Join(t.TempDir(), "a.key")
		sealed, err := key.Marshal([]byte("通行 passphrase"))
		if err != nil {
			t.Fatal(err)
		}
		if err := SaveFile(path, sealed); err != nil {
			t.Fatal(err)
		}
		want, err := MarshalPublic(key.PublicKey())
		if err != nil {
			t.Fatal(err)
		}
		if got := openssl(t, nil, "pkey", "-in", path, "-passin", "pass:通行 passphrase", "-pubout"); !bytes.Equal(got, want) {
			t.Errorf("openssl finds the public key\n%s, want\n%s", got, want)
		}
		openssl(t, nil, "pkey", "-in", path, "-passin", "pass:通行 passphrase", "-check", "-noout")
	})
}

// TestOpenSSLAcceptsOurSignatures verifies with the DER that openssl wants,
// written by hand here so that a fault in our own conversion shows.
func TestOpenSSLAcceptsOurSignatures(t *testing.T) {
	forEachAlgorithm(t, func(t *testing.T, algorithm sig.Algorithm) {
		key := generate(t, algorithm)
		folder := t.TempDir()
		public, err := MarshalPublic(key.PublicKey())
		if err != nil {
			t.Fatal(err)
		}
		message := bytes.Repeat([]byte("通行"), 40)
		signature, err := key.Sign(message)
		if err != nil {
			t.Fatal(err)
		}
		der := []byte{0x30, 0}
		for _, half := range [][]byte{signature[:32], signature[32:]} {
			half = bytes.TrimLeft(half, "\x00")
			if half[0] >= 0x80 {
				half = append([]byte{0}, half...)
			}
			der = append(append(der, 2, byte(len(half))), half...)
		}
		der[1] = byte(len(der) - 2)
		digest := sha256.Sum256(message)
		for name, data := range map[string][]byte{"pub": public, "sig": der, "message": message, "digest": digest[:]} {
			if err := os.WriteFile(filepath.Join(folder, name), data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		args := []string{"pkeyutl", "-verify", "-pubin", "-inkey", filepath.Join(folder, "pub"), "-sigfile", filepath.Join(folder, "sig")}
		if algorithm == sig.SM2 {
			args = append(args, "-rawin", "-digest", "sm3", "-pkeyopt", "distid:1234567812345678", "-in", filepath.Join(folder, "message"))
		} else {
			args = append(args, "-in", filepath.Join(folder, "digest"))
		}
		openssl(t, nil, args...)
	})
}

// TestWeOpenWhatOpenSSLWrites takes keys that openssl makes now, under the
// command of the package comment.
func TestWeOpenWhatOpenSSLWrites(t *testing.T) {
	for curve, algorithm := range map[string]sig.Algorithm{"P-256": sig.ES256, "SM2": sig.SM2} {
		plain := openssl(t, nil, "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:"+curve)
		sealed := openssl(t, plain, "pkcs8", "-topk8", "-v2", "aes-256-cbc", "-iter", "600000", "-passout", "pass:x")
		key, err := Parse(sealed, []byte("x"))
		if err != nil {
			t.Fatalf("%s: %v", curve, err)
		}
		public, err := MarshalPublic(key.PublicKey())
		if err != nil {
			t.Fatal(err)
		}
		if want := openssl(t, plain, "pkey", "-pubout"); !bytes.Equal(public, want) || key.PublicKey().Algorithm() != algorithm {
			t.Errorf("%s: public key\n%s, want\n%s", curve, public, want)
		}
	}
}
