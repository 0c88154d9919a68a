package status

import (
	"encoding/binary"
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

// varints writes the gaps of members in LEB128, the quickest code that is still
// one of gaps: what the shorter one costs in time is told against it.
func varints(out []byte, members []uint32) []byte {
	last := uint32(0)
	for _, m := range members {
		out = binary.AppendUvarint(out, uint64(m-last))
		last = m
	}
	return out
}

func fromVarints(members []uint32, data []byte) []uint32 {
	last := uint32(0)
	for len(data) > 0 {
		gap, n := binary.Uvarint(data)
		last += uint32(gap)
		members = append(members, last)
		data = data[n:]
	}
	return members
}

// One in a hundred of the places, a tenth of a million of them, so that a second
// has pairs enough.
func hundredThousand() []uint32 { return halfInRunsOf(fullPlaces/10, 0.01, 1) }

func BenchmarkEncodeAgainstVarints(b *testing.B) {
	members := hundredThousand()
	ratiotest.Compare(b, func() { mustEncode(b, members) },
		func() { varints(make([]byte, 0, 2*len(members)), members) }, 15)
}

func BenchmarkDecodeAgainstVarints(b *testing.B) {
	members := hundredThousand()
	data, plain := mustEncode(b, members), varints(nil, members)
	ratiotest.Compare(b, func() {
		if got, err := Decode(uint32(len(members)), data); err != nil || len(got) != len(members) {
			b.Fatal(err)
		}
	}, func() {
		if got := fromVarints(make([]uint32, 0, len(members)), plain); !slices.Equal(got[:9], members[:9]) {
			b.Fatal(got[:9])
		}
	}, 15)
}
