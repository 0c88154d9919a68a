package archive_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/tongxing/tongxing/cmd/internal/release/archive"
)

var (
	at   = time.Unix(1660089600, 0)
	tree = archive.Tree{"t/bin/tongxing": {Data: []byte("program"), Mode: 0o755}, "t/LICENSE": {Data: []byte("text\n")}}
)

// listed are the entries of a tar archive: mode, owner, name.
func listed(t *testing.T, data []byte) []string {
	t.Helper()
	packed, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if !packed.ModTime.IsZero() || packed.Name != "" {
		t.Errorf("gzip says when and where: %v %q", packed.ModTime, packed.Name)
	}
	var all []string
	for in := tar.NewReader(packed); ; {
		h, err := in.Next()
		if errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		if !h.ModTime.Equal(at) || h.Uid != 0 || h.Gid != 0 {
			t.Errorf("%s: %v %d %d", h.Name, h.ModTime, h.Uid, h.Gid)
		}
		all = append(all, fmt.Sprintf("%o %s", h.Mode, h.Name))
	}
}

func written(t *testing.T, write func(io.Writer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestATarArchiveIsInOrderOfNobodyAndOfOneTime(t *testing.T) {
	data := written(t, func(w io.Writer) error { return tree.TarGz(w, at) })
	want := "755 t/|644 t/LICENSE|755 t/bin/|755 t/bin/tongxing"
	if got := strings.Join(listed(t, data), "|"); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestAZipArchiveHasTheSameAndOneTime(t *testing.T) {
	data := written(t, func(w io.Writer) error { return tree.Zip(w, at) })
	in, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range in.File {
		names = append(names, fmt.Sprintf("%o %s", f.Mode().Perm(), f.Name))
		if !f.Modified.Equal(at) {
			t.Errorf("%s: %v", f.Name, f.Modified)
		}
	}
	if got := strings.Join(names, "|"); got != "755 t/|644 t/LICENSE|755 t/bin/|755 t/bin/tongxing" {
		t.Error(got)
	}
}

// TestTheTimeZoneOfWhoWritesIsInNoArchive writes the same moment as two clocks show it.
func TestTheTimeZoneOfWhoWritesIsInNoArchive(t *testing.T) {
	there := at.In(time.FixedZone("UTC+8", 8*3600))
	for name, write := range map[string]func(io.Writer, time.Time) error{
		"tar": tree.TarGz, "zip": tree.Zip,
		"deb": func(w io.Writer, at time.Time) error { return archive.Deb(w, tree, tree, at) },
	} {
		a := written(t, func(w io.Writer) error { return write(w, at.UTC()) })
		b := written(t, func(w io.Writer) error { return write(w, there) })
		if !bytes.Equal(a, b) {
			t.Errorf("%s: other bytes", name)
		}
	}
}

func TestADebianPackageHasItsThreeMembersAtEvenPlaces(t *testing.T) {
	data := written(t, func(w io.Writer) error {
		return archive.Deb(w, archive.Tree{"control": {Data: []byte("Package: t\n")}}, tree, at)
	})
	rest, ok := bytes.CutPrefix(data, []byte("!<arch>\n"))
	if !ok {
		t.Fatal("no ar archive")
	}
	var names []string
	for len(rest) > 0 {
		var size int
		if _, err := fmt.Sscanf(string(rest[48:58]), "%d", &size); err != nil || string(rest[58:60]) != "`\n" {
			t.Fatalf("header %q: %v", rest[:60], err)
		}
		name := strings.TrimSpace(string(rest[:16]))
		names = append(names, name)
		if name == "data.tar.gz" {
			if got := listed(t, rest[60:60+size])[0]; got != "755 ./" {
				t.Errorf("the first entry is %s", got)
			}
		}
		rest = rest[60+size+size%2:]
	}
	if got := strings.Join(names, " "); got != "debian-binary control.tar.gz data.tar.gz" {
		t.Error(got)
	}
}

func ExampleTree_Names() {
	fmt.Println(tree.Names())
	// Output: [t/LICENSE t/bin/tongxing]
}
