package pdf

import (
	"encoding/binary"
	"math"
	"sync"
	"unicode/utf16"
)

// sRGB returns an ICC profile (ISO 15076-1, version 4.2) of the colour space of
// IEC 61966-2-1: three primaries, adapted to D50, and one curve for all.
var sRGB = sync.OnceValue(func() []byte {
	xyz := func(x, y, z float64) []byte { return fixed([]byte("XYZ \x00\x00\x00\x00"), x, y, z) }
	curve := fixed([]byte("para\x00\x00\x00\x00\x00\x03\x00\x00"), 2.4, 1/1.055, 0.055/1.055, 1/12.92, 0.04045)
	tags := []struct {
		names string // four letters each
		data  []byte
	}{
		{"desc", multilingual("sRGB")},
		{"cprt", multilingual("No copyright, use freely")},
		{"wtpt", xyz(0.9642, 1, 0.8249)},
		{"chad", fixed([]byte("sf32\x00\x00\x00\x00"),
			1.0478112, 0.0228866, -0.0501270, 0.0295424, 0.9904844, -0.0170491, -0.0092345, 0.0150436, 0.7521316)},
		{"rXYZ", xyz(0.4360747, 0.2225045, 0.0139322)},
		{"gXYZ", xyz(0.3850649, 0.7168786, 0.0971045)},
		{"bXYZ", xyz(0.1430804, 0.0606169, 0.7141733)},
		{"rTRCgTRCbTRC", curve},
	}
	count := 0
	for _, t := range tags {
		count += len(t.names) / 4
	}
	table, data := binary.BigEndian.AppendUint32(nil, uint32(count)), []byte(nil)
	for _, t := range tags {
		for i := 0; i < len(t.names); i += 4 {
			table = append(table, t.names[i:i+4]...)
			table = binary.BigEndian.AppendUint32(table, uint32(profileHead+4+12*count+len(data)))
			table = binary.BigEndian.AppendUint32(table, uint32(len(t.data)))
		}
		data = append(data, t.data...)
		data = append(data, make([]byte, -len(data)&3)...)
	}
	return append(append(profileHeader(profileHead+len(table)+len(data)), table...), data...)
})

const profileHead = 128

// profileHeader returns the header of a profile of the given size: a display
// device, RGB to XYZ, no creator.
func profileHeader(size int) []byte {
	b := make([]byte, profileHead)
	binary.BigEndian.PutUint32(b, uint32(size))
	copy(b[8:], "\x04\x20\x00\x00mntrRGB XYZ ")
	copy(b[24:], "\x07\xe4\x00\x01\x00\x01\x00\x00\x00\x00\x00\x00acsp") // 2020-01-01
	copy(b[68:], fixed(nil, 0.9642, 1, 0.8249))
	return b
}

// fixed appends numbers in 16.16 fixed point.
func fixed(b []byte, numbers ...float64) []byte {
	for _, n := range numbers {
		b = binary.BigEndian.AppendUint32(b, uint32(int32(math.Round(n*65536))))
	}
	return b
}

// multilingual returns a text in English.
func multilingual(text string) []byte {
	units := utf16.Encode([]rune(text))
	b := []byte("mluc\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x0cenUS")
	b = binary.BigEndian.AppendUint32(b, uint32(2*len(units)))
	b = binary.BigEndian.AppendUint32(b, 28)
	for _, u := range units {
		b = binary.BigEndian.AppendUint16(b, u)
	}
	return b
}
