package verifier_test

import (
	"debug/buildinfo"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/spec/vectors"
	"github.com/tongxing/tongxing/trustlist/publish/facts"
	"github.com/tongxing/tongxing/trustlist/trusttest"
)

const (
	guardFolder = "../examples/go"
	maxGuard    = 5 << 20 // bytes of the program, stripped; it has 4.7 million
)

// linked are the modules whose code is in a program that embeds the verifier.
var linked = []string{
	"github.com/emmansun/gmsm",
	"github.com/fxamacker/cbor/v2",
	"github.com/tongxing/tongxing",
	"github.com/x448/float16",
	"golang.org/x/crypto",
}

// buildGuard builds the example as a stranger does who has the modules: from a
// module of its own, and here without a network.
func buildGuard(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "guard")
	build := exec.Command("go", "build", "-ldflags=-s -w", "-o", program, ".")
	build.Dir = guardFolder
	build.Env = append(os.Environ(), "GOPROXY=off", "GOFLAGS=-mod=readonly", "GOWORK=off")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return program
}

func TestProgramThatEmbedsTheVerifierIsSmallAndLinksFourModules(t *testing.T) {
	program := buildGuard(t)
	info, err := buildinfo.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	var modules []string
	for _, module := range info.Deps {
		modules = append(modules, module.Path)
	}
	if !slices.Equal(modules, linked) {
		t.Errorf("linked: %q, want %q", modules, linked)
	}
	file, err := os.Stat(program)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d bytes", file.Size())
	if file.Size() > maxGuard {
		t.Errorf("%d bytes, at most %d", file.Size(), maxGuard)
	}
	testGuardSpeaks(t, program)
}

func testGuardSpeaks(t *testing.T, program string) {
	all, err := vectors.Load()
	if err != nil {
		t.Fatal(err)
	}
	good := all[slices.IndexFunc(all, func(v vectors.Vector) bool { return v.Name == "good-status-sm2" })]
	material, err := facts.FromVector(*good.Trust)
	if err != nil {
		t.Fatal(err)
	}
	bundle, anchor, err := (*trusttest.Material)(material).Bundle()
	if err != nil {
		t.Fatal(err)
	}
	file, hash := filepath.Join(t.TempDir(), "bundle.txb"), anchor.Hash()
	if err := os.WriteFile(file, bundle, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		code string
		at   time.Time
		want []string
	}{
		{good.Text, good.Time, []string{"pass: ", spec.ReasonOK.Text("zh"), "王*明 **"}},
		{good.Text, good.Time.Add(30 * 24 * time.Hour), []string{"unverified: ", spec.ReasonExpired.NextStep("zh")}},
		{"TX1:", good.Time, []string{"unverified: "}},
	} {
		out, err := exec.Command(program, file, hex.EncodeToString(hash[:]), c.code, c.at.Format(time.RFC3339)).CombinedOutput()
		for _, want := range c.want {
			if err != nil || !strings.Contains(string(out), want) {
				t.Errorf("%s at %s: %v\n%s, want %s", c.code, c.at, err, out, want)
			}
		}
	}
}
