package feed

import (
	"errors"
	"io"

	"github.com/tongxing/tongxing/spec"
)

// row is one row of a feed, its values in the order of the feed's columns in
// spec's table whatever their order in the file. Values are as the file has
// them, not yet normalised.
type row struct {
	line   int // physical line on which the row begins, the header being 1
	values []string
	extra  []string    // what stands in columns that nobody asked for
	fault  spec.Reject // of the row as such; values are then nil
	raw    string      // the first line of a row with such a fault
}

// rowReader reads the rows of one file. next returns io.EOF after the last
// row; the row is valid until the next call.
type rowReader interface {
	next() (*row, error)
}

// columnSet is the columns of one feed.
type columnSet struct {
	feed    string
	columns []spec.FeedColumn
	place   map[string]int // by name
}

func newColumnSet(k kind) *columnSet {
	set := &columnSet{feed: k.String(), columns: spec.FeedColumns(k.String()), place: map[string]int{}}
	for i, column := range set.columns {
		set.place[column.Name] = i
	}
	return set
}

// find returns the place of the column that a header cell or key names.
func (s *columnSet) find(header string) (place, rank int, ok bool) {
	name, rank, ok := spec.FeedColumnByHeader(s.feed, foldText(header))
	return s.place[name], rank, ok
}

// newRowReader returns the reader for a source whose text is r, in UTF-8.
func newRowReader(s source, r io.Reader) (rowReader, error) {
	lines := newLineReader(r)
	columns := newColumnSet(s.kind)
	if s.lines {
		return &jsonReader{lines: lines, columns: columns}, nil
	}
	reader, err := newCSVReader(lines, columns)
	var fault *FileError
	if errors.As(err, &fault) {
		fault.File = s.name
	}
	if err != nil {
		return nil, err
	}
	return reader, nil
}
