// Package record holds what an issuer knows about one person before it signs:
// the document, the name, and the claims that a credential will carry.
//
// Records are stored as JSON Lines (one JSON object a line, UTF-8, RFC 8259),
// the form between a feed import and the issuing run:
//
//	{"name":"陈梓","document_type":"01","document_number":"469999198104010408","birth_date":"1981-04-01","status":{"state":0,"rule":0,"determined":"2022-08-09T20:00:00+08:00","until":"2022-08-16T20:00:00+08:00"}}
//
// A file of records is personal data: whoever writes it to disk makes it
// readable by the owner alone.
package record

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/tongxing/tongxing/spec"
)

// The most of each claim that one credential carries: format.MaxTests and its like,
// to which a test holds them.
const (
	MaxTests        = 4
	MaxVaccinations = 6
	MaxExemptions   = 4
)

// MaxTextBytes bounds each text field of a record.
const MaxTextBytes = 1024

// DateLayout is the layout of calendar days: the day at UTC+8.
const DateLayout = time.DateOnly

// Zone is the time zone of the records, UTC+8 without daylight saving time.
var Zone = time.FixedZone("", 8*60*60)

// ErrInvalid is wrapped by every error about the content of a record.
var ErrInvalid = errors.New("invalid record")

// ErrNoRule is wrapped, beside [ErrInvalid], by the error about an adverse state
// that names no rule.
var ErrNoRule = errors.New("adverse state without a rule")

// FieldError says which field of a record is faulty and how, and nothing of the
// person. It is an [ErrInvalid].
type FieldError struct {
	Field   string // name in JSON: "birth_date", "tests"; empty for the line as a whole
	Problem string
	Err     error // may be nil
}

func (e *FieldError) Error() string {
	if e.Field == "" {
		return fmt.Sprintf("%v: %s", ErrInvalid, e.Problem)
	}
	return fmt.Sprintf("%v: %s %s", ErrInvalid, e.Field, e.Problem)
}

// Is reports whether target is [ErrInvalid].
func (e *FieldError) Is(target error) bool { return target == ErrInvalid }

// Unwrap returns the error beneath, if any.
func (e *FieldError) Unwrap() error { return e.Err }

func fault(field, problem string) error { return &FieldError{Field: field, Problem: problem} }

// Record is one person with the claims that hold at the time of the import.
type Record struct {
	Name           string        `json:"name"`
	DocumentType   string        `json:"document_type"`        // a number of document_types.csv: "01"
	DocumentNumber string        `json:"document_number"`      // normal form, see format.NewDocument
	BirthDate      string        `json:"birth_date,omitempty"` // DateLayout
	Status         *Status       `json:"status,omitempty"`
	Tests          []Test        `json:"tests,omitempty"`        // the newest report first
	Vaccinations   []Vaccination `json:"vaccinations,omitempty"` // one for each product, in the order of doses
	Exemptions     []Exemption   `json:"exemptions,omitempty"`
}

// Status is the state of a health code and the period in which it holds:
// from Determined, before Until.
type Status struct {
	State      uint16    `json:"state"` // a number of states.csv
	Rule       uint16    `json:"rule"`  // 0 exactly for state 0
	Determined time.Time `json:"determined"`
	Until      time.Time `json:"until"`
	Evidence   string    `json:"evidence,omitempty"` // 依据编号; never in a credential
}

// Test is one test result.
type Test struct {
	Kind       uint16    `json:"kind"`   // a number of test_kinds.csv
	Result     uint16    `json:"result"` // a number of results.csv
	Sampled    time.Time `json:"sampled"`
	Reported   time.Time `json:"reported"`
	Laboratory uint32    `json:"laboratory"` // region x 65536 + number in the region
}

// Vaccination is the highest dose of one product.
type Vaccination struct {
	Product uint16 `json:"product"` // a number of products.csv
	Dose    uint8  `json:"dose"`    // counted over all products
	Course  uint8  `json:"course"`  // doses in the person's primary course; a higher dose is a booster
	Day     string `json:"day"`     // DateLayout
}

// Exemption is a reason not to ask for a test or a vaccination.
type Exemption struct {
	Kind  uint16    `json:"kind"` // a number of exemptions.csv
	Until time.Time `json:"until"`
}

// HasClaim tells whether the record has anything that a credential could
// carry; a credential without a claim does not exist.
func (r *Record) HasClaim() bool {
	return r.Status != nil || len(r.Tests)+len(r.Vaccinations)+len(r.Exemptions) > 0
}

// Validate returns the first fault of the record: an empty or overlong text, a
// day that is none, too many claims, a state with a wrong rule. It does not
// judge numbers against the tables, which are open, nor the document number.
// The error is a *[FieldError].
func (r *Record) Validate() error {
	for _, field := range []struct {
		name, text string
		required   bool
	}{
		{"name", r.Name, true}, {"document_type", r.DocumentType, true},
		{"document_number", r.DocumentNumber, true}, {"birth_date", r.BirthDate, false},
	} {
		if err := checkText(field.name, field.text, field.required); err != nil {
			return err
		}
	}
	if r.BirthDate != "" {
		if _, _, _, ok := Date(r.BirthDate); !ok {
			return fault("birth_date", "is not a date")
		}
	}
	return r.validateClaims()
}

func checkText(name, text string, required bool) error {
	switch {
	case required && text == "":
		return fault(name, "is missing")
	case len(text) > MaxTextBytes:
		return fault(name, fmt.Sprintf("has %d bytes, at most %d", len(text), MaxTextBytes))
	case !utf8.ValidString(text):
		return fault(name, "is not UTF-8")
	}
	return nil
}

func (r *Record) validateClaims() error {
	if r.Status != nil {
		if err := r.Status.validate(); err != nil {
			return err
		}
	}
	for _, list := range []struct {
		field      string
		have, most int
	}{
		{"tests", len(r.Tests), MaxTests},
		{"vaccinations", len(r.Vaccinations), MaxVaccinations},
		{"exemptions", len(r.Exemptions), MaxExemptions},
	} {
		if list.have > list.most {
			return fault(list.field, fmt.Sprintf("has %d entries, at most %d", list.have, list.most))
		}
	}
	for _, t := range r.Tests {
		if t.Reported.Before(t.Sampled) {
			return fault("tests", "has one that was reported before it was sampled")
		}
	}
	for _, v := range r.Vaccinations {
		if _, _, _, ok := Date(v.Day); !ok || v.Dose == 0 || v.Course == 0 {
			return fault("vaccinations", "has one without day, dose or course")
		}
	}
	return nil
}

func (s *Status) validate() error {
	switch {
	case s.State != spec.StateGreen && s.Rule == 0:
		return &FieldError{Field: "status", Problem: "is adverse and names no rule", Err: ErrNoRule}
	case s.State == spec.StateGreen && s.Rule != 0:
		return fault("status", fmt.Sprintf("has rule %d for state %d, which takes none", s.Rule, s.State))
	case s.Until.Before(s.Determined):
		return fault("status", "ends before it begins")
	}
	return checkText("evidence", s.Evidence, false)
}

// HasWord reports whether a text has a letter or a digit. Blanks, or a dash, in the
// place of the number of an evidence or of who has it are neither.
func HasWord(text string) bool {
	return strings.ContainsFunc(text, func(c rune) bool { return unicode.IsLetter(c) || unicode.IsNumber(c) })
}
