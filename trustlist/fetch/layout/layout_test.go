package layout_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/tongxing/tongxing/spec/vectors"
	"github.com/tongxing/tongxing/trustlist/fetch/layout"
)

func pointerVectors(t testing.TB) []vectors.Pointer {
	t.Helper()
	all, err := vectors.LoadPointers()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestPointersOfTheSpecificationAreReadOrRefused(t *testing.T) {
	read := 0
	for _, v := range pointerVectors(t) {
		latest, err := layout.ParsePointer([]byte(v.Pointer))
		class := "ok"
		switch {
		case errors.Is(err, layout.ErrLaterVersion):
			class = "later"
		case errors.Is(err, layout.ErrNotAPointer):
			class = "not_a_pointer"
		case err != nil:
			class = err.Error()
		}
		if class != v.Expect || (latest == nil) != (err != nil) {
			t.Errorf("%s: %s (%v), want %s: %s", v.Name, class, err, v.Expect, v.Comment)
			continue
		}
		if err != nil {
			continue
		}
		read++
		if !bytes.Equal(latest.Bundle.Hash[:], v.Bundle.Hash) || latest.Bundle.Size != v.Bundle.Size || len(latest.Deltas) != len(v.Deltas) {
			t.Errorf("%s: %+v", v.Name, latest)
			continue
		}
		for i, want := range v.Deltas {
			got, found := latest.DeltaFrom([32]byte(want.From))
			if !found || !bytes.Equal(got.Hash[:], want.Hash) || got.Size != want.Size {
				t.Errorf("%s: delta %d is %+v", v.Name, i, got)
			}
		}
		requireEncodesBack(t, v.Name, latest, v.Pointer)
	}
	if read < 5 {
		t.Errorf("%d right ones: too few to prove anything", read)
	}
}

// requireEncodesBack checks that a pointer, lines of tomorrow aside, is written
// as it was read.
func requireEncodesBack(t *testing.T, name string, latest *layout.Latest, text string) {
	t.Helper()
	data, err := latest.Encode()
	if err != nil {
		t.Errorf("%s: %v", name, err)
	}
	if len(data) > layout.MaxPointer || !strings.Contains(name, "other-lines") && string(data) != text {
		t.Errorf("%s: encodes as\n%s", name, data)
	}
}

func TestABaseWithoutADeltaIsNotFound(t *testing.T) {
	latest := layout.Latest{Bundle: layout.File{Hash: [32]byte{1}, Size: 1}, Deltas: []layout.DeltaFile{{From: [32]byte{3}, File: layout.File{Size: 1}}}}
	for _, base := range []byte{0, 1, 2, 4} {
		if file, found := latest.DeltaFrom([32]byte{base}); found || file != (layout.File{}) {
			t.Errorf("%d: %+v", base, file)
		}
	}
}

func TestAPointerThatBreaksARuleIsNotWritten(t *testing.T) {
	file := layout.File{Hash: [32]byte{9}, Size: 100}
	from := func(first byte, size int64) layout.DeltaFile {
		return layout.DeltaFile{From: [32]byte{first}, File: layout.File{Size: size}}
	}
	many := make([]layout.DeltaFile, layout.MaxDeltas+1)
	for i := range many {
		many[i] = layout.DeltaFile{From: [32]byte{0, byte(i >> 8), byte(i)}, File: layout.File{Size: 1}}
	}
	for name, latest := range map[string]layout.Latest{
		"no size":         {},
		"bundle too big":  {Bundle: layout.File{Size: 64<<20 + 1}},
		"empty delta":     {Bundle: file, Deltas: []layout.DeltaFile{from(1, 0)}},
		"delta too big":   {Bundle: file, Deltas: []layout.DeltaFile{from(1, 65<<20+1)}},
		"unsorted":        {Bundle: file, Deltas: []layout.DeltaFile{from(2, 1), from(1, 1)}},
		"twice":           {Bundle: file, Deltas: []layout.DeltaFile{from(1, 1), from(1, 1)}},
		"from the newest": {Bundle: file, Deltas: []layout.DeltaFile{{From: file.Hash, File: file}}},
		"too many":        {Bundle: file, Deltas: many},
	} {
		if data, err := latest.Encode(); !errors.Is(err, layout.ErrNotAPointer) || data != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// [DIST-20]
func TestANameSaysWhatTheFileIs(t *testing.T) {
	hash := sha256.Sum256([]byte("content"))
	hex := fmt.Sprintf("%x", hash)
	for _, c := range []struct {
		name string
		kind layout.Kind
		hash [32]byte
	}{
		{"latest", layout.Pointer, [32]byte{}},
		{layout.BundleName(hash), layout.Bundle, hash},
		{layout.DeltaName(hash), layout.Delta, hash},
		{"bundle/" + hex + ".bundle", layout.Bundle, hash},
		{"delta/" + hex + ".delta", layout.Delta, hash},
	} {
		if kind, got, ok := layout.ParseName(c.name); !ok || kind != c.kind || got != c.hash {
			t.Errorf("%s: %v %x %v", c.name, kind, got, ok)
		}
	}
	for _, name := range []string{
		"", "/", "/latest", "latest/", "Latest", "bundle", "bundle/", "bundle/.bundle", "delta/..", "history", ".latest",
		"bundle/" + hex, "bundle/" + hex + ".delta", "delta/" + hex + ".bundle", "delta/" + hex[1:] + ".delta",
		"bundle/" + strings.ToUpper(hex) + ".bundle", "bundle/" + hex + ".bundle/", "bundle//" + hex + ".bundle",
		"bundle/../bundle/" + hex + ".bundle", "x/bundle/" + hex + ".bundle", "bundle/" + hex[:63] + "g.bundle", "bundle/" + hex + ".bundle\x00",
	} {
		if kind, got, ok := layout.ParseName(name); ok || kind != 0 || got != ([32]byte{}) {
			t.Errorf("%q is taken for %v", name, kind)
		}
	}
}

// FuzzParsePointer: what is read is within the bounds and written again as it
// was, lines of tomorrow aside.
func FuzzParsePointer(f *testing.F) {
	seeds := pointerVectors(f)
	if len(seeds) == 0 {
		f.Fatal("no seeds")
	}
	for _, v := range seeds {
		f.Add([]byte(v.Pointer))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		latest, err := layout.ParsePointer(data)
		if err != nil {
			return
		}
		first, err := latest.Encode()
		if err != nil {
			t.Fatal(err)
		}
		again, err := layout.ParsePointer(first)
		if err != nil {
			t.Fatal(err)
		}
		second, err := again.Encode()
		if err != nil || !bytes.Equal(first, second) || len(first) > len(data) {
			t.Fatalf("%q becomes %q: %v", data, first, err)
		}
	})
}

// FuzzParseName: a name that is taken is the one that the layout gives its file.
func FuzzParseName(f *testing.F) {
	f.Add("latest")
	f.Add(layout.BundleName([32]byte{1, 0xab}))
	f.Add(layout.DeltaName([32]byte{0xff}))
	f.Fuzz(func(t *testing.T, name string) {
		kind, hash, ok := layout.ParseName(name)
		want := map[layout.Kind]string{
			layout.Pointer: layout.PointerName, layout.Bundle: layout.BundleName(hash), layout.Delta: layout.DeltaName(hash),
		}[kind]
		if ok != (kind != 0) || ok && name != want {
			t.Fatalf("%q is taken for %q", name, want)
		}
	})
}

func ExampleParsePointer() {
	latest, err := layout.ParsePointer([]byte("tongxing/latest/1\n" +
		"bundle 6f1c3a0fd3ee2f4a5d9a8c7b6e5f4d3c2b1a09f8e7d6c5b4a3928170605f4e09 516225\n" +
		"delta 02ab3a0fd3ee2f4a5d9a8c7b6e5f4d3c2b1a09f8e7d6c5b4a3928170605f4e77 d0e13a0fd3ee2f4a5d9a8c7b6e5f4d3c2b1a09f8e7d6c5b4a3928170605f4e4c 8123\n"))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(layout.BundleName(latest.Bundle.Hash), latest.Bundle.Size)
	delta, _ := latest.DeltaFrom(latest.Deltas[0].From)
	fmt.Println(layout.DeltaName(delta.Hash), delta.Size)
	// Output:
	// bundle/6f1c3a0fd3ee2f4a5d9a8c7b6e5f4d3c2b1a09f8e7d6c5b4a3928170605f4e09.bundle 516225
	// delta/d0e13a0fd3ee2f4a5d9a8c7b6e5f4d3c2b1a09f8e7d6c5b4a3928170605f4e4c.delta 8123
}
