package program_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/tongxing/tongxing/cmd/internal/program"
)

func TestTheVersionIsSemantic(t *testing.T) {
	if !regexp.MustCompile(`^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?$`).MatchString(program.Version()) {
		t.Errorf("version.txt: %q", program.Version())
	}
}

// TestThePackageForJavaScriptHasTheVersionOfTheRelease holds what carries the number
// a second time, where nothing can embed version.txt.
func TestThePackageForJavaScriptHasTheVersionOfTheRelease(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("..", "..", "..", "js", "verifier", "package.json"))
	if err != nil {
		t.Fatal(err)
	}
	var its struct {
		Version string `json:"version"`
	}
	if err := json.Unmarshal(data, &its); err != nil || its.Version != program.Version() {
		t.Errorf("package.json has %q, version.txt %q (%v)", its.Version, program.Version(), err)
	}
}

func TestVersionSaysWhatTheProgramIsMadeOfAndKnows(t *testing.T) {
	know := func(p *program.Program) {
		p.Formats = []program.Format{{Key: "format_bundle", ID: "tongxing/bundle/1"}}
	}
	for lang, want := range map[string]string{"zh": "信任包：tongxing/bundle/1\n", "en": "bundle: tongxing/bundle/1\n"} {
		got := runOne(nil, know, "version", "--lang="+lang)
		if !strings.HasPrefix(got.stdout, "tongxing "+program.Version()+"\n") || !strings.Contains(got.stdout, want) || !strings.Contains(got.stdout, runtime.GOOS+"/"+runtime.GOARCH) {
			t.Errorf("%s: %q", lang, got.stdout)
		}
	}
	var its map[string]any
	if got := runOne(nil, know, "version", "--json"); json.Unmarshal([]byte(got.stdout), &its) != nil {
		t.Fatalf("%q", got.stdout)
	}
	formats, _ := its["formats"].(map[string]any)
	if its["program"] != "tongxing" || its["version"] != program.Version() || its["go"] != runtime.Version() || formats["bundle"] != "tongxing/bundle/1" {
		t.Errorf("%v", its)
	}
}

func TestTheUsualFlagAsksForTheVersionToo(t *testing.T) {
	for _, more := range [][]string{nil, {"--json"}, {"--lang", "zh"}} {
		want, got := runOne(nil, nil, append([]string{"version"}, more...)...), runOne(nil, nil, append([]string{"--version"}, more...)...)
		if got != want || got.status != program.StatusOK {
			t.Errorf("%q: %+v, want %+v", more, got, want)
		}
	}
}

func TestEveryProgramCompletesInEveryShell(t *testing.T) {
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		if got := runOne(nil, nil, "completion", shell); got.status != program.StatusOK || !strings.Contains(got.stdout, "tongxing") {
			t.Errorf("%s: status %d, %q", shell, got.status, got.stderr)
		}
	}
	for flag, want := range map[string]string{"--lang": "zh\nen\n", "--log-level": "debug\ninfo\n", "--log-format": "text\njson\n"} {
		if got := runOne(nil, nil, "__complete", "key", flag, ""); !strings.HasPrefix(got.stdout, want) {
			t.Errorf("%s: %q, want %q", flag, got.stdout, want)
		}
	}
	if got := runOne(nil, nil, "completion", "csh"); got.status != program.StatusUsage {
		t.Errorf("csh: status %d, %q", got.status, got.stderr)
	}
}

func TestThePageOfACommandIsPrintedAndThoseOfAllAreWritten(t *testing.T) {
	if got := runOne(nil, nil, "man", "key"); !strings.HasPrefix(got.stdout, ".TH \"TONGXING\\-KEY\" 1 ") {
		t.Errorf("%q %q", got.stdout, got.stderr)
	}
	if got := runOne(nil, nil, "man", "kye"); got.status != program.StatusUsage {
		t.Errorf("a command that there is not: status %d", got.status)
	}
	if got := runOne(nil, nil, "man", "--date", "soon"); got.status != program.StatusUsage {
		t.Errorf("a date that is none: status %d", got.status)
	}
	folder := filepath.Join(t.TempDir(), "man1")
	if got := runOne(nil, nil, "man", "--out", folder, "--date", "2022-08-10", "--lang", "zh"); got.status != program.StatusOK {
		t.Fatalf("%q", got.stderr)
	}
	page, err := os.ReadFile(filepath.Join(folder, "tongxing-key.1"))
	if err != nil || !strings.Contains(string(page), "2022\\-08\\-10") || !strings.Contains(string(page), ".SH \"名称\"") {
		t.Errorf("%v: %s", err, page)
	}
}
