package main

import (
	"bytes"
	"encoding/binary"
	"slices"
)

// raw is encoded CBOR, right or wrong.
type raw []byte

// head writes the shortest head of a data item.
func head(major byte, n uint64) raw {
	switch {
	case n < 24:
		return raw{major<<5 | byte(n)}
	case n < 1<<8:
		return longHead(major, n, 1)
	case n < 1<<16:
		return longHead(major, n, 2)
	case n < 1<<32:
		return longHead(major, n, 4)
	}
	return longHead(major, n, 8)
}

// longHead writes a head whose argument takes size bytes, needed or not.
func longHead(major byte, n uint64, size int) raw {
	info := map[int]byte{1: 24, 2: 25, 4: 26, 8: 27}[size]
	wide := binary.BigEndian.AppendUint64(nil, n)
	return append(raw{major<<5 | info}, wide[8-size:]...)
}

func uintOf(n uint64) raw { return head(0, n) }

func intOf(n int64) raw {
	if n < 0 {
		return head(1, uint64(-1-n))
	}
	return head(0, uint64(n))
}

func bytesOf(b []byte) raw { return append(head(2, uint64(len(b))), b...) }

func textOf(s string) raw { return append(head(3, uint64(len(s))), s...) }

func arrayOf(items ...raw) raw { return append(head(4, uint64(len(items))), join(items)...) }

func tagOf(n uint64, item raw) raw { return append(head(6, n), item...) }

// uints is an array of unsigned integers.
func uints(numbers ...uint64) raw {
	items := make([]raw, len(numbers))
	for i, n := range numbers {
		items[i] = uintOf(n)
	}
	return arrayOf(items...)
}

func join(items []raw) raw { return bytes.Join(toBytes(items), nil) }

func toBytes(items []raw) [][]byte {
	out := make([][]byte, len(items))
	for i, item := range items {
		out[i] = item
	}
	return out
}

// pair is one entry of a map.
type pair struct{ key, value raw }

// pairs is a map under construction; mapOf sorts it, mapAsIs does not.
type pairs []pair

func (p pairs) with(key, value raw) pairs {
	out := p.without(key)
	return append(out, pair{key, value})
}

func (p pairs) without(key raw) pairs {
	return slices.DeleteFunc(slices.Clone(p), func(e pair) bool { return bytes.Equal(e.key, key) })
}

func (p pairs) sorted() pairs {
	out := slices.Clone(p)
	slices.SortStableFunc(out, func(a, b pair) int { return bytes.Compare(a.key, b.key) })
	return out
}

func (p pairs) body() raw {
	var out raw
	for _, e := range p {
		out = append(append(out, e.key...), e.value...)
	}
	return out
}

func mapAsIs(p pairs) raw { return append(head(5, uint64(len(p))), p.body()...) }

func mapOf(p pairs) raw { return mapAsIs(p.sorted()) }

// indefinite writes the items between the head of an indefinite length and the
// break.
func indefinite(major byte, items ...raw) raw {
	return append(append(raw{major<<5 | 31}, join(items)...), 0xff)
}
