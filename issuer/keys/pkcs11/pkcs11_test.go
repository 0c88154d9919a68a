//go:build cgo

package pkcs11

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/miekg/pkcs11"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/internal/openssltest"
	"github.com/tongxing/tongxing/issuer/keys"
)

// modules are where systems put SoftHSM2's library.
var modules = []string{
	"/usr/lib/softhsm/libsofthsm2.so", "/usr/lib64/softhsm/libsofthsm2.so", "/usr/lib64/pkcs11/libsofthsm2.so",
	"/usr/local/lib/softhsm/libsofthsm2.so", "/opt/homebrew/lib/softhsm/libsofthsm2.so",
}

func module(t testing.TB) string {
	t.Helper()
	for _, path := range modules {
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	t.Fatal("SoftHSM2 is not here: run scripts/setup test")
	return ""
}

const pin = "2468"

// newToken initialises a token of label "33" in a folder of the test.
func newToken(t testing.TB) Options {
	t.Helper()
	folder := t.TempDir()
	configuration := filepath.Join(folder, "softhsm2.conf")
	if err := os.WriteFile(configuration, []byte("directories.tokendir = "+folder+"\nobjectstore.backend = file\nlog.level = ERROR\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SOFTHSM2_CONF", configuration)
	output, err := exec.Command("softhsm2-util", "--init-token", "--free", "--label", "33", "--pin", pin, "--so-pin", "13579").CombinedOutput()
	if err != nil {
		t.Fatalf("softhsm2-util: %v: %s", err, output)
	}
	return Options{Module: module(t), Token: "33", PIN: []byte(pin)}
}

func open(t testing.TB, options Options) *Token {
	t.Helper()
	token, err := Open(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := token.Close(); err != nil {
			t.Error(err)
		}
	})
	return token
}

func TestAKeyInATokenSigns(t *testing.T) {
	token := open(t, newToken(t))
	made, err := token.Generate("33-2026a")
	if err != nil {
		t.Fatal(err)
	}
	key, err := token.Key("33-2026a")
	if err != nil || !key.PublicKey().Equal(made.PublicKey()) {
		t.Fatalf("%v is found, error %v", key, err)
	}
	message := []byte("message")
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 50 {
				signature, err := keys.Messages(key).Sign(message)
				if err != nil || key.PublicKey().Verify(message, signature) != nil {
					t.Errorf("%x, error %v", signature, err)
				}
			}
		})
	}
	group.Wait()
	if n := len(token.idle); n < 1 || n > 8 {
		t.Errorf("%d sessions for 8 goroutines", n)
	}
	if _, err := token.Generate("33-2026a"); !errors.Is(err, ErrKeyExists) {
		t.Errorf("a second key of the label: %v", err)
	}
	if key, err := token.Key("none"); !errors.Is(err, ErrNoKey) || key != nil {
		t.Errorf("no key: %v", err)
	}
}

