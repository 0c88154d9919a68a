package cborx_test

import (
	"bytes"
	"testing"

	"github.com/tongxing/tongxing/format/cborx"
)

func TestEveryItemIsCountedOnce(t *testing.T) {
	for _, test := range []struct {
		hex   string
		items int
	}{
		{"00", 1}, {"20", 1}, {"1903e8", 1}, {"40", 1}, {"43010203", 1}, {"63e78e8b", 1}, {"80", 1}, {"a0", 1},
		{"8340 40 40", 4}, {"83 01 82 02 03 a1 04 80", 8}, {"a2 01 43 828282 02 60", 5},
	} {
		data := fromHex(t, test.hex)
		if err := cborx.Check(data); err != nil {
			t.Fatalf("%s: %v", test.hex, err)
		}
		if n := cborx.CountItems(data); n != test.items {
			t.Errorf("%s: %d items, not %d", test.hex, n, test.items)
		}
	}
}

// A count is asked for before memory is given, so it takes none; and on bytes
// that nobody has checked it ends all the same.
func TestCountingAllocatesNothingAndEnds(t *testing.T) {
	data := append([]byte{0x9a, 0, 1, 0, 0}, bytes.Repeat([]byte{0x40}, 1<<16)...)
	if n := testing.AllocsPerRun(3, func() { cborx.CountItems(data) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
	for _, wild := range []string{"", "5bffffffffffffffff", "ff", "1c", "18", "7b7fffffffffffffff40"} {
		if n := cborx.CountItems(fromHex(t, wild)); n > 1 {
			t.Errorf("%s: %d items", wild, n)
		}
	}
}
