// Package golden reads files of cases for a recognition policy: what people have,
// where they are, and what is expected to follow. Whoever writes a policy keeps
// such a file beside it, and sees after every change which people it moves.
//
// A file is JSON Lines, or one JSON array, of
//
//	{"name":"traveller with a test of two days ago",
//	 "facts":{"status":{"state":0,"rule":0,"determined":"2022-08-04T09:00:00+08:00"},
//	          "tests":[{"kind":1,"reported":"2022-08-02T12:00:00+08:00"}]},
//	 "class":3,"region":"34","time":"2022-08-04T12:00:00+08:00",
//	 "expect":{"outcome":"pass"}}
//
// A case without expect is a question. Empty lines and lines that begin with #
// are passed over.
package golden

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/tongxing/tongxing/verifier/policy"
)

// Bounds of a file.
const (
	MaxFile  = 64 << 20
	MaxCases = 1 << 20
)

// ErrCase is wrapped by every error of [Parse].
var ErrCase = errors.New("golden: not a case")

// LineError is a fault of a file at a line, from 1.
type LineError struct {
	Line int
	Err  error
}

func (e *LineError) Error() string { return fmt.Sprintf("line %d: %v", e.Line, e.Err) }

// Unwrap returns the fault without its place.
func (e *LineError) Unwrap() error { return e.Err }

// Case is one person at one venue.
type Case struct {
	Name   string
	Line   int // on which it begins
	Facts  policy.Facts
	Venue  policy.Venue
	Time   int64 // unix seconds
	Expect *Expectation
}

// Expectation is what should follow. Empty fields are not compared.
type Expectation struct {
	Outcome string `json:"outcome"`
	Reason  string `json:"reason"`
	Source  string `json:"source"`
	Rule    uint16 `json:"rule"`
}

// Difference is where a decision is not what was expected.
type Difference struct {
	Field string `json:"field"`
	Want  string `json:"want"`
	Got   string `json:"got"`
}

// Compare returns where a decision differs from the expectation; a nil one
// expects nothing.
func (x *Expectation) Compare(d *policy.Decision) []Difference {
	if x == nil {
		return nil
	}
	var out []Difference
	for _, f := range []Difference{
		{"outcome", x.Outcome, d.Outcome.String()}, {"reason", x.Reason, d.Reason.Name()}, {"source", x.Source, d.Source.String()},
		{"rule", number(x.Rule), number(d.Rule)},
	} {
		if f.Want != "" && f.Want != f.Got {
			out = append(out, f)
		}
	}
	return out
}

func number(n uint16) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(n)
}

// caseFile is a case in JSON.
type caseFile struct {
	Name  string `json:"name"`
	Facts struct {
		Status *struct {
			State      uint16    `json:"state"`
			Rule       uint16    `json:"rule"`
			Determined time.Time `json:"determined"`
			Issuer     string    `json:"issuer"`
		} `json:"status"`
		Tests []struct {
			Kind       uint16    `json:"kind"`
			Laboratory uint32    `json:"laboratory"`
			Reported   time.Time `json:"reported"`
		} `json:"tests"`
		Vaccinations []struct {
			Product uint16 `json:"product"`
			Dose    uint8  `json:"dose"`
			Course  uint8  `json:"course"`
			Day     string `json:"day"` // 2006-01-02
		} `json:"vaccinations"`
		Exemptions []uint16 `json:"exemptions"`
		NoList     bool     `json:"no_list"`
		Conflict   bool     `json:"conflict"` // two states of one second
	} `json:"facts"`
	Class  uint16       `json:"class"`
	Region string       `json:"region"`
	Time   time.Time    `json:"time"`
	Expect *Expectation `json:"expect"`
}

// Parse reads the cases of a file. Errors are [LineError] around [ErrCase].
func Parse(data []byte) ([]Case, error) {
	if len(data) > MaxFile {
		return nil, &LineError{1, fmt.Errorf("%w: %d bytes", ErrCase, len(data))}
	}
	blank := withoutComments(data)
	decoder := json.NewDecoder(bytes.NewReader(blank))
	decoder.DisallowUnknownFields()
	list := bytes.HasPrefix(bytes.TrimLeft(blank, " \t\r\n"), []byte("["))
	if list {
		if _, err := decoder.Token(); err != nil {
			return nil, fault(blank, decoder, err)
		}
	}
	var all []Case
	for decoder.More() {
		begins := line(blank, behindBlanks(blank, int(decoder.InputOffset())))
		var f caseFile
		if err := decoder.Decode(&f); err != nil {
			var syntax *json.SyntaxError
			if errors.As(err, &syntax) || errors.Is(err, io.ErrUnexpectedEOF) {
				return nil, fault(blank, decoder, err)
			}
			return nil, &LineError{begins, fmt.Errorf("%w: %w", ErrCase, err)}
		}
		c, err := f.read()
		if err == nil && len(all) == MaxCases {
			err = fmt.Errorf("%w: more than %d", ErrCase, MaxCases)
		}
		if err != nil {
			return nil, &LineError{begins, err}
		}
		c.Line = begins
		all = append(all, c)
	}
	if err := ends(decoder, list); err != nil {
		return nil, fault(blank, decoder, err)
	}
	if len(all) == 0 {
		return nil, &LineError{1, fmt.Errorf("%w: there is none", ErrCase)}
	}
	return all, nil
}

