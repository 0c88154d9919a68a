package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/internal/openssltest"
	"github.com/tongxing/tongxing/issuer/keys"
)

// TestKeyFilesSignThroughTheSigner runs the command over a file of each algorithm,
// and has OpenSSL verify what comes back.
func TestKeyFilesSignThroughTheSigner(t *testing.T) {
	folder := t.TempDir()
	sm2, sm2Public := keyFile(t, folder, sig.SM2)
	es256, es256Public := keyFile(t, folder, sig.ES256)
	socket := filepath.Join(folder, "s")
	p := start(t, socket, "--key", sm2, "--key", es256, "--passphrase-file", secretFile(t, folder, passphrase))
	client := dial(t, socket)
	for i, public := range []*sig.PublicKey{sm2Public, es256Public} {
		key := client.Keys()[i]
		if !key.PublicKey().Equal(public) {
			t.Fatalf("key %d is %s, want %s", i, key.PublicKey(), public)
		}
		message := []byte("一条消息")
		signature, err := keys.Messages(key).Sign(message)
		if err != nil {
			t.Fatal(err)
		}
		openssltest.Verify(t, int64(public.Algorithm()), public.Uncompressed(), message, signature)
	}
	status, out, errs := runHere("check", "--socket", socket)
	if status != 0 || strings.Count(out, "\n") != 2 {
		t.Errorf("check: status %d, %s%s", status, out, errs)
	}
	requireNoCore(t, p.command.Process.Pid)
	if err := p.end(t, syscall.SIGTERM); err != nil {
		t.Errorf("stopped: %v: %s", err, p.said)
	}
	if said := p.said.String(); !strings.Contains(said, "signing ended") || strings.Contains(said, passphrase) {
		t.Errorf("said %s", said)
	}
	if _, err := os.Lstat(socket); err == nil {
		t.Error("the socket is left behind")
	}
}

// requireNoCore reads the limits of a process that holds keys, on systems that show
// them.
func requireNoCore(t *testing.T, pid int) {
	t.Helper()
	limits, err := os.ReadFile(fmt.Sprintf("/proc/%d/limits", pid))
	if os.IsNotExist(err) {
		return // no Linux: nothing is promised there
	}
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(limits)) {
		if strings.HasPrefix(line, "Max core file size") && strings.Join(strings.Fields(line)[4:6], " ") != "0 0" {
			t.Errorf("core dumps: %s", line)
		}
	}
}

// TestAKilledSignerLeavesNothingHalfSigned kills it while many sign: what they got
// is a signature that verifies or an error that says the signer is away, and the
// same clients go on with the next one.
func TestAKilledSignerLeavesNothingHalfSigned(t *testing.T) {
	folder := t.TempDir()
	path, public := keyFile(t, folder, sig.SM2)
	socket := filepath.Join(folder, "s")
	args := []string{"--key", path, "--passphrase-file", secretFile(t, folder, passphrase)}
	p := start(t, socket, args...)
	key := dial(t, socket).Keys()[0]
	var group sync.WaitGroup
	signed := make(chan struct{}, 100_000)
	for range 4 {
		group.Go(func() {
			for n := 0; ; n++ {
				message := fmt.Appendf(nil, "message %d", n)
				signature, err := keys.Messages(key).Sign(message)
				if err != nil {
					if !isUnavailable(err) || signature != nil {
						t.Errorf("%x beside error %v", signature, err)
					}
					return
				}
				if public.Verify(message, signature) != nil {
					t.Errorf("%x does not verify", signature)
				}
				select {
				case signed <- struct{}{}:
				default:
				}
			}
		})
	}
	for range 200 {
		<-signed
	}
	p.end(t, syscall.SIGKILL)
	group.Wait()
	start(t, socket, args...)
	if _, err := key.SignDigest([32]byte{1}); err != nil {
		t.Errorf("after the restart: %v", err)
	}
}

func TestWhatDoesNotStartSaysWhyInOneSentence(t *testing.T) {
	folder := t.TempDir()
	path, _ := keyFile(t, folder, sig.SM2)
	good, wrong := secretFile(t, folder, passphrase), secretFile(t, folder, "wrong")
	socket := filepath.Join(folder, "s")
	readable := filepath.Join(folder, "readable")
	if err := os.WriteFile(readable, []byte(passphrase), 0o644); err != nil {
		t.Fatal(err)
	}
	open := filepath.Join(folder, "open")
	if err := os.Mkdir(open, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(open, 0o777); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		args   []string
		status int
		say    string
	}{
		"no socket":         {[]string{"serve", "--key", path}, 2, "--socket"},
		"no key":            {[]string{"serve", "--socket", socket}, 2, "There is no key"},
		"no passphrase":     {[]string{"serve", "--socket", socket, "--key", path}, 2, "--passphrase-file"},
		"wrong passphrase":  {[]string{"serve", "--socket", socket, "--key", path, "--passphrase-file", wrong}, 1, "wrong passphrase"},
		"readable":          {[]string{"serve", "--socket", socket, "--key", path, "--passphrase-file", readable}, 1, "can be read by others"},
		"missing":           {[]string{"serve", "--socket", socket, "--key", path + "x", "--passphrase-file", good}, 1, path + "x"},
		"twice":             {[]string{"serve", "--socket", socket, "--key", path, "--key", path, "--passphrase-file", good}, 1, "twice"},
		"open folder":       {[]string{"serve", "--socket", filepath.Join(open, "s"), "--key", path, "--passphrase-file", good}, 1, "chmod go-w"},
		"no folder":         {[]string{"serve", "--socket", filepath.Join(folder, "none", "s"), "--key", path, "--passphrase-file", good}, 1, "folder of the socket does not exist"},
		"no socket's file":  {[]string{"serve", "--socket", readable, "--key", path, "--passphrase-file", good}, 1, "is no socket, and is left"},
		"token without key": {[]string{"serve", "--socket", socket, "--key", path, "--passphrase-file", good, "--token", "33"}, 2, "--token-key"},
		"no module":         {[]string{"serve", "--socket", socket, "--token-key", "33"}, 2, "--module"},
		"nobody there":      {[]string{"check", "--socket", socket}, 1, "cannot be reached"},
		"check what":        {[]string{"check"}, 2, "--socket"},
		"generate what":     {[]string{"generate"}, 2, "--token-key"},
		"generate where":    {[]string{"generate", "--token-key", "33"}, 2, "--out"},
		"generate in which": {[]string{"generate", "--token-key", "33", "--out", "x"}, 2, "--module"},
	} {
		status, out, errs := runHere(test.args...)
		if status != test.status || !strings.Contains(errs, test.say) || strings.Count(errs, "\n") != 1 || out != "" {
			t.Errorf("%s: status %d, %q, %q", name, status, errs, out)
		}
	}
}
