package registry

import (
	"errors"
	"fmt"
	"testing"
)

func mustBank(t testing.TB, secret byte, g Geometry) *Bank {
	t.Helper()
	bank, err := NewBank([SecretSize]byte{secret}, g)
	if err != nil {
		t.Fatal(err)
	}
	return bank
}

var small = Geometry{Pool: Pool{Region: 33, Month: 83}, FirstShard: 3, Shards: 5, Places: 1000}

// TestABankHandsOutEveryPlaceOfItsListsOnce goes through a whole bank. [STATUS-16]
func TestABankHandsOutEveryPlaceOfItsListsOnce(t *testing.T) {
	bank := mustBank(t, 1, small)
	taken := make(map[Reference]bool)
	for counter := range small.Size() {
		reference, ok := bank.Reference(counter)
		shard := reference.List & 0xff
		if !ok || reference.Region != 33 || reference.List>>8 != 83 || shard < 3 || shard > 7 || reference.Index >= 1000 {
			t.Fatalf("counter %d is %+v, %v", counter, reference, ok)
		}
		if taken[reference] {
			t.Fatalf("%+v is handed out twice", reference)
		}
		taken[reference] = true
		if back, ok := bank.Counter(reference); !ok || back != counter {
			t.Fatalf("%+v goes back to %d, %v, want %d", reference, back, ok, counter)
		}
	}
	for _, counter := range []uint64{small.Size(), 1 << 40} {
		if reference, ok := bank.Reference(counter); ok {
			t.Errorf("counter %d beyond the bank is %+v", counter, reference)
		}
	}
}

func TestAReferenceOutsideABankHasNoCounter(t *testing.T) {
	bank := mustBank(t, 1, small)
	inside := Reference{Region: 33, List: 83<<8 | 3, Index: 999}
	if _, ok := bank.Counter(inside); !ok {
		t.Fatal("a place of the bank has no counter")
	}
	for name, outside := range map[string]Reference{
		"another region": {Region: 34, List: inside.List},
		"another month":  {Region: 33, List: 84<<8 | 3},
		"a shard before": {Region: 33, List: 83<<8 | 2},
		"a shard after":  {Region: 33, List: 83<<8 | 8},
		"a place beyond": {Region: 33, List: inside.List, Index: 1000},
		"a high list":    {Region: 33, List: 1<<24 | inside.List},
	} {
		if counter, ok := bank.Counter(outside); ok {
			t.Errorf("%s has counter %d", name, counter)
		}
	}
}

// TestAListTellsNothingOfTheOrder counts how the first, second, ... tenth of a
// bank's counters spread over its lists: evenly, or a list would stand for a
// time and a town.
func TestAListTellsNothingOfTheOrder(t *testing.T) {
	g := Geometry{Pool: Pool{Region: 33, Month: 83}, Shards: 16, Places: 10_000}
	bank := mustBank(t, 1, g)
	const parts = 10
	var counts [parts][16]float64
	for counter := range g.Size() {
		reference, _ := bank.Reference(counter)
		counts[counter*parts/g.Size()][reference.List&0xff]++
	}
	expected := float64(g.Size()) / parts / 16
	var chi float64
	for _, part := range counts {
		for _, n := range part {
			chi += (n - expected) * (n - expected) / expected
		}
	}
	// 135 degrees of freedom: mean 135, deviation 16.
	if chi > 135+6*16 {
		t.Errorf("chi-squared is %.0f, chance gives 135 +- 96", chi)
	}
}

// TestEveryPartOfAGeometryAndTheSecretChangeTheOrder compares banks that differ
// in one thing.
func TestEveryPartOfAGeometryAndTheSecretChangeTheOrder(t *testing.T) {
	change := func(f func(*Geometry)) *Bank {
		g := small
		f(&g)
		return mustBank(t, 1, g)
	}
	base := mustBank(t, 1, small)
	for name, other := range map[string]*Bank{
		"secret": mustBank(t, 2, small),
		"region": change(func(g *Geometry) { g.Pool.Region++ }),
		"month":  change(func(g *Geometry) { g.Pool.Month++ }),
		"shard":  change(func(g *Geometry) { g.FirstShard++ }),
		"shards": change(func(g *Geometry) { g.Shards++ }),
		"places": change(func(g *Geometry) { g.Places++ }),
	} {
		same := 0
		for counter := range uint64(1000) {
			a, _ := base.Reference(counter)
			b, _ := other.Reference(counter)
			if a.Index == b.Index {
				same++
			}
		}
		if same > 10 { // one by chance
			t.Errorf("another %s leaves %d of 1,000 indices", name, same)
		}
	}
}

