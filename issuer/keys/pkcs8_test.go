package keys

import (
	"bytes"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/emmansun/gmsm/pkcs"
	"github.com/emmansun/gmsm/pkcs8"

	"github.com/tongxing/tongxing/format/sig"
)

var opensslPassphrase = []byte("openssl passphrase")

func readTestdata(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// seal seals a key at the least cost, as tests need many.
func seal(t testing.TB, key *PrivateKey, passphrase string) []byte {
	t.Helper()
	sealed, err := key.marshal([]byte(passphrase), minIterations)
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

func TestASealedKeyComesBack(t *testing.T) {
	forEachAlgorithm(t, func(t *testing.T, algorithm sig.Algorithm) {
		key := generate(t, algorithm)
		for _, passphrase := range []string{"x", "一句只有签发人知道的话", "\x00\xff", strings.Repeat("x", MaxPassphrase)} {
			sealed := seal(t, key, passphrase)
			if len(sealed) > 600 || bytes.Contains(sealed, key.secret().scalar[:]) {
				t.Errorf("%d bytes", len(sealed))
			}
			again, err := Parse(sealed, []byte(passphrase))
			if err != nil {
				t.Fatal(err)
			}
			if again.secret().scalar != key.secret().scalar || !again.PublicKey().Equal(key.PublicKey()) {
				t.Error("another key comes back")
			}
		}
		if bytes.Equal(seal(t, key, "x"), seal(t, key, "x")) {
			t.Error("two files of one key are equal: no salt")
		}
	})
}

// TestFilesAreWrittenAtFullCost reads the parameters of a file out of it.
func TestFilesAreWrittenAtFullCost(t *testing.T) {
	sealed, err := generate(t, sig.SM2).Marshal([]byte("x"))
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(sealed)
	var info encryptedPrivateKeyInfo
	if !unmarshalExactly(block.Bytes, &info) {
		t.Fatal("not an EncryptedPrivateKeyInfo")
	}
	p, err := parseProtection(info.Algorithm)
	if err != nil || p.iterations < 600_000 || len(p.salt) < 16 || p.keyLength != 32 {
		t.Errorf("%d iterations, salt of %d bytes, error %v", p.iterations, len(p.salt), err)
	}
}

func TestAWrongPassphraseIsSaid(t *testing.T) {
	forEachAlgorithm(t, func(t *testing.T, algorithm sig.Algorithm) {
		sealed := seal(t, generate(t, algorithm), "Passphrase é")
		for _, wrong := range []string{"passphrase é", "Passphrase e\u0301", "Passphrase é ", "Passphrase", "\n"} {
			if key, err := Parse(sealed, []byte(wrong)); !errors.Is(err, ErrWrongPassphrase) || key != nil {
				t.Errorf("%q: error %v, want ErrWrongPassphrase", wrong, err)
			}
		}
		for _, bad := range []string{"", strings.Repeat("x", MaxPassphrase+1)} {
			if key, err := Parse(sealed, []byte(bad)); !errors.Is(err, ErrPassphrase) || key != nil {
				t.Errorf("%d bytes: error %v, want ErrPassphrase", len(bad), err)
			}
			if sealed, err := generate(t, algorithm).Marshal([]byte(bad)); !errors.Is(err, ErrPassphrase) || sealed != nil {
				t.Errorf("Marshal with %d bytes: error %v, want ErrPassphrase", len(bad), err)
			}
		}
	})
}

// TestPaddingThatFitsByChanceIsStillAWrongPassphrase tries so many passphrases
// that some decrypt to something with the form of padding: 1 in 256 does.
func TestPaddingThatFitsByChanceIsStillAWrongPassphrase(t *testing.T) {
	sealed := readTestdata(t, "sm2-aes256.key") // 1,000 iterations
	for i := range 1500 {
		if key, err := Parse(sealed, []byte{byte(i), byte(i >> 8), 'x'}); !errors.Is(err, ErrWrongPassphrase) || key != nil {
			t.Fatalf("passphrase %d: error %v, want ErrWrongPassphrase", i, err)
		}
	}
}

func TestFilesOfOpenSSLAreRead(t *testing.T) {
	for name, public := range map[string]string{
		"es256-default.key": "es256.pub",
		"es256-aes128.key":  "es256.pub",
		"sm2-default.key":   "sm2.pub",
		"sm2-aes256.key":    "sm2.pub",
		"sm2-sm4.key":       "sm2.pub",
	} {
		t.Run(name, func(t *testing.T) {
			key, err := Parse(readTestdata(t, name), opensslPassphrase)
			if err != nil {
				t.Fatal(err)
			}
			want, err := ParsePublic(readTestdata(t, public))
			if err != nil || !key.PublicKey().Equal(want) {
				t.Errorf("the key is %v, want %v, error %v", key.PublicKey(), want, err)
			}
			text, err := MarshalPublic(want)
			if err != nil || !bytes.Equal(text, readTestdata(t, public)) {
				t.Errorf("MarshalPublic gives other bytes than OpenSSL, error %v", err)
			}
		})
	}
}

func TestEachKindOfUnfitFileIsNamed(t *testing.T) {
	for name, want := range map[string]error{
		"refused-plain.key":            ErrUnencrypted,
		"refused-plain-sec1.key":       ErrUnencrypted,
		"refused-plain-parameters.key": ErrUnencrypted,
		"refused-legacy.key":           ErrProtection,
		"refused-scrypt.key":           ErrProtection,
		"refused-sha1.key":             ErrProtection,
		"refused-des3.key":             ErrProtection,
		"refused-999-iterations.key":   ErrProtection,
		"refused-rsa.key":              ErrUnsupportedKey,
		"refused-ed25519.key":          ErrUnsupportedKey,
		"refused-p384.key":             ErrUnsupportedKey,
		"refused-secp256k1.key":        ErrUnsupportedKey,
		"refused-explicit-curve.key":   ErrUnsupportedKey,
		"refused-no-public-key.key":    ErrNotAKeyFile,
		"es256.pub":                    ErrNotAKeyFile,
		"README.md":                    ErrNotAKeyFile,
	} {
		if key, err := Parse(readTestdata(t, name), opensslPassphrase); !errors.Is(err, want) || key != nil {
			t.Errorf("%s: error %v, want %v", name, err, want)
		}
	}
	for name, want := range map[string]error{
		"refused-p384.pub": ErrUnsupportedKey,
		"refused-rsa.pub":  ErrUnsupportedKey,
		"sm2-default.key":  ErrNotAKeyFile,
		"README.md":        ErrNotAKeyFile,
	} {
		if key, err := ParsePublic(readTestdata(t, name)); !errors.Is(err, want) || key != nil {
			t.Errorf("public %s: error %v, want %v", name, err, want)
		}
	}
	names, err := filepath.Glob("testdata/refused-*.key")
	if err != nil || len(names) != 14 {
		t.Errorf("%d refused files in testdata, error %v", len(names), err)
	}
}

func TestMoreThanOneKeyInAFileIsRefused(t *testing.T) {
	a, b := readTestdata(t, "sm2-aes256.key"), readTestdata(t, "es256-aes128.key")
	damaged := slices.Clone(a)
	damaged[100] = '!'
	for name, data := range map[string][]byte{
		"two keys":            append(slices.Clone(a), b...),
		"the first damaged":   append(damaged, b...),
		"the first cut short": append(slices.Clone(a[:200]), b...),
		"too large":           append(slices.Clone(a), make([]byte, MaxFileSize)...),
		"empty":               nil,
		"nothing but blanks":  []byte(" \n\t"),
		"an empty block":      []byte("-----BEGIN ENCRYPTED PRIVATE KEY-----\n-----END ENCRYPTED PRIVATE KEY-----\n"),
		"another block":       []byte("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
	} {
		if key, err := Parse(data, opensslPassphrase); !errors.Is(err, ErrNotAKeyFile) || key != nil {
			t.Errorf("%s: error %v, want ErrNotAKeyFile", name, err)
		}
	}
	if _, err := Parse(append([]byte("a line before\n"), append(a, "\nand after\n"...)...), opensslPassphrase); err != nil {
		t.Errorf("text around the key: %v", err)
	}
}

// TestParametersOfAnotherLibraryAreRead reads what gmsm writes, among it the
// HMAC-SM3 that OpenSSL 3.0 does not know.
func TestParametersOfAnotherLibraryAreRead(t *testing.T) {
	forEachAlgorithm(t, func(t *testing.T, algorithm sig.Algorithm) {
		key := generate(t, algorithm)
		var inner any = key.secret().sm2
		if algorithm == sig.ES256 {
			inner = key.secret().es256
		}
		for name, options := range map[string]*pkcs8.Opts{
			"SM4-CBC, HMAC-SM3":         {Cipher: pkcs.SM4CBC, KDFOpts: pkcs.NewPBKDF2Opts(pkcs.SM3, 16, 1000)},
			"AES-256-CBC, HMAC-SHA-256": {Cipher: pkcs.AES256CBC, KDFOpts: pkcs.NewPBKDF2Opts(pkcs.SHA256, 8, 1000)},
		} {
			der, err := pkcs8.MarshalPrivateKey(inner, opensslPassphrase, options)
			if err != nil {
				t.Fatal(err)
			}
			again, err := Parse(pem.EncodeToMemory(&pem.Block{Type: typeEncrypted, Bytes: der}), opensslPassphrase)
			if err != nil || !again.PublicKey().Equal(key.PublicKey()) {
				t.Errorf("%s: %v, error %v", name, again, err)
			}
		}
		// And the reverse: gmsm reads ours.
		block, _ := pem.Decode(seal(t, key, "x"))
		if _, _, err := pkcs8.ParsePrivateKey(block.Bytes, []byte("x")); err != nil {
			t.Errorf("gmsm does not read our file: %v", err)
		}
	})
}

func TestPublicKeysComeBack(t *testing.T) {
	forEachAlgorithm(t, func(t *testing.T, algorithm sig.Algorithm) {
		key := generate(t, algorithm).PublicKey()
		text, err := MarshalPublic(key)
		if err != nil {
			t.Fatal(err)
		}
		again, err := ParsePublic(text)
		if err != nil || !again.Equal(key) {
			t.Fatalf("%v comes back as %v, error %v", key, again, err)
		}
		// The same point under the other algorithm is no point of its curve.
		block, _ := pem.Decode(text)
		block.Bytes = bytes.Replace(block.Bytes, oidBytes(t, oidP256), oidBytes(t, oidSM2), 1)
		if algorithm == sig.SM2 {
			block.Bytes = bytes.Replace(block.Bytes, oidBytes(t, oidSM2), oidBytes(t, oidP256), 1)
		}
		if other, err := ParsePublic(pem.EncodeToMemory(block)); err == nil {
			t.Errorf("%v is read as %v", key, other)
		}
		for i := range block.Bytes {
			if got, err := ParsePublic(pem.EncodeToMemory(&pem.Block{Type: typePublic, Bytes: block.Bytes[:i]})); err == nil {
				t.Fatalf("%d bytes are read as %v", i, got)
			}
		}
	})
}

func oidBytes(t *testing.T, id asn1.ObjectIdentifier) []byte {
	t.Helper()
	der, err := asn1.Marshal(id)
	if err != nil {
		t.Fatal(err)
	}
	return der
}
