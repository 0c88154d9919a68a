package keys

import (
	"crypto/rand"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/tongxing/tongxing/format/sig"
)

// TestHostileParametersAreRefusedBeforeAnyWork holds a file that asks for hours
// of work, or for what would panic in the cipher, to be refused at once.
func TestHostileParametersAreRefusedBeforeAnyWork(t *testing.T) {
	good := pbkdf2Params{Salt: make([]byte, 16), Iterations: 1000}
	good.PRF.Algorithm = oidHMACWithSHA256
	good.PRF.Parameters = asn1.NullRawValue
	for name, test := range map[string]struct {
		change func(*pbkdf2Params)
		iv     []byte
		data   []byte
		want   error
	}{
		"2^31 iterations":   {change: func(p *pbkdf2Params) { p.Iterations = 1 << 31 }, want: ErrProtection},
		"2^62 iterations":   {change: func(p *pbkdf2Params) { p.Iterations = 1 << 62 }, want: ErrProtection},
		"over the bound":    {change: func(p *pbkdf2Params) { p.Iterations = maxIterations + 1 }, want: ErrProtection},
		"no iterations":     {change: func(p *pbkdf2Params) { p.Iterations = 0 }, want: ErrProtection},
		"-1 iterations":     {change: func(p *pbkdf2Params) { p.Iterations = -1 }, want: ErrProtection},
		"no salt":           {change: func(p *pbkdf2Params) { p.Salt = nil }, want: ErrProtection},
		"a long salt":       {change: func(p *pbkdf2Params) { p.Salt = make([]byte, 65) }, want: ErrProtection},
		"another key":       {change: func(p *pbkdf2Params) { p.KeyLength = 16 }, want: ErrProtection},
		"a huge key":        {change: func(p *pbkdf2Params) { p.KeyLength = 1 << 40 }, want: ErrProtection},
		"no PRF":            {change: func(p *pbkdf2Params) { p.PRF.Algorithm = nil; p.PRF.Parameters = asn1.RawValue{} }, want: ErrProtection},
		"a short IV":        {iv: make([]byte, 15), want: ErrProtection},
		"no IV":             {iv: []byte{}, want: ErrProtection},
		"a part of a block": {data: make([]byte, 17), want: ErrNotAKeyFile},
		"no data":           {data: []byte{}, want: ErrNotAKeyFile},
	} {
		t.Run(name, func(t *testing.T) {
			params, iv, data := good, make([]byte, 16), make([]byte, 144)
			if test.change != nil {
				test.change(&params)
			}
			if test.iv != nil {
				iv = test.iv
			}
			if test.data != nil {
				data = test.data
			}
			sealed := hostileFile(t, params, iv, data)
			start := time.Now()
			if key, err := Parse(sealed, []byte("x")); !errors.Is(err, test.want) || key != nil {
				t.Errorf("error %v, want %v", err, test.want)
			}
			if took := time.Since(start); took > time.Second {
				t.Errorf("refused after %v", took)
			}
		})
	}
}

func hostileFile(t *testing.T, params pbkdf2Params, iv, data []byte) []byte {
	t.Helper()
	marshal := func(value any) asn1.RawValue {
		der, err := asn1.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		return asn1.RawValue{FullBytes: der}
	}
	var outer pbes2Params
	outer.KeyDerivation.Algorithm, outer.KeyDerivation.Parameters = oidPBKDF2, marshal(params)
	outer.Encryption.Algorithm, outer.Encryption.Parameters = oidAES256CBC, marshal(iv)
	if params.PRF.Algorithm == nil { // the default, HMAC-SHA-1
		outer.KeyDerivation.Parameters = marshal(struct {
			Salt       []byte
			Iterations int
		}{params.Salt, params.Iterations})
	}
	var info encryptedPrivateKeyInfo
	info.Algorithm.Algorithm, info.Algorithm.Parameters = oidPBES2, marshal(outer)
	info.Data = data
	return pem.EncodeToMemory(&pem.Block{Type: typeEncrypted, Bytes: marshal(info).FullBytes})
}

