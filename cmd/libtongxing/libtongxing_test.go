package main

import (
	"debug/elf"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// declared returns the functions of the header.
func declared(t *testing.T) []string {
	t.Helper()
	header, err := os.ReadFile("tongxing.h")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, found := range regexp.MustCompile(`TONGXING_API [^;]*?(tongxing_[a-z_]+)\(`).FindAllSubmatch(header, -1) {
		names = append(names, string(found[1]))
	}
	slices.Sort(names)
	return names
}

func TestLibrariesShowTheNamesOfTheHeaderAlone(t *testing.T) {
	want := declared(t)
	if len(want) != 7 {
		t.Fatalf("%q", want)
	}
	shared, err := elf.Open(filepath.Join(installed(t), "lib/libtongxing.so.1"))
	if err != nil {
		t.Fatal(err)
	}
	defer shared.Close()
	symbols, err := shared.DynamicSymbols()
	if err != nil {
		t.Fatal(err)
	}
	if got := defined(symbols); !slices.Equal(got, want) {
		t.Errorf("libtongxing.so shows %q, want %q", got, want)
	}
	if name, err := shared.DynString(elf.DT_SONAME); err != nil || !slices.Equal(name, []string{"libtongxing.so.1"}) {
		t.Errorf("soname %q, %v", name, err)
	}
	object := filepath.Join(t.TempDir(), "tongxing.o")
	if err := os.WriteFile(object, []byte(run(t, "ar", "p", filepath.Join(installed(t), "lib/libtongxing.a"))), 0o600); err != nil {
		t.Fatal(err)
	}
	static, err := elf.Open(object)
	if err != nil {
		t.Fatal(err)
	}
	defer static.Close()
	if symbols, err = static.Symbols(); err != nil {
		t.Fatal(err)
	}
	if got := defined(symbols); !slices.Equal(got, want) {
		t.Errorf("libtongxing.a shows %q, want %q", got, want)
	}
}

// defined returns the names that others see, without that of the version itself.
func defined(symbols []elf.Symbol) []string {
	var names []string
	for _, s := range symbols {
		if s.Section != elf.SHN_UNDEF && s.Section != elf.SHN_ABS && elf.ST_BIND(s.Info) != elf.STB_LOCAL {
			names = append(names, s.Name)
		}
	}
	slices.Sort(names)
	return names
}

func TestEveryVectorHasItsVerdictInC(t *testing.T) {
	program := compile(t, "testdata/vectors.c")
	vectors, want := vectorFolder(t)
	if got := run(t, program, vectors); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestEveryVectorHasItsVerdictInCLinkedStatically(t *testing.T) {
	prefix := installed(t)
	program := filepath.Join(t.TempDir(), "static")
	run(t, "gcc", "-I"+prefix+"/include", "testdata/vectors.c", "-o", program, prefix+"/lib/libtongxing.a", "-pthread")
	vectors, want := vectorFolder(t)
	if got := run(t, program, vectors); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestEveryVectorHasItsVerdictInPython(t *testing.T) {
	vectors, want := vectorFolder(t)
	if got := run(t, "python3", "testdata/vectors.py", filepath.Join(installed(t), "lib/libtongxing.so.1"), vectors); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// jna is where Debian puts Java Native Access; TONGXING_JNA names another place.
func jna() string {
	if path := os.Getenv("TONGXING_JNA"); path != "" {
		return path
	}
	return "/usr/share/java/jna.jar"
}

func TestEveryVectorHasItsVerdictInJava(t *testing.T) {
	vectors, want := vectorFolder(t)
	if got := run(t, "java", "-cp", jna(), "testdata/Vectors.java", filepath.Join(installed(t), "lib/libtongxing.so.1"), vectors); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// The header is C++ too, and the library is linked from it, shared and statically.
func TestHeaderAndLibraryServeCPlusPlus(t *testing.T) {
	prefix, g := installed(t), goodCode(t)
	for name, library := range map[string][]string{
		"shared": {"-fsanitize=address,undefined", "-L" + prefix + "/lib", "-Wl,-rpath," + prefix + "/lib", "-ltongxing"},
		"static": {prefix + "/lib/libtongxing.a"},
	} {
		program := filepath.Join(t.TempDir(), name)
		run(t, "g++", slices.Concat([]string{"-std=c++17", "-Wall", "-Wextra", "-Werror", "-pedantic", "-Wold-style-cast", "-I" + prefix + "/include",
			"testdata/cplusplus.cpp", "-o", program}, library, []string{"-pthread"})...)
		got := run(t, program, g.bundle, g.anchor, g.code, g.seconds)
		for _, want := range []string{`{"ok":true,"protocol":1,`, "\n3 {\"outcome\":\"check\"", `"policy":{"class":9,"region":"33"`} { // the venue came too
			if !strings.Contains(got, want) {
				t.Errorf("%s: no %s in %s", name, want, got)
			}
		}
	}
}

func TestMisuseIsAnErrorCode(t *testing.T) {
	g := goodCode(t)
	run(t, compile(t, "testdata/misuse.c"), g.bundle, g.root, g.code, g.seconds)
}

// The sanitizer ends a program that leaks, with an error.
func TestThreadsGetTheirVerdictsAndLeakNothing(t *testing.T) {
	g := goodCode(t)
	run(t, compile(t, "testdata/threads.c"), g.bundle, g.anchor, g.code, g.seconds)
}

func TestLeakWouldBeSeen(t *testing.T) {
	out, err := exec.Command(compile(t, "testdata/leak.c")).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "LeakSanitizer: detected memory leaks") {
		t.Errorf("%v\n%s", err, out)
	}
}

// An anchor is a hash for C when it is as long as one in hexadecimal.
func TestAnchorHashHasItsLength(t *testing.T) {
	if n := hex.EncodedLen(32); n != hashDigits {
		t.Errorf("%d", n)
	}
}