// TestAnOrderNeverChanges pins the first references of a bank: with others, a
// registry would hand out references again after an update. They were computed
// by another implementation (in Python).
func TestAnOrderNeverChanges(t *testing.T) {
	bank := mustBank(t, 1, Geometry{Pool: Pool{Region: 33, Month: 83}, FirstShard: 1, Shards: 3, Places: DefaultPlaces})
	var got []Reference
	for _, counter := range []uint64{0, 1, 2, 3*DefaultPlaces - 1} {
		reference, _ := bank.Reference(counter)
		got = append(got, reference)
	}
	want := "[{33 21251 118326} {33 21249 270914} {33 21249 842105} {33 21251 531284}]"
	if fmt.Sprint(got) != want {
		t.Errorf("references are %v, want %s", got, want)
	}
}

func TestBanksDoubleAPoolUntilItIsFull(t *testing.T) {
	g := Geometry{Shards: 3, Places: DefaultPlaces}
	var got []string
	for {
		got = append(got, fmt.Sprintf("%d+%d", g.FirstShard, g.Shards))
		next, err := g.Next()
		if err != nil {
			if !errors.Is(err, ErrFull) {
				t.Fatal(err)
			}
			break
		}
		g = next
	}
	if want := "[0+3 3+3 6+6 12+12 24+24 48+48 96+96 192+64]"; fmt.Sprint(got) != want {
		t.Errorf("banks are %v, want %s", got, want)
	}
}

func TestABankBeyondItsBoundsIsRefused(t *testing.T) {
	for name, change := range map[string]func(*Geometry){
		"region 100":      func(g *Geometry) { g.Pool.Region = 100 },
		"no shards":       func(g *Geometry) { g.Shards = 0 },
		"shard 256":       func(g *Geometry) { g.FirstShard = 252 },
		"many shards":     func(g *Geometry) { g.FirstShard, g.Shards = 0xffff, 0xffff },
		"no places":       func(g *Geometry) { g.Places = 0 },
		"too many places": func(g *Geometry) { g.Places = MaxPlaces + 1 },
	} {
		g := small
		change(&g)
		if bank, err := NewBank([SecretSize]byte{}, g); !errors.Is(err, ErrInvalid) || bank != nil {
			t.Errorf("%s: error %v, want ErrInvalid", name, err)
		}
	}
	largest := Geometry{Pool: Pool{Region: 99, Month: 0xffff}, Shards: MaxShards, Places: MaxPlaces}
	bank := mustBank(t, 1, largest)
	reference, ok := bank.Reference(largest.Size() - 1)
	if back, okBack := bank.Counter(reference); !ok || !okBack || back != largest.Size()-1 {
		t.Errorf("the last counter of the largest bank comes back as %d", back)
	}
}

func TestARangeEndsWhereItsLeaseEnds(t *testing.T) {
	bank := mustBank(t, 1, small)
	leased := NewRange(bank, 100, 3)
	for i := range 3 {
		want, _ := bank.Reference(100 + uint64(i))
		if got, ok := leased.At(i); !ok || got != want {
			t.Errorf("At(%d) = %v, %v, want %v", i, got, ok, want)
		}
	}
	var none Range
	for _, r := range []Range{leased, none} {
		for _, i := range []int{-1, r.Len(), 1 << 40} {
			if reference, ok := r.At(i); ok {
				t.Errorf("At(%d) of %d = %v", i, r.Len(), reference)
			}
		}
	}
	if n := testing.AllocsPerRun(100, func() { leased.At(1) }); n != 0 {
		t.Errorf("At allocates %v times", n)
	}
}

// [STATUS-16]
func TestThePlanHasDefaultsAndBounds(t *testing.T) {
	plan, err := Plan{}.Check()
	if err != nil || plan != (Plan{Places: DefaultPlaces, Shards: 1}) {
		t.Errorf("the zero plan is %+v, error %v", plan, err)
	}
	for _, bad := range []Plan{{Places: DefaultPlaces - 1}, {Places: MaxPlaces + 1}, {Shards: MaxShards + 1}} {
		if plan, err := bad.Check(); !errors.Is(err, ErrInvalid) || plan != (Plan{}) {
			t.Errorf("%+v: %+v, error %v, want ErrInvalid", bad, plan, err)
		}
	}
}
