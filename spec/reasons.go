package spec

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Reason is the number of a reason of reasons.csv: why a verdict is what it
// is. The zero value is ReasonNotChecked, so that a verdict that nobody filled
// in can never be taken for a good one. Numbers are stable and never reused.
type Reason uint16

// The reasons of reasons.csv, in the groups of the table.
const (
	ReasonNotChecked Reason = 0
	ReasonOK         Reason = 1
	ReasonNoStatus   Reason = 2

	ReasonNotACode         Reason = 10
	ReasonLaterVersion     Reason = 11
	ReasonDamagedText      Reason = 12
	ReasonEncoding         Reason = 13
	ReasonEnvelope         Reason = 14
	ReasonClaims           Reason = 15
	ReasonAlgorithmUnknown Reason = 16

	ReasonIssuerUnknown         Reason = 30
	ReasonIssuerUnavailable     Reason = 31
	ReasonKeyUnknown            Reason = 32
	ReasonAlgorithmMismatch     Reason = 33
	ReasonSignatureInvalid      Reason = 34
	ReasonKeyCompromised        Reason = 35
	ReasonKeyRetired            Reason = 36
	ReasonKeyNotInPeriod        Reason = 37
	ReasonUsageKey              Reason = 38
	ReasonUsageList             Reason = 39
	ReasonLaboratoryNotAdmitted Reason = 40
	ReasonOriginUnknown         Reason = 41
	ReasonOriginCompromised     Reason = 42

	ReasonExpired        Reason = 50
	ReasonFromTheFuture  Reason = 51
	ReasonTrustStale     Reason = 52
	ReasonProgrammeEnded Reason = 53

	ReasonRevoked      Reason = 60
	ReasonSuperseded   Reason = 61
	ReasonSuspended    Reason = 62
	ReasonNoStatusList Reason = 63

	ReasonAdverseWithoutRule Reason = 70
	ReasonStateUnknown       Reason = 71
	ReasonRestricted         Reason = 72
	ReasonRequirementUnmet   Reason = 73
	ReasonStateChecked       Reason = 74

	ReasonHolderMismatch Reason = 80

	ReasonNoTrust Reason = 90
)

// ErrUnknownReason is wrapped by the errors of Reason.UnmarshalText.
var ErrUnknownReason = errors.New("unknown reason")

//go:embed reasons.csv
var reasonsCSV []byte

// reasonRow is one row of reasons.csv.
type reasonRow struct {
	number         Reason
	name           string
	zh, en         string
	nextZH, nextEN string
}

type reasonTable struct {
	rows     []reasonRow // in the order of the file, which is the order of the numbers
	byNumber map[Reason]reasonRow
	byName   map[string]Reason
}

var reasons = sync.OnceValues(func() (*reasonTable, error) { return parseReasons(reasonsCSV) })

var reasonHeader = []string{"number", "name", "zh", "en", "next_zh", "next_en"}

// parseReasons reads a table of reasons. It refuses a missing cell, a number
// or name that stands twice, and rows that are not in the order of numbers.
func parseReasons(table []byte) (*reasonTable, error) {
	records, err := csv.NewReader(bytes.NewReader(table)).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("reasons table: %w", err)
	}
	if len(records) == 0 || !slices.Equal(records[0], reasonHeader) {
		return nil, fmt.Errorf("reasons table: the header is not %q", strings.Join(reasonHeader, ","))
	}
	t := &reasonTable{byNumber: map[Reason]reasonRow{}, byName: map[string]Reason{}}
	for i, record := range records[1:] {
		number, err := strconv.ParseUint(record[0], 10, 16)
		if err != nil {
			return nil, fmt.Errorf("reasons table, row %d: %w", i+2, err)
		}
		if slices.Contains(record, "") {
			return nil, fmt.Errorf("reasons table, row %d: empty cell", i+2)
		}
		row := reasonRow{Reason(number), record[1], record[2], record[3], record[4], record[5]}
		if n := len(t.rows); n > 0 && t.rows[n-1].number >= row.number {
			return nil, fmt.Errorf("reasons table, row %d: number %d is not above the one before", i+2, number)
		}
		if _, twice := t.byName[row.name]; twice {
			return nil, fmt.Errorf("reasons table, row %d: name %q stands twice", i+2, row.name)
		}
		t.rows = append(t.rows, row)
		t.byNumber[row.number] = row
		t.byName[row.name] = row.number
	}
	return t, nil
}

// row returns the table's row for r. The table is part of the program and a
// test holds it, so an error of it shows as "unknown", never as a failure.
func (r Reason) row() (reasonRow, bool) {
	t, err := reasons()
	if err != nil {
		return reasonRow{}, false
	}
	row, ok := t.byNumber[r]
	return row, ok
}

// Reasons returns all reasons of the table in ascending order of number.
func Reasons() ([]Reason, error) {
	t, err := reasons()
	if err != nil {
		return nil, err
	}
	numbers := make([]Reason, len(t.rows))
	for i, row := range t.rows {
		numbers[i] = row.number
	}
	return numbers, nil
}

// ReasonByName returns the reason with that name, such as "expired".
func ReasonByName(name string) (Reason, bool) {
	t, err := reasons()
	if err != nil {
		return 0, false
	}
	r, ok := t.byName[name]
	return r, ok
}

// Name returns the stable name of the reason, such as "expired", or
// "reason_N" for a number that the table does not know.
func (r Reason) Name() string {
	if row, ok := r.row(); ok {
		return row.name
	}
	return "reason_" + strconv.Itoa(int(r))
}

// String is Name.
func (r Reason) String() string { return r.Name() }

// Text returns one short sentence, without a full stop, that tells a venue
// guard what was found. lang is a BCP 47 tag: English, or else Chinese.
func (r Reason) Text(lang string) string {
	row, ok := r.row()
	return named(Label{row.zh, row.en}, ok, "原因", "reason", uint16(r), lang)
}

// NextStep returns what the guard does next. For every reason but ReasonOK it
// names the way in without a code (无健康码通道, the manual channel), also for
// a number that the table does not know. lang is as for Text.
func (r Reason) NextStep(lang string) string {
	row, ok := r.row()
	switch {
	case !ok && english(lang):
		return "Update this device. Until then: use the manual channel."
	case !ok:
		return "请更新本机程序；更新之前请走无健康码通道。"
	case english(lang):
		return row.nextEN
	}
	return row.nextZH
}

// MarshalText returns Name, so that a verdict's JSON holds the stable name.
func (r Reason) MarshalText() ([]byte, error) { return []byte(r.Name()), nil }

// UnmarshalText reads a name of the table. The error wraps ErrUnknownReason
// when the table has no such name; r is then unchanged.
func (r *Reason) UnmarshalText(text []byte) error {
	number, ok := ReasonByName(string(text))
	if !ok {
		return fmt.Errorf("%w %q", ErrUnknownReason, text)
	}
	*r = number
	return nil
}

// english tells whether a BCP 47 tag (or a POSIX locale such as en_US.UTF-8)
// names English.
func english(lang string) bool {
	primary := strings.ToLower(lang)
	if i := strings.IndexAny(primary, "-_."); i >= 0 {
		primary = primary[:i]
	}
	return primary == "en"
}
