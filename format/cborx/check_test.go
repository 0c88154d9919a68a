package cborx_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/tongxing/tongxing/format/cborx"
)

// refused fails the test unless Check refuses data with the fault at offset.
func refused(t *testing.T, data []byte, fault cborx.Fault, offset int) {
	t.Helper()
	err := cborx.Check(data)
	var encoding *cborx.EncodingError
	if !errors.As(err, &encoding) {
		t.Errorf("%x: error %v, want %q", data, err, fault)
		return
	}
	if encoding.Fault != fault || encoding.Offset != offset {
		t.Errorf("%x: %v, want %q at byte %d", data, encoding, fault, offset)
	}
}

func fromHex(tb testing.TB, text string) []byte {
	tb.Helper()
	data, err := hex.DecodeString(strings.ReplaceAll(text, " ", ""))
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

type place struct {
	hex    string
	offset int
}

func allRefused(t *testing.T, fault cborx.Fault, places []place) {
	t.Helper()
	for _, p := range places {
		refused(t, fromHex(t, p.hex), fault, p.offset)
	}
}

// head writes a head of the given width in bytes (0: in the first byte), however
// small the argument.
func head(major byte, width int, argument uint64) []byte {
	info := map[int]byte{1: 24, 2: 25, 4: 26, 8: 27}
	if width == 0 {
		return []byte{major<<5 | byte(argument)}
	}
	data := []byte{major<<5 | info[width]}
	for i := width - 1; i >= 0; i-- {
		data = append(data, byte(argument>>(8*i)))
	}
	return data
}

func TestEveryHeadThatIsNotShortestIsRefused(t *testing.T) {
	// The largest argument that a narrower head holds.
	narrower := map[int]uint64{1: 23, 2: 1<<8 - 1, 4: 1<<16 - 1, 8: 1<<32 - 1}
	for major := range byte(7) {
		for width, largest := range narrower {
			for _, argument := range []uint64{0, 1, largest / 2, largest} {
				data := append(head(major, width, argument), make([]byte, 300)...)
				refused(t, data, cborx.FaultNotShortest, 0)
				refused(t, append([]byte{0x82, 0x00}, data...), cborx.FaultNotShortest, 2)
			}
		}
	}
}

func TestShortestIntegersOfEveryWidthAreAccepted(t *testing.T) {
	for _, major := range []byte{0, 1} {
		for _, c := range []struct {
			width       int
			least, most uint64
		}{{0, 0, 23}, {1, 24, 1<<8 - 1}, {2, 1 << 8, 1<<16 - 1}, {4, 1 << 16, 1<<32 - 1}, {8, 1 << 32, 1<<64 - 1}} {
			for _, argument := range []uint64{c.least, c.least + 1, c.most - 1, c.most} {
				if data := head(major, c.width, argument); cborx.Check(data) != nil {
					t.Errorf("%x: %v", data, cborx.Check(data))
				}
			}
		}
	}
}

func TestStringsOfEveryLengthWidthAreAccepted(t *testing.T) {
	for _, major := range []byte{2, 3} {
		for width, length := range map[int]int{0: 23, 1: 24, 2: 256, 4: 65536} {
			data := append(head(major, width, uint64(length)), bytes.Repeat([]byte("a"), length)...)
			if err := cborx.Check(data); err != nil {
				t.Errorf("string of %d bytes: %v", length, err)
			}
			refused(t, data[:len(data)-1], cborx.FaultTooLong, 0)
		}
	}
}

func TestUnsortedMapIsRefused(t *testing.T) {
	allRefused(t, cborx.FaultUnsorted, []place{
		{"a2 02 00 01 00", 3},
		{"a2 04 1a62f2f200 01 62 3333", 7},
		{"a2 20 00 18ff 00", 3},                    // negative before positive
		{"a2 6162 00 6161 00", 4},                  // text
		{"a2 61 7a 00 41 61 00", 4},                // text before bytes
		{"a2 62 6161 00 61 62 00", 5},              // the length is part of the encoding: shorter first
		{"a3 01 00 03 00 02 00", 5},                // the last pair
		{"a1 01 a2 02 00 01 00", 5},                // in a map in a map
		{"81 a2 02 00 01 00", 4},                   // in an array
		{"a1 a2 02 00 01 00 00", 4},                // in a key
		{"a2 80 00 01 00", 3},                      // array as key before an integer
		{"a2 1903e8 00 18ff 00", 5},                // numeric order of unequal widths
		{"a4 01 00 04 00 3a00010000 00 06 00", 11}, // our claims before iat
	})
}

func TestDuplicateKeyIsRefused(t *testing.T) {
	allRefused(t, cborx.FaultDuplicate, []place{
		{"a2 01 00 01 00", 3},
		{"a2 01 00 01 01", 3},
		{"a3 01 00 02 00 02 00", 5},
		{"a2 6161 00 6161 00", 4},
		{"a2 40 00 40 00", 3},
		{"a2 3bffffffffffffffff 00 3bffffffffffffffff 00", 11},
		{"81 a1 05 a2 80 00 80 00", 6},
	})
}

func TestIndefiniteLengthIsRefused(t *testing.T) {
	allRefused(t, cborx.FaultIndefinite, []place{
		{"5f ff", 0}, {"5f 4101 4102 ff", 0},
		{"7f ff", 0}, {"7f 6161 ff", 0},
		{"9f ff", 0}, {"9f 01 ff", 0}, {"9f", 0},
		{"bf ff", 0}, {"bf 01 02 ff", 0},
		{"1f", 0}, {"3f", 0}, {"df 01", 0}, // not even CBOR
		{"82 01 9f ff", 2}, {"a1 01 bf ff", 2}, {"a1 5f ff 01", 1},
	})
}

func TestFloatNullBooleanAndSimpleValueAreRefused(t *testing.T) {
	for _, text := range []string{
		"f90000", "f93c00", "f97e00", "f97c00", "f9", // half
		"fa00000000", "fa3f800000", "fa7fc00000", // single
		"fb0000000000000000", "fb3ff0000000000000", "fb7ff8000000000000", // double
		"f4", "f5", "f6", "f7", // false, true, null, undefined
		"e0", "f0", "f3", "f800", "f818", "f820", "f8ff", // simple values, well-formed or not
		"fc", "fd", "fe", "ff", // reserved, and a break of nothing
	} {
		data := fromHex(t, text)
		refused(t, data, cborx.FaultSimple, 0)
		refused(t, append([]byte{0x81}, data...), cborx.FaultSimple, 1)
		refused(t, append([]byte{0xa1, 0x01}, data...), cborx.FaultSimple, 2)
		refused(t, append(append([]byte{0xa1}, data...), 0), cborx.FaultSimple, 1)
	}
}

func TestTagIsRefused(t *testing.T) {
	allRefused(t, cborx.FaultTag, []place{
		{"c0 60", 0}, {"c1 01", 0}, {"c2 41 01", 0}, {"c3 41 01", 0}, {"d2 80", 0},
		{"d818 41 00", 0}, {"d862 80", 0}, {"d9d9f7 00", 0}, {"da00010000 00", 0},
		{"dbffffffffffffffff 00", 0},
		{"81 d2 80", 1}, {"a1 01 c1 01", 2}, {"a1 c1 01 01", 1}, {"c1", 0},
	})
}

func TestBytesAfterTheItemAreRefused(t *testing.T) {
	allRefused(t, cborx.FaultTrailing, []place{
		{"00 00", 1}, {"80 80", 1}, {"a0 f6", 1}, {"81 01 02", 2}, {"41 01 ff", 2},
		{"1818 00", 2}, {"a1 01 02 03", 3}, {"60 9f", 1},
	})
}

func TestReservedInformationIsRefused(t *testing.T) {
	for major := range byte(7) {
		for info := byte(28); info <= 30; info++ {
			refused(t, []byte{major<<5 | info, 0, 0, 0, 0}, cborx.FaultReserved, 0)
			refused(t, []byte{0x82, 0x00, major<<5 | info}, cborx.FaultReserved, 2)
		}
	}
}

func TestTextThatIsNotUTF8IsRefused(t *testing.T) {
	allRefused(t, cborx.FaultUTF8, []place{
		{"61 ff", 0}, {"61 80", 0}, {"62 c328", 0},
		{"62 c080", 0}, {"63 e08080", 0}, // overlong
		{"63 eda080", 0},   // surrogate
		{"64 f4908080", 0}, // above U+10FFFF
		{"62 e78e", 0},     // a character cut short
		{"82 6161 61ff", 3}, {"a1 61ff 00", 1}, {"a1 01 61ff", 2},
	})
}

func TestInputThatEndsInsideAnItemIsRefused(t *testing.T) {
	allRefused(t, cborx.FaultTruncated, []place{
		{"", 0}, {"18", 0}, {"19 01", 0}, {"1a 010000", 0}, {"1b 01000000000000", 0},
		{"38", 0}, {"58", 0}, {"78", 0}, {"99 01", 0}, {"b9 01", 0}, {"d8", 0},
		{"82 00 19 01", 2}, {"a1 18 18", 3}, {"82 81 00", 3},
	})
	whole := fromHex(t, "a3 01 83 00 38ff 6161 20 42 0001 4101 a1 80 1903e8")
	if err := cborx.Check(whole); err != nil {
		t.Fatal(err)
	}
	for n := range whole {
		if cborx.Check(whole[:n]) == nil {
			t.Errorf("the first %d bytes are accepted", n)
		}
	}
}

// A length is compared with the input before anything is made of it.
func TestLengthBeyondTheInputIsRefused(t *testing.T) {
	allRefused(t, cborx.FaultTooLong, []place{
		{"41", 0}, {"61", 0}, {"81", 0}, {"a1", 0}, {"82 00", 0},
		{"5a ffffffff 00", 0}, {"7a ffffffff 00", 0}, {"9a ffffffff 00", 0}, {"ba ffffffff 00", 0},
		{"5b 7fffffffffffffff 00", 0}, {"5b ffffffffffffffff 00", 0}, {"7b ffffffffffffffff 00", 0},
		{"9b ffffffffffffffff 00", 0}, {"bb ffffffffffffffff 00", 0},
		{"9b 8000000000000000 00", 0}, {"bb 8000000000000000 00", 0},
		{"82 00 43 0102", 2},
	})
}

func TestNestingBeyondTheLimitIsRefused(t *testing.T) {
	nested := map[string]func(levels int) []byte{
		"arrays": func(n int) []byte { return append(bytes.Repeat([]byte{0x81}, n-1), 0x80) },
		"maps":   func(n int) []byte { return append(bytes.Repeat([]byte{0xa1, 0x00}, n-1), 0xa0) },
	}
	for name, build := range nested {
		if err := cborx.Check(build(cborx.MaxDepth)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		deep := build(cborx.MaxDepth + 1)
		refused(t, deep, cborx.FaultDepth, len(deep)-1)
	}
	refused(t, bytes.Repeat([]byte{0x81}, 1<<20), cborx.FaultDepth, cborx.MaxDepth)
	refused(t, bytes.Repeat([]byte{0xa1}, 1<<20), cborx.FaultDepth, cborx.MaxDepth) // in keys
}

func TestCheckAllocatesNothing(t *testing.T) {
	data := fromHex(t, "a3 01 83 00 38ff 6161 20 42 0001 4101 a1 80 1903e8")
	if n := testing.AllocsPerRun(100, func() { _ = cborx.Check(data) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestCutTagTakesOffOneTagAndNoMore(t *testing.T) {
	for _, c := range []struct {
		hex     string
		number  uint64
		content string
		tagged  bool
		fault   cborx.Fault
	}{
		{"d2 84", 18, "84", true, ""},
		{"d862 ff", 98, "ff", true, ""},
		{"d2 d2 80", 18, "d280", true, ""},
		{"c0", 0, "", true, ""},
		{"dbffffffffffffffff 00", 1<<64 - 1, "00", true, ""},
		{"84 00", 0, "", false, ""},
		{"d812 84", 0, "", false, cborx.FaultNotShortest},
		{"d90012 84", 0, "", false, cborx.FaultNotShortest},
		{"dc", 0, "", false, cborx.FaultReserved},
		{"df", 0, "", false, cborx.FaultIndefinite},
		{"d8", 0, "", false, cborx.FaultTruncated},
		{"", 0, "", false, cborx.FaultTruncated},
		{"f6", 0, "", false, cborx.FaultSimple},
	} {
		number, content, tagged, err := cborx.CutTag(fromHex(t, c.hex))
		var encoding *cborx.EncodingError
		if fault := cborx.Fault(""); errors.As(err, &encoding) {
			if fault = encoding.Fault; fault != c.fault || encoding.Offset != 0 {
				t.Errorf("%s: %v, want %q", c.hex, err, c.fault)
			}
		} else if err != nil || c.fault != "" {
			t.Errorf("%s: %v, want %q", c.hex, err, c.fault)
		}
		if number != c.number || tagged != c.tagged || hex.EncodeToString(content) != c.content {
			t.Errorf("%s: %d %x %v, want %d %s %v", c.hex, number, content, tagged, c.number, c.content, c.tagged)
		}
	}
}

// example is a line of testdata/rfc8949-appendix-a.txt.
type example struct {
	data    []byte
	verdict string
}

func examples(tb testing.TB) []example {
	tb.Helper()
	const file = "testdata/rfc8949-appendix-a.txt"
	content, err := os.ReadFile(file)
	if err != nil {
		tb.Fatal(err)
	}
	var all []example
	for line := range strings.Lines(string(content)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		var text, verdict string
		if _, err := fmt.Sscan(line, &text, &verdict); err != nil {
			tb.Fatalf("%s: %q: %v", file, line, err)
		}
		all = append(all, example{fromHex(tb, text), verdict})
	}
	if len(all) < 80 {
		tb.Fatalf("%s: %d examples", file, len(all))
	}
	return all
}

func TestExamplesOfRFC8949OutsideTheDataModelAreRefused(t *testing.T) {
	faults := map[string]cborx.Fault{"tag": cborx.FaultTag, "simple": cborx.FaultSimple, "indefinite": cborx.FaultIndefinite}
	for _, e := range examples(t) {
		var encoding *cborx.EncodingError
		switch err := cborx.Check(e.data); {
		case e.verdict == "ok" && err != nil:
			t.Errorf("%x: %v", e.data, err)
		case e.verdict != "ok" && (!errors.As(err, &encoding) || encoding.Fault != faults[e.verdict]):
			t.Errorf("%x: %v, want %s", e.data, err, e.verdict)
		}
	}
}
