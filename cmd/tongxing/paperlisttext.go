package main

import (
	"errors"
	"hash/maphash"
	"io"
	"os"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"

	"github.com/tongxing/tongxing/cmd/internal/files"
	"github.com/tongxing/tongxing/cmd/internal/program"
)

// listText is how the cells of a list are read: as UTF-8, or as GB18030, in which
// office programs save lists in China. Rows are cut before that, so that a code is
// found again by where it stands in the file: no byte of a character of GB18030 is a
// comma, a quotation mark or the end of a line.
type listText struct {
	path    string
	decoder *encoding.Decoder // nil for UTF-8
}

// readListText looks through a list for what it is written in: GB18030 is what is
// not UTF-8 everywhere.
func readListText(path string, f *os.File) (listText, error) {
	t := listText{path: path}
	_, err := io.Copy(io.Discard, transform.NewReader(f, encoding.UTF8Validator))
	if errors.Is(err, encoding.ErrInvalidUTF8) {
		t.decoder, err = simplifiedchinese.GB18030.NewDecoder(), nil
	}
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		return t, &files.PathError{Path: path, Err: err}
	}
	return t, nil
}

// cell returns the text of a cell, in one form of those that look alike: 村 of one
// list is typed on several machines.
func (t listText) cell(raw string, line int) (string, error) {
	if t.decoder != nil {
		decoded, err := t.decoder.String(raw)
		if err != nil || strings.ContainsRune(decoded, '\ufffd') {
			return "", program.Fail("list_encoding", t.path, line)
		}
		raw = decoded
	}
	return strings.TrimSpace(norm.NFC.String(raw)), nil
}

// repeats counts the rows of a list that ask for a code that one before them asks
// for, and has the lines of the first pair.
type repeats struct {
	column      int // of the codes, or of their lines in the job
	seed        maphash.Seed
	seen        map[uint64]int // line by what it asks for, hashed
	count       int
	first, line int
}

func newRepeats(column int) repeats {
	return repeats{column: column, seed: maphash.MakeSeed(), seen: map[uint64]int{}}
}

func (r *repeats) look(record []string, line int) {
	what := maphash.String(r.seed, strings.TrimSpace(record[r.column]))
	before, again := r.seen[what]
	switch {
	case !again:
		r.seen[what] = line
		return
	case r.count == 0:
		r.first, r.line = before, line
	}
	r.count++
}
