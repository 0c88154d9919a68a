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

// Screen is a row of screens.csv: what a venue's device shows and sounds over its
// full width, so that it is understood by colour, shape, word or sound alone.
type Screen struct {
	Name    string // stable, such as "pass"
	Colour  string // green, yellow, red, blue or violet
	Shape   string // circle, triangle, octagon, square or diamond
	Sound   []Tone
	Word    Label // the one word in large type
	Next    Label // what the guard does; empty where the reason of the verdict says it
	Another Label // another way in; empty for a pass
}

// Tone is a sine of a frequency in hertz, 0 for a pause, for some milliseconds.
type Tone struct{ Hertz, Milliseconds uint16 }

//go:embed screens.csv
var screensCSV []byte

//go:embed notices.csv
var noticesCSV []byte

var (
	screens = sync.OnceValues(func() ([]Screen, error) { return parseScreens(screensCSV) })
	notices = sync.OnceValues(func() (map[string]Label, error) { return parsePhrases(noticesCSV) })
)

var screenHeader = []string{
	"name", "colour", "shape", "sound", "zh", "en", "next_zh", "next_en", "another_zh", "another_en",
}

// errScreens reports a table of screens that cannot be used.
var errScreens = errors.New("screens table")

// parseScreens reads screens.csv: every name once, with both languages or neither.
func parseScreens(table []byte) ([]Screen, error) {
	records, err := csv.NewReader(bytes.NewReader(table)).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errScreens, err)
	}
	if len(records) < 2 || !slices.Equal(records[0], screenHeader) {
		return nil, fmt.Errorf("%w: the header is not %q", errScreens, strings.Join(screenHeader, ","))
	}
	var rows []Screen
	for i, r := range records[1:] {
		sound, err := parseSound(r[3])
		if err != nil {
			return nil, fmt.Errorf("%w, row %d: %w", errScreens, i+2, err)
		}
		s := Screen{r[0], r[1], r[2], sound, Label{r[4], r[5]}, Label{r[6], r[7]}, Label{r[8], r[9]}}
		for _, label := range []Label{s.Word, s.Next, s.Another} {
			if (label.ZH == "") != (label.EN == "") {
				return nil, fmt.Errorf("%w, row %d: one language is missing", errScreens, i+2)
			}
		}
		if slices.Contains(r[:6], "") || slices.ContainsFunc(rows, func(o Screen) bool { return o.Name == s.Name }) {
			return nil, fmt.Errorf("%w, row %d: empty cell, or a name that stands twice", errScreens, i+2)
		}
		rows = append(rows, s)
	}
	return rows, nil
}

// parseSound reads tones such as "660:140 0:80 660:140".
func parseSound(text string) ([]Tone, error) {
	var tones []Tone
	for field := range strings.FieldsSeq(text) {
		hertz, milliseconds, _ := strings.Cut(field, ":")
		h, err := strconv.ParseUint(hertz, 10, 16)
		ms, err2 := strconv.ParseUint(milliseconds, 10, 16)
		if err := errors.Join(err, err2); err != nil {
			return nil, err
		}
		tones = append(tones, Tone{uint16(h), uint16(ms)})
	}
	return tones, nil
}

// Screens returns every row of screens.csv, in its order.
func Screens() []Screen {
	rows, err := screens()
	if err != nil { // a test holds the table, which is part of the program
		return nil
	}
	return slices.Clone(rows)
}

// ScreenByName returns the row with that name, such as "pass". A name that the
// table lacks gives that of an unverified code and false.
func ScreenByName(name string) (Screen, bool) {
	var otherwise Screen
	for _, row := range Screens() {
		switch row.Name {
		case name:
			return row, true
		case "unverified":
			otherwise = row
		}
	}
	return otherwise, false
}

// Notice returns a notice of notices.csv, what a guard is told beside the verdict,
// in the language of a BCP 47 tag: English, or else Chinese. A name that the table
// lacks comes back as itself.
func Notice(name, lang string) string {
	all, err := notices()
	label, ok := all[name]
	if err != nil || !ok {
		return name
	}
	return label.In(lang)
}