// TestTheOneSessionIsSharedInTurn holds goroutines beyond the sessions to wait.
func TestTheOneSessionIsSharedInTurn(t *testing.T) {
	options := newToken(t)
	options.Sessions = 1
	token := open(t, options)
	key, err := token.Generate("33")
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for range 20 {
				if _, err := key.SignDigest([32]byte{1}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	if n := len(token.idle); n != 1 {
		t.Errorf("%d sessions", n)
	}
}

// TestThePrivateHalfDoesNotLeaveTheToken asks the token for it.
func TestThePrivateHalfDoesNotLeaveTheToken(t *testing.T) {
	token := open(t, newToken(t))
	key, err := token.Generate("33")
	if err != nil {
		t.Fatal(err)
	}
	attributes, err := token.context.GetAttributeValue(token.login, key.handle, []*pkcs11.Attribute{pkcs11.NewAttribute(pkcs11.CKA_VALUE, nil)})
	if err == nil || len(attributes) > 0 && len(attributes[0].Value) > 0 {
		t.Errorf("the token gives the private key away, error %v", err)
	}
}

func TestOpenSSLAcceptsTheTokensSignatures(t *testing.T) {
	token := open(t, newToken(t))
	key, err := token.Generate("33")
	if err != nil {
		t.Fatal(err)
	}
	message := []byte("一条消息")
	signature, err := keys.Messages(key).Sign(message)
	if err != nil {
		t.Fatal(err)
	}
	openssltest.Verify(t, int64(key.PublicKey().Algorithm()), key.PublicKey().Uncompressed(), message, signature)
}

func TestWhatDoesNotOpenIsToldApart(t *testing.T) {
	good := newToken(t)
	for name, test := range map[string]struct {
		change func(*Options)
		want   error
	}{
		"no library":    {func(o *Options) { o.Module = filepath.Join(t.TempDir(), "none.so") }, ErrModule},
		"another file":  {func(o *Options) { o.Module = os.Args[0] + ".none" }, ErrModule},
		"another token": {func(o *Options) { o.Token = "34" }, ErrNoToken},
		"wrong PIN":     {func(o *Options) { o.PIN = []byte("9999") }, ErrPIN},
		"no PIN":        {func(o *Options) { o.PIN = nil }, ErrPIN},
	} {
		options := good
		test.change(&options)
		if token, err := Open(options); !errors.Is(err, test.want) || token != nil {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
	}
	for name, options := range map[string]Options{
		"no module": {Token: "33", PIN: good.PIN}, "no token": {Module: good.Module, PIN: good.PIN},
		"sessions": {Module: good.Module, Token: "33", PIN: good.PIN, Sessions: -1},
	} {
		if token, err := Open(options); err == nil || token != nil {
			t.Errorf("%s is accepted", name)
		}
	}
	open(t, good) // nothing of the above is in the way
}

// TestKeysThatCannotSignCredentialsAreRefused makes keys that a token may hold
// beside ours.
func TestKeysThatCannotSignCredentialsAreRefused(t *testing.T) {
	token := open(t, newToken(t))
	p384 := []byte{0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22}
	pair(t, token, pkcs11.CKM_EC_KEY_PAIR_GEN, "p384", "p384", pkcs11.NewAttribute(pkcs11.CKA_EC_PARAMS, p384))
	pair(t, token, pkcs11.CKM_RSA_PKCS_KEY_PAIR_GEN, "rsa", "rsa", pkcs11.NewAttribute(pkcs11.CKA_MODULUS_BITS, 2048),
		pkcs11.NewAttribute(pkcs11.CKA_PUBLIC_EXPONENT, []byte{1, 0, 1}))
	for _, label := range []string{"p384", "rsa"} {
		if key, err := token.Key(label); !errors.Is(err, ErrUnfitKey) || key != nil {
			t.Errorf("%s: %v", label, err)
		}
	}
	curve := pkcs11.NewAttribute(pkcs11.CKA_EC_PARAMS, p256)
	pair(t, token, pkcs11.CKM_EC_KEY_PAIR_GEN, "crossed", "other", curve)
	pair(t, token, pkcs11.CKM_EC_KEY_PAIR_GEN, "another", "crossed", curve)
	if key, err := token.Key("crossed"); !errors.Is(err, ErrUnfitKey) || key != nil {
		t.Errorf("halves of two pairs: %v", err)
	}
	pair(t, token, pkcs11.CKM_EC_KEY_PAIR_GEN, "twice", "twice", curve)
	pair(t, token, pkcs11.CKM_EC_KEY_PAIR_GEN, "twice", "twice", curve)
	if key, err := token.Key("twice"); !errors.Is(err, ErrNoKey) || key != nil {
		t.Errorf("two pairs of one label: %v", err)
	}
}

// pair makes a key pair whose halves may have different labels.
func pair(t *testing.T, token *Token, mechanism uint, public, private string, own ...*pkcs11.Attribute) {
	t.Helper()
	both := func(label string) []*pkcs11.Attribute {
		return []*pkcs11.Attribute{pkcs11.NewAttribute(pkcs11.CKA_TOKEN, true), pkcs11.NewAttribute(pkcs11.CKA_LABEL, label)}
	}
	_, _, err := token.context.GenerateKeyPair(token.login, []*pkcs11.Mechanism{pkcs11.NewMechanism(mechanism, nil)},
		append(both(public), own...), append(both(private), pkcs11.NewAttribute(pkcs11.CKA_SIGN, true)))
	if err != nil {
		t.Fatal(err)
	}
}

// TestASessionThatTheTokenForgotIsReplaced closes them behind the pool's back.
func TestASessionThatTheTokenForgotIsReplaced(t *testing.T) {
	token := open(t, newToken(t))
	key, err := token.Generate("33")
	if err != nil {
		t.Fatal(err)
	}
	for _, session := range token.idle {
		if err := token.context.CloseSession(session); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := key.SignDigest(sha256.Sum256(nil)); err != nil {
		t.Errorf("after the session was closed: %v", err)
	}
}

// TestATokenThatLoggedUsOutIsGone is what a removed or reset token looks like.
func TestATokenThatLoggedUsOutIsGone(t *testing.T) {
	token := open(t, newToken(t))
	key, err := token.Generate("33")
	if err != nil {
		t.Fatal(err)
	}
	if err := token.context.CloseAllSessions(token.slot); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if signature, err := key.SignDigest([32]byte{1}); !errors.Is(err, ErrGone) || signature != nil {
			t.Errorf("%x, error %v", signature, err)
		}
	}
}

func TestAClosedTokenSignsNothing(t *testing.T) {
	token, err := Open(newToken(t))
	if err != nil {
		t.Fatal(err)
	}
	key, err := token.Generate("33")
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := token.Close(); err != nil {
			t.Error(err)
		}
	}
	if _, err := key.SignDigest([32]byte{}); !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
	if _, err := token.Generate("34"); !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
}

func BenchmarkSignDigest(b *testing.B) {
	token := open(b, newToken(b))
	key, err := token.Generate("33")
	if err != nil {
		b.Fatal(err)
	}
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			if _, err := key.SignDigest([32]byte{1}); err != nil {
				b.Error(err)
			}
		}
	})
	if key.PublicKey().Algorithm() != sig.ES256 {
		b.Error("another algorithm")
	}
}

