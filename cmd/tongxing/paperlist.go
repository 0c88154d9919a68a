package main

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/tongxing/tongxing/cmd/internal/files"
	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/issuer/batch"
)

// Columns of a list that say which code a row is about: the text itself, or the
// line of the record in the job that issued it.
const (
	codeColumn = "code"
	lineColumn = "line"
)

// maxListed bounds the rows of a list. Of each is held where its code stands, 16
// bytes and those of the name of its stack once, and for the time of reading the
// list which line of the job it asks for.
const maxListed = 1 << 20

// paperList is a list of codes. The codes stay in their files and are read from
// there each time they are needed.
type paperList struct {
	path   string
	text   listText
	stacks []*stack
	codes  *os.File // the list itself, or the output of a job
	jobs   string   // the path of that output, "" for codes in the list
	column int      // of the codes in the list
	again  repeats  // rows that ask for a code that one before them asks for
	width  int      // columns of the list
	buffer *bufio.Reader
}

// stack is the codes that are printed into one file, in the order of the list.
type stack struct {
	name string
	list *paperList
	rows []row
}

// row is a row of a list.
type row struct {
	at   int64 // of its code in the file of codes; negative: the line that has none
	line int32 // of the list
}

// paperList reads a list into the stacks of the values of one column, in the
// order in which they are first met. The caller closes it.
func (a *app) paperList(path, by, jobs string) (*paperList, error) {
	f, err := files.Open(path)
	if err != nil {
		return nil, err
	}
	l := &paperList{path: path, codes: f, buffer: bufio.NewReaderSize(nil, 4096)}
	if err := l.read(by, jobs); err != nil {
		l.close()
		return nil, err
	}
	if l.again.count > 0 {
		a.Note("list_again", path, l.again.first, l.again.line, l.again.count)
	}
	return l, nil
}

func (l *paperList) close() { l.codes.Close() }

// The names of columns that are told: a file that is no list may be one long name.
const (
	columnsTold = 20
	nameTold    = 40 // characters
)

// columnsOf returns the names of a list's columns, fit for a terminal.
func columnsOf(header []string) string {
	var told []string
	for _, name := range header[:min(len(header), columnsTold)] {
		letters := []rune(name)
		if len(letters) > nameTold {
			letters = append(letters[:nameTold], '…')
		}
		told = append(told, strings.Map(func(r rune) rune {
			if !unicode.IsPrint(r) {
				return unicode.ReplacementChar
			}
			return r
		}, string(letters)))
	}
	if len(header) > columnsTold {
		told = append(told, "…")
	}
	return strings.Join(told, ", ")
}

// read reads the list, and then where the codes that it asks for stand.
func (l *paperList) read(by, jobs string) (err error) {
	if l.text, err = readListText(l.path, l.codes); err != nil {
		return err
	}
	reader, start := bufio.NewReader(l.codes), int64(0)
	if mark, _ := reader.Peek(3); bytes.Equal(mark, []byte("\ufeff")) {
		_, _ = reader.Discard(len(mark))
		start = int64(len(mark))
	}
	rows := csv.NewReader(reader)
	rows.ReuseRecord = true
	header, err := rows.Read()
	if err != nil {
		return listError(l.path, err)
	}
	for i := range header {
		if header[i], err = l.text.cell(header[i], 1); err != nil {
			return err
		}
	}
	group, code, line := slices.Index(header, norm.NFC.String(by)), slices.Index(header, codeColumn), slices.Index(header, lineColumn)
	switch {
	case group < 0:
		return program.Fail("list_column", l.path, by, columnsOf(header))
	case code < 0 && line < 0:
		return program.Fail("list_column", l.path, codeColumn+", "+lineColumn, columnsOf(header))
	case slices.Contains(header[group+1:], header[group]):
		return program.Fail("list_twice", l.path, by)
	case code < 0 && jobs == "":
		return program.Usage("flag_required", "--codes")
	}
	l.column, l.width, l.again = code, len(header), newRepeats(code)
	if code >= 0 {
		return l.readRows(rows, group, func(_ []string, begin int64) (int64, bool) { return start + begin, true })
	}
	l.jobs, l.again = jobs, newRepeats(line)
	err = l.readRows(rows, group, func(record []string, _ int64) (int64, bool) { return lineOf(record[line]) })
	if err != nil {
		return err
	}
	return l.findLines()
}