// ends reads what stands behind the last case: nothing, or the end of a list.
func ends(decoder *json.Decoder, list bool) error {
	if list {
		if _, err := decoder.Token(); err != nil {
			return err
		}
	}
	_, err := decoder.Token()
	switch {
	case errors.Is(err, io.EOF):
		return nil
	case err != nil:
		return err
	}
	return errors.New("something stands behind the last case")
}

func fault(data []byte, decoder *json.Decoder, err error) error {
	return &LineError{line(data, int(decoder.InputOffset())), fmt.Errorf("%w: %w", ErrCase, err)}
}

// withoutComments returns the data with comments as blanks, so that places stay.
func withoutComments(data []byte) []byte {
	out := bytes.Clone(data)
	for begin := 0; begin < len(out); {
		end := len(out)
		if i := bytes.IndexByte(out[begin:], '\n'); i >= 0 {
			end = begin + i
		}
		if bytes.HasPrefix(bytes.TrimLeft(out[begin:end], " \t"), []byte("#")) {
			for i := begin; i < end; i++ {
				out[i] = ' '
			}
		}
		begin = end + 1
	}
	return out
}

func behindBlanks(data []byte, at int) int {
	for at < len(data) && bytes.IndexByte([]byte(" \t\r\n,"), data[at]) >= 0 {
		at++
	}
	return at
}

func line(data []byte, offset int) int {
	return bytes.Count(data[:min(offset, len(data))], []byte("\n")) + 1
}

// chinaTime is UTC+8, where days begin.
var chinaTime = time.FixedZone("", 8*3600)

func (f *caseFile) read() (Case, error) {
	c := Case{Name: f.Name, Venue: policy.Venue{Class: f.Class, Region: f.Region}, Time: f.Time.Unix(), Expect: f.Expect}
	if f.Time.IsZero() {
		return Case{}, fmt.Errorf("%w: no time", ErrCase)
	}
	if f.Region != "" && (len(f.Region) != 2 || strings.Trim(f.Region, "0123456789") != "") {
		return Case{}, fmt.Errorf("%w: region %q is not two digits", ErrCase, f.Region)
	}
	if s := f.Facts.Status; s != nil {
		if s.Determined.IsZero() {
			return Case{}, fmt.Errorf("%w: the status has no time of determination", ErrCase)
		}
		if (s.State == 0) != (s.Rule == 0) {
			return Case{}, fmt.Errorf("%w: state %d with rule %d: state 0 has rule 0, and no other has", ErrCase, s.State, s.Rule)
		}
		c.Facts.Status = &policy.Status{State: s.State, Rule: s.Rule, Determined: s.Determined.Unix(), Issuer: s.Issuer}
	}
	for _, t := range f.Facts.Tests {
		if t.Reported.IsZero() {
			return Case{}, fmt.Errorf("%w: a test has no time of its report", ErrCase)
		}
		c.Facts.Tests = append(c.Facts.Tests, policy.Test{Kind: t.Kind, Laboratory: t.Laboratory, Reported: t.Reported.Unix()})
	}
	for _, v := range f.Facts.Vaccinations {
		days, err := dayNumber(v.Day)
		if err != nil {
			return Case{}, err
		}
		c.Facts.Vaccinations = append(c.Facts.Vaccinations, policy.Vaccination{Product: v.Product, Dose: v.Dose, Course: v.Course, Day: days})
	}
	c.Facts.Exemptions, c.Facts.NoList, c.Facts.Conflict = f.Facts.Exemptions, f.Facts.NoList, f.Facts.Conflict
	return c, nil
}

// dayNumber returns the days from 2020-01-01 to a day, both at UTC+8.
func dayNumber(text string) (int32, error) {
	day, err := time.ParseInLocation(time.DateOnly, text, chinaTime)
	if err != nil {
		return 0, fmt.Errorf("%w: day %q is not written as 2022-08-04", ErrCase, text)
	}
	return int32(day.Sub(time.Date(2020, 1, 1, 0, 0, 0, 0, chinaTime)).Hours() / 24), nil
}
