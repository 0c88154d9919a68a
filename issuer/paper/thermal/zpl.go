package thermal

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
)

// WriteZPL writes the page as one label. Rows are compressed as the language
// has it: a letter says how often the digit after it stands, a comma fills the
// row with white, a colon repeats the row before.
func (d *Dots) WriteZPL(w io.Writer) error {
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "^XA\n^PW%d\n^LL%d\n^LH0,0\n^FO0,0^GFA,%d,%d,%d,", d.Width, d.Height, len(d.bits), len(d.bits), d.stride)
	var before []byte
	for y := range d.Height {
		row := d.bits[y*d.stride : (y+1)*d.stride]
		if y > 0 && bytes.Equal(row, before) {
			_ = b.WriteByte(':') // the error is kept by b until Flush
		} else {
			_, _ = b.Write(packed(row))
		}
		before = row
	}
	_, _ = b.WriteString("^FS\n^PQ1\n^XZ\n")
	return b.Flush()
}

// packed returns a row in hexadecimal digits with counts.
func packed(row []byte) []byte {
	digits := fmt.Appendf(nil, "%X", row)
	end := len(bytes.TrimRight(digits, "0"))
	var out []byte
	for i := 0; i < end; {
		n := 1
		for i+n < end && digits[i+n] == digits[i] {
			n++
		}
		if n > 1 {
			out = appendCount(out, n)
		}
		out = append(out, digits[i])
		i += n
	}
	if end < len(digits) {
		out = append(out, ',')
	}
	return out
}

// appendCount appends how often a digit stands: G to Y are 1 to 19, g to z are 20
// to 400 in steps of 20, and they add up.
func appendCount(b []byte, n int) []byte {
	for ; n >= 400; n -= 400 {
		b = append(b, 'z')
	}
	if n >= 20 {
		b = append(b, byte('g'+n/20-1))
	}
	if n %= 20; n > 0 {
		b = append(b, byte('G'+n-1))
	}
	return b
}
