package fetch

import (
	"bytes"
	"testing"

	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/internal/nation"
)

// FuzzStore: what decodes is exactly what was encoded, whatever the bytes.
func FuzzStore(f *testing.F) {
	n := nation.New(f, "33")
	anchor := n.Anchor().Hash()
	c := &content{Anchor: anchor, Source: n.Bundle(), Known: now, Applied: now, From: "a", ETag: `"b"`}
	for _, change := range []func(){func() {}, func() { c.Rest, c.Memory = c.Source, []byte{1} }, func() { c.From, c.ETag = "", "" }} {
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
		again, err := c.encode()
		if err != nil || !bytes.Equal(again, data) {
			t.Fatalf("another encoding of the same: %v", err)
		}
		if _, _, err := c.load(now); err == nil && c.Anchor != anchor {
			t.Fatal("believed from another root")
		}
	})
}

// FuzzApply: bytes from anywhere on a store that has something leave it as it
// was, or with versions that are not lower.
func FuzzApply(f *testing.F) {
	n := nation.New(f, "33")
	first := n.Bundle()
	next(n)
	f.Add(first)
	f.Add(n.Bundle())
	start := &content{Anchor: n.Anchor().Hash()}
	_, start, err := start.apply(first, Origin{}, now)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, bundle []byte) {
		change, after, err := start.apply(bundle, Origin{}, now)
		if err != nil {
			return
		}
		if change.After.ListVersion().Compare(change.Before.ListVersion()) < 0 || after.Known < start.Known {
			t.Fatal("something fell")
		}
		if trust, _, err := after.load(now); err != nil || trust.ListVersion().Compare(trustlist.NewVersion(1, 1)) < 0 {
			t.Fatalf("does not load again: %v", err)
		}
	})
}
