package batch

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/tongxing/tongxing/issuer/record"
)

// piece is a chunk's part of the input, as bytes.
type piece struct {
	offset      int64
	data        []byte
	first, last int // lines of the input, from 1
	records     int // lines that are not blank
}

// cutter cuts an input into pieces of whole lines, each with so many records.
type cutter struct {
	input  *bufio.Reader
	chunk  int
	offset int64
	line   int
}

func newCutter(input io.Reader, chunk int) *cutter {
	return &cutter{input: bufio.NewReaderSize(input, 1<<20), chunk: chunk}
}

// next returns the next piece, its data written over buffer, or io.EOF when
// nothing but blank lines is left.
func (c *cutter) next(buffer []byte) (piece, error) {
	p := piece{offset: c.offset, first: c.line + 1, data: buffer[:0]}
	for p.records < c.chunk {
		before := len(p.data)
		var err error
		if p.data, err = c.appendLine(p.data); err != nil && !errors.Is(err, io.EOF) {
			return piece{}, err
		}
		line := p.data[before:]
		if len(line) > 0 {
			c.line++
		}
		if len(bytes.TrimSpace(line)) > 0 {
			p.records++
		}
		if err != nil { // the end
			break
		}
	}
	if p.records == 0 {
		return piece{}, io.EOF
	}
	c.offset += int64(len(p.data))
	p.last = c.line
	return p, nil
}

// appendLine appends one line with its line feed. At the end of the input it
// returns io.EOF, with what stands behind the last line feed.
func (c *cutter) appendLine(to []byte) ([]byte, error) {
	start := len(to)
	for {
		part, err := c.input.ReadSlice('\n')
		to = append(to, part...)
		switch {
		case len(to)-start > record.MaxLineBytes:
			return nil, &record.LineError{Line: c.line + 1, Err: fmt.Errorf("%w: at most %d bytes", record.ErrLineTooLong, record.MaxLineBytes)}
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil && !errors.Is(err, io.EOF):
			return nil, err
		}
		return to, err
	}
}
