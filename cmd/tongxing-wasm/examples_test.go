package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// maxPackage is the most bytes of the npm package, all its files compressed with
// brotli; of a mini-program's package the limit is a test of its own.
const maxPackage = 1_500_000

const exampleTime = "2022-08-10T01:00:00Z"

// packed installs the package as npm packs it into a copy of an example's folder.
func packed(t *testing.T, example string) string {
	t.Helper()
	folder := t.TempDir()
	if err := os.CopyFS(folder, os.DirFS(filepath.Join("..", "..", "examples", example))); err != nil {
		t.Fatal(err)
	}
	into := filepath.Join(folder, "node_modules", "@tongxing", "verifier")
	if err := os.MkdirAll(into, 0o755); err != nil {
		t.Fatal(err)
	}
	pack := exec.Command("npm", "pack", "--ignore-scripts", "--silent", "--pack-destination", folder)
	pack.Dir = built(t)
	name, err := pack.Output()
	if err != nil {
		t.Fatal(err)
	}
	archive := filepath.Join(folder, strings.TrimSpace(string(name)))
	if output, err := exec.Command("tar", "-xzf", archive, "-C", into, "--strip-components=1").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	return folder
}

// given are what the examples are called with: bundle, anchor and code.
func given(t *testing.T) (bundle, anchor, code string) {
	t.Helper()
	folder := frames(t)
	read := func(name string) string {
		content, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		return strings.TrimSuffix(string(content), "\n")
	}
	return filepath.Join(folder, "older.bundle"), read("anchor.txt"), read("code.txt")
}

func TestTheExampleInJavaScriptRuns(t *testing.T) {
	bundle, anchor, code := given(t)
	c := exec.Command("node", "main.mjs", bundle, anchor, exampleTime)
	c.Dir, c.Stdin = packed(t, "js"), strings.NewReader(code+"\nTX1:AA\n")
	output, err := c.CombinedOutput()
	lines := strings.Split(string(output), "\n")
	if err != nil || len(lines) != 4 || lines[0] != "trust list 1.1" || !strings.HasPrefix(lines[1], "check no_status_list ") || !strings.HasPrefix(lines[2], "unverified damaged_text - ") {
		t.Errorf("%v\n%s", err, output)
	}
}

// What the README shows runs as it stands, with what it takes for granted before it.
func TestTheExampleOfTheReadmeRuns(t *testing.T) {
	bundle, anchor, code := given(t)
	folder := packed(t, "js")
	for _, name := range []string{"README.md", "README.zh.md"} {
		text, err := os.ReadFile(filepath.Join(packageFolder, name))
		if err != nil {
			t.Fatal(err)
		}
		_, after, _ := strings.Cut(string(text), "```js\n")
		example, _, found := strings.Cut(after, "```")
		if !found {
			t.Fatalf("%s has no example", name)
		}
		before := fmt.Sprintf("import { readFileSync } from 'node:fs'\nconst [bundle, anchor, code] = [readFileSync(%q), %q, %q]\n", bundle, anchor, code)
		if err := os.WriteFile(filepath.Join(folder, "readme.mjs"), []byte(before+example), 0o600); err != nil {
			t.Fatal(err)
		}
		// The code has expired since, and the trust material is old.
		if output := string(node(t, folder, nil, "readme.mjs")); !strings.HasPrefix(output, "unverified ") {
			t.Errorf("%s: %s", name, output)
		}
	}
}

func TestTheExampleInTypeScriptCompilesAndRuns(t *testing.T) {
	bundle, anchor, code := given(t)
	folder := packed(t, "typescript")
	compiler := filepath.Join(folder, "node_modules", "typescript", "bin", "tsc")
	if _, err := os.Stat(compiler); err != nil {
		t.Fatalf("the packages of examples/typescript are missing: run make setup (%v)", err)
	}
	node(t, folder, nil, compiler, "-p", ".")
	if output := string(node(t, folder, nil, "main.js", bundle, anchor, exampleTime, code)); output != "1.1 unverified holder_mismatch\n" {
		t.Errorf("%s", output)
	}
}

