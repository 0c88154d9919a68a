package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/issuer/keys"
)

// ceremonyKeys makes keys from their names: public key files in folder, and the
// private ones as if they had been opened from there.
func ceremonyKeys(t *testing.T, folder string, algorithm sig.Algorithm, names ...string) map[string]*keys.PrivateKey {
	t.Helper()
	opened := map[string]*keys.PrivateKey{}
	for _, name := range names {
		key, err := keys.Generate(algorithm, &nameReader{name: name})
		if err != nil {
			t.Fatal(err)
		}
		public, err := keys.MarshalPublic(key.PublicKey())
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(folder, name)
		opened[path] = key
		if err := os.WriteFile(path+".pub", public, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return opened
}

// A document holds 16 signatures. However many keys that have no say sign a
// draft, those that have find room.
func TestStrangersTakeNobodysRoom(t *testing.T) {
	folder := t.TempDir()
	opened := ceremonyKeys(t, folder, sig.SM2, "sm2-1", "sm2-2")
	for path, key := range ceremonyKeys(t, folder, sig.ES256, "es256-1", "es256-2") {
		opened[path] = key
	}
	members := len(opened)
	var strangers []string
	for i := range 20 {
		strangers = append(strangers, fmt.Sprintf("stranger-%d", i))
	}
	for path, key := range ceremonyKeys(t, folder, sig.ES256, strangers...) {
		opened[path] = key
	}
	run := func(args ...string) string {
		t.Helper()
		var stdout, stderr bytes.Buffer
		a := appWith(strings.NewReader(""), &stdout, &stderr)
		a.opened = opened
		if status := a.run(context.Background(), args); status != program.StatusOK {
			t.Fatalf("%v: status %d: %s", args, status, stderr.String())
		}
		return stdout.String()
	}
	in := func(name string) string { return filepath.Join(folder, name) }
	run("root", "init", "--sm2", in("sm2-1.pub")+","+in("sm2-2.pub"), "--es256", in("es256-1.pub")+","+in("es256-2.pub"),
		"--threshold", "2", "--at", "2022-08-01", "--out", in("draft"))
	sign := []string{"root", "sign", in("draft"), "--out", in("signatures")}
	for path := range opened {
		sign = append(sign, "--key", path)
	}
	run(sign...)
	said := run("root", "combine", in("draft"), in("signatures"), "--out", in("root.cose"))
	if left := strings.Count(said, "that key has no say, left out"); left != len(opened)-members {
		t.Errorf("%d signatures are said to be left out, want %d:\n%s", left, len(opened)-members, said)
	}
	whole, err := os.ReadFile(in("root.cose"))
	if err != nil {
		t.Fatal(err)
	}
	var alone []string
	for path, key := range opened {
		if !strings.Contains(path, "stranger") {
			alone = append(alone, filepath.Join(in("signatures"), fmt.Sprintf("%x.sig", key.PublicKey().KeyID())))
		}
	}
	run(append([]string{"root", "combine", in("draft"), "--out", in("alone.cose")}, alone...)...)
	want, err := os.ReadFile(in("alone.cose"))
	if err != nil || !bytes.Equal(whole, want) {
		t.Errorf("strangers leave a trace in the document (%v)", err)
	}
}
