package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/tongxing/tongxing/gate/gatetest"
	"github.com/tongxing/tongxing/gate/training"
)

// built is the program as it is shipped.
var built string

// TestMain builds the program and puts it on the path.
func TestMain(m *testing.M) {
	folder, err := os.MkdirTemp("", "tongxing-gate-test-*")
	if err == nil {
		built = filepath.Join(folder, "tongxing-gate")
		var out []byte
		if out, err = exec.Command("go", "build", "-ldflags", os.Getenv("TEST_LDFLAGS"), "-o", built, ".").CombinedOutput(); err != nil {
			err = fmt.Errorf("%w: %s", err, out)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "the program under test cannot be built:", err)
		os.Exit(1)
	}
	os.Setenv("PATH", folder+string(filepath.ListSeparator)+os.Getenv("PATH"))
	status := m.Run()
	os.RemoveAll(folder)
	os.Exit(status)
}

// now is the time of the training set, which the scripts work with.
const now = "2022-08-10T08:00:00+08:00"

// The scripts run the program as a guard does. Each has root.cose, the folder stick
// with a bundle, codes/N.txt, the codes of the training set by their numbers, and
// noise.txt.
func TestScripts(t *testing.T) {
	codes := gatetest.Codes(t)
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "script"),
		Setup: func(env *testscript.Env) error {
			for name, value := range map[string]string{"HOME": env.WorkDir, "LANG": "C", "LC_ALL": "", "AT": now} {
				env.Setenv(name, value)
			}
			bundle, root := training.Material()
			files := map[string]string{"root.cose": string(root), "stick/national.bundle": string(bundle)}
			files["noise.txt"] = strings.Repeat("A", 10<<20) + "\n" + codes[0].Text + "\r\n\x00\xff\xfe\n" + codes[0].Text
			for _, c := range codes {
				files[fmt.Sprintf("codes/%d.txt", c.Number)] = c.Text + "\n"
			}
			return write(env.WorkDir, files)
		},
	})
}

// write writes files below a folder.
func write(folder string, files map[string]string) error {
	for name, content := range files {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// The device holds no code that signs: neither by its packages, nor by what the
// linker left in it. TLS to a server that has bundles brings ECDSA of the standard
// library, which signs for clients with a certificate; the device has none.
func TestNoSigningCodeIsLinked(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	forbidden := regexp.MustCompile(`tongxing/(issuer|trustlist/(publish|jwks)|spec/vectors)|tjfoc|sigtest|modernc\.org|jackc`)
	for line := range strings.Lines(string(out)) {
		if forbidden.MatchString(line) {
			t.Errorf("links %s", strings.TrimSpace(line))
		}
	}
	symbols, err := exec.Command("go", "tool", "nm", built).Output()
	if err != nil || len(symbols) < 1<<16 {
		t.Fatalf("%d bytes of symbols: %v", len(symbols), err)
	}
	signing := regexp.MustCompile(`tongxing/issuer|tjfoc|gmsm/sm2\.\(?\*?(PrivateKey\)\.Sign|Sign|sign|GenerateKey)|cose\.Append?Sign\b`)
	for line := range strings.Lines(string(symbols)) {
		if signing.MatchString(line) {
			t.Errorf("has %s", strings.TrimSpace(line))
		}
	}
}
