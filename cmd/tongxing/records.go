package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/tongxing/tongxing/cmd/internal/files"
	"github.com/tongxing/tongxing/issuer/record"
)

var (
	// errNotAFile reports records from a pipe, which cannot be read twice.
	errNotAFile = errors.New("not a regular file")
	// errNoRecords reports a file without a single line that could be a record.
	errNoRecords = errors.New("no line is a JSON object")
)

// jobName names a job by what goes into it, so that the same records issued for
// the same time are one job however often they are fed, and counts their lines.
// A file that cannot be one of records is refused here, before anything is
// signed. The reader is left at its start.
func jobName(records *os.File, f issueFlags, at time.Time) (job string, lines int64, err error) {
	info, err := records.Stat()
	if err != nil {
		return "", 0, err
	}
	if !info.Mode().IsRegular() {
		return "", 0, errNotAFile
	}
	h, look := sha256.New(), &recordScan{}
	size, err := io.Copy(io.MultiWriter(h, look), records)
	switch {
	case err != nil:
		return "", 0, err
	case size == 0:
		return "", 0, files.ErrEmpty
	case look.tooLong > 0:
		return "", 0, &record.LineError{Line: look.tooLong, Err: record.ErrLineTooLong}
	case !look.object:
		return "", 0, errNoRecords
	}
	if _, err := records.Seek(0, io.SeekStart); err != nil {
		return "", 0, err
	}
	if f.job != "" {
		return f.job, look.lines, nil
	}
	fmt.Fprintf(h, "\x00%s\x00%d\x00%d", f.region, at.Unix(), f.lifetime)
	return f.region + "-" + hex.EncodeToString(h.Sum(nil)[:16]), look.lines, nil
}

// recordScan looks at the lines of a file that is written to it.
type recordScan struct {
	lines   int64
	length  int  // of the line that has begun
	tooLong int  // the first line above the limit, from 1, or 0
	object  bool // some line begins like a JSON object
}

func (s *recordScan) Write(p []byte) (int, error) {
	for rest := p; len(rest) > 0; {
		line, after, ended := bytes.Cut(rest, []byte("\n"))
		if s.length == 0 && bytes.HasPrefix(bytes.TrimLeft(line, " \t\ufeff"), []byte(`{"`)) {
			s.object = true
		}
		s.length += len(line)
		if s.length >= record.MaxLineBytes && s.tooLong == 0 {
			s.tooLong = int(s.lines) + 1
		}
		if ended {
			s.lines, s.length = s.lines+1, 0
		}
		rest = after
	}
	return len(p), nil
}

// recordsError gives the faults of a file of records their words.
func recordsError(path string, err error) error {
	var line *record.LineError
	switch {
	case errors.As(err, &line) && errors.Is(err, record.ErrLineTooLong):
		return failFor(err, "record_too_long", path, line.Line, record.MaxLineBytes)
	case errors.Is(err, errNotAFile):
		return failFor(err, "records_from_pipe", path)
	case errors.Is(err, errNoRecords):
		return failFor(err, "no_records", path)
	case errors.Is(err, files.ErrEmpty):
		return aboutFile(path, err)
	}
	return err
}
