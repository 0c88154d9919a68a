package delta_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"github.com/tongxing/tongxing/format/cborx"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/delta"
)

func mustMake(t testing.TB, old, new []byte) []byte {
	t.Helper()
	d, err := delta.Make(old, new)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// requireRoundTrip makes a delta and applies it.
func requireRoundTrip(t testing.TB, old, new []byte) []byte {
	t.Helper()
	oldBefore, newBefore := slices.Clone(old), slices.Clone(new)
	d := mustMake(t, old, new)
	got, err := delta.Apply(old, d)
	if err != nil {
		t.Fatalf("%d to %d bytes: %v", len(old), len(new), err)
	}
	if !bytes.Equal(got, new) {
		t.Fatalf("%d to %d bytes: another result", len(old), len(new))
	}
	if !bytes.Equal(old, oldBefore) || !bytes.Equal(new, newBefore) {
		t.Fatal("a bundle was changed")
	}
	if !bytes.Equal(mustMake(t, old, new), d) {
		t.Fatal("two deltas of the same bundles differ")
	}
	return d
}

// letters returns n random bytes of an alphabet of the given size: small ones
// repeat themselves everywhere.
func letters(random *rand.Rand, n, alphabet int) []byte {
	out := make([]byte, n)
	for i := range out {
		out[i] = byte(random.IntN(alphabet))
	}
	return out
}

// edit changes data at random: inserts, removes, replaces and moves.
func edit(random *rand.Rand, data []byte, alphabet int) []byte {
	data = slices.Clone(data)
	for range random.IntN(8) {
		at := random.IntN(len(data) + 1)
		n := min(random.IntN(80), len(data)-at)
		part := slices.Clone(data[at : at+n])
		switch random.IntN(4) {
		case 0:
			data = slices.Insert(data, at, letters(random, random.IntN(80), alphabet)...)
		case 1:
			data = slices.Delete(data, at, at+n)
		case 2:
			copy(data[at:], letters(random, n, alphabet))
		case 3:
			data = slices.Delete(data, at, at+n)
			data = slices.Insert(data, random.IntN(len(data)+1), part...)
		}
	}
	return data
}

// [DIST-9]
func TestApplyingADeltaGivesWhatItWasMadeFor(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 4000 {
		alphabet := []int{1, 2, 4, 256}[random.IntN(4)]
		old := letters(random, 1+random.IntN(600), alphabet)
		new := edit(random, old, alphabet)
		if random.IntN(8) == 0 {
			new = letters(random, 1+random.IntN(600), alphabet)
		}
		if len(new) == 0 || bytes.Equal(old, new) {
			continue
		}
		requireRoundTrip(t, old, new)
	}
}

func TestSmallAndLargeBundlesGoRound(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	noise := letters(random, 1<<18, 256)
	text := letters(random, 1<<16, 16)
	for _, c := range []struct {
		name     string
		old, new []byte
		most     int // bytes of the delta
	}{
		{"one byte", []byte("a"), []byte("b"), 100},
		{"one byte to many", []byte("a"), noise[:3000], 3200},
		{"many to one byte", noise, noise[77:78], 110},
		{"three bytes", []byte("abc"), []byte("abd"), 110},
		{"the end left out", noise, noise[:len(noise)-1], 110},
		{"the beginning left out", noise, noise[1:], 110},
		{"halves exchanged", noise, slices.Concat(noise[1<<17:], noise[:1<<17]), 120},
		{"twice", noise[:1<<17], slices.Concat(noise[:1<<17], noise[:1<<17]), 120},
		{"zeros", make([]byte, 1<<18), make([]byte, 1<<18+1), 120},
		{"nothing in common", noise[:1<<17], noise[1<<17:], 1<<17 + 200},
		{"little to choose from", text, slices.Concat(text[1<<15:], text[:1<<15]), 120},
		{"few letters, nothing in common", text[:1<<15], text[1<<15:], 1 << 15},
	} {
		if d := requireRoundTrip(t, c.old, c.new); len(d) > c.most {
			t.Errorf("%s: %d bytes, at most %d", c.name, len(d), c.most)
		}
	}
}

// Two regions' parts, in long stretches of noise as status lists are: the search
// takes larger steps there and finds what follows all the same.
func TestWhatFollowsALongStretchOfNoiseIsFound(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	same := letters(random, 4000, 256)
	old := slices.Concat(letters(random, 300000, 256), same, letters(random, 1000, 256))
	new := slices.Concat(letters(random, 200000, 256), same, letters(random, 70000, 256))
	if d := requireRoundTrip(t, old, new); len(d) > 270000+200 {
		t.Errorf("%d bytes", len(d))
	}
}

func TestBundlesThatHaveNoDeltaAreRefused(t *testing.T) {
	above := make([]byte, trustlist.MaxBundle+1)
	for _, c := range []struct {
		name     string
		old, new []byte
		want     error
	}{
		{"empty old", nil, []byte("a"), delta.ErrEmpty},
		{"empty new", []byte("a"), []byte{}, delta.ErrEmpty},
		{"same", []byte("a"), []byte("a"), delta.ErrSame},
		{"old above 64 MiB", above, []byte("a"), delta.ErrTooLarge},
		{"new above 64 MiB", []byte("a"), above, delta.ErrTooLarge},
	} {
		if d, err := delta.Make(c.old, c.new); !errors.Is(err, c.want) || d != nil {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
	if _, err := delta.Parse(make([]byte, delta.MaxSize+1)); !errors.Is(err, delta.ErrTooLarge) {
		t.Errorf("a delta above 65 MiB: %v", err)
	}
}

// handmade writes a delta with any instructions.
func handmade(t testing.TB, old []byte, size uint64, instructions, inserted []byte) []byte {
	t.Helper()
	from, to := sha256.Sum256(old), sha256.Sum256([]byte("a result that nobody has"))
	body, err := cborx.Marshal(map[int]any{1: from[:], 2: len(old), 3: to[:], 4: size, 5: instructions, 6: inserted})
	if err != nil {
		t.Fatal(err)
	}
	return append(cborx.AppendText(cborx.AppendArray(nil, 2), "tongxing/delta/1"), body...)
}

// allocated returns how many bytes are allocated by f.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// [DIST-7] A few bytes that promise 64 MiB cost nothing unless they hold them,
// and then once.
func TestAPromiseOfMuchAllocatesNothing(t *testing.T) {
	old := make([]byte, 1<<20)
	copyAll := []byte{0, 0, 0x80, 0x80, 0x40}                // a MiB from the beginning
	again := []byte{0, 0xff, 0xff, 0x7f, 0x80, 0x80, 0x40}   // back by a MiB, and once more
	whole := slices.Concat(copyAll, bytes.Repeat(again, 63)) // 64 MiB
	beyond := slices.Concat(whole, again)                    // 65 MiB
	for _, c := range []struct {
		name  string
		delta []byte
		want  error
		most  uint64
	}{
		{"promised and not held", handmade(t, old, trustlist.MaxBundle, copyAll, nil), delta.ErrNotADelta, 1 << 16},
		{"beyond the bound", handmade(t, old, trustlist.MaxBundle, beyond, nil), delta.ErrNotADelta, 1 << 16},
		{"held, and another result", handmade(t, old, trustlist.MaxBundle, whole, nil), delta.ErrWrongResult, trustlist.MaxBundle + 1<<20},
	} {
		var got []byte
		var err error
		if n := allocated(func() { got, err = delta.Apply(old, c.delta) }); n > c.most {
			t.Errorf("%s: %d bytes allocated, at most %d", c.name, n, c.most)
		}
		if !errors.Is(err, c.want) || got != nil {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
}

// [DIST-8] The base is looked at before anything is made of it.
func TestAnotherBaseMakesNothing(t *testing.T) {
	old, new := make([]byte, 4<<20), append(make([]byte, 4<<20), 1)
	d := mustMake(t, old, new)
	old[0] = 1
	n := allocated(func() {
		var base *delta.OtherBaseError
		if _, err := delta.Apply(old, d); !errors.As(err, &base) {
			t.Error(err)
		}
	})
	if n > 1<<16 {
		t.Errorf("%d bytes allocated", n)
	}
}

// [DIST-1] [DIST-5] [DIST-9] Whatever happens to one byte of a delta, it gives the
// bundle that it names or nothing.
func TestNoChangedByteMakesAnotherBundle(t *testing.T) {
	old := []byte("0123456789 the old bundle, which is a little longer 0123456789")
	new := []byte("0123456789 a new bundle, which is a little longer than 9876543210 it 0123456789")
	d := mustMake(t, old, new)
	for at := range d {
		for change := 1; change < 256; change++ {
			bent := slices.Clone(d)
			bent[at] ^= byte(change)
			if got, err := delta.Apply(old, bent); err == nil || got != nil {
				t.Fatalf("byte %d xor %02x is taken", at, change)
			}
		}
	}
	for n := range d {
		if _, err := delta.Apply(old, d[:n]); err == nil {
			t.Fatalf("the first %d bytes are taken", n)
		}
	}
	if _, err := delta.Apply(old, append(slices.Clone(d), 0)); err == nil {
		t.Fatal("a byte more is taken")
	}
}
