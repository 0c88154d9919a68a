package delta_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/tongxing/tongxing/trustlist/delta"
)

// What a delta costs at most: its own head, a new key, a region whose key set
// is signed again by two keys of its authority, and that region's snapshot, which
// has another signature and another hash.
const (
	headBytes     = 110
	keyBytes      = 60
	regionBytes   = 250
	snapshotBytes = 30 // above regionBytes; a snapshot alone is some 110
)

// day is a bundle of the country, and the one of the day after, on which some of
// its regions published key sets with new keys.
type day struct {
	snapshots     bool // these regions have snapshots, which are renewed too
	keys, regions int
	most          int // bytes of the delta, where a figure is given
	old, new      []byte
}

func (d *day) name() string {
	name := fmt.Sprintf("%d keys in %d regions", d.keys, d.regions)
	if d.snapshots {
		name += " with snapshots"
	}
	return name
}

// limit is the most bytes that the delta of the day may have.
func (d *day) limit() int {
	region := regionBytes
	if d.snapshots {
		region += snapshotBytes
	}
	limit := headBytes + keyBytes*d.keys + region*d.regions
	if d.most != 0 {
		return min(limit, d.most)
	}
	return limit
}

var (
	figures     []day
	figuresOnce sync.Once
)

// figureDays are days of a country of 34 regions and 10,000 signing keys.
func figureDays(t testing.TB) []day {
	t.Helper()
	figuresOnce.Do(func() {
		for _, snapshots := range []bool{false, true} {
			c := newCountry(t, 10000)
			if !snapshots {
				c.withoutSnapshots()
			}
			old := c.publish()
			for _, d := range []day{
				{keys: 111, regions: 8, most: 9000}, {keys: 111, regions: 34, most: 16000},
				{keys: 1, regions: 1}, {keys: 0, regions: 34}, {keys: 34, regions: 34}, {keys: 300, regions: 1},
			} {
				c.dayLater(d.keys, d.regions)
				d.snapshots, d.old, d.new = snapshots, old, c.publish()
				figures = append(figures, d)
				old = d.new
			}
		}
	})
	if len(figures) == 0 {
		t.Fatal("the country could not be made")
	}
	return figures
}

func TestADayOfTheCountryCostsItsNewKeysAndSignatures(t *testing.T) {
	for _, d := range figureDays(t) {
		file := requireRoundTrip(t, d.old, d.new)
		if len(file) > d.limit() {
			t.Errorf("%s: %d bytes, at most %d", d.name(), len(file), d.limit())
		}
		t.Logf("%s: %d bytes, at most %d; the bundle has %d", d.name(), len(file), d.limit(), len(d.new))
	}
}

// BenchmarkDay reports the sizes of the two days that the figures name, and how
// long a publisher and a device take.
func BenchmarkDay(b *testing.B) {
	for _, d := range figureDays(b) {
		if d.most == 0 {
			continue
		}
		file := mustMake(b, d.old, d.new)
		b.Run("Make/"+d.name(), func(b *testing.B) {
			for b.Loop() {
				mustMake(b, d.old, d.new)
			}
			b.ReportMetric(float64(len(file)), "delta-bytes")
			if len(file) > d.limit() {
				b.Errorf("%d bytes, at most %d", len(file), d.limit())
			}
		})
		b.Run("Apply/"+d.name(), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := delta.Apply(d.old, file); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// mostMake is how long a publisher may take for a bundle of 600 KB.
const mostMake = time.Second

func BenchmarkMake600KB(b *testing.B) {
	c := newCountry(b, 15500)
	old := c.publish()
	c.dayLater(111, 34)
	new := c.publish()
	for b.Loop() {
		mustMake(b, old, new)
	}
	b.ReportMetric(float64(len(new)), "bundle-bytes")
	if each := b.Elapsed() / time.Duration(b.N); each > mostMake {
		b.Errorf("%v, at most %v", each, mostMake)
	}
}

// BenchmarkMakeMillion is a bundle whose status lists are other bytes each day:
// 32 MB that have nothing in common, between what has.
func BenchmarkMakeMillion(b *testing.B) {
	random := rand.New(rand.NewPCG(11, 12))
	same := letters(random, 1<<20, 256)
	old := slices.Concat(same, letters(random, 32<<20, 256), same[:1<<19])
	new := slices.Concat(same, letters(random, 32<<20, 256), same[:1<<19])
	for b.Loop() {
		mustMake(b, old, new)
	}
}