// readRows sorts the rows into their stacks. place says where the code of a row
// stands that begins there, or which line of the job it asks for, if that is a line.
func (l *paperList) readRows(rows *csv.Reader, group int, place func(record []string, begin int64) (at int64, ok bool)) error {
	known := map[string]*stack{}
	for n := 1; ; n++ {
		begin := rows.InputOffset()
		record, err := rows.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return listError(l.path, err)
		}
		line, _ := rows.FieldPos(0)
		if n > maxListed || line > math.MaxInt32 {
			return program.Fail("list_too_long", l.path, maxListed)
		}
		name, err := l.text.cell(record[group], line)
		if err != nil {
			return err
		}
		at, ok := place(record, begin)
		if !ok {
			return program.Fail("list_row", l.path, line)
		}
		l.again.look(record, line)
		s := known[name]
		if s == nil {
			s = &stack{name: strings.Clone(name), list: l}
			known[s.name] = s
			l.stacks = append(l.stacks, s)
		}
		s.rows = append(s.rows, row{at, int32(line)})
	}
	l.again.seen = nil
	if l.stacks == nil {
		return program.Fail("no_code_given")
	}
	return nil
}

// lineOf reads the number of a line.
func lineOf(text string) (n int64, ok bool) {
	n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
	return n, err == nil && n > 0
}

// findLines replaces the lines of the job that the rows ask for by where their
// codes stand in its output. Of an output of any length only those are held.
func (l *paperList) findLines() error {
	const absent = -1
	places := map[int64]int64{}
	for _, s := range l.stacks {
		for _, r := range s.rows {
			places[r.at] = absent
		}
	}
	err := eachIssued(l.jobs, func(at int64, issued *batch.Line) error {
		if _, wanted := places[int64(issued.Line)]; wanted {
			places[int64(issued.Line)] = at
		}
		return nil
	})
	if err != nil {
		return err
	}
	codes, err := files.Open(l.jobs)
	if err != nil {
		return err
	}
	l.codes.Close()
	l.codes = codes
	for _, s := range l.stacks {
		for i := range s.rows {
			r := &s.rows[i]
			if at := places[r.at]; at != absent {
				r.at = at
			} else {
				r.at = -1 - r.at
			}
		}
	}
	return nil
}

// code reads the i-th code of a stack.
func (s *stack) code(i int) scanned {
	r, l := s.rows[i], s.list
	code := scanned{source: l.path, line: int(r.line), several: true}
	if r.at < 0 {
		code.err = program.Fail("list_no_code", strconv.FormatInt(-1-r.at, 10), l.jobs)
		return code
	}
	l.buffer.Reset(io.NewSectionReader(l.codes, r.at, math.MaxInt64-r.at))
	if l.jobs != "" {
		line, err := readLine(l.buffer)
		if err != nil && !errors.Is(err, io.EOF) {
			code.err = &files.PathError{Path: l.jobs, Err: err}
		}
		code.text = codeOfLine(strings.TrimSpace(line))
		return code
	}
	rows := csv.NewReader(l.buffer)
	rows.FieldsPerRecord = l.width
	record, err := rows.Read()
	if err != nil {
		code.err = listError(l.path, err)
		return code
	}
	code.text = codeOfLine(strings.TrimSpace(record[l.column]))
	return code
}

// listError gives the faults of a list their words.
func listError(path string, err error) error {
	var wrong *csv.ParseError
	switch {
	case errors.Is(err, io.EOF):
		return &files.PathError{Path: path, Err: files.ErrEmpty}
	case errors.As(err, &wrong):
		return program.FailWith(wrong.Err, "list_row", path, wrong.Line)
	}
	return &files.PathError{Path: path, Err: err}
}

// eachIssued goes through the lines of the output of issue, with where each stands.
func eachIssued(path string, visit func(at int64, issued *batch.Line) error) error {
	f, err := files.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	reader, at := bufio.NewReader(f), int64(0)
	for n := 1; ; n++ {
		text, end := readLine(reader)
		if trimmed := strings.TrimSpace(text); trimmed != "" {
			var issued batch.Line
			if len(text) > maxCodeText || json.Unmarshal([]byte(trimmed), &issued) != nil || issued.Code == "" {
				return program.Fail("list_not_issued", path, n)
			}
			if err := visit(at, &issued); err != nil {
				return err
			}
		}
		at += int64(len(text))
		switch {
		case errors.Is(end, io.EOF):
			return nil
		case end != nil:
			return &files.PathError{Path: path, Err: end}
		}
	}
}
