package status

import (
	"fmt"
	"math"
	"math/bits"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
)

// ownBytes is what an index has beyond its bits: the struct, and two parts that
// are filled up to whole words.
const ownBytes = fanoBytes + 2*8

// eliasFano is the size in bytes of the code of Elias and Fano as papers and
// libraries have it, without a directory: of n members below u, the place after
// the greatest, the low floor(log2(u/n)) bits of each, a one for each, and a zero
// for each bucket.
func eliasFano(members []uint32) float64 {
	n := uint64(len(members))
	if n == 0 {
		return 0
	}
	last := uint64(members[n-1])
	low := bits.Len64((last+1)/n) - 1
	return float64(n*uint64(low)+n+last>>low+1) / 8
}

func mustIndex(t testing.TB, members []uint32) *Index {
	t.Helper()
	x, err := NewIndex(members)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// No set takes more than 1.2 times Elias and Fano's code and the 64 bytes that one
// of no members takes.
func TestNoIndexIsMuchLargerThanEliasFano(t *testing.T) {
	sets := shapes()
	r := rand.New(rand.NewPCG(46, 1))
	for i := range 200 {
		sets[fmt.Sprint("random ", i)] = randomSet(r, 3000)
	}
	for n := 1; n < 20000; n = n*3/2 + 1 {
		for _, reach := range []uint64{1, 2, 3, 5, 9, 100, 1000, 7000} {
			sets[fmt.Sprint(n, " in ", reach, " times the places")] = pick(r, n, uint64(n)*reach)
		}
		sets[fmt.Sprint(n, " of all")] = pick(r, n, 1<<32)
		sets[fmt.Sprint(n, " at the end of all")] = consecutive(uint32(1<<32-n), n)
		sets[fmt.Sprint(n, " and one far")] = append(consecutive(0, n), math.MaxUint32)
	}
	worst := 0.0
	for name, members := range sets {
		size, code := float64(mustIndex(t, members).Size()), eliasFano(members)
		if size > 1.2*code+ownBytes {
			t.Errorf("%s: %d members in %.0f bytes, Elias-Fano %.0f", name, len(members), size, code)
		}
		worst = max(worst, (size-ownBytes)/max(code, 1))
	}
	t.Logf("%d sets, at most %.3f of Elias-Fano", len(sets), worst)
}

// Uniform sets take at most 1.25 of their bytes on the wire, whatever their share,
// and the 64 bytes; beyond 5 KB on the wire those are no longer noticed.
func TestAUniformIndexIsLittleLargerThanTheWire(t *testing.T) {
	r := rand.New(rand.NewPCG(47, 1))
	worst := 0.0
	for _, share := range []float64{0.00001, 0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.06, 0.1, 0.15, 0.2, 0.22, 0.24, 0.25, 0.27, 0.3, 0.4, 0.6} {
		for _, n := range []int{1, 30, 1000, 30000} {
			members := pick(r, n, uint64(float64(n)/share))
			size, wire := float64(mustIndex(t, members).Size()), float64(len(mustEncode(t, members)))
			if size > 1.25*wire+ownBytes {
				t.Errorf("%d members, %v of the places: %.0f bytes, %.0f on the wire", n, share, size, wire)
			}
			if wire < 5000 {
				continue
			}
			worst = max(worst, size/wire)
			if size > 1.25*wire {
				t.Errorf("%d members, %v of the places: %.0f bytes, %.4f of the wire's %.0f", n, share, size, size/wire, wire)
			}
		}
	}
	t.Logf("at most %.3f of the wire", worst)
}

// allocated returns the bytes that work sets aside.
func allocated(work func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	work()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// [STATUS-7] The shortest encodings of the most members are those of runs.
func TestAnIndexIsReadInItsOwnMemory(t *testing.T) {
	most := consecutive(0, mostInARow)
	for name, members := range map[string][]uint32{
		"uniform": halfInRuns(0.001, 1), "in runs": halfInRuns(0.001, 100),
		"most in a row": most, "most, and one far": append(slices.Clone(most[1:]), math.MaxUint32),
	} {
		data := mustEncode(t, members)
		var x *Index
		taken := allocated(func() {
			var err error
			if x, err = DecodeIndex(uint32(len(members)), data); err != nil {
				t.Fatal(err)
			}
		})
		if taken > uint64(x.Size())*9/8+8192 || x.Size() > 22e6 {
			t.Errorf("%s: %d members of %d bytes: %d bytes set aside for an index of %d", name, len(members), len(data), taken, x.Size())
		}
		data = append(data, 0)
		if taken := allocated(func() {
			if _, err := DecodeIndex(uint32(len(members)), data); err == nil {
				t.Fatal("accepted")
			}
		}); taken > 8192 {
			t.Errorf("%s: %d bytes set aside for what is refused", name, taken)
		}
	}
}