// TestADamagedFileNeverGivesAnotherKey changes every byte of the PEM and every
// byte of the DER under it, in several ways, and cuts both at every length.
func TestADamagedFileNeverGivesAnotherKey(t *testing.T) {
	for _, name := range []string{"sm2-aes256.key", "es256-aes128.key"} { // 1,000 iterations
		t.Run(name, func(t *testing.T) {
			text := readTestdata(t, name)
			key, err := Parse(text, opensslPassphrase)
			if err != nil {
				t.Fatal(err)
			}
			block, _ := pem.Decode(text)
			requireSameKeyOrError := func(data []byte) {
				t.Helper()
				// A changed iteration count costs seconds, and changes no more
				// than the derived key.
				if block, _ := pem.Decode(data); block != nil && !withinBudget(block.Bytes) {
					return
				}
				again, err := Parse(data, opensslPassphrase)
				if err != nil && again != nil || err == nil && !again.PublicKey().Equal(key.PublicKey()) {
					t.Fatalf("%v beside error %v, the key was %v", again, err, key)
				}
			}
			for i := range text {
				requireSameKeyOrError(text[:i])
				for _, b := range []byte{text[i] ^ 1, text[i] ^ 0x20, '\n', '=', 'A', 0} {
					requireSameKeyOrError(withByte(text, i, b))
				}
			}
			for i := range block.Bytes {
				requireSameKeyOrError(encode(block.Bytes[:i]))
				for _, flip := range []byte{1, 2, 0x10, 0x80, 0xff} {
					requireSameKeyOrError(encode(withByte(block.Bytes, i, block.Bytes[i]^flip)))
				}
			}
		})
	}
}

func withByte(data []byte, i int, b byte) []byte {
	changed := slices.Clone(data)
	changed[i] = b
	return changed
}

func encode(der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: typeEncrypted, Bytes: der})
}

// withinBudget reports whether opening the DER is quick, or refused.
func withinBudget(der []byte) bool {
	var info encryptedPrivateKeyInfo
	if _, err := asn1.Unmarshal(der, &info); err != nil {
		return true
	}
	p, err := parseProtection(info.Algorithm)
	return err != nil || p.iterations <= 10_000
}

// TestAnotherPrivateKeyInTheFileIsRefused is what a change of the ciphertext
// could do if nothing checked: CBC does not notice.
func TestAnotherPrivateKeyInTheFileIsRefused(t *testing.T) {
	forEachAlgorithm(t, func(t *testing.T, algorithm sig.Algorithm) {
		a, b := generate(t, algorithm), generate(t, algorithm)
		for name, inner := range map[string]ecPrivateKey{
			"another public key":  {Version: 1, PrivateKey: a.secret().scalar[:], PublicKey: pointBits(b.public)},
			"no public key":       {Version: 1, PrivateKey: a.secret().scalar[:]},
			"a short private key": {Version: 1, PrivateKey: a.secret().scalar[:31], PublicKey: pointBits(a.public)},
			"a zero private key":  {Version: 1, PrivateKey: make([]byte, 32), PublicKey: pointBits(a.public)},
			"version 2":           {Version: 2, PrivateKey: a.secret().scalar[:], PublicKey: pointBits(a.public)},
		} {
			id, err := algorithmIdentifier(algorithm)
			if err != nil {
				t.Fatal(err)
			}
			der, err := asn1.Marshal(inner)
			if err != nil {
				t.Fatal(err)
			}
			if der, err = asn1.Marshal(privateKeyInfo{Algorithm: id, PrivateKey: der}); err != nil {
				t.Fatal(err)
			}
			if der, err = encrypt(der, []byte("x"), minIterations); err != nil {
				t.Fatal(err)
			}
			if key, err := Parse(encode(der), []byte("x")); !errors.Is(err, ErrNotAKeyFile) || key != nil {
				t.Errorf("%s: error %v, want ErrNotAKeyFile", name, err)
			}
		}
	})
}

// FuzzParse holds whatever is read to be a key that signs.
func FuzzParse(f *testing.F) {
	names, err := filepath.Glob("testdata/*.key")
	if err != nil || len(names) < 15 {
		f.Fatalf("%d seeds in testdata, error %v", len(names), err)
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if block, _ := pem.Decode(data); block != nil && !withinBudget(block.Bytes) {
			return
		}
		key, err := Parse(data, opensslPassphrase)
		if err != nil {
			if key != nil {
				t.Fatal("a key beside an error")
			}
			return
		}
		signature, err := key.Sign(data)
		if err != nil || key.PublicKey().Verify(data, signature) != nil {
			t.Fatalf("%v does not sign: %v", key, err)
		}
	})
}

// FuzzParsePublic holds whatever is read to come back from what is written.
func FuzzParsePublic(f *testing.F) {
	names, err := filepath.Glob("testdata/*.pub")
	if err != nil || len(names) < 4 {
		f.Fatalf("%d seeds in testdata, error %v", len(names), err)
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		key, err := ParsePublic(data)
		if err != nil {
			return
		}
		text, err := MarshalPublic(key)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := ParsePublic(text); err != nil || !again.Equal(key) {
			t.Fatalf("%v comes back as %v, error %v", key, again, err)
		}
	})
}

// TestRandomBytesAreNoKey feeds PEM blocks of noise.
func TestRandomBytesAreNoKey(t *testing.T) {
	for n := range 300 {
		noise := make([]byte, n)
		rand.Read(noise)
		if key, err := Parse(encode(noise), []byte("x")); err == nil || key != nil {
			t.Fatalf("%d random bytes are read as %v", n, key)
		}
	}
}
