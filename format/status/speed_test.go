package status

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"io"
	"slices"
	"testing"

	"github.com/tongxing/tongxing/internal/ratiotest"
)

func BenchmarkEncodeAMillionIndices(b *testing.B) {
	members := halfInRuns(0.01, 1)
	b.ReportAllocs()
	for b.Loop() {
		mustEncode(b, members)
	}
	b.ReportMetric(float64(len(members)), "indices")
}

func BenchmarkDecodeAMillionIndices(b *testing.B) {
	members := halfInRuns(0.01, 1)
	data := mustEncode(b, members)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Decode(uint32(len(members)), data); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(data)), "bytes")
}

// A device reads a list into its index, not into a slice.
func BenchmarkDecodeIndexOfAMillionIndices(b *testing.B) {
	members := halfInRuns(0.01, 1)
	data := mustEncode(b, members)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := DecodeIndex(uint32(len(members)), data); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(data)), "bytes")
}

// varints writes the gaps of members in LEB128.
func varints(members []uint32) []byte {
	out, last := make([]byte, 0, 2*len(members)), uint32(0)
	for _, m := range members {
		out = binary.AppendUvarint(out, uint64(m-last))
		last = m
	}
	return out
}

// deflated is what one writes who has a compressor and no code of his own.
func deflated(t testing.TB, members []uint32) []byte {
	var out bytes.Buffer
	w := zlib.NewWriter(&out)
	if _, err := w.Write(varints(members)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func inflated(t testing.TB, data []byte) []uint32 {
	r, err := zlib.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	gaps, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	var members []uint32
	for last := uint32(0); len(gaps) > 0; {
		gap, n := binary.Uvarint(gaps)
		last += uint32(gap)
		members, gaps = append(members, last), gaps[n:]
	}
	return members
}

// One in a hundred of the places, 20,000 of them, so that a second has pairs
// enough.
func twentyThousand() []uint32 { return halfInRunsOf(fullPlaces/50, 0.01, 1) }

func BenchmarkEncodeAgainstZlib(b *testing.B) {
	members := twentyThousand()
	ratiotest.Compare(b, func() { mustEncode(b, members) }, func() { deflated(b, members) }, 1)
}

func BenchmarkDecodeAgainstZlib(b *testing.B) {
	members := twentyThousand()
	data, other := mustEncode(b, members), deflated(b, members)
	if !slices.Equal(inflated(b, other), members) {
		b.Fatal("the baseline does not read what it has written")
	}
	ratiotest.Compare(b, func() {
		if got, err := Decode(uint32(len(members)), data); err != nil || len(got) != len(members) {
			b.Fatal(err)
		}
	}, func() { inflated(b, other) }, 2)
	b.ReportMetric(float64(len(other))/float64(len(data)), "zlib/wire")
}
