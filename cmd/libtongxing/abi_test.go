package main

import (
	"debug/elf"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/tongxing/tongxing/internal/apitest"
)

var (
	functionPattern = regexp.MustCompile(`(?m)^TONGXING_API ([^;]+);`)
	constantPattern = regexp.MustCompile(`(?m)^(?:    |#define )(TONGXING_[A-Z_]+) (?:=|\(|[0-9])`)
	structPattern   = regexp.MustCompile(`(?s)typedef struct (\w+) \{(.*?)\n\}`)
	memberPattern   = regexp.MustCompile(`(?m)^    ([^;]*?)(\w+);`)
	blanks          = regexp.MustCompile(`\s+`)
)

// TestTheCInterfaceStays holds the library and its header to the listing: the names
// with their versions, the declarations, the values of constants, and where the
// compiler puts each member.
func TestTheCInterfaceStays(t *testing.T) {
	data, err := os.ReadFile("tongxing.h")
	if err != nil {
		t.Fatal(err)
	}
	header := string(data)
	library := filepath.Join(installed(t), "lib/libtongxing.so")
	var lines []string
	for _, symbol := range strings.Fields(run(t, "nm", "-D", "--defined-only", "--with-symbol-versions", "--format=just-symbols", library)) {
		if strings.Contains(symbol, "tongxing_") {
			lines = append(lines, "symbol "+symbol)
		}
	}
	shared, err := elf.Open(library)
	if err != nil {
		t.Fatal(err)
	}
	defer shared.Close()
	names, err := shared.DynString(elf.DT_SONAME)
	if err != nil || len(names) != 1 {
		t.Fatalf("soname %q, error %v", names, err)
	}
	lines = append(lines, "soname "+names[0])
	for _, found := range functionPattern.FindAllStringSubmatch(header, -1) {
		lines = append(lines, "function "+strings.TrimSpace(blanks.ReplaceAllString(found[1], " ")))
	}
	lines = append(lines, strings.Split(strings.TrimSpace(run(t, layoutProgram(t, header))), "\n")...)
	if len(lines) < 7+1+7+13+6 {
		t.Fatalf("%d lines only:\n%s", len(lines), strings.Join(lines, "\n"))
	}
	apitest.Hold(t, "libtongxing", lines)
}

// layoutProgram compiles a program that prints what the compiler makes of the header.
func layoutProgram(t *testing.T, header string) string {
	t.Helper()
	var source strings.Builder
	source.WriteString("#include <stddef.h>\n#include <stdio.h>\n#include <tongxing.h>\nint main(void) {\n")
	for _, found := range constantPattern.FindAllStringSubmatch(header, -1) {
		fmt.Fprintf(&source, "printf(\"constant %[1]s = %%lld\\n\", (long long)%[1]s);\n", found[1])
	}
	for _, found := range structPattern.FindAllStringSubmatch(header, -1) {
		name := found[1]
		fmt.Fprintf(&source, "printf(\"struct %[1]s, %%zu bytes, aligned to %%zu\\n\", sizeof(%[1]s), _Alignof(%[1]s));\n", name)
		for _, member := range memberPattern.FindAllStringSubmatch(found[2], -1) {
			fmt.Fprintf(&source, "printf(\"struct %[1]s, at %%zu: %[3]s%[2]s\\n\", offsetof(%[1]s, %[2]s));\n", name, member[2], member[1])
		}
	}
	source.WriteString("return 0;\n}\n")
	path := filepath.Join(t.TempDir(), "layout.c")
	if err := os.WriteFile(path, []byte(source.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	program := strings.TrimSuffix(path, ".c")
	run(t, "gcc", "-std=c11", "-Wall", "-Wextra", "-Werror", "-I"+filepath.Join(installed(t), "include"), path, "-o", program)
	return program
}
