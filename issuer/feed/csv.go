package feed

import (
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/tongxing/tongxing/spec"
)

// maxQuotedLines bounds how many lines a quoted field may span, so that one
// stray quotation mark costs its own row and not the rest of the file.
const maxQuotedLines = 16

// csvReader reads CSV (RFC 4180) with a header: CR LF or LF, quoted fields with
// doubled quotation marks and line feeds in them, empty columns at the end. The
// delimiter is the one that the header uses: comma, tab or semicolon.
type csvReader struct {
	lines     *lineReader
	columns   *columnSet
	delimiter byte
	places    []int // for each field of the header its column, or -1
	mayEnd    int   // how many fields a row has at least
	cells     []string
	row       row
}

func newCSVReader(lines *lineReader, columns *columnSet) (*csvReader, error) {
	c := &csvReader{lines: lines, columns: columns, delimiter: ','}
	header, err := lines.next()
	switch {
	case errors.Is(err, io.EOF):
		return nil, &FileError{Err: ErrEmpty}
	case err != nil:
		return nil, &FileError{Err: err}
	case header.tooLong:
		return nil, &FileError{Line: 1, Err: ErrHeader}
	case isBlank(header.text):
		return nil, blankHeader(lines)
	case strings.ContainsRune(header.text, 0):
		return nil, &FileError{Line: 1, Err: ErrEncoding}
	}
	c.delimiter = delimiterOf(header.text)
	cells, fault, err := c.split(header)
	if err != nil {
		return nil, &FileError{Err: err}
	}
	if fault != 0 {
		return nil, &FileError{Line: 1, Err: ErrHeader}
	}
	return c, c.mapHeader(cells)
}

// blankHeader tells a file that has nothing, as a lone byte order mark, from one
// whose header has been lost.
func blankHeader(lines *lineReader) error {
	_, err := lines.next()
	switch {
	case errors.Is(err, io.EOF):
		return &FileError{Err: ErrEmpty}
	case err != nil:
		return &FileError{Err: err}
	}
	return &FileError{Line: 1, Err: ErrHeader}
}

func delimiterOf(header string) byte {
	for _, d := range []byte{',', '\t', ';'} {
		if strings.IndexByte(header, d) >= 0 {
			return d
		}
	}
	return ','
}

// mapHeader finds the column of each field. When two fields mean one column,
// the alias that the table prefers is taken; the same name twice is refused.
func (c *csvReader) mapHeader(header []string) error {
	for len(header) > 0 && isBlank(header[len(header)-1]) {
		header = header[:len(header)-1]
	}
	c.places = slices.Repeat([]int{-1}, len(header))
	type choice struct{ field, rank int }
	chosen := map[int]choice{}
	for field, name := range header {
		place, rank, ok := c.columns.find(name)
		if !ok {
			continue
		}
		before, twice := chosen[place]
		switch {
		case twice && before.rank == rank:
			return &FileError{Line: 1, Column: foldText(name), Err: ErrColumnTwice}
		case !twice || rank < before.rank:
			chosen[place] = choice{field, rank}
		}
	}
	for place, column := range c.columns.columns {
		found, ok := chosen[place]
		if !ok && column.Required {
			return &FileError{Line: 1, Column: column.Aliases[0] + " (" + column.Name + ")", Err: ErrColumnMissing}
		}
		if ok {
			c.places[found.field] = place
			if !column.Blank {
				c.mayEnd = max(c.mayEnd, found.field+1)
			}
		}
	}
	c.row.values = make([]string, len(c.columns.columns))
	return nil
}

func (c *csvReader) next() (*row, error) {
	for {
		first, err := c.lines.next()
		if err != nil {
			return nil, err
		}
		cells, fault, err := c.split(first)
		if err != nil {
			return nil, err
		}
		if fault == 0 && isBlankRow(cells) {
			continue
		}
		if fault == 0 {
			fault = c.assign(cells)
		}
		c.row.line, c.row.fault, c.row.raw = first.number, fault, first.text
		return &c.row, nil
	}
}

func isBlankRow(cells []string) bool {
	for _, cell := range cells {
		if !isBlank(cell) {
			return false
		}
	}
	return true
}

// assign brings the fields of a row into the order of the columns. Fields
// beyond the header must be empty; fields may be missing at the end where the
// column may be empty, as spreadsheets drop them.
func (c *csvReader) assign(cells []string) spec.Reject {
	if len(cells) < c.mayEnd {
		return spec.RejectColumnCount
	}
	clear(c.row.values)
	c.row.extra = c.row.extra[:0]
	for i, cell := range cells {
		switch {
		case i >= len(c.places):
			if !isBlank(cell) {
				return spec.RejectColumnCount
			}
		case c.places[i] < 0:
			c.row.extra = append(c.row.extra, cell)
		default:
			c.row.values[c.places[i]] = cell
		}
	}
	return 0
}

// split returns the fields of the row that begins with first. When the row is
// not well-formed, only its first line is used up.
func (c *csvReader) split(first line) ([]string, spec.Reject, error) {
	c.cells = c.cells[:0]
	if first.tooLong {
		return nil, spec.RejectRowTooLong, nil
	}
	if strings.IndexByte(first.text, '"') < 0 {
		rest := first.text
		for {
			i := strings.IndexByte(rest, c.delimiter)
			if i < 0 {
				c.cells = append(c.cells, rest)
				return c.cells, 0, nil
			}
			c.cells = append(c.cells, rest[:i])
			rest = rest[i+1:]
		}
	}
	return c.splitQuoted(first)
}

// splitQuoted takes in further lines as long as a quoted field is open.
func (c *csvReader) splitQuoted(first line) ([]string, spec.Reject, error) {
	text := first.text
	var more []line
	for {
		cells, open, ok := splitCells(c.cells[:0], text, c.delimiter)
		if ok {
			c.cells = cells
			return cells, 0, nil
		}
		if !open || len(more) == maxQuotedLines-1 {
			break
		}
		next, err := c.lines.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, 0, err
		}
		more = append(more, next)
		if text += "\n" + next.text; next.tooLong || len(text) > maxRowBytes {
			break
		}
	}
	c.lines.giveBack(more)
	return nil, spec.RejectRowMalformed, nil
}

// splitCells splits a row with quoted fields. A quotation mark inside an
// unquoted field stands for itself. open tells that the text ends inside a
// quoted field, which is then not ok.
func splitCells(cells []string, text string, delimiter byte) (split []string, open, ok bool) {
	for {
		if !strings.HasPrefix(text, `"`) {
			i := strings.IndexByte(text, delimiter)
			if i < 0 {
				return append(cells, text), false, true
			}
			cells = append(cells, text[:i])
			text = text[i+1:]
			continue
		}
		cell, rest, closed := cutQuoted(text[1:])
		if !closed {
			return cells, true, false
		}
		cells = append(cells, cell)
		if rest == "" {
			return cells, false, true
		}
		if rest[0] != delimiter {
			return cells, false, false
		}
		text = rest[1:]
	}
}

// cutQuoted returns the content of a quoted field and what follows its end.
func cutQuoted(text string) (cell, rest string, closed bool) {
	for i := 0; ; i++ {
		j := strings.IndexByte(text[i:], '"')
		if j < 0 {
			return "", "", false
		}
		if i += j; i+1 < len(text) && text[i+1] == '"' {
			i++ // a doubled mark is one mark of the content
			continue
		}
		return strings.ReplaceAll(text[:i], `""`, `"`), text[i+1:], true
	}
}
