package keys

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	tjfoc "github.com/tjfoc/gmsm/sm2"

	"github.com/tongxing/tongxing/format/sig"
)

var algorithms = []sig.Algorithm{sig.ES256, sig.SM2}

func generate(t testing.TB, algorithm sig.Algorithm) *PrivateKey {
	t.Helper()
	key, err := Generate(algorithm, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// forEachAlgorithm runs a test once for each algorithm.
func forEachAlgorithm(t *testing.T, test func(*testing.T, sig.Algorithm)) {
	for _, algorithm := range algorithms {
		t.Run(algorithm.String(), func(t *testing.T) { test(t, algorithm) })
	}
}

// TestEverySignatureHas64BytesAndVerifies goes on until it met a short r or s,
// which one signature in 128 has.
func TestEverySignatureHas64BytesAndVerifies(t *testing.T) {
	forEachAlgorithm(t, func(t *testing.T, algorithm sig.Algorithm) {
		key := generate(t, algorithm)
		short := 0
		for i := 0; i < 1000 || short == 0; i++ {
			message := []byte(strings.Repeat("x", i%1000))
			signature, err := key.Sign(message)
			if err != nil || len(signature) != sig.SignatureSize {
				t.Fatalf("signature %d has %d bytes, error %v", i, len(signature), err)
			}
			if err := key.PublicKey().Verify(message, signature); err != nil {
				t.Fatalf("signature %d, %x: %v", i, signature, err)
			}
			if signature[0] == 0 || signature[32] == 0 {
				short++
			}
		}
	})
}

// TestAnotherSM2ImplementationAccepts checks with an independent library.
func TestAnotherSM2ImplementationAccepts(t *testing.T) {
	key := generate(t, sig.SM2)
	point := key.PublicKey().Uncompressed()
	public := &tjfoc.PublicKey{Curve: tjfoc.P256Sm2(), X: new(big.Int).SetBytes(point[1:33]), Y: new(big.Int).SetBytes(point[33:])}
	for i := range 50 {
		message := []byte(fmt.Sprintf("message %d", i))
		signature, err := key.Sign(message)
		if err != nil {
			t.Fatal(err)
		}
		r, s := new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])
		if !tjfoc.Sm2Verify(public, message, nil, r, s) {
			t.Fatalf("signature %x is refused", signature)
		}
		if tjfoc.Sm2Verify(public, append(message, 'x'), nil, r, s) {
			t.Fatal("another message is accepted")
		}
	}
}

