package main

import (
	"encoding/csv"
	"errors"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tongxing/tongxing/cmd/internal/files"
	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/trustlist"
)

const (
	// keyYears is how long a signing key signs unless it is said.
	keyYears = 2
	// maxLaboratoryFile bounds the file of a region's laboratories.
	maxLaboratoryFile = 8 << 20
)

// signKeyForm is PUB:USAGE or PUB:USAGE:FROM:UNTIL; PUB may hold colons.
var signKeyForm = regexp.MustCompile(`^(.+?):([a-z][a-z+,-]*)(?::(\d{4}-\d\d-\d\d):(\d{4}-\d\d-\d\d))?$`)

// addSigningKeys adds the keys of --sign-key to a set.
func (a *app) addSigningKeys(set *trustlist.KeySet, values []string, at time.Time) error {
	for _, value := range values {
		part := signKeyForm.FindStringSubmatch(value)
		if part == nil {
			return program.Usage("sign_key_form", value)
		}
		bits, err := parseUsage(part[2])
		if err != nil {
			return err
		}
		from, until, err := a.period(part[3], part[4], at)
		if err != nil {
			return err
		}
		public, err := readPublicKey(part[1])
		if err != nil {
			return err
		}
		if slices.ContainsFunc(set.Keys, func(k trustlist.Key) bool { return k.Public.KeyID() == public.KeyID() }) {
			return program.Fail("key_in_set", part[1], viewKey(public).KeyID)
		}
		set.Keys = append(set.Keys, trustlist.Key{Public: public, SignFrom: from, SignUntil: until, Usage: bits})
	}
	return nil
}

// period returns the whole days, at UTC+8, in which a key signs, in unix
// seconds: by default from the day of at for two years.
func (a *app) period(fromText, untilText string, at time.Time) (from, until int64, err error) {
	begin, end := at, at.In(format.ChinaTime).AddDate(keyYears, 0, 0)
	if fromText != "" {
		if begin, err = a.at(fromText); err != nil {
			return 0, 0, err
		}
		if end, err = a.at(untilText); err != nil {
			return 0, 0, err
		}
	}
	first, okFirst := trustlist.DayOf(begin.Unix())
	last, okLast := trustlist.DayOf(end.Unix())
	if !okFirst || !okLast || last <= first {
		return 0, 0, program.Usage("period_order", fromText, untilText)
	}
	return trustlist.Day(first), trustlist.Day(last), nil
}

// laboratoryColumns are the columns of a file of laboratories; the last two may
// be left out.
var laboratoryColumns = []string{"number", "name", "admitted", "withdrawn"}

// addLaboratories adds the laboratories of a CSV file to a set, or puts them in
// the place of those with the same number.
func (a *app) addLaboratories(set *trustlist.KeySet, path string) error {
	if path == "" {
		return nil
	}
	data, err := files.Read(path, maxLaboratoryFile)
	if err != nil {
		return err
	}
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(data), "\uFEFF")))
	header, err := r.Read()
	if err != nil || len(header) < 2 || len(header) > len(laboratoryColumns) || !slices.Equal(header, laboratoryColumns[:len(header)]) {
		return program.FailWith(err, "laboratories_header", path)
	}
	place := make(map[uint16]int, len(set.Laboratories))
	for i, l := range set.Laboratories {
		place[l.Number] = i
	}
	seen := map[uint16]bool{}
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		var wrong *csv.ParseError
		if errors.As(err, &wrong) {
			return program.FailWith(err, "laboratories_line", path, wrong.Line)
		}
		line, _ := r.FieldPos(0)
		l, ok := a.laboratoryRow(set.Region, row)
		if !ok || seen[l.Number] {
			return program.Fail("laboratories_line", path, line)
		}
		seen[l.Number] = true
		if i, known := place[l.Number]; known {
			set.Laboratories[i] = l
		} else {
			set.Laboratories = append(set.Laboratories, l)
		}
	}
}

// laboratoryRow reads number, name, admitted and withdrawn. A laboratory without
// a day of admission is admitted from the beginning.
func (a *app) laboratoryRow(region string, row []string) (trustlist.Laboratory, bool) {
	number, ok := laboratoryNumber(region, strings.TrimSpace(row[0]))
	l := trustlist.Laboratory{Number: number, Name: strings.TrimSpace(row[1]), Admitted: format.MinTime}
	for i, target := range []*int64{&l.Admitted, &l.Withdrawn} {
		if i+2 >= len(row) || strings.TrimSpace(row[i+2]) == "" {
			continue
		}
		t, err := a.at(strings.TrimSpace(row[i+2]))
		if err != nil {
			return trustlist.Laboratory{}, false
		}
		*target = t.Unix()
	}
	return l, ok && l.Name != ""
}

// laboratoryNumber reads a number within the region, alone ("3") or in the form
// of the feeds, after the six digits of the region ("330000003").
func laboratoryNumber(region, text string) (uint16, bool) {
	const long = 9
	if len(text) == long {
		rest, ok := strings.CutPrefix(text, region+"0000")
		if !ok {
			return 0, false
		}
		text = rest
	}
	n, err := strconv.ParseUint(text, 10, 16)
	return uint16(n), err == nil && n > 0
}
