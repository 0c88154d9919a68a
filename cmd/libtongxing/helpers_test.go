package main

import (
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tongxing/tongxing/verifier/binding/bindingtest"
)

// folder is where the tests keep the library and what the programs read.
var folder string

func TestMain(m *testing.M) {
	var err error
	if folder, err = os.MkdirTemp("", "libtongxing"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	_ = os.RemoveAll(folder)
	os.Exit(code)
}

// run runs a command and returns what it prints.
func run(t testing.TB, name string, arguments ...string) string {
	t.Helper()
	command := exec.Command(name, arguments...)
	command.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1", "LD_LIBRARY_PATH="+filepath.Join(folder, "prefix/lib"), "PKG_CONFIG_PATH="+filepath.Join(folder, "prefix/lib/pkgconfig"))
	out, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %q: %v\n%s", name, arguments, err, out)
	}
	return string(out)
}

// sanitize has the sanitizer watch the Go code of the library too: what it reads of
// the caller's memory. It is built anew for that, and only programs in C can load it:
//
//	go test ./cmd/libtongxing -asan -run 'Misuse|Threads|InC$'
var sanitize = flag.Bool("asan", false, "instrument the Go code of the library too")

var install = sync.OnceValues(func() (string, error) {
	prefix := filepath.Join(folder, "prefix")
	command := exec.Command("../../scripts/libtongxing", prefix)
	if *sanitize {
		command.Env = append(os.Environ(), "GOFLAGS=-asan")
	}
	out, err := command.CombinedOutput()
	return string(out), err
})

// installed returns the folder that the library is installed below.
func installed(t testing.TB) string {
	t.Helper()
	if out, err := install(); err != nil {
		t.Fatalf("scripts/libtongxing: %v\n%s", err, out)
	}
	return filepath.Join(folder, "prefix")
}

// warnings are those that a strict user of the header has.
var warnings = []string{"-std=c11", "-Wall", "-Wextra", "-Werror", "-pedantic", "-O1", "-g"}

// compile compiles a program against the installed library, with the address
// sanitizer, which watches what the library allocates too.
func compile(t testing.TB, source string) string {
	t.Helper()
	prefix := installed(t)
	program := filepath.Join(folder, strings.TrimSuffix(filepath.Base(source), ".c"))
	run(t, "gcc", slices.Concat(warnings, []string{"-fsanitize=address,undefined", "-I" + prefix + "/include", source,
		"-o", program, "-L" + prefix + "/lib", "-Wl,-rpath," + prefix + "/lib", "-ltongxing", "-pthread"})...)
	return program
}

var writeVectors sync.Once

// vectorFolder returns a folder with every vector, and how many they are.
func vectorFolder(t testing.TB) (string, string) {
	t.Helper()
	path := filepath.Join(folder, "cases")
	writeVectors.Do(func() {
		if err := os.Mkdir(path, 0o700); err != nil {
			t.Fatal(err)
		}
		count := bindingtest.Write(t, path)
		if err := os.WriteFile(filepath.Join(path, "count"), []byte(strconv.Itoa(count)+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	})
	count, err := os.ReadFile(filepath.Join(path, "count"))
	if err != nil {
		t.Fatal(err)
	}
	return path, string(count)
}

// good is a bundle with a code that passes: names of files, and texts.
type good struct{ bundle, root, anchor, code, at, seconds string }

func goodCode(t testing.TB) good {
	t.Helper()
	s := bindingtest.NewSuccession(t)
	var request struct {
		Code string
		At   time.Time
	}
	if err := json.Unmarshal(s.Case.Request, &request); err != nil {
		t.Fatal(err)
	}
	hash, path := s.Older.Anchor.Hash(), t.TempDir()
	g := good{filepath.Join(path, "bundle.txb"), filepath.Join(path, "root"), hex.EncodeToString(hash[:]), request.Code,
		request.At.Format(time.RFC3339), strconv.FormatInt(request.At.Unix(), 10)}
	for name, content := range map[string][]byte{g.bundle: s.Older.Bundle, g.root: s.Root} {
		if err := os.WriteFile(name, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return g
}