func TestSigningIsSafeForConcurrentUse(t *testing.T) {
	forEachAlgorithm(t, func(t *testing.T, algorithm sig.Algorithm) {
		key := generate(t, algorithm)
		var group sync.WaitGroup
		for range 8 {
			group.Go(func() {
				for range 50 {
					signature, err := key.Sign([]byte("message"))
					if err = errors.Join(err, key.PublicKey().Verify([]byte("message"), signature)); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		group.Wait()
	})
}

func TestSigningAllocatesOneSignatureMoreThanTheLibrary(t *testing.T) {
	forEachAlgorithm(t, func(t *testing.T, algorithm sig.Algorithm) {
		key := generate(t, algorithm)
		message, digest := make([]byte, 160), make([]byte, 32)
		bare := testing.AllocsPerRun(200, func() { bareSign(t, key, digest) })
		whole := testing.AllocsPerRun(200, func() {
			if _, err := key.Sign(message); err != nil {
				t.Fatal(err)
			}
		})
		if whole > bare+2 {
			t.Errorf("%v allocations, the library's own signing has %v", whole, bare)
		}
	})
}

// TestAKeyIsAFunctionOfItsRandomBytes is what test vectors rely on; the scalars
// come back in the file.
func TestAKeyIsAFunctionOfItsRandomBytes(t *testing.T) {
	forEachAlgorithm(t, func(t *testing.T, algorithm sig.Algorithm) {
		a, errA := Generate(algorithm, bytes.NewReader(bytes.Repeat([]byte{7}, 32)))
		b, errB := Generate(algorithm, bytes.NewReader(bytes.Repeat([]byte{7}, 40)))
		c, errC := Generate(algorithm, bytes.NewReader(bytes.Repeat([]byte{8}, 32)))
		if err := errors.Join(errA, errB, errC); err != nil {
			t.Fatal(err)
		}
		if !a.PublicKey().Equal(b.PublicKey()) || a.PublicKey().Equal(c.PublicKey()) {
			t.Error("equal bytes give different keys, or different bytes equal ones")
		}
		if generate(t, algorithm).PublicKey().Equal(generate(t, algorithm).PublicKey()) {
			t.Error("two random keys are equal")
		}
		if key, err := Generate(algorithm, nil); err != nil || key.PublicKey().Algorithm() != algorithm {
			t.Errorf("a nil source: %v", err)
		}
	})
}

// TestScalarsOutOfRangeAreDrawnAgain feeds zero, the order and, for SM2, the
// order less one, which has no inverse of 1 + d.
func TestScalarsOutOfRangeAreDrawnAgain(t *testing.T) {
	orders := map[sig.Algorithm]string{
		sig.ES256: "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
		sig.SM2:   "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123",
	}
	forEachAlgorithm(t, func(t *testing.T, algorithm sig.Algorithm) {
		order, err := hex.DecodeString(orders[algorithm])
		if err != nil {
			t.Fatal(err)
		}
		bad := append(make([]byte, 32), order...)
		if algorithm == sig.SM2 {
			order[31]--
			bad = append(bad, order...)
		}
		good := bytes.Repeat([]byte{7}, 32)
		key, err := Generate(algorithm, bytes.NewReader(append(bad, good...)))
		if err != nil {
			t.Fatal(err)
		}
		if key.secret().scalar != [32]byte(good) {
			t.Errorf("scalar is %x", key.secret().scalar)
		}
		if key, err := Generate(algorithm, zeros{}); err == nil || key != nil {
			t.Error("a source of zeros gives a key")
		}
	})
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestTheZeroKeyIsNoKey(t *testing.T) {
	var key PrivateKey
	if signature, err := key.Sign(nil); err == nil || signature != nil {
		t.Error("it signs")
	}
	if sealed, err := key.Marshal([]byte("passphrase")); err == nil || sealed != nil {
		t.Error("it is marshalled")
	}
	if got := key.String(); got != "private key of no key" {
		t.Errorf("it prints %q", got)
	}
}

func TestGenerateRefusesWhatItCannotMake(t *testing.T) {
	for _, algorithm := range []sig.Algorithm{0, -9, -35} {
		if key, err := Generate(algorithm, rand.Reader); !errors.Is(err, sig.ErrUnknownAlgorithm) || key != nil {
			t.Errorf("algorithm %d: %v", algorithm, err)
		}
	}
	broken := errors.New("broken")
	if key, err := Generate(sig.SM2, iotest.ErrReader(broken)); !errors.Is(err, broken) || key != nil {
		t.Errorf("a broken source: %v", err)
	}
	if key, err := Generate(sig.SM2, strings.NewReader("short")); !errors.Is(err, io.ErrUnexpectedEOF) || key != nil {
		t.Errorf("a short source: %v", err)
	}
}

// TestAKeyNeverPrintsItsSecret looks for the scalar as hexadecimal, decimal,
// base64 and as lists of numbers in everything that Go prints values with, also
// where the key lies in an unexported field, whose methods fmt does not call.
func TestAKeyNeverPrintsItsSecret(t *testing.T) {
	forEachAlgorithm(t, func(t *testing.T, algorithm sig.Algorithm) {
		key := generate(t, algorithm)
		type holder struct {
			Pointer *PrivateKey
			Value   PrivateKey
			private *PrivateKey
			hidden  PrivateKey
			keys    []*PrivateKey
		}
		h := holder{key, *key, key, *key, []*PrivateKey{key}}
		var out bytes.Buffer
		for _, value := range []any{key, *key, h, &h, []PrivateKey{*key}, map[string]any{"key": key}, fmt.Errorf("%v", key)} {
			for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%o", "%b", "%t", "%c", "%U", "%e", "%T", "%p"} {
				fmt.Fprintf(&out, verb+"\n", value)
			}
			encoded, err := json.Marshal(value)
			if err != nil {
				t.Fatal(err)
			}
			out.Write(encoded)
			slog.New(slog.NewTextHandler(&out, nil)).Info("text", "key", value)
			slog.New(slog.NewJSONHandler(&out, nil)).Info("json", "key", value)
		}
		if encoded, err := xml.Marshal(key); err == nil {
			out.Write(encoded)
		}
		requireNoSecret(t, out.String(), key.secret().scalar[:])
		if want := fmt.Sprintf("%x", key.PublicKey().Thumbprint())[:16]; !strings.Contains(fmt.Sprint(key), want) {
			t.Errorf("%v does not name the key", key)
		}
	})
}

func requireNoSecret(t *testing.T, printed string, scalar []byte) {
	t.Helper()
	forms := []string{
		fmt.Sprintf("%x", scalar), fmt.Sprintf("%X", scalar), new(big.Int).SetBytes(scalar).String(),
		fmt.Sprint(scalar), fmt.Sprintf("%#v", scalar), string(scalar), fmt.Sprintf("%q", scalar),
	}
	encoded, err := json.Marshal(scalar)
	if err != nil {
		t.Fatal(err)
	}
	forms = append(forms, strings.Trim(string(encoded), `"=`))
	for _, form := range forms {
		inner := strings.Trim(form, "[]{}\"")
		for _, part := range []string{inner[:len(inner)/2], inner[len(inner)/2:]} {
			if strings.Contains(printed, part) {
				t.Errorf("the secret is printed as %.12s…", part)
			}
		}
	}
	// big.Int prints as words where its methods are not reached.
	for i := 0; i < len(scalar); i += 8 {
		word := new(big.Int).SetBytes(scalar[i : i+8])
		if strings.Contains(printed, word.String()) || strings.Contains(printed, word.Text(16)) {
			t.Errorf("a word of the secret is printed")
		}
	}
}
