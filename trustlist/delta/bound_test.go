package delta

import (
	"bytes"
	"testing"

	"github.com/tongxing/tongxing/trustlist"
)

// [DIST-6] Where there are more copies than a delta may have, the short ones are
// left out: of the others there cannot be more.
func TestTooManyCopiesAreReducedToTheLongOnes(t *testing.T) {
	copies := make([]match, MaxInstructions+1000)
	at := 0
	for i := range copies {
		copies[i] = match{at: at, from: 0, length: 4 + i%97}
		at += copies[i].length + 1
	}
	at = 0
	kept := bound(copies)
	for _, m := range kept {
		if m.length < 64 || m.at < at {
			t.Fatalf("%+v at %d", m, at)
		}
		at = m.at + m.length
	}
	if len(kept) == 0 || len(kept) > MaxInstructions {
		t.Errorf("%d copies", len(kept))
	}
	few := make([]match, MaxInstructions)
	if got := bound(few); len(got) != len(few) {
		t.Errorf("%d of %d copies, which are not too many", len(got), len(few))
	}
}

// [DIST-6] A reader takes as many triples as may be, and not one more.
func TestOneTripleTooManyIsRefused(t *testing.T) {
	// Each copies the first byte again: skip -1, copy 1.
	triples := bytes.Repeat([]byte{0, 1, 1}, MaxInstructions+1)
	triples[1] = 0
	for _, n := range []int{MaxInstructions, MaxInstructions + 1} {
		d := &Delta{from: Bundle{Size: 1}, to: Bundle{Size: int64(n)}, instructions: triples[:3*n]}
		if err := d.check(); (err == nil) != (n == MaxInstructions) {
			t.Errorf("%d triples: %v", n, err)
		}
	}
}

func TestNumbersAreReadAsTheyAreWritten(t *testing.T) {
	for _, v := range []int64{0, 1, -1, 63, 64, -64, -65, 8191, 8192, trustlist.MaxBundle, -trustlist.MaxBundle} {
		data := appendNumber(nil, signed(v))
		got, rest, ok := cutNumber(append(data, 7))
		if back := int64(got>>1) ^ -int64(got&1); !ok || back != v || len(rest) != 1 || len(data) != numberSize(signed(v)) || len(data) > maxNumber {
			t.Errorf("%d: % x, read as %d", v, data, back)
		}
	}
}
