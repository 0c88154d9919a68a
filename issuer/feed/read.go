package feed

import (
	"context"
	"errors"
	"io"
	"io/fs"
)

// read turns the rows of one file into entries.
func (r *importRun) read(file source) error {
	open := func() (io.ReadCloser, error) {
		f, err := r.fsys.Open(file.name)
		if err != nil {
			return nil, err
		}
		return &contextReader{ctx: r.ctx, file: f}, nil
	}
	encoding, line, err := recognise(open)
	if err != nil {
		return r.fileError(file, line, err)
	}
	r.summary.Files[file.kind].Encoding = encoding
	raw, err := open()
	if err != nil {
		return r.fileError(file, 0, err)
	}
	defer raw.Close()
	rows, err := newRowReader(file, decode(&meteredReader{reader: raw, meter: &r.meter}, encoding))
	if err != nil {
		return r.fileError(file, 0, err)
	}
	return r.readRows(file, rows)
}

func (r *importRun) readRows(file source, rows rowReader) error {
	counts := &r.summary.Files[file.kind]
	judge := newJudge(file.kind, r.options.At.Unix())
	for {
		row, err := rows.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return r.fileError(file, 0, err)
		}
		counts.Rows++
		if err := r.entries.add(judge.entry(row)); err != nil {
			return err
		}
	}
	if file.kind == people && counts.Rows == 0 {
		return &FileError{File: file.name, Err: ErrEmpty}
	}
	return nil
}

// fileError gives err the name of its file, unless it has one or the context ended.
func (r *importRun) fileError(file source, line int, err error) error {
	var named *FileError
	if errors.As(err, &named) {
		if named.File == "" {
			named.File = file.name
		}
		return err
	}
	if r.ctx.Err() != nil && errors.Is(err, r.ctx.Err()) {
		return err
	}
	return &FileError{File: file.name, Line: line, Err: err}
}

// contextReader ends reading when its context is done.
type contextReader struct {
	ctx  context.Context
	file fs.File
}

func (c *contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.file.Read(p)
}

func (c *contextReader) Close() error { return c.file.Close() }

// meteredReader counts what is read.
type meteredReader struct {
	reader io.Reader
	meter  *meter
}

func (m *meteredReader) Read(p []byte) (int, error) {
	n, err := m.reader.Read(p)
	m.meter.add(int64(n))
	return n, err
}

// meter counts the units of a stage and reports about two hundred times.
type meter struct {
	report   func(Progress)
	progress Progress
	told     int64
}

func (m *meter) begin(stage Stage, total int64) {
	m.progress = Progress{Stage: stage, Total: total}
	m.tell()
}

// add counts n units and tells whether it is time to look up.
func (m *meter) add(n int64) bool {
	m.progress.Done += n
	if m.progress.Done-m.told < m.progress.Total/200 {
		return false
	}
	m.tell()
	return true
}

func (m *meter) tell() {
	m.told = m.progress.Done
	if m.report != nil {
		m.report(m.progress)
	}
}
