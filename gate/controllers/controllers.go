// Package controllers has tables that turn a screen into what gate controllers
// understand: a relay, a lamp, a code on a line.
//
//	tables/relay.csv      screen,output,zh,en
//	pass,1,放行继电器,relay that opens
//
// A table is a file of its own: who has another controller copies the nearest one,
// changes the outputs and names the file. There is an output for every screen, and
// only that of a pass opens:
//
//	table, err := controllers.ByName("relay")
//	table.Output("pass") // "1"
package controllers

import (
	"bytes"
	"embed"
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/tongxing/tongxing/spec"
)

//go:embed tables/*.csv
var files embed.FS

var (
	// ErrUnknown says that there is no table of a name.
	ErrUnknown = errors.New("controllers: no such table")
	// ErrTable says that a table is faulty: a column, screen or output is missing,
	// stands twice, or another screen opens as a pass does.
	ErrTable = errors.New("controllers: faulty table")
)

// maxTable bounds a table.
const maxTable = 1 << 16

// Table turns screens into outputs. It is immutable.
type Table struct {
	outputs map[string]string
	labels  map[string]spec.Label
}

// Names returns the names of the tables that come with the program.
func Names() []string {
	entries, err := fs.ReadDir(files, "tables")
	if err != nil { // of an embedded folder
		return nil
	}
	var names []string
	for _, entry := range entries {
		names = append(names, strings.TrimSuffix(entry.Name(), ".csv"))
	}
	return names
}

// ByName returns a table that comes with the program. The error is ErrUnknown.
func ByName(name string) (*Table, error) {
	if !slices.Contains(Names(), name) {
		return nil, fmt.Errorf("%w: %q", ErrUnknown, name)
	}
	data, err := files.ReadFile("tables/" + name + ".csv")
	if err != nil {
		return nil, err
	}
	return Parse(data)
}

// Parse reads a table. The error is ErrTable and says what is wrong with it.
func Parse(data []byte) (*Table, error) {
	if len(data) > maxTable {
		return nil, fmt.Errorf("%w: too large", ErrTable)
	}
	records, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff")))).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrTable, err)
	}
	if len(records) == 0 || !slices.Equal(records[0], []string{"screen", "output", "zh", "en"}) {
		return nil, fmt.Errorf("%w: the header is not screen,output,zh,en", ErrTable)
	}
	t := &Table{outputs: map[string]string{}, labels: map[string]spec.Label{}}
	for _, r := range records[1:] {
		if _, twice := t.outputs[r[0]]; twice || slices.ContainsFunc(r, blank) {
			return nil, fmt.Errorf("%w: screen %q stands twice, or has a cell that is empty or begins or ends with a blank", ErrTable, r[0])
		}
		if _, known := spec.ScreenByName(r[0]); !known {
			return nil, fmt.Errorf("%w: there is no screen %q", ErrTable, r[0])
		}
		t.outputs[r[0]], t.labels[r[0]] = r[1], spec.Label{ZH: r[2], EN: r[3]}
	}
	for _, s := range spec.Screens() {
		output, ok := t.outputs[s.Name]
		if !ok {
			return nil, fmt.Errorf("%w: the screen %s has no output", ErrTable, s.Name)
		}
		if s.Name != "pass" && output == t.outputs["pass"] {
			return nil, fmt.Errorf("%w: the screen %s opens as a pass does", ErrTable, s.Name)
		}
	}
	return t, nil
}

// blank reports whether a cell is empty or has blanks around it, which a controller may
// cut off: "1 " would then open as "1" does.
func blank(cell string) bool { return cell == "" || strings.TrimSpace(cell) != cell }

// Output returns the output for a screen. A screen that there is not gives that of an
// unverified code. The zero Table has none.
func (t *Table) Output(screen string) string {
	if output, ok := t.outputs[screen]; ok {
		return output
	}
	return t.outputs["unverified"]
}

// Label says what an output is, in both languages.
func (t *Table) Label(screen string) spec.Label { return t.labels[screen] }
