package main

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"

	"github.com/tongxing/tongxing/cmd/internal/release/archive"
	"github.com/tongxing/tongxing/cmd/internal/release/sbom"
)

// documents are the texts that go along where they are.
var documents = []string{"LICENSE", "README.md", "CHANGELOG.md", "SECURITY.md"}

// make makes everything of a release in memory.
func (m *maker) make(ctx context.Context, wanted []platform) error {
	m.made = map[string][]byte{}
	first := wanted
	if !slices.Contains(wanted, host) { // its programs say what their help is
		first = append([]platform{host}, wanted...)
	}
	for _, p := range first {
		if err := m.build(ctx, p); err != nil {
			return err
		}
	}
	if err := m.document(ctx); err != nil {
		return err
	}
	bill := sbom.Release{Name: "tongxing", Version: m.version, Commit: m.commit, Go: runtime.Version(), License: "Apache-2.0", At: m.at}
	for _, p := range wanted {
		built, err := m.platform(ctx, p)
		if err != nil {
			return err
		}
		bill.Programs = append(bill.Programs, built...)
	}
	data, err := sbom.Write(bill)
	if err != nil {
		return err
	}
	m.made["tongxing-"+m.version+".cdx.json"] = data
	return nil
}

// platform makes the archives of one platform.
func (m *maker) platform(ctx context.Context, p platform) ([]sbom.Program, error) {
	var (
		built []sbom.Program
		parts []part
		tree  = archive.Tree{}
	)
	for _, name := range p.programs() {
		data, err := os.ReadFile(filepath.Join(m.folder(p), name+p.suffix()))
		if err != nil {
			return nil, err
		}
		linked, err := m.linked(ctx, p, name)
		if err != nil {
			return nil, err
		}
		one := sbom.Program{Name: name, Platform: p.String(), Data: data}
		for _, each := range linked {
			one.Contains = append(one.Contains, each.Part)
		}
		built, parts = append(built, one), append(parts, linked...)
		tree["bin/"+name+p.suffix()] = archive.File{Data: data, Mode: executable}
	}
	tree["NOTICES.txt"] = archive.File{Data: noticesOf(parts)}
	if err := addDocuments(tree); err != nil {
		return nil, err
	}
	m.addHelp(tree, p)
	if err := m.pack(tree, p); err != nil {
		return nil, err
	}
	if p.system != "linux" {
		return built, nil
	}
	return built, m.debian(tree, p)
}

func addDocuments(tree archive.Tree) error {
	for _, name := range documents {
		data, err := os.ReadFile(name)
		if os.IsNotExist(err) {
			continue
		} else if err != nil {
			return err
		}
		tree[name] = archive.File{Data: data}
	}
	return nil
}

// addHelp adds the manual and the completions.
func (m *maker) addHelp(tree archive.Tree, p platform) {
	for folder, all := range map[string]map[string][]byte{"man/": m.pages, "completions/": m.completions} {
		for name, data := range all {
			if p.belongs(name) {
				tree[folder+name] = archive.File{Data: data}
			}
		}
	}
}

// pack makes the archive that people unpack: everything below a folder of its name.
func (m *maker) pack(tree archive.Tree, p platform) error {
	name := "tongxing-" + m.version + "-" + p.String()
	below := archive.Tree{}
	for path, file := range tree {
		below[name+"/"+path] = file
	}
	var out bytes.Buffer
	if p.system == "windows" {
		err := below.Zip(&out, m.at)
		m.made[name+".zip"] = out.Bytes()
		return err
	}
	err := below.TarGz(&out, m.at)
	m.made[name+".tar.gz"] = out.Bytes()
	return err
}

// executable is the mode of what is run.
const executable fs.FileMode = 0o755
