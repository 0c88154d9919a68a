package main

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/tongxing/tongxing/cmd/internal/files"
	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/issuer/record"
)

var (
	// errNotAFile reports records from a pipe, which cannot be read twice.
	errNotAFile = errors.New("not a regular file")
	// errNoRecords reports a file without a single line that could be a record.
	errNoRecords = errors.New("no line is a JSON object")
	// errJobKey reports a file of another length in the place of the job key.
	errJobKey = errors.New("not the key of the jobs' names")
)

// scanRecords returns the SHA-256 hash of a file of records and how many lines it
// has. A file that cannot be one of records is refused here, before anything is
// signed or made. The reader is left at its start.
func scanRecords(records *os.File) (hash []byte, lines int64, err error) {
	info, err := records.Stat()
	if err != nil {
		return nil, 0, err
	}
	if !info.Mode().IsRegular() {
		return nil, 0, errNotAFile
	}
	h, look := sha256.New(), &recordScan{}
	size, err := io.Copy(io.MultiWriter(h, look), records)
	switch {
	case err != nil:
		return nil, 0, err
	case size == 0:
		return nil, 0, files.ErrEmpty
	case look.tooLong > 0:
		return nil, 0, &record.LineError{Line: look.tooLong, Err: record.ErrLineTooLong}
	case !look.object:
		return nil, 0, errNoRecords
	}
	if _, err := records.Seek(0, io.SeekStart); err != nil {
		return nil, 0, err
	}
	return h.Sum(nil), look.lines, nil
}

// jobName names a job by what goes into it, so that the same records issued for
// the same time are one job however often they are fed. The name is a keyed
// hash: the registry keeps it for good, and a bare hash over the record of one
// person could be tried out.
func jobName(f issueFlags, records []byte, at time.Time) (string, error) {
	if f.job != "" {
		return f.job, nil
	}
	key, err := jobKey(f.registry + jobKeySuffix)
	if err != nil {
		return "", err
	}
	h := hmac.New(sha256.New, key)
	fmt.Fprintf(h, "%x %s %d %d", records, f.region, at.Unix(), f.lifetime)
	return f.region + "-" + hex.EncodeToString(h.Sum(nil)[:16]), nil
}

// What lies beside a registry under its name: the folder with the codes of its
// jobs, and the key of the jobs' names. The key is apart from the registry, which
// must not hold what could be tried out, and from the codes, which may get lost.
const (
	partsSuffix  = ".parts"
	jobKeySuffix = ".job-key"
	jobKeySize   = 32
)

// jobKey returns the key of the jobs' names, which is made when there is none.
// Without it the same records would be another job.
func jobKey(path string) ([]byte, error) {
	key, err := files.Read(path, jobKeySize)
	if err == nil && len(key) != jobKeySize || errors.Is(err, files.ErrTooLarge) || errors.Is(err, files.ErrEmpty) {
		return nil, &files.PathError{Path: path, Err: errJobKey}
	}
	if !errors.Is(err, os.ErrNotExist) {
		return key, err
	}
	key = make([]byte, jobKeySize)
	if _, err := rand.Read(key); err != nil {
		return nil, err
	}
	return key, files.Write(path, key, 0o600)
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
		return program.FailFor(err, "record_too_long", path, line.Line, record.MaxLineBytes)
	case errors.Is(err, errNotAFile):
		return program.FailFor(err, "records_from_pipe", path)
	case errors.Is(err, errNoRecords):
		return program.FailFor(err, "no_records", path)
	case errors.Is(err, files.ErrEmpty):
		return program.AboutFile(path, err)
	}
	return err
}
