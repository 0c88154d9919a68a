package feed

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
)

// maxRowBytes bounds one row in UTF-8; longer ones are refused, not read.
const maxRowBytes = 64 << 10

const byteOrderMark = "\ufeff"

// line is one physical line without its end.
type line struct {
	number  int
	text    string
	tooLong bool // text is then empty
}

// lineReader reads physical lines in bounded memory and takes lines back.
type lineReader struct {
	reader  *bufio.Reader
	number  int
	pending []line // lines given back, the next one last
}

func newLineReader(r io.Reader) *lineReader {
	return &lineReader{reader: bufio.NewReaderSize(r, maxRowBytes)}
}

// next returns the next line, or io.EOF.
func (l *lineReader) next() (line, error) {
	if n := len(l.pending); n > 0 {
		next := l.pending[n-1]
		l.pending = l.pending[:n-1]
		return next, nil
	}
	text, err := l.reader.ReadSlice('\n')
	if len(text) == 0 && err != nil {
		return line{}, err
	}
	l.number++
	if errors.Is(err, bufio.ErrBufferFull) {
		return line{number: l.number, tooLong: true}, l.skipLine()
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return line{}, err
	}
	text = bytes.TrimSuffix(bytes.TrimSuffix(text, []byte{'\n'}), []byte{'\r'})
	if l.number == 1 {
		text = bytes.TrimPrefix(text, []byte(byteOrderMark))
	}
	return line{number: l.number, text: string(text)}, nil
}

// skipLine reads to the end of a line that is too long.
func (l *lineReader) skipLine() error {
	for {
		_, err := l.reader.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		return err
	}
}

// giveBack returns lines to be read again, in their order.
func (l *lineReader) giveBack(lines []line) {
	for i := len(lines) - 1; i >= 0; i-- {
		l.pending = append(l.pending, lines[i])
	}
}

func isBlank(text string) bool { return strings.TrimSpace(text) == "" }
