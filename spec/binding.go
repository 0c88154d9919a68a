package spec

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"fmt"
	"slices"
	"sync"
)

// BindingError is a row of binding_errors.csv: why the binding (binding.md) did not
// do what a host asked. Names are stable and never reused.
type BindingError struct {
	Name  string // "bundle_older"
	Label Label
}

//go:embed binding_errors.csv
var bindingErrorsCSV []byte

var bindingErrors = sync.OnceValues(func() ([]BindingError, error) { return parseBindingErrors(bindingErrorsCSV) })

// parseBindingErrors refuses an empty cell and a name that stands twice.
func parseBindingErrors(table []byte) ([]BindingError, error) {
	records, err := csv.NewReader(bytes.NewReader(table)).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("table of the binding's errors: %w", err)
	}
	if len(records) == 0 || !slices.Equal(records[0], []string{"name", "zh", "en"}) {
		return nil, fmt.Errorf("table of the binding's errors: the header is not name,zh,en")
	}
	var all []BindingError
	names := map[string]bool{}
	for i, record := range records[1:] {
		switch {
		case slices.Contains(record, ""):
			return nil, fmt.Errorf("table of the binding's errors, row %d: empty cell", i+2)
		case names[record[0]]:
			return nil, fmt.Errorf("table of the binding's errors, row %d: name %q stands twice", i+2, record[0])
		}
		names[record[0]] = true
		all = append(all, BindingError{record[0], Label{ZH: record[1], EN: record[2]}})
	}
	return all, nil
}

// BindingErrors returns the table, or what is wrong with it, which a test rules out.
func BindingErrors() ([]BindingError, error) {
	all, err := bindingErrors()
	return slices.Clone(all), err
}

// BindingErrorByName returns the error of a name. ok is false for a name that the
// table does not have.
func BindingErrorByName(name string) (row BindingError, ok bool) {
	all, _ := bindingErrors()
	i := slices.IndexFunc(all, func(e BindingError) bool { return e.Name == name })
	if i < 0 {
		return BindingError{}, false
	}
	return all[i], true
}
