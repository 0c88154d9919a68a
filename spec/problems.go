package spec

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"
	"sync"
)

// Problem is a row of problems.csv: why the issuing service did not do what it was
// asked, in the form of RFC 9457. Names are stable and never reused.
type Problem struct {
	Name   string // "no_claim"; its type is ProblemType + Name
	Status int    // HTTP status, 400 to 599
	// Person is whether a person goes without a code because of it. Then Next
	// names another way in.
	Person bool
	Title  Label
	Next   Label // what to do
}

// ProblemType begins the type of every problem (RFC 9457 section 3.1.1).
const ProblemType = "urn:tongxing:problem:"

//go:embed problems.csv
var problemsCSV []byte

var problemHeader = []string{"name", "status", "person", "zh", "en", "next_zh", "next_en"}

var problems = sync.OnceValues(func() ([]Problem, error) { return parseProblems(problemsCSV) })

// parseProblems refuses an empty cell, a name that stands twice, and a status that
// is no refusal.
func parseProblems(table []byte) ([]Problem, error) {
	records, err := csv.NewReader(bytes.NewReader(table)).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("problems table: %w", err)
	}
	if len(records) == 0 || !slices.Equal(records[0], problemHeader) {
		return nil, fmt.Errorf("problems table: the header is not %q", problemHeader)
	}
	var all []Problem
	names := map[string]bool{}
	for i, record := range records[1:] {
		status, err := strconv.Atoi(record[1])
		switch {
		case err != nil || status < 400 || status > 599:
			return nil, fmt.Errorf("problems table, row %d: status %q", i+2, record[1])
		case slices.Contains(record, ""):
			return nil, fmt.Errorf("problems table, row %d: empty cell", i+2)
		case record[2] != "yes" && record[2] != "no":
			return nil, fmt.Errorf("problems table, row %d: person is %q", i+2, record[2])
		case names[record[0]]:
			return nil, fmt.Errorf("problems table, row %d: name %q stands twice", i+2, record[0])
		}
		names[record[0]] = true
		all = append(all, Problem{Name: record[0], Status: status, Person: record[2] == "yes",
			Title: Label{ZH: record[3], EN: record[4]}, Next: Label{ZH: record[5], EN: record[6]}})
	}
	return all, nil
}

// Problems returns the table, or what is wrong with it, which a test rules out.
func Problems() ([]Problem, error) {
	all, err := problems()
	return slices.Clone(all), err
}

// ProblemByName returns the problem of a name. ok is false for a name that the
// table does not have.
func ProblemByName(name string) (problem Problem, ok bool) {
	all, _ := problems()
	for _, p := range all {
		if p.Name == name {
			return p, true
		}
	}
	return Problem{}, false
}
