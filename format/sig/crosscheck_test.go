package sig_test

import (
	"errors"
	"fmt"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
)

const (
	crossChecks = 1000
	mutants     = 10000
)

// signed is a message with a signature, r || s.
type signed struct{ message, signature []byte }

func (m signed) halves() (r, s *big.Int) {
	return new(big.Int).SetBytes(m.signature[:32]), new(big.Int).SetBytes(m.signature[32:])
}

// shortHalves tells whether there are a short r and a short s: one signature in
// 256 has each.
func shortHalves(list []signed) bool {
	return slices.ContainsFunc(list, func(m signed) bool { return m.signature[0] == 0 }) &&
		slices.ContainsFunc(list, func(m signed) bool { return m.signature[32] == 0 })
}

// collect calls sign for at least a thousand messages, and for more in pairs
// until short halves are among the signatures.
func collect(t *testing.T, sign func(i int, message []byte) []byte) []signed {
	t.Helper()
	var list []signed
	for more := crossChecks; more > 0; {
		from := len(list)
		list = append(list, make([]signed, more)...)
		inParallel(more, func(i int) {
			message := fmt.Appendf(nil, "message %d", from+i)
			list[from+i] = signed{message, sign(i%2, message)}
		})
		for i, m := range list[from:] {
			if len(m.signature) != sig.SignatureSize {
				t.Fatalf("signature %d has %d bytes", from+i, len(m.signature))
			}
		}
		more = 2
		if shortHalves(list) {
			more = 0
		}
	}
	return list
}

func signHere(t *testing.T, signer *sigtest.Signer) []signed {
	t.Helper()
	return collect(t, func(_ int, message []byte) []byte {
		signature, err := signer.Sign(message)
		if err != nil {
			t.Error(err)
		}
		return signature
	})
}

// judge tells of every signature, here and by tjfoc in a process of its own,
// that it is accepted or refused as wanted.
func judge(t *testing.T, key *sig.PublicKey, list []signed, want bool) {
	t.Helper()
	program := filepath.Join(t.TempDir(), "tjfoc")
	if output, err := exec.Command("go", "build", "-o", program, "./testdata/tjfoc").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	inParallel(2, func(half int) {
		part := list[half*len(list)/2 : (half+1)*len(list)/2]
		var lines strings.Builder
		for _, m := range part {
			fmt.Fprintf(&lines, "%x %x %x\n", key.Uncompressed(), m.message, m.signature)
			if err := key.Verify(m.message, m.signature); (err == nil) != want || err != nil && !errors.Is(err, sig.ErrSignature) {
				t.Errorf("%x over %x: %v", m.signature, m.message, err)
			}
		}
		command := exec.Command(program)
		command.Stdin = strings.NewReader(lines.String())
		output, err := command.Output()
		said := strings.Fields(string(output))
		if err != nil || len(said) != len(part) {
			t.Errorf("%d answers to %d signatures: %v", len(said), len(part), err)
			return
		}
		for i, answer := range said {
			if answer != fmt.Sprint(want) {
				t.Errorf("%x over %x: tjfoc says %s", part[i].signature, part[i].message, answer)
			}
		}
	})
}

func TestAThousandSM2SignaturesVerifyInOpenSSLAndTjfoc(t *testing.T) {
	signer := sigtest.New(sig.SM2, "cross checks")
	list := signHere(t, signer)
	judge(t, signer.PublicKey(), list, true)
	folder := t.TempDir()
	key := write(t, filepath.Join(folder, "key.der"), append(fromHex(t, keyHead[sig.SM2]), signer.PublicKey().Uncompressed()...))
	inParallel(len(list), func(i int) {
		r, s := list[i].halves()
		name := filepath.Join(folder, fmt.Sprint(i%2))
		runOpenSSL(t, "-verify", "-pubin", "-keyform", "DER", "-inkey", key,
			"-in", writeFile(t, name+".message", list[i].message),
			"-sigfile", writeFile(t, name+".signature", derOf(t, r, s)))
	})
}

func TestAThousandSM2SignaturesOfOpenSSLVerifyHereAndInTjfoc(t *testing.T) {
	folder := t.TempDir()
	private := filepath.Join(folder, "private.pem")
	openssl(t, "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:SM2", "-out", private)
	info := openssl(t, "pkey", "-in", private, "-pubout", "-outform", "DER")
	list := collect(t, func(worker int, message []byte) []byte {
		name := filepath.Join(folder, fmt.Sprint(worker))
		runOpenSSL(t, "-sign", "-inkey", private, "-in", writeFile(t, name+".message", message), "-out", name+".signature")
		der, err := os.ReadFile(name + ".signature")
		if err != nil {
			t.Error(err)
		}
		signature, err := sig.FromDER(der)
		if err != nil {
			t.Errorf("%x: %v", der, err)
		}
		return signature
	})
	judge(t, newKey(t, sig.SM2, info[len(info)-sig.UncompressedPointSize:]), list, true)
}

// runOpenSSL and writeFile may be called from any goroutine: they do not stop
// the test.
func runOpenSSL(t *testing.T, arguments ...string) {
	arguments = append(append([]string{"pkeyutl"}, arguments...), hashing[sig.SM2]...)
	if output, err := exec.Command("openssl", arguments...).CombinedOutput(); err != nil {
		t.Errorf("openssl %v: %v\n%s", arguments, err, output)
	}
}

func writeFile(t *testing.T, file string, data []byte) string {
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Error(err)
	}
	return file
}

// mutate returns every signature with each single bit of it or of its message
// changed, up to the number wanted.
func mutate(list []signed) []signed {
	var changed []signed
	for _, m := range list {
		for bit := range 8 * (len(m.message) + len(m.signature)) {
			both := slices.Concat(m.message, m.signature)
			both[bit/8] ^= 1 << (bit % 8)
			changed = append(changed, signed{both[:len(m.message)], both[len(m.message):]})
			if len(changed) == mutants {
				return changed
			}
		}
	}
	return changed
}

func TestTjfocAgreesOnTenThousandMutants(t *testing.T) {
	signer := sigtest.New(sig.SM2, "cross checks")
	changed := mutate(signHere(t, signer))
	if len(changed) != mutants {
		t.Fatalf("%d mutants", len(changed))
	}
	judge(t, signer.PublicKey(), changed, false)
}
