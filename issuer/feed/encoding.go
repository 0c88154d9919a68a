package feed

import (
	"bytes"
	"errors"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// The encodings of feeds, as the summary names them.
const (
	utf8Name    = "UTF-8"
	utf16Name   = "UTF-16"
	gb18030Name = "GB18030"
)

const scanBufferSize = 64 << 10

// recognise tells the encoding of a whole file: by its byte order mark, else
// UTF-8 if all of it is or if it is damaged UTF-8, else the one of UTF-8 and
// GB18030 in which fewer lines are faulty. A guess from the beginning would be
// wrong: a file may be ASCII for long, and GB18030 text such as 路 is well-formed
// UTF-8 too. A fault is one of its row, as long as most lines are right; else the
// file is neither, and line is where the second of the two gave up. The file is
// opened again for each pass.
func recognise(open func() (io.ReadCloser, error)) (name string, line int, err error) {
	head, err := readHead(open)
	if err != nil {
		return "", 0, err
	}
	switch {
	case bytes.HasPrefix(head, []byte{0xEF, 0xBB, 0xBF}):
		return utf8Name, 0, nil // declared: a fault is one of its row
	case bytes.HasPrefix(head, []byte{0xFF, 0xFE}), bytes.HasPrefix(head, []byte{0xFE, 0xFF}):
		return utf16Name, 0, nil
	}
	var best lineFaults
	for _, candidate := range []struct {
		name  string
		check func(io.Reader) (lineFaults, error)
	}{{utf8Name, invalidUTF8}, {gb18030Name, invalidGB18030}} {
		found, err := checkAll(open, candidate.check)
		if err != nil {
			return "", 0, err
		}
		if found.faulty == 0 || found.damagedUTF8() {
			return candidate.name, 0, nil
		}
		line = max(line, found.first)
		if name == "" || found.faulty < best.faulty {
			name, best = candidate.name, found
		}
	}
	if 2*best.faulty >= best.lines {
		return "", line, ErrEncoding
	}
	return name, 0, nil
}

// lineFaults counts the lines that are not in an encoding.
type lineFaults struct {
	lines  int // in all; what follows the last line feed is one
	faulty int
	first  int // faulty line, from 1; 0 when there is none
	inLine bool

	// Of UTF-8: characters of several bytes, and bytes that belong to none.
	characters, strayBytes int
}

// damagedUTF8 reports whether a text that is not UTF-8 everywhere is meant as
// UTF-8. Bytes of GB18030 are a character of UTF-8 now and then, most are
// none; and lines of UTF-8 can be GB18030 by chance.
func (l *lineFaults) damagedUTF8() bool { return l.characters > 4*l.strayBytes }

// countUTF8 counts the characters and the stray bytes of a faulty text.
func (l *lineFaults) countUTF8(text []byte) {
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		switch {
		case r == utf8.RuneError && size == 1:
			l.strayBytes++
		case size > 1:
			l.characters++
		}
		text = text[size:]
	}
}

// fault marks the current line, the first that has not ended.
func (l *lineFaults) fault() {
	if l.inLine {
		return
	}
	l.inLine = true
	l.faulty++
	if l.first == 0 {
		l.first = l.lines + 1
	}
}

func (l *lineFaults) end() { l.lines, l.inLine = l.lines+1, false }

func readHead(open func() (io.ReadCloser, error)) ([]byte, error) {
	file, err := open()
	if err != nil {
		return nil, err
	}
	defer file.Close()
	head := make([]byte, 3)
	n, err := io.ReadFull(file, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, err
	}
	return head[:n], nil
}

func checkAll(open func() (io.ReadCloser, error), check func(io.Reader) (lineFaults, error)) (lineFaults, error) {
	file, err := open()
	if err != nil {
		return lineFaults{}, err
	}
	defer file.Close()
	return check(file)
}

// invalidUTF8 counts the lines that are not UTF-8.
func invalidUTF8(r io.Reader) (lineFaults, error) {
	var found lineFaults
	buffer := make([]byte, scanBufferSize)
	for kept := 0; ; {
		n, err := r.Read(buffer[kept:])
		data := buffer[:kept+n]
		whole := len(data)
		if err == nil {
			whole -= incompleteTail(data)
		}
		for rest := data[:whole]; len(rest) > 0; {
			line, after, ended := bytes.Cut(rest, []byte{'\n'})
			if !utf8.Valid(line) {
				found.fault()
			}
			found.countUTF8(line)
			if ended {
				found.end()
			}
			rest = after
		}
		kept = copy(buffer, data[whole:])
		switch {
		case errors.Is(err, io.EOF):
			found.end()
			return found, nil
		case err != nil:
			return lineFaults{}, err
		}
	}
}

// incompleteTail returns how many bytes at the end begin a character whose rest
// is not there yet.
func incompleteTail(data []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(data); n++ {
		if tail := data[len(data)-n:]; utf8.RuneStart(tail[0]) {
			if utf8.FullRune(tail) {
				return 0
			}
			return n
		}
	}
	return 0
}

// invalidGB18030 counts the lines that have not the byte structure of GB
// 18030-2022 (one, two and four byte codes). A line feed inside a code ends it:
// no second, third or fourth byte is one.
func invalidGB18030(r io.Reader) (lineFaults, error) {
	var found lineFaults
	buffer := make([]byte, scanBufferSize)
	for place := 0; ; { // place: how many bytes of a code have been seen
		n, err := r.Read(buffer)
		for _, b := range buffer[:n] {
			var ok bool
			if place, ok = nextGB18030(place, b); !ok {
				found.fault()
				place = 0
			}
			if b == '\n' {
				found.end()
			}
		}
		switch {
		case errors.Is(err, io.EOF):
			if place != 0 {
				found.fault()
			}
			found.end()
			return found, nil
		case err != nil:
			return lineFaults{}, err
		}
	}
}

func nextGB18030(place int, b byte) (next int, ok bool) {
	lead := 0x81 <= b && b <= 0xFE
	digit := '0' <= b && b <= '9'
	switch place {
	case 0:
		if b < 0x80 {
			return 0, true
		}
		return 1, lead
	case 1:
		if digit {
			return 2, true
		}
		return 0, 0x40 <= b && b <= 0xFE && b != 0x7F
	case 2:
		return 3, lead
	}
	return 0, digit
}

// decode returns r as UTF-8. Codes without a character become U+FFFD.
func decode(r io.Reader, encoding string) io.Reader {
	switch encoding {
	case gb18030Name:
		return transform.NewReader(r, simplifiedchinese.GB18030.NewDecoder())
	case utf16Name:
		return transform.NewReader(r, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder())
	}
	return r
}
