package pdf

import "strconv"

// Length is a length in nanometres. Whole numbers of printer dots have to stay
// whole, and sums must not depend on the machine: no floating point.
type Length int64

const (
	// Millimetre is one millimetre.
	Millimetre Length = 1_000_000
	// inch is what printers count their dots by.
	inch = 25_400_000
)

// Dots returns the length of n dots of a printer with dpi dots an inch, rounded
// to the nanometre.
func Dots(n, dpi int) Length {
	return Length(divide(int64(n)*inch, int64(dpi)))
}

// divide rounds to the nearest, halves away from zero; b is positive.
func divide(a, b int64) int64 {
	if a < 0 {
		return -divide(-a, b)
	}
	return (a + b/2) / b
}

// appendLength appends a length in points with three decimals, 0.35 micrometres.
func appendLength(b []byte, l Length) []byte {
	return appendDecimal(b, divide(int64(l)*72*1000, inch), 3)
}

// appendDecimal appends n / 10^places without what a reader does not need.
func appendDecimal(b []byte, n int64, places int) []byte {
	if n < 0 {
		b, n = append(b, '-'), -n
	}
	scale := int64(1)
	for range places {
		scale *= 10
	}
	b = strconv.AppendInt(b, n/scale, 10)
	rest := n % scale
	if rest == 0 {
		return b
	}
	b = append(b, '.')
	for rest > 0 {
		scale /= 10
		b = append(b, byte('0'+rest/scale))
		rest %= scale
	}
	return b
}
