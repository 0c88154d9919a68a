package feed

import (
	"errors"
	"strconv"
)

// What can be wrong with a feed as a whole; a fault of one row is a reject and
// never an error.
var (
	// ErrOptions: a field of [Options] is missing or out of range.
	ErrOptions = errors.New("invalid import options")
	// ErrNoPeople: the folder has no people file, and so nobody to import.
	ErrNoPeople = errors.New("no people file (people.csv, people.jsonl or people.ndjson)")
	// ErrAmbiguous: two files carry the same feed.
	ErrAmbiguous = errors.New("a second file carries the same feed")
	// ErrNotAFile: a folder or a device where a file was meant.
	ErrNotAFile = errors.New("not a regular file")
	// ErrEmpty: the file has no header, or no rows where it needs some.
	ErrEmpty = errors.New("the file is empty")
	// ErrEncoding: the file is neither UTF-8, UTF-16 with a byte order mark, nor GB18030.
	ErrEncoding = errors.New("neither UTF-8 nor GB18030")
	// ErrHeader: the first line cannot be read as a header.
	ErrHeader = errors.New("the header cannot be read")
	// ErrColumnMissing: the header has not all columns of the feed.
	ErrColumnMissing = errors.New("the column is missing:")
	// ErrColumnTwice: the header has one name twice.
	ErrColumnTwice = errors.New("the column stands twice:")
)

// FileError is a fault of one file of a feed. It wraps one of the errors above,
// or what reading the file returned.
type FileError struct {
	File   string
	Line   int    // the line of the fault counted from 1, or 0
	Column string // the column of an ErrColumnMissing or ErrColumnTwice, as in a header
	Err    error
}

func (e *FileError) Error() string {
	text := e.File + ": "
	if e.Line > 0 {
		text += "line " + strconv.Itoa(e.Line) + ": "
	}
	text += e.Err.Error()
	if e.Column != "" {
		text += " " + e.Column
	}
	return text
}

func (e *FileError) Unwrap() error { return e.Err }
