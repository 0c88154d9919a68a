// Package archive writes the archives of a release: the same entries are the same
// bytes, whoever writes them, where and when. Entries are in the order of their
// names, belong to nobody (root, 0), and are all of one time.
//
//	tree := archive.Tree{"tongxing-0.1.0/LICENSE": {Data: text}, "tongxing-0.1.0/bin/tongxing": {Data: program, Mode: 0o755}}
//	tree.TarGz(w, time.Unix(1660089600, 0))   // folders are entries of their own
//
// A Debian package is an ar archive of three members (deb(5)), of which two are such
// tar archives.
package archive

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"time"
)

// File is one file. The zero Mode is 0644.
type File struct {
	Data []byte
	Mode fs.FileMode // permissions
}

// Tree is files by their names, which are relative and have slashes.
type Tree map[string]File

// entry is a file or folder of an archive.
type entry struct {
	name string // a folder's ends in a slash
	mode fs.FileMode
	data []byte
}

// entries are the files with the folders that they are in, each folder before what is
// in it.
func (t Tree) entries() []entry {
	folders := map[string]bool{}
	var all []entry
	for name, file := range t {
		mode := file.Mode
		if mode == 0 {
			mode = 0o644
		}
		all = append(all, entry{name, mode, file.Data})
		for folder := path.Dir(name); folder != "." && !folders[folder]; folder = path.Dir(folder) {
			folders[folder] = true
			all = append(all, entry{folder + "/", 0o755, nil})
		}
	}
	slices.SortFunc(all, func(a, b entry) int { return strings.Compare(a.name, b.name) })
	return all
}

// Names are the names of the files in their order.
func (t Tree) Names() []string { return slices.Sorted(maps.Keys(t)) }

// TarGz writes a tar archive (POSIX.1-2001) through gzip (RFC 1952) whose header says
// neither when nor where.
func (t Tree) TarGz(w io.Writer, at time.Time) error { return t.tarGz(w, "", at) }

func (t Tree) tarGz(w io.Writer, prefix string, at time.Time) error {
	packed, err := gzip.NewWriterLevel(w, gzip.BestCompression)
	if err != nil {
		return err
	}
	out := tar.NewWriter(packed)
	if prefix != "" { // Debian's archives have the root as an entry
		if err := out.WriteHeader(&tar.Header{Typeflag: tar.TypeDir, Name: prefix, Mode: 0o755, Uname: "root", Gname: "root", ModTime: at}); err != nil {
			return err
		}
	}
	for _, e := range t.entries() {
		header := &tar.Header{
			Typeflag: tar.TypeReg, Name: prefix + e.name, Mode: int64(e.mode.Perm()), Size: int64(len(e.data)),
			Uname: "root", Gname: "root", ModTime: at,
		}
		if strings.HasSuffix(e.name, "/") {
			header.Typeflag = tar.TypeDir
		}
		if err := out.WriteHeader(header); err != nil {
			return fmt.Errorf("archive: %s: %w", e.name, err)
		}
		if _, err := out.Write(e.data); err != nil {
			return fmt.Errorf("archive: %s: %w", e.name, err)
		}
	}
	if err := out.Close(); err != nil {
		return err
	}
	return packed.Close()
}

// Zip writes a zip archive. Its times are UTC.
func (t Tree) Zip(w io.Writer, at time.Time) error {
	out := zip.NewWriter(w)
	for _, e := range t.entries() {
		header := &zip.FileHeader{Name: e.name, Method: zip.Deflate, Modified: at.UTC()}
		header.SetMode(e.mode)
		if strings.HasSuffix(e.name, "/") {
			header.Method = zip.Store
			header.SetMode(e.mode | fs.ModeDir)
		}
		part, err := out.CreateHeader(header)
		if err != nil {
			return fmt.Errorf("archive: %s: %w", e.name, err)
		}
		if _, err := part.Write(e.data); err != nil {
			return fmt.Errorf("archive: %s: %w", e.name, err)
		}
	}
	return out.Close()
}

// Deb writes a Debian package (deb(5), format 2.0): what it installs, and what
// dpkg is told about it.
func Deb(w io.Writer, control, data Tree, at time.Time) error {
	var members [2]bytes.Buffer
	for i, tree := range []Tree{control, data} {
		if err := tree.tarGz(&members[i], "./", at); err != nil {
			return err
		}
	}
	if _, err := io.WriteString(w, "!<arch>\n"); err != nil {
		return err
	}
	for _, member := range []struct {
		name string
		data []byte
	}{{"debian-binary", []byte("2.0\n")}, {"control.tar.gz", members[0].Bytes()}, {"data.tar.gz", members[1].Bytes()}} {
		header := fmt.Sprintf("%-16s%-12d%-6d%-6d%-8s%-10d`\n", member.name, at.Unix(), 0, 0, "100644", len(member.data))
		if len(member.data)%2 == 1 { // members begin at even places
			member.data = append(slices.Clip(member.data), '\n')
		}
		if _, err := io.WriteString(w, header); err != nil {
			return err
		}
		if _, err := w.Write(member.data); err != nil {
			return err
		}
	}
	return nil
}
