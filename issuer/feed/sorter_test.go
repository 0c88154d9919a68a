package feed

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestSorterSortsWhateverFits(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, count := range []int{0, 1, 2, 100, 30_000} {
		s := newSorter(t.TempDir(), minSortBuffer)
		var want []string
		for range count {
			data := fmt.Sprintf("%x", random.Uint64N(1<<(8*random.UintN(8))))
			if random.IntN(50) == 0 {
				data = string(bytes.Repeat([]byte(data), 200))
			}
			want = append(want, data)
			if err := s.add([]byte(data)); err != nil {
				t.Fatal(err)
			}
		}
		slices.Sort(want)
		var got []string
		if err := s.each(func(data []byte) error { got = append(got, string(data)); return nil }); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got, want) || s.count != int64(count) {
			t.Errorf("%d strings in, %d out", count, len(got))
		}
		if count == 30_000 && len(s.runs) < 3 {
			t.Errorf("%d runs: nothing was merged", len(s.runs))
		}
		if err := errors.Join(s.close(), s.close()); err != nil {
			t.Error(err)
		}
	}
}

func TestSorterLeavesNothingWhenItFails(t *testing.T) {
	folder := t.TempDir()
	s := newSorter(folder, minSortBuffer)
	for range 10 {
		if err := s.add(make([]byte, minSortBuffer/2)); err != nil {
			t.Fatal(err)
		}
	}
	stop := errors.New("stop")
	if err := s.each(func([]byte) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("%v", err)
	}
	if err := s.close(); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestSorterWithoutAFolderIsAnError(t *testing.T) {
	s := newSorter(filepath.Join(t.TempDir(), "nowhere"), minSortBuffer)
	var err error
	for i := 0; i < 10 && err == nil; i++ {
		err = s.add(make([]byte, minSortBuffer/2))
	}
	if !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v", err)
	}
}

func TestChangedTemporaryFileIsNoticed(t *testing.T) {
	for _, spoil := range []func(*os.File) error{
		func(f *os.File) error { _, err := f.WriteAt(bytes.Repeat([]byte{0xFF}, 10), 0); return err },
		func(f *os.File) error { return f.Truncate(100) },
	} {
		s := newSorter(t.TempDir(), minSortBuffer)
		for range 10 {
			if err := s.add(make([]byte, minSortBuffer/2)); err != nil {
				t.Fatal(err)
			}
		}
		if err := spoil(s.file); err != nil {
			t.Fatal(err)
		}
		if err := s.each(func([]byte) error { return nil }); err == nil {
			t.Error("went unnoticed")
		}
		s.close()
	}
}

// FuzzParseEntry: bytes that are no entry are an error, never a panic.
func FuzzParseEntry(f *testing.F) {
	j := newJudge(people, 1_660_089_600)
	f.Add(slices.Clone(j.entry(&row{line: 2, values: []string{"陈梓", "01", "469999198104010408", "1981-04-01"}})))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		e, rest, err := parseEntry(data)
		if err != nil {
			return
		}
		if again := append(e.append(nil), rest...); !bytes.Equal(again[:keylessOffset], data[:keylessOffset]) {
			t.Fatalf("%x became %x", data, again)
		}
		c := content{data: rest}
		_, _ = c.text(), c.int()
	})
}
