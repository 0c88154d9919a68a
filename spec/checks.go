package spec

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
	"sync"
)

// Check is a step of verification, in the order of spec/verification.md. The
// zero value is no step.
type Check uint8

// The steps of checks.csv.
const (
	CheckText        Check = 1
	CheckEncoding    Check = 2
	CheckEnvelope    Check = 3
	CheckClaims      Check = 4
	CheckIssuer      Check = 5
	CheckKey         Check = 6
	CheckSignature   Check = 7
	CheckKeyTimes    Check = 8
	CheckUsage       Check = 9
	CheckOrigin      Check = 10
	CheckTrustAge    Check = 11
	CheckTimes       Check = 12
	CheckRevocation  Check = 13
	CheckState       Check = 14
	CheckHolder      Check = 15
	CheckRequirement Check = 16
)

//go:embed checks.csv
var checksCSV []byte

type checkTable struct {
	rows     []checkRow
	byReason map[Reason]Check
}

type checkRow struct {
	number       Check
	name, zh, en string
}

var checks = sync.OnceValues(func() (*checkTable, error) { return parseChecks(checksCSV) })

// parseChecks reads checks.csv: numbers run from 1 without a gap, and every
// reason stands once at most.
func parseChecks(table []byte) (*checkTable, error) {
	records, err := csv.NewReader(bytes.NewReader(table)).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("checks table: %w", err)
	}
	t := &checkTable{byReason: map[Reason]Check{}}
	for i, record := range records {
		if i == 0 {
			continue
		}
		if number, err := strconv.Atoi(record[0]); err != nil || number != i {
			return nil, fmt.Errorf("checks table, row %d: number %q", i, record[0])
		}
		row := checkRow{Check(i), record[1], record[2], record[3]}
		for field := range strings.FieldsSeq(record[4]) {
			reason, err := strconv.ParseUint(field, 10, 16)
			if err != nil {
				return nil, fmt.Errorf("checks table, row %d: %w", i, err)
			}
			if _, twice := t.byReason[Reason(reason)]; twice {
				return nil, fmt.Errorf("checks table, row %d: reason %d stands twice", i, reason)
			}
			t.byReason[Reason(reason)] = row.number
		}
		t.rows = append(t.rows, row)
	}
	return t, nil
}

// Checks returns the steps in the order in which they are made.
func Checks() ([]Check, error) {
	t, err := checks()
	if err != nil {
		return nil, err
	}
	list := make([]Check, len(t.rows))
	for i, row := range t.rows {
		list[i] = row.number
	}
	return list, nil
}

func (c Check) row() (checkRow, bool) {
	t, err := checks()
	if err != nil || c == 0 || int(c) > len(t.rows) {
		return checkRow{}, false
	}
	return t.rows[c-1], true
}

// Name returns the stable name of the step, such as "signature", or "check_N".
func (c Check) Name() string {
	if row, ok := c.row(); ok {
		return row.name
	}
	return "check_" + strconv.Itoa(int(c))
}

// String is Name.
func (c Check) String() string { return c.Name() }

// Text returns what the step looks at, in words. lang is a BCP 47 tag: English,
// or else Chinese.
func (c Check) Text(lang string) string {
	row, ok := c.row()
	switch {
	case !ok:
		return c.Name()
	case english(lang):
		return row.en
	}
	return row.zh
}

// Check returns the step that gives the reason. ok is true, with no step, for the
// reason that every step held.
func (r Reason) Check() (check Check, ok bool) {
	t, err := checks()
	if err != nil {
		return 0, false
	}
	return t.byReason[r], r == ReasonOK
}
