package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

// platform is a system and a processor, as Go names them.
type platform struct{ system, processor string }

func (p platform) String() string { return p.system + "-" + p.processor }

// suffix is what a program's name ends in.
func (p platform) suffix() string {
	if p.system == "windows" {
		return ".exe"
	}
	return ""
}

// platforms are those that a release is for.
var platforms = []platform{
	{"linux", "amd64"}, {"linux", "arm64"}, {"windows", "amd64"}, {"windows", "arm64"}, {"darwin", "amd64"}, {"darwin", "arm64"},
}

// host is the platform that this program runs on.
var host = platform{runtime.GOOS, runtime.GOARCH}

// programs are those for everybody.
var programs = []string{"tongxing", "tongxing-gate", "tongxing-issuer"}

// programs are those of a platform. The signer needs what Linux alone has; it holds
// keys in files here, for tokens behind PKCS#11 need a build with cgo.
func (p platform) programs() []string {
	if p.system == "linux" {
		return append(slices.Clone(programs), "tongxing-signer")
	}
	return programs
}

// maker makes one release.
type maker struct {
	work    string // folder of its own
	version string
	commit  string
	at      time.Time

	pages, completions map[string][]byte
	made               map[string][]byte // by their names in the folder
}

const module = "github.com/tongxing/tongxing"

// folder is where the programs of a platform are built.
func (m *maker) folder(p platform) string { return filepath.Join(m.work, p.String()) }

// build builds the programs of a platform. No path, no version control and no build
// identifier (which follows from the sources' bytes, comments too) is in them.
func (m *maker) build(ctx context.Context, p platform) error {
	flags := "-s -w -buildid= -X " + module + "/cmd/internal/program.commit=" + m.commit
	args := []string{"build", "-trimpath", "-buildvcs=false", "-ldflags", flags, "-o", m.folder(p) + string(filepath.Separator)}
	for _, name := range p.programs() {
		args = append(args, "./cmd/"+name)
	}
	c := exec.CommandContext(ctx, "go", args...)
	c.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+p.system, "GOARCH="+p.processor, "GOAMD64=v1", "GOARM64=v8.0", "GOFLAGS=", "GOEXPERIMENT=", "GOWORK=off")
	c.Stderr = os.Stderr
	if err := c.Run(); err != nil {
		return fmt.Errorf("build for %s: %w", p, err)
	}
	return nil
}

// output runs a command and returns what it prints.
func output(ctx context.Context, name string, args ...string) ([]byte, error) {
	c := exec.CommandContext(ctx, name, args...)
	c.Stderr = os.Stderr
	c.Env = append(os.Environ(), "LC_ALL=C", "TZ=UTC")
	data, err := c.Output()
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", filepath.Base(name), strings.Join(args, " "), err)
	}
	return data, nil
}

// locales are the languages of the manual with their folders below man.
var locales = []struct{ language, folder string }{{"en", "man1"}, {"zh", "zh_CN/man1"}}

// shells are those that a completion is for, and what its file is called.
var shells = []struct{ shell, name string }{
	{"bash", "bash/%s"}, {"zsh", "zsh/_%s"}, {"fish", "fish/%s.fish"}, {"powershell", "powershell/%s.ps1"},
}

// document has the host's programs write their manual and their completions, which
// are the same for every platform.
func (m *maker) document(ctx context.Context) error {
	m.pages, m.completions = map[string][]byte{}, map[string][]byte{}
	for _, name := range host.programs() {
		command := filepath.Join(m.folder(host), name+host.suffix())
		for _, locale := range locales {
			folder := filepath.Join(m.work, "man", filepath.FromSlash(locale.folder))
			if _, err := output(ctx, command, "man", "--out", folder, "--date", m.at.Format(time.DateOnly), "--lang", locale.language); err != nil {
				return err
			}
		}
		for _, s := range shells {
			script, err := output(ctx, command, "completion", s.shell)
			if err != nil {
				return err
			}
			m.completions[fmt.Sprintf(s.name, name)] = script
		}
	}
	for _, locale := range locales {
		pages, err := filepath.Glob(filepath.Join(m.work, "man", filepath.FromSlash(locale.folder), "*.1"))
		if err != nil {
			return err
		}
		for _, path := range pages {
			page, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			m.pages[locale.folder+"/"+filepath.Base(path)] = page
		}
	}
	return nil
}

// belongs tells whether a page or completion is of a program of the platform.
func (p platform) belongs(name string) bool {
	return p.system == "linux" || !strings.Contains(filepath.Base(name), "tongxing-signer")
}
