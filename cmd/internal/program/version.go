package program

import (
	"context"
	_ "embed"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
)

// versionText is the one place of the release's number; what else carries it (the npm
// package, the Debian package, the change log) is held to it.
//
//go:embed version.txt
var versionText string

// commit is set by the linker where a release is made (-X): its build reads no
// version control, so that one folder's bytes are another's.
var commit string

// Version is the version of the release that the programs are of, by semantic
// versioning: "0.1.0".
func Version() string { return strings.TrimSpace(versionText) }

// Commit is the commit that the program was built from, or "" where nobody said.
// "+" behind it: with changes that are not committed.
func Commit() string {
	if commit != "" {
		return commit
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	revision, changed := "", ""
	for _, setting := range info.Settings {
		switch {
		case setting.Key == "vcs.revision":
			revision = setting.Value
		case setting.Key == "vcs.modified" && setting.Value == "true":
			changed = "+"
		}
	}
	if revision == "" {
		return ""
	}
	return revision + changed
}

// Format is something that the program reads or writes and whose meaning has a
// version: a code, a file, a schema, an interface.
type Format struct {
	Key string // of its words, "format_bundle"; "bundle" in JSON
	ID  string // as it stands in what is written: "tongxing/bundle/1"
}

// versionView is what version --json prints.
type versionView struct {
	Program  string            `json:"program"`
	Version  string            `json:"version"`
	Commit   string            `json:"commit,omitempty"`
	Go       string            `json:"go"`
	Platform string            `json:"platform"`
	Formats  map[string]string `json:"formats"`
}

func (p *Program) versionCommand() *cobra.Command {
	return p.Command("version", "version", cobra.NoArgs, func(context.Context, []string) error {
		v := versionView{
			Program: p.Name, Version: Version(), Commit: Commit(), Go: runtime.Version(),
			Platform: runtime.GOOS + "/" + runtime.GOARCH, Formats: map[string]string{},
		}
		for _, f := range p.Formats {
			v.Formats[strings.TrimPrefix(f.Key, "format_")] = f.ID
		}
		if p.JSON {
			return p.PrintJSON(v)
		}
		from := v.Commit
		if from == "" {
			from = p.Lang.Say("version_no_commit")
		}
		p.Say("version", v.Program, v.Version, from, v.Go, v.Platform)
		for _, f := range p.Formats {
			p.Say("version_format", p.Lang.Say(f.Key), f.ID)
		}
		return nil
	})
}
