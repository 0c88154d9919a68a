package permutation

import (
	"encoding/hex"
	"encoding/json"
	"math"
	"os"
	"testing"
)

func testKey(b byte) (key [KeySize]byte) {
	for i := range key {
		key[i] = byte(i) + b
	}
	return key
}

func mustNew(t testing.TB, key [KeySize]byte, size uint64) *Permutation {
	t.Helper()
	p, err := New(key, size)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestAnswersNeverChange compares with answers that another implementation (in
// Python) made: a change would hand out references twice.
func TestAnswersNeverChange(t *testing.T) {
	data, err := os.ReadFile("testdata/answers.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Key     string
		Size    uint64
		In, Out []uint64
	}
	if err := json.Unmarshal(data, &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) < 20 {
		t.Fatalf("%d cases, want at least 20", len(cases))
	}
	for _, c := range cases {
		var key [KeySize]byte
		if _, err := hex.Decode(key[:], []byte(c.Key)); err != nil {
			t.Fatal(err)
		}
		p := mustNew(t, key, c.Size)
		for i, x := range c.In {
			if got, ok := p.Apply(x); !ok || got != c.Out[i] {
				t.Errorf("size %d: Apply(%d) = %d, %v; want %d", c.Size, x, got, ok, c.Out[i])
			}
			if got, ok := p.Invert(c.Out[i]); !ok || got != x {
				t.Errorf("size %d: Invert(%d) = %d, %v; want %d", c.Size, c.Out[i], got, ok, x)
			}
		}
	}
}

// TestEverySmallSizeIsABijection goes through every number of every size to 600
// and of awkward sizes above: squares, primes, one beside a square.
func TestEverySmallSizeIsABijection(t *testing.T) {
	sizes := []uint64{1023, 1024, 1025, 4095, 4097, 9973, 10000, 10001, 65535, 65536, 65537, 99991}
	for size := uint64(1); size <= 600; size++ {
		sizes = append(sizes, size)
	}
	for _, size := range sizes {
		requireBijection(t, mustNew(t, testKey(byte(size)), size))
	}
}

// TestAWholeListIsHandedOutWithoutReuse goes through all places of lists of the
// default size and of one that is not a power of two.
func TestAWholeListIsHandedOutWithoutReuse(t *testing.T) {
	for _, size := range []uint64{1 << 20, 1<<20 + 12345} {
		requireBijection(t, mustNew(t, testKey(7), size))
	}
}

func requireBijection(t *testing.T, p *Permutation) {
	t.Helper()
	taken := make([]bool, p.Size())
	for x := range p.Size() {
		place, ok := p.Apply(x)
		if !ok || place >= p.Size() {
			t.Fatalf("size %d: Apply(%d) = %d, %v", p.Size(), x, place, ok)
		}
		if taken[place] {
			t.Fatalf("size %d: place %d is handed out twice", p.Size(), place)
		}
		taken[place] = true
		if back, ok := p.Invert(place); !ok || back != x {
			t.Fatalf("size %d: Invert(Apply(%d)) = %d, %v", p.Size(), x, back, ok)
		}
	}
}

func TestNumbersBeyondTheSizeAreRefused(t *testing.T) {
	p := mustNew(t, testKey(1), 1000)
	for _, x := range []uint64{1000, 1001, 1 << 32, math.MaxUint64} {
		if _, ok := p.Apply(x); ok {
			t.Errorf("Apply(%d) is accepted", x)
		}
		if _, ok := p.Invert(x); ok {
			t.Errorf("Invert(%d) is accepted", x)
		}
	}
	for _, size := range []uint64{0, MaxSize + 1, math.MaxUint64} {
		if _, err := New(testKey(1), size); err == nil {
			t.Errorf("size %d is accepted", size)
		}
	}
}

// TestTheLargestSizeGoesThereAndBack samples a size whose numbers cannot all be
// tried.
func TestTheLargestSizeGoesThereAndBack(t *testing.T) {
	for _, size := range []uint64{MaxSize, MaxSize - 1, MaxSize - 65535, 1 << 28} {
		p := mustNew(t, testKey(3), size)
		for x := uint64(0); x < size; x += size/10007 + 1 {
			place, ok := p.Apply(x)
			if back, okBack := p.Invert(place); !ok || !okBack || back != x {
				t.Fatalf("size %d: %d goes to %d and back to %d", size, x, place, back)
			}
		}
	}
}

// TestNeighboursLandApart holds that consecutive numbers are as far apart as
// random places are: on average a third of the size, and rarely close.
func TestNeighboursLandApart(t *testing.T) {
	const size = 1 << 20
	p := mustNew(t, testKey(11), size)
	previous, _ := p.Apply(0)
	var sum float64
	near := 0
	for x := uint64(1); x < size; x++ {
		place, _ := p.Apply(x)
		distance := math.Abs(float64(place) - float64(previous))
		sum += distance
		if distance <= 16 {
			near++
		}
		previous = place
	}
	if mean := sum / size / (size / 3.0); math.Abs(mean-1) > 0.01 {
		t.Errorf("mean distance of neighbours is %.4f of a random order's", mean)
	}
	// 32 places in 1,048,576 are that near: 32 are expected over the whole list.
	if near > 70 {
		t.Errorf("%d neighbours landed within 16 places, a random order has about 32", near)
	}
}

// TestAPlaceTellsNothingOfTheOrder cuts order and places into 32 parts each and
// holds the 1,024 counts to what chance gives (chi-squared, 961 degrees of
// freedom: mean 961, deviation 44), over the whole of a list and its beginning.
func TestAPlaceTellsNothingOfTheOrder(t *testing.T) {
	const size, parts = 1 << 20, 32
	for seed := range byte(8) {
		p := mustNew(t, testKey(seed), size)
		for _, used := range []uint64{size / 64, size / 8} {
			var counts [parts][parts]float64
			for x := range used {
				place, _ := p.Apply(x)
				counts[x*parts/used][place*parts/size]++
			}
			expected := float64(used) / parts / parts
			var chi float64
			for i := range counts {
				for j := range counts[i] {
					d := counts[i][j] - expected
					chi += d * d / expected
				}
			}
			if chi < 961-6*44 || chi > 961+6*44 {
				t.Errorf("seed %d, first %d: chi-squared %.0f is not within 961 +- 264", seed, used, chi)
			}
		}
	}
}

// TestOneBitOfTheKeyChangesTheWholeOrder holds that two keys, and two sizes
// under one key, agree on no more places than chance.
func TestOneBitOfTheKeyChangesTheWholeOrder(t *testing.T) {
	const size = 1 << 20
	key := testKey(5)
	flipped := key
	flipped[31] ^= 1
	p := mustNew(t, key, size)
	for name, other := range map[string]*Permutation{
		"one bit of the key": mustNew(t, flipped, size),
		"one place more":     mustNew(t, key, size+1),
		"half the size":      mustNew(t, key, size/2),
	} {
		same := 0
		for x := range uint64(size / 2) {
			a, _ := p.Apply(x)
			if b, _ := other.Apply(x); a == b {
				same++
			}
		}
		if same > 12 {
			t.Errorf("%s: %d of %d places agree, chance gives about one", name, same, size/2)
		}
	}
}

func TestApplyDoesNotAllocate(t *testing.T) {
	p := mustNew(t, testKey(9), 1<<28)
	var x, sink uint64
	if n := testing.AllocsPerRun(1000, func() {
		place, _ := p.Apply(x)
		back, _ := p.Invert(place)
		sink += back
		x++
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// FuzzEverySizeGoesThereAndBack is seeded with the sizes of the known answers.
func FuzzEverySizeGoesThereAndBack(f *testing.F) {
	for _, size := range []uint32{0, 1, 2, 6, 999, 1<<20 - 1, 1 << 20, 3000016, math.MaxUint32} {
		f.Add(byte(size), size, size/2)
	}
	f.Fuzz(func(t *testing.T, seed byte, last, number uint32) {
		size := uint64(last) + 1
		p := mustNew(t, testKey(seed), size)
		x := uint64(number) % size
		place, ok := p.Apply(x)
		if !ok || place >= size {
			t.Fatalf("Apply(%d) = %d, %v", x, place, ok)
		}
		if back, ok := p.Invert(place); !ok || back != x {
			t.Fatalf("Invert(%d) = %d, %v; want %d", place, back, ok, x)
		}
	})
}

func BenchmarkApply(b *testing.B) {
	for name, size := range map[string]uint64{"2^20": 1 << 20, "2^28": 1 << 28, "2^32": 1 << 32} {
		b.Run(name, func(b *testing.B) {
			p := mustNew(b, testKey(1), size)
			b.ReportAllocs()
			var x, sink uint64
			for b.Loop() {
				place, _ := p.Apply(x % size)
				sink += place
				x++
			}
		})
	}
}

func BenchmarkInvert(b *testing.B) {
	p := mustNew(b, testKey(1), 1<<28)
	b.ReportAllocs()
	var x uint64
	for b.Loop() {
		p.Invert(x % (1 << 28))
		x++
	}
}

func BenchmarkNew(b *testing.B) {
	for name, size := range map[string]uint64{"2^20": 1 << 20, "2^28": 1 << 28} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				mustNew(b, testKey(1), size)
			}
		})
	}
}