// Many digests are signed in their order, all or none, over as many sessions as there are.
func TestManyDigestsAreSignedInOrder(t *testing.T) {
	for _, sessions := range []int{1, 4} {
		options := newToken(t)
		options.Sessions = sessions
		token, err := Open(options)
		if err != nil {
			t.Fatal(err)
		}
		key, err := token.Generate("33")
		if err != nil {
			t.Fatal(err)
		}
		messages := make([][]byte, 100)
		for i := range messages {
			messages[i] = []byte{byte(i)}
		}
		all, err := keys.Messages(key).(sig.BatchSigner).SignAll(messages)
		if err != nil || len(all) != len(messages) {
			t.Fatalf("%d signatures, error %v", len(all), err)
		}
		for i, signature := range all {
			if err := key.PublicKey().Verify(messages[i], signature); err != nil {
				t.Errorf("signature %d: %v", i, err)
			}
		}
		if n := len(token.idle); n < 1 || n > sessions {
			t.Errorf("%d sessions, want at most %d", n, sessions)
		}
		if none, err := key.SignDigests(nil); err != nil || len(none) != 0 {
			t.Errorf("no digests: %d, error %v", len(none), err)
		}
		if err := token.Close(); err != nil {
			t.Fatal(err)
		}
		if all, err := key.SignDigests(make([][32]byte, 3)); !errors.Is(err, ErrClosed) || all != nil {
			t.Errorf("a closed token: %d signatures, error %v", len(all), err)
		}
	}
}

// BenchmarkSignDigests signs 256 digests at once, over one session and over many.
func BenchmarkSignDigests(b *testing.B) {
	for _, sessions := range []int{1, DefaultSessions} {
		b.Run(fmt.Sprint("sessions-", sessions), func(b *testing.B) {
			options := newToken(b)
			options.Sessions = sessions
			token, err := Open(options)
			if err != nil {
				b.Fatal(err)
			}
			defer token.Close()
			key, err := token.Generate("33")
			if err != nil {
				b.Fatal(err)
			}
			digests := make([][32]byte, 256)
			for b.Loop() {
				if _, err := key.SignDigests(digests); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N*len(digests))/b.Elapsed().Seconds(), "signatures/s")
		})
	}
}
