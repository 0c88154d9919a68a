package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
	"github.com/tongxing/tongxing/issuer/keys"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/publish"
)

// rootOf writes a signed root with n keys of each algorithm, all of which sign.
func rootOf(t *testing.T, path string, n int) {
	t.Helper()
	var groups []publish.Group
	var signers []sig.Signer
	for _, algorithm := range []sig.Algorithm{sig.ES256, sig.SM2} {
		g := publish.Group{Need: trustlist.Required, Threshold: n}
		for i := range n {
			signer := sigtest.New(algorithm, fmt.Sprint("old ", i))
			signers, g.Keys = append(signers, signer), append(g.Keys, signer.PublicKey())
		}
		groups = append(groups, g)
	}
	root, err := publish.NewRoot(nil, publish.RootPlan{Issued: time.Date(2022, 8, 1, 0, 0, 0, 0, time.UTC).Unix(), Groups: groups})
	if err != nil {
		t.Fatal(err)
	}
	m, err := publish.NewDraft(root)
	if err != nil {
		t.Fatal(err)
	}
	if m, err = publish.Sign(m, signers...); err != nil {
		t.Fatal(err)
	}
	data, err := m.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// publicKeys writes n public keys and returns their paths, joined by commas.
func publicKeys(t *testing.T, folder string, algorithm sig.Algorithm, n int) string {
	t.Helper()
	var paths []string
	for i := range n {
		data, err := keys.MarshalPublic(sigtest.New(algorithm, fmt.Sprint("new ", i)).PublicKey())
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(folder, fmt.Sprintf("%s-%d.pub", algorithm, i))
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	return strings.Join(paths, ",")
}

func TestARootThatCouldNeverBeSignedIsRefusedInWords(t *testing.T) {
	folder := t.TempDir()
	previous, out := filepath.Join(folder, "root.cose"), filepath.Join(folder, "next.draft")
	rootOf(t, previous, 5) // ten signatures
	sm2, es256 := publicKeys(t, folder, sig.SM2, 4), publicKeys(t, folder, sig.ES256, 4)
	for threshold, want := range map[string]int{"3": program.StatusOK, "4": program.StatusFailed} {
		a := quiet()
		status := a.run(context.Background(), []string{"root", "init", "--lang", "en", "--previous", previous,
			"--sm2", sm2, "--es256", es256, "--threshold", threshold, "--at", "2022-09-01", "--out", out})
		said := a.Stderr.(*bytes.Buffer).String()
		if status != want || (want == program.StatusFailed) != strings.Contains(said, "need 18 signers together, and a document holds 16 signatures") {
			t.Errorf("threshold %s: exit status %d, %s", threshold, status, said)
		}
		if _, err := os.Stat(out); (err == nil) != (want == program.StatusOK) {
			t.Errorf("threshold %s: draft: %v", threshold, err)
		}
		os.Remove(out)
	}
}
