package fetch

import (
	"bytes"
	"testing"

	"github.com/tongxing/tongxing/format/cborx"
)

// FuzzStore: what decodes is exactly what was encoded, whatever the bytes.
// Whether it is believed is decided by trustlist.Load, which has targets of its
// own.
func FuzzStore(f *testing.F) {
	c := &content{Anchor: [32]byte{1}, Source: bytes.Repeat([]byte{7}, 300), Known: now, Applied: now, From: "a", ETag: `"b"`}
	for _, change := range []func(){
		func() {},
		func() { c.Rest, c.Memory = c.Source, []byte{1} },
		func() { c.Source, c.From, c.ETag = []byte{1}, "", "" },
	} {
		change()
		data, err := c.encode()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte("\x83ptongxing/store/2"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := decodeStore(data)
		if err != nil {
			if c != nil {
				t.Fatal("something beside an error")
			}
			return
		}
		if again, err := c.encode(); err != nil || !bytes.Equal(again, data) {
			t.Fatalf("another encoding of the same: %v", err)
		}
	})
}

// FuzzContent is FuzzStore behind the hash, which fuzzing does not get right.
func FuzzContent(f *testing.F) {
	for _, c := range []*content{
		{Source: []byte{1}, Known: now, Applied: now},
		{Anchor: [32]byte{1}, Source: []byte{1}, Rest: []byte{2}, Memory: []byte{3}, Known: now, From: "a", ETag: `"b"`},
	} {
		inner, err := cborx.Marshal(c)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(inner)
	}
	f.Fuzz(func(t *testing.T, inner []byte) {
		data, err := seal(inner)
		if err != nil {
			t.Fatal(err)
		}
		c, err := decodeStore(data)
		if err != nil {
			return
		}
		if again, err := c.encode(); err != nil || !bytes.Equal(again, data) {
			t.Fatalf("another encoding of the same: %v", err)
		}
	})
}
