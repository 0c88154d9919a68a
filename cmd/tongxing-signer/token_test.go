//go:build cgo

package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/internal/openssltest"
	"github.com/tongxing/tongxing/issuer/keys"
)

// softHSM initialises a token of label "33" and returns its library and PIN file.
func softHSM(t *testing.T) (module, pinFile string) {
	t.Helper()
	for _, path := range []string{
		"/usr/lib/softhsm/libsofthsm2.so", "/usr/lib64/softhsm/libsofthsm2.so", "/usr/lib64/pkcs11/libsofthsm2.so",
		"/usr/local/lib/softhsm/libsofthsm2.so", "/opt/homebrew/lib/softhsm/libsofthsm2.so",
	} {
		if _, err := os.Stat(path); err == nil {
			module = path
		}
	}
	if module == "" {
		t.Fatal("SoftHSM2 is not here: run scripts/setup test")
	}
	folder := t.TempDir()
	configuration := filepath.Join(folder, "softhsm2.conf")
	if err := os.WriteFile(configuration, []byte("directories.tokendir = "+folder+"\nlog.level = ERROR\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SOFTHSM2_CONF", configuration)
	output, err := exec.Command("softhsm2-util", "--init-token", "--free", "--label", "33", "--pin", "2468", "--so-pin", "13579").CombinedOutput()
	if err != nil {
		t.Fatalf("softhsm2-util: %v: %s", err, output)
	}
	return module, secretFile(t, folder, "2468")
}

// TestAKeyOfATokenSignsThroughTheSigner makes it, serves it beside a key file, has
// OpenSSL verify, and names what is wrong where something is.
func TestAKeyOfATokenSignsThroughTheSigner(t *testing.T) {
	module, pinFile := softHSM(t)
	folder := t.TempDir()
	token := []string{"--module", module, "--token", "33", "--pin-file", pinFile, "--token-key", "33-2026a"}
	out := filepath.Join(folder, "33-2026a.pub")
	if status, said, errs := runHere(append([]string{"generate", "--out", out}, token...)...); status != 0 {
		t.Fatalf("generate: status %d, %s%s", status, said, errs)
	}
	text, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	public, err := keys.ParsePublic(text)
	if err != nil {
		t.Fatal(err)
	}
	if status, _, errs := runHere(append([]string{"generate", "--out", out + "2"}, token...)...); status != 1 || !strings.Contains(errs, "already holds") {
		t.Errorf("again: status %d, %s", status, errs)
	}
	if _, err := os.Stat(out + "2"); err == nil {
		t.Error("a file for a key that was not made")
	}
	other := slices.Replace(slices.Clone(token), len(token)-1, len(token), "33-2026b")
	status, _, errs := runHere(append([]string{"generate", "--out", out}, other...)...)
	if kept, err := os.ReadFile(out); err != nil || status != 1 || !strings.Contains(errs, out) || !bytes.Equal(kept, text) {
		t.Errorf("over the public half of another key: status %d, %s: %v", status, errs, err)
	}
	if status, _, errs := runHere(append([]string{"generate", "--out", out + "3"}, other...)...); status != 0 {
		t.Errorf("a key was made although its public half had no place: status %d, %s", status, errs)
	}
	socket := filepath.Join(folder, "s")
	path, _ := keyFile(t, folder, sig.SM2)
	p := start(t, socket, append(token, "--key", path, "--passphrase-file", secretFile(t, folder, passphrase))...)
	held := dial(t, socket).Keys()
	if len(held) != 2 || !held[1].PublicKey().Equal(public) {
		t.Fatalf("%d keys", len(held))
	}
	signature, err := keys.Messages(held[1]).Sign([]byte("message"))
	if err != nil {
		t.Fatal(err)
	}
	openssltest.Verify(t, int64(public.Algorithm()), public.Uncompressed(), []byte("message"), signature)
	if err := p.end(t, syscall.SIGTERM); err != nil {
		t.Errorf("stopped: %v: %s", err, p.said)
	}
	for name, test := range map[string]struct{ args, say string }{
		"another token": {"--module " + module + " --token 34 --pin-file " + pinFile + " --token-key 33-2026a", "no token labelled 34"},
		"another key":   {"--module " + module + " --token 33 --pin-file " + pinFile + " --token-key 33-2027a", "no key pair labelled 33-2027a"},
		"another PIN":   {"--module " + module + " --token 33 --pin-file " + secretFile(t, folder, "9999") + " --token-key 33-2026a", "refuses the PIN"},
		"no library":    {"--module " + out + " --token 33 --pin-file " + pinFile + " --token-key 33-2026a", "PKCS#11 library"},
	} {
		status, _, errs := runHere(append([]string{"serve", "--socket", socket}, strings.Fields(test.args)...)...)
		if status != 1 || !strings.Contains(errs, test.say) {
			t.Errorf("%s: status %d, %s", name, status, errs)
		}
	}
}
