package main

import (
	"bytes"
	"context"
	"debug/buildinfo"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/tongxing/tongxing/cmd/internal/release/notices"
	"github.com/tongxing/tongxing/cmd/internal/release/sbom"
)

// part is something from elsewhere with its licences.
type part struct {
	sbom.Part
	texts []notices.Text
}

// asset is something from elsewhere that stands in our sources and that a program
// contains which links the package.
type asset struct {
	url, name, version string
	where              string // package that embeds it
	licence            string // file
}

var assets = []asset{
	{"pkg:npm/zxing-wasm@3.1.4", "zxing-wasm", "3.1.4", "gate/page", "gate/page/web/assets/zxing/LICENSE"},
	// zxing-wasm has it inside; it is under the licence that this project is under too.
	{"pkg:github/zxing-cpp/zxing-cpp", "zxing-cpp", "as in zxing-wasm 3.1.4", "gate/page", "LICENSE"},
	{"pkg:npm/%40expo-google-fonts/noto-sans-sc@0.4.3", "Noto Sans SC, a part of it as WOFF2", "0.4.3", "gate/page", "gate/page/web/assets/fonts/OFL.txt"},
	{"pkg:generic/noto-sans-sc", "Noto Sans SC and parts of Noto Sans, Noto Sans HK and JP", "as in fonts/", "fonts", "fonts/OFL.txt"},
}

// linked returns what a built program contains from elsewhere, and whether it links a
// package of ours.
func (m *maker) linked(ctx context.Context, p platform, name string) ([]part, error) {
	info, err := buildinfo.ReadFile(filepath.Join(m.folder(p), name+p.suffix()))
	if err != nil {
		return nil, err
	}
	all, err := modules(ctx, info)
	if err != nil {
		return nil, err
	}
	packages, err := output(ctx, "go", "list", "-deps", "./cmd/"+name)
	if err != nil {
		return nil, err
	}
	for _, a := range assets {
		if !slices.Contains(strings.Fields(string(packages)), module+"/"+a.where) {
			continue
		}
		data, err := os.ReadFile(filepath.FromSlash(a.licence))
		if err != nil {
			return nil, err
		}
		all = append(all, partOf(sbom.Part{URL: a.url, Name: a.name, Version: a.version}, []notices.Text{{Name: filepath.Base(a.licence), Data: data}}))
	}
	return all, nil
}

func partOf(p sbom.Part, texts []notices.Text) part {
	p.Licenses = notices.Part{Texts: texts}.IDs()
	return part{p, texts}
}

// fetched is a line of go mod download -json.
type fetched struct{ Path, Version, Dir, Sum string }

// modules returns the standard library and the modules that a program says it
// contains, with the licences in their folders.
func modules(ctx context.Context, info *buildinfo.BuildInfo) ([]part, error) {
	goroot, err := output(ctx, "go", "env", "GOROOT")
	if err != nil {
		return nil, err
	}
	texts, err := notices.Of(os.DirFS(strings.TrimSpace(string(goroot))))
	if err != nil {
		return nil, fmt.Errorf("go: %w", err)
	}
	version := strings.TrimPrefix(runtime.Version(), "go")
	all := []part{partOf(sbom.Part{URL: "pkg:golang/std@" + version, Name: "The Go standard library", Version: version}, texts)}
	args := []string{"mod", "download", "-json"}
	for _, d := range info.Deps {
		if d.Replace == nil { // what is replaced is ours
			args = append(args, d.Path+"@"+d.Version)
		}
	}
	listing, err := output(ctx, "go", args...)
	if err != nil {
		return nil, err
	}
	for in := json.NewDecoder(bytes.NewReader(listing)); ; {
		var f fetched
		if err := in.Decode(&f); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, err
		}
		texts, err := notices.Of(os.DirFS(f.Dir))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Path, err)
		}
		all = append(all, partOf(sbom.Part{URL: "pkg:golang/" + f.Path + "@" + f.Version, Name: f.Path, Version: f.Version, Sum: f.Sum}, texts))
	}
}

// noticesOf are the licences of parts of several programs, each once.
func noticesOf(parts []part) []byte {
	var all []notices.Part
	for _, p := range parts {
		all = append(all, notices.Part{Name: p.Name, Version: p.Version, Texts: p.texts})
	}
	slices.SortFunc(all, func(a, b notices.Part) int { return strings.Compare(a.Name, b.Name) })
	all = slices.CompactFunc(all, func(a, b notices.Part) bool { return a.Name == b.Name })
	return notices.Write(all)
}
