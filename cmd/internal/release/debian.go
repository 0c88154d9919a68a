package main

import (
	"bytes"
	"compress/gzip"
	"crypto/md5" // what dpkg -V compares files with; nothing is trusted by it
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/tongxing/tongxing/cmd/internal/release/archive"
)

// placed is where files of the sources go in a Debian package.
var placed = []struct{ from, to string }{
	{"ops/systemd/*.service", "lib/systemd/system"},
	{"ops/systemd/*.env", "etc/tongxing"},
	{"ops/tongxing.toml", "etc/tongxing"},
	{"ops/runbook.md", "usr/share/doc/tongxing"},
	{"README.md", "usr/share/doc/tongxing"},
	{"SECURITY.md", "usr/share/doc/tongxing"},
	{"packaging/debian/README.Debian", "usr/share/doc/tongxing"},
}

// completionFolders are where Debian's shells look; PowerShell there has no place.
var completionFolders = map[string]string{
	"bash": "usr/share/bash-completion/completions", "zsh": "usr/share/zsh/vendor-completions", "fish": "usr/share/fish/vendor_completions.d",
}

// debian makes a Debian package from the tree of the archive.
func (m *maker) debian(tree archive.Tree, p platform) error {
	data := archive.Tree{}
	for name, file := range tree {
		if err := m.place(data, name, file); err != nil {
			return err
		}
	}
	for _, rule := range placed {
		paths, err := filepath.Glob(filepath.FromSlash(rule.from))
		if err != nil {
			return err
		}
		for _, source := range paths {
			text, err := os.ReadFile(source)
			if err != nil {
				return err
			}
			// What a package installs is not below /usr/local (FHS 3.0, 4.9).
			text = bytes.ReplaceAll(text, []byte("/usr/local/"), []byte("/usr/"))
			data[rule.to+"/"+filepath.Base(source)] = archive.File{Data: text}
		}
	}
	control, err := m.control(data, p)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := archive.Deb(&out, control, data, m.at); err != nil {
		return err
	}
	m.made["tongxing_"+m.version+"_"+p.processor+".deb"] = out.Bytes()
	return nil
}

// place puts a file of the archive where Debian has it.
func (m *maker) place(data archive.Tree, name string, file archive.File) error {
	base := path.Base(name)
	switch first, _, _ := strings.Cut(name, "/"); first {
	case "bin":
		data["usr/"+name] = file
	case "man":
		return m.squeezed(data, "usr/share/"+name+".gz", file.Data)
	case "completions":
		if folder, ok := completionFolders[path.Base(path.Dir(name))]; ok {
			data[folder+"/"+base] = file
		}
	case "NOTICES.txt":
		return m.copyright(data, file.Data)
	case "CHANGELOG.md":
		return m.squeezed(data, "usr/share/doc/tongxing/changelog.gz", file.Data)
	}
	return nil
}

// copyright is the file that every package of Debian has, with the licences of what is
// linked behind it.
func (m *maker) copyright(data archive.Tree, linked []byte) error {
	text := "Tongxing " + m.version + "\nThe Tongxing authors. Licence: Apache-2.0, whose text is in /usr/share/common-licenses/Apache-2.0.\n" +
		"What the programs contain from elsewhere, with its licences, is in NOTICES.txt.gz beside this file.\n"
	data["usr/share/doc/tongxing/copyright"] = archive.File{Data: []byte(text)}
	return m.squeezed(data, "usr/share/doc/tongxing/NOTICES.txt.gz", linked)
}

func (m *maker) squeezed(data archive.Tree, name string, text []byte) error {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := w.Write(text); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	data[name] = archive.File{Data: out.Bytes()}
	return nil
}

// control is what dpkg is told: packaging/debian with what follows from the files.
func (m *maker) control(data archive.Tree, p platform) (archive.Tree, error) {
	tree := archive.Tree{}
	var size int
	var sums, kept strings.Builder
	for _, name := range data.Names() {
		size += (len(data[name].Data) + 1023) / 1024
		fmt.Fprintf(&sums, "%x  %s\n", md5.Sum(data[name].Data), name)
		if strings.HasPrefix(name, "etc/") {
			kept.WriteString("/" + name + "\n")
		}
	}
	tree["md5sums"] = archive.File{Data: []byte(sums.String())}
	tree["conffiles"] = archive.File{Data: []byte(kept.String())}
	for _, script := range []string{"postinst", "prerm", "postrm"} {
		text, err := os.ReadFile(filepath.Join("packaging", "debian", script))
		if err != nil {
			return nil, err
		}
		tree[script] = archive.File{Data: text, Mode: executable}
	}
	text, err := os.ReadFile(filepath.Join("packaging", "debian", "control"))
	if err != nil {
		return nil, err
	}
	filled := strings.NewReplacer("@VERSION@", m.version, "@ARCHITECTURE@", p.processor, "@SIZE@", fmt.Sprint(size)).Replace(string(text))
	tree["control"] = archive.File{Data: []byte(filled)}
	return tree, nil
}
