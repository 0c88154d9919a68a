package status

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/FastFilter/xorfilter"
	"github.com/RoaringBitmap/roaring/v2"

	"github.com/tongxing/tongxing/internal/ratiotest"
)

// fullPlaces is a province of a hundred million credentials in one set.
const fullPlaces = 100_000_000

// sizes are what one set of fullPlaces takes, in bytes.
type sizes struct {
	share   float64
	run     int // half of the members in runs of so many; 1 is a uniform set
	members int

	entropy float64 // bound of a uniform set of the share
	wire    int     // Encode
	memory  int     // Index.Size
	zlib    int     // a row of one bit for each place, at the best compression
	roaring int     // serialized, optimized for runs
	fuse    int     // binary fuse filter with one byte each
}

// quickSizes are the sizes that take no time.
func quickSizes(t testing.TB, share float64, run int) (sizes, []uint32) {
	members := halfInRunsOf(fullPlaces, share, run)
	return sizes{
		share: share, run: run, members: len(members),
		entropy: entropyOf(fullPlaces, share),
		wire:    len(mustEncode(t, members)),
		memory:  mustIndex(t, members).Size(),
		roaring: int(optimized(members).GetSerializedSizeInBytes()),
	}, members
}

func allSizes(t testing.TB, share float64, run int) (sizes, []uint32) {
	s, members := quickSizes(t, share, run)
	s.zlib = zlibBytes(t, members)
	s.fuse = len(fuseFilter(t, members).Fingerprints)
	return s, members
}

func optimized(members []uint32) *roaring.Bitmap {
	bitmap := roaring.BitmapOf(members...)
	bitmap.RunOptimize()
	return bitmap
}

