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
// UTF-8 if every byte of it is, else GB18030 if every byte of it is. A guess
// from the beginning would be wrong: a file may be ASCII for long, and GB18030
// text such as 路 is well-formed UTF-8 too. The file is opened again for each
// pass. When it is neither, line is where the second of the two gave up.
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
	for _, candidate := range []struct {
		name  string
		check func(io.Reader) (int, error)
	}{{utf8Name, invalidUTF8}, {gb18030Name, invalidGB18030}} {
		bad, err := checkAll(open, candidate.check)
		if err != nil {
			return "", 0, err
		}
		if bad == 0 {
			return candidate.name, 0, nil
		}
		line = max(line, bad)
	}
	return "", line, ErrEncoding
}

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

func checkAll(open func() (io.ReadCloser, error), check func(io.Reader) (int, error)) (int, error) {
	file, err := open()
	if err != nil {
		return 0, err
	}
	defer file.Close()
	return check(file)
}

// invalidUTF8 returns the number of the first line that is not UTF-8, or 0.
func invalidUTF8(r io.Reader) (int, error) {
	buffer := make([]byte, scanBufferSize)
	line, kept := 1, 0
	for {
		n, err := r.Read(buffer[kept:])
		data := buffer[:kept+n]
		whole := len(data)
		if err == nil {
			whole -= incompleteTail(data)
		}
		if !utf8.Valid(data[:whole]) {
			return line + bytes.Count(data[:firstInvalid(data[:whole])], []byte{'\n'}), nil
		}
		line += bytes.Count(data[:whole], []byte{'\n'})
		kept = copy(buffer, data[whole:])
		if errors.Is(err, io.EOF) {
			return 0, nil
		}
		if err != nil {
			return 0, err
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

func firstInvalid(data []byte) int {
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return len(data)
}

// invalidGB18030 returns the number of the first line that has not the byte
// structure of GB 18030-2022 (one, two and four byte codes), or 0.
func invalidGB18030(r io.Reader) (int, error) {
	buffer := make([]byte, scanBufferSize)
	line, place := 1, 0 // place: how many bytes of a code have been seen
	for {
		n, err := r.Read(buffer)
		for _, b := range buffer[:n] {
			if b == '\n' && place == 0 {
				line++
				continue
			}
			var ok bool
			if place, ok = nextGB18030(place, b); !ok {
				return line, nil
			}
		}
		switch {
		case errors.Is(err, io.EOF) && place != 0:
			return line, nil
		case errors.Is(err, io.EOF):
			return 0, nil
		case err != nil:
			return 0, err
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