// What the types promise is what the calls take, and give.
func TestTheTypesTakeWhatTheCallsTake(t *testing.T) {
	folder := packed(t, "typescript")
	types, err := os.ReadFile(filepath.Join(packageFolder, "test", "types.ts"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "main.ts"), types, 0o600); err != nil {
		t.Fatal(err)
	}
	node(t, folder, nil, filepath.Join("node_modules", "typescript", "bin", "tsc"), "-p", ".", "--noEmit")
}

// A page and its worker, each in one script, as embedders ship them.
func TestABundlerTakesThePackage(t *testing.T) {
	bundle, anchor, code := given(t)
	bundler := filepath.Join(packageFolder, "test", "bundler")
	if _, err := os.Stat(filepath.Join(bundler, "node_modules")); err != nil {
		t.Fatalf("the packages of js/verifier/test/bundler are missing: run make setup (%v)", err)
	}
	if output := string(node(t, bundler, nil, "bundle.mjs", packed(t, "js"), bundle, anchor, exampleTime, code)); output != "ok ok\n" {
		t.Errorf("%s", output)
	}
}

func TestTheExampleOfAMiniProgramRuns(t *testing.T) {
	bundle, anchor, code := given(t)
	folder := t.TempDir()
	if err := os.CopyFS(folder, os.DirFS(filepath.Join("..", "..", "examples", "mini-program"))); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(filepath.Join(folder, "tongxing"), os.DirFS(miniProgram(t))); err != nil {
		t.Fatal(err)
	}
	if output := string(node(t, folder, nil, "run.mjs", bundle, anchor, exampleTime, code)); output != "no_trust\n1.1\nno_status_list\nbundle_not_anchored no_trust\n" {
		t.Errorf("%s", output)
	}
}

// buildMiniProgram makes the folder for mini-programs, once for all tests: it
// compresses the module at brotli's best.
var buildMiniProgram = sync.OnceValues(func() ([]byte, error) {
	return exec.Command(filepath.Join(packageFolder, "build-mini-program")).CombinedOutput()
})

func miniProgram(t *testing.T) string {
	t.Helper()
	folder := built(t)
	if output, err := buildMiniProgram(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	return filepath.Join(folder, "dist", "mini-program")
}

func TestTheBuildForMiniProgramsHoldsTheirLimits(t *testing.T) {
	miniProgram(t)
	node(t, packageFolder, []string{"FRAMES=" + frames(t)}, "--test", filepath.Join("test", "mini-program.test.mjs"))
}

// The package holds what it needs, nothing else, and is small enough.
func TestThePackageIsSmallEnough(t *testing.T) {
	folder := filepath.Join(packed(t, "js"), "node_modules", "@tongxing", "verifier")
	for _, name := range []string{"README.md", "README.zh.md", "LICENSE", "dist/LICENSE-go", "dist/tongxing.wasm", "index.d.ts", "src/worker.js"} {
		if _, err := os.Stat(filepath.Join(folder, name)); err != nil {
			t.Error(err)
		}
	}
	for _, name := range []string{"test", "scripts", "dist/mini-program", "build"} {
		if _, err := os.Stat(filepath.Join(folder, name)); err == nil {
			t.Errorf("%s is in the package", name)
		}
	}
	if size := compressed(t, folder); size > maxPackage {
		t.Errorf("%d bytes, at most %d", size, maxPackage)
	}
}

// compressed is how many bytes the files of the package have with brotli: the
// module, which the build for mini-programs has compressed already, and the rest.
func compressed(t *testing.T, folder string) int {
	t.Helper()
	module, err := os.ReadFile(filepath.Join(miniProgram(t), "tongxing.wasm.br"))
	if err != nil {
		t.Fatal(err)
	}
	arguments := []string{filepath.Join("scripts", "compress.mjs")}
	err = filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() && entry.Name() != "tongxing.wasm" {
			arguments = append(arguments, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	rest, err := strconv.Atoi(string(bytes.TrimSpace(node(t, packageFolder, nil, arguments...))))
	if err != nil {
		t.Fatal(err)
	}
	return len(module) + rest
}