func zlibBytes(t testing.TB, members []uint32) int {
	row := make([]byte, fullPlaces/8)
	for _, m := range members {
		row[m/8] |= 1 << (m % 8)
	}
	var out bytes.Buffer
	w, err := zlib.NewWriterLevel(&out, zlib.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(row); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Len()
}

func fuseFilter(t testing.TB, members []uint32) *xorfilter.BinaryFuse8 {
	keys := make([]uint64, len(members))
	for i, m := range members {
		keys[i] = uint64(m)
	}
	filter, err := xorfilter.PopulateBinaryFuse8(keys)
	if err != nil {
		t.Fatal(err)
	}
	return filter
}

// check holds a set's sizes to the limits: they are the same on every machine.
func (s sizes) check(t testing.TB, members []uint32) {
	limit := func(what string, size int, times, of float64) {
		if float64(size) > times*of {
			t.Errorf("%v of the places, runs of %d: %s: %d bytes, more than %v of %.0f", s.share, s.run, what, size, times, of)
		}
	}
	if s.run == 1 {
		limit("wire and entropy", s.wire, 1.03, s.entropy)
		limit("memory and wire", s.memory, 1.25, float64(s.wire))
	}
	limit("memory and Elias-Fano", s.memory, 1.2, eliasFano(members))
	limit("wire and zlib", s.wire, 1, float64(s.zlib))
	limit("wire and roaring", s.wire, 1, float64(s.roaring))
}

// eachComparison runs a benchmark for the sets of the comparison.
func eachComparison(b *testing.B, run func(b *testing.B, share float64, length int)) {
	for _, share := range []float64{0.001, 0.01} {
		for _, length := range []int{1, 10, 100, 1000} {
			name := fmt.Sprintf("share=%v/uniform", share)
			if length > 1 {
				name = fmt.Sprintf("share=%v/runs=%d", share, length)
			}
			b.Run(name, func(b *testing.B) { run(b, share, length) })
		}
	}
}

// BenchmarkSizesOf100MillionPlaces compares what a set takes with what others
// take. A binary fuse filter is the only one that may answer wrong: it takes
// credentials that nobody revoked for revoked, which no list may.
func BenchmarkSizesOf100MillionPlaces(b *testing.B) {
	eachComparison(b, func(b *testing.B, share float64, length int) {
		s, members := allSizes(b, share, length)
		s.check(b, members)
		wrong := falsePositives(b, members)
		for b.Loop() {
			mustEncode(b, members)
		}
		b.ReportMetric(float64(s.wire), "wire-bytes")
		b.ReportMetric(float64(s.wire)/s.entropy, "wire/entropy")
		b.ReportMetric(float64(s.memory)/float64(s.wire), "memory/wire")
		b.ReportMetric(float64(s.memory)/eliasFano(members), "memory/elias-fano")
		b.ReportMetric(float64(s.zlib)/float64(s.wire), "zlib/wire")
		b.ReportMetric(float64(s.roaring)/float64(s.wire), "roaring/wire")
		b.ReportMetric(float64(s.fuse)/float64(s.wire), "fuse/wire")
		b.ReportMetric(float64(wrong), "fuse-false-of-1e6")
	})
}

// falsePositives counts the members that the filter finds among a million indices
// that are none; the index must find none of them.
func falsePositives(b *testing.B, members []uint32) int {
	filter, x := fuseFilter(b, members), mustIndex(b, members)
	bitmap := optimized(members)
	r := rand.New(rand.NewPCG(48, 1))
	wrong := 0
	for probes := 0; probes < 1_000_000; {
		probe := r.Uint32N(fullPlaces)
		if bitmap.Contains(probe) {
			continue
		}
		probes++
		if x.Contains(probe) {
			b.Fatalf("%d is no member", probe)
		}
		if filter.Contains(uint64(probe)) {
			wrong++
		}
	}
	return wrong
}

// lookups is how many lookups are timed together.
const lookups = 1000

// BenchmarkLookupIn100MillionPlaces looks members and others up, half and half,
// in no order, against roaring.
func BenchmarkLookupIn100MillionPlaces(b *testing.B) {
	eachComparison(b, func(b *testing.B, share float64, length int) {
		members := halfInRunsOf(fullPlaces, share, length)
		x, bitmap := mustIndex(b, members), optimized(members)
		compareLookups(b, members, x.Contains, bitmap.Contains, 1.3)
	})
}

// BenchmarkLookupAgainstMap looks up in the sets that are worst for the search
// within them, against a map of Go, which knows no bad sets and takes ten times
// the room.
func BenchmarkLookupAgainstMap(b *testing.B) {
	r := rand.New(rand.NewPCG(49, 1))
	for name, members := range map[string][]uint32{
		"uniform":                         pick(r, 100_000, fullPlaces),
		"full buckets, and one far":       append(consecutive(1<<20, 100_000), 1<<32-1),
		"half in full buckets, half none": append(consecutive(0, 50_000), pick(r, 50_000, 1<<31)[25_000:]...),
	} {
		b.Run(name, func(b *testing.B) {
			in := make(map[uint32]struct{}, len(members))
			for _, m := range members {
				in[m] = struct{}{}
			}
			x := mustIndex(b, members)
			compareLookups(b, members, x.Contains, func(index uint32) bool {
				_, found := in[index]
				return found
			}, 5)
		})
	}
}

func compareLookups(b *testing.B, members []uint32, ours, theirs func(uint32) bool, limit float64) {
	r := rand.New(rand.NewPCG(50, 1))
	probes := make([]uint32, 1000*lookups)
	for i := range probes {
		if probes[i] = members[r.IntN(len(members))]; i%2 == 0 {
			probes[i] += r.Uint32N(100_000)
		}
	}
	turn, found, taken := 0, [2]int{}, []time.Duration(nil)
	look := func(which int, contains func(uint32) bool) {
		from := turn / 2 % 1000 * lookups
		turn++
		for _, probe := range probes[from : from+lookups] {
			if contains(probe) {
				found[which]++
			}
		}
	}
	ratiotest.Compare(b, func() {
		begun := time.Now()
		look(0, ours)
		taken = append(taken, time.Since(begun))
	}, func() { look(1, theirs) }, limit)
	if found[0] != found[1] {
		b.Errorf("%d members found, and %d", found[0], found[1])
	}
	slices.Sort(taken)
	b.ReportMetric(float64(taken[len(taken)/2].Nanoseconds())/lookups, "ns/lookup")
}
