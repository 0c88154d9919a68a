package main

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/tongxing/tongxing/cmd/internal/files"
	"github.com/tongxing/tongxing/issuer/batch"
)

// Columns of a list that say which code a row is about: the text itself, or the
// line of the record in the job that issued it.
const (
	codeColumn = "code"
	lineColumn = "line"
)

// maxListed bounds a list, which is held in memory.
const maxListed = 1 << 20

// stack is the codes that are printed into one file, in the order of the list.
type stack struct {
	name  string
	codes []scanned
}

// paperList reads a list into the stacks of the values of one column, in the
// order in which they are first met.
func (a *app) paperList(path, by, codesPath string) ([]*stack, error) {
	f, err := files.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	reader := bufio.NewReader(f)
	if start, _ := reader.Peek(3); bytes.Equal(start, []byte("\ufeff")) {
		_, _ = reader.Discard(3)
	}
	rows := csv.NewReader(reader)
	rows.ReuseRecord = true
	header, err := rows.Read()
	if err != nil {
		return nil, listError(path, err)
	}
	group, code, line := slices.Index(header, by), slices.Index(header, codeColumn), slices.Index(header, lineColumn)
	switch {
	case group < 0:
		return nil, fail("list_column", path, by, strings.Join(header, ", "))
	case code < 0 && line < 0:
		return nil, fail("list_column", path, codeColumn+", "+lineColumn, strings.Join(header, ", "))
	case code < 0 && codesPath == "":
		return nil, usage("flag_required", "--codes")
	}
	find := func(record []string) (string, error) { return codeOfLine(strings.TrimSpace(record[code])), nil }
	if code < 0 {
		issued, err := issuedCodes(codesPath)
		if err != nil {
			return nil, err
		}
		find = func(record []string) (string, error) {
			text, ok := issued[strings.TrimSpace(record[line])]
			if !ok {
				return "", fail("list_no_code", record[line], codesPath)
			}
			return text, nil
		}
	}
	return stacks(path, rows, group, find)
}

// stacks sorts the rows of a list.
func stacks(path string, rows *csv.Reader, group int, find func([]string) (string, error)) ([]*stack, error) {
	var out []*stack
	known := map[string]*stack{}
	for n := 1; ; n++ {
		record, err := rows.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, listError(path, err)
		}
		if n > maxListed {
			return nil, fail("list_too_long", path, maxListed)
		}
		name := strings.Clone(strings.TrimSpace(record[group]))
		s := known[name]
		if s == nil {
			s = &stack{name: name}
			known[name] = s
			out = append(out, s)
		}
		at, _ := rows.FieldPos(0)
		code := scanned{source: path, line: at, several: true}
		text, err := find(record)
		code.text, code.err = strings.Clone(text), err
		s.codes = append(s.codes, code)
	}
	if out == nil {
		return nil, fail("no_code_given")
	}
	return out, nil
}

// listError gives the faults of a list their words.
func listError(path string, err error) error {
	var wrong *csv.ParseError
	switch {
	case errors.Is(err, io.EOF):
		return &files.PathError{Path: path, Err: files.ErrEmpty}
	case errors.As(err, &wrong):
		return failWith(wrong.Err, "list_row", path, wrong.Line)
	}
	return &files.PathError{Path: path, Err: err}
}

// issuedCodes reads the output of a job: its codes by the line of their record.
func issuedCodes(path string) (map[string]string, error) {
	out := map[string]string{}
	err := eachIssued(path, func(issued *batch.Line) error {
		if len(out) == maxListed {
			return fail("list_too_long", path, maxListed)
		}
		out[strconv.Itoa(issued.Line)] = issued.Code
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// eachIssued goes through the lines of the output of issue.
func eachIssued(path string, visit func(*batch.Line) error) error {
	f, err := files.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	reader := bufio.NewReader(f)
	for n := 1; ; n++ {
		text, end := readLine(reader)
		if trimmed := strings.TrimSpace(text); trimmed != "" {
			var issued batch.Line
			if json.Unmarshal([]byte(trimmed), &issued) != nil || issued.Code == "" {
				return fail("list_not_issued", path, n)
			}
			if err := visit(&issued); err != nil {
				return err
			}
		}
		switch {
		case errors.Is(end, io.EOF):
			return nil
		case end != nil:
			return &files.PathError{Path: path, Err: end}
		}
	}
}
