package main

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/tongxing/tongxing/trustlist/fetch/series"
	"github.com/tongxing/tongxing/verifier/binding/bindingtest"
)

// packageFolder is the npm package.
var packageFolder = filepath.Join("..", "..", "js", "verifier")

// build makes dist/ of the package, once for all tests.
var build = sync.OnceValues(func() ([]byte, error) {
	return exec.Command(filepath.Join(packageFolder, "build")).CombinedOutput()
})

func built(t testing.TB) string {
	t.Helper()
	if output, err := build(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	return packageFolder
}

// node runs a program and returns what it printed.
func node(t testing.TB, folder string, environment []string, arguments ...string) []byte {
	t.Helper()
	c := exec.Command("node", arguments...)
	var errors bytes.Buffer
	c.Dir, c.Env, c.Stderr = folder, append(os.Environ(), environment...), &errors
	output, err := c.Output()
	if err != nil {
		t.Fatalf("node %v: %v\n%s%s", arguments, err, output, errors.Bytes())
	}
	return output
}

// frames writes what the programs in JavaScript are given, and returns the folder.
func frames(t testing.TB) string {
	t.Helper()
	folder := t.TempDir()
	s := bindingtest.NewSuccession(t)
	var request struct{ Code string }
	if err := json.Unmarshal(s.Case.Request, &request); err != nil {
		t.Fatal(err)
	}
	encoder, err := series.NewEncoder(s.Older.Bundle, series.Options{Version: 10})
	if err != nil {
		t.Fatal(err)
	}
	var texts bytes.Buffer
	for n := range uint32(encoder.Count()) {
		texts.WriteString(encoder.Frame(n) + "\n")
	}
	hash := s.Older.Anchor.Hash()
	for name, content := range map[string][]byte{
		"older.bundle": s.Older.Bundle, "newer.bundle": s.Newer.Bundle, "root.cose": s.Root, "code.txt": []byte(request.Code + "\n"),
		"anchor.txt": []byte(hex.EncodeToString(hash[:]) + "\n"), "frames.txt": texts.Bytes(),
	} {
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}
