package spec

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// errCodes is wrapped by every fault of a code table.
var errCodes = errors.New("code table")

// codeTables holds all parsed tables. It is never changed after parseCodes.
type codeTables struct {
	provinces          []Province
	regions            []Region // the provinces first
	documentTypes      []DocumentType
	products           []Product
	testKinds          []TestKind
	results            []Result
	states             []State
	exemptions         []Exemption
	venues             []VenueClass
	feedColumns        []FeedColumn
	rejects            []rejectRow
	revocations        []RevocationReason
	provinceByNumber   map[string]int
	regionByNumber     map[string]int
	documentByNumber   map[string]int
	documentByName     map[string]int
	productByNumber    map[uint16]int
	productByPair      map[[2]string]int
	kindByNumber       map[uint16]int
	kindByName         map[string]int
	resultByNumber     map[uint16]int
	resultByName       map[string]int
	stateByNumber      map[uint16]int
	stateByName        map[string]int
	stateByLetter      map[string]int
	exemptByNumber     map[uint16]int
	venueByNumber      map[uint16]int
	columnByHeader     map[[2]string]columnAlias
	rejectByNumber     map[Reject]int
	revocationByNumber map[uint16]int
	revocationByName   map[string]int
}

// parseCodes reads all tables. It refuses an unknown header, an empty cell
// where one is needed, a number that is none, and a number or alias that
// stands twice.
func parseCodes(read func(string) ([]byte, error)) (*codeTables, error) {
	t := &codeTables{}
	for _, parse := range []func(*codeTables, func(string) ([]byte, error)) error{
		parseProvinces, parseRegions, parseDocumentTypes, parseProducts, parseTestKinds, parseResults,
		parseStates, parseExemptions, parseVenueClasses, parseFeedColumns, parseRejects,
		parseRevocationReasons,
	} {
		if err := parse(t, read); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// codeRow is one row of a table. Its first fault is kept until the end of the
// row, so that reading a row needs no check after each cell.
type codeRow struct {
	where string
	cells []string
	err   error
}

// codeRows reads a table with exactly the given header and calls use for each row.
func codeRows(read func(string) ([]byte, error), name, header string, use func(*codeRow)) error {
	data, err := read("codes/" + name)
	if err != nil {
		return fmt.Errorf("%w %s: %w", errCodes, name, err)
	}
	records, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil {
		return fmt.Errorf("%w %s: %w", errCodes, name, err)
	}
	if len(records) < 2 || !slices.Equal(records[0], strings.Split(header, ",")) {
		return fmt.Errorf("%w %s: the header is not %q, or no row follows", errCodes, name, header)
	}
	for i, cells := range records[1:] {
		row := &codeRow{where: fmt.Sprintf("%s, row %d", name, i+2), cells: cells}
		if use(row); row.err != nil {
			return row.err
		}
	}
	return nil
}

func (r *codeRow) fail(format string, arguments ...any) {
	if r.err == nil {
		r.err = fmt.Errorf("%w %s: %w", errCodes, r.where, fmt.Errorf(format, arguments...))
	}
}

// next returns the next cell, which may be empty.
func (r *codeRow) next() string {
	cell := r.cells[0]
	r.cells = r.cells[1:]
	return cell
}

func (r *codeRow) text() string {
	cell := r.next()
	if cell == "" {
		r.fail("empty cell")
	}
	return cell
}

func (r *codeRow) uint(bits int) uint64 {
	n, err := strconv.ParseUint(r.next(), 10, bits)
	if err != nil {
		r.fail("%w", err)
	}
	return n
}

// choice reads a cell that holds yes or no in the table's two words for it.
func (r *codeRow) choice(yes, no string) bool {
	cell := r.next()
	if cell != yes && cell != no {
		r.fail("%q is neither %q nor %q", cell, yes, no)
	}
	return cell == yes
}

func (r *codeRow) label() Label { return Label{ZH: r.text(), EN: r.text()} }

// aliases splits a cell of alternatives; an empty cell has none.
func (r *codeRow) aliases() []string {
	cell := r.next()
	if cell == "" {
		return nil
	}
	return strings.Split(cell, "|")
}

// index enters position under key, made on first use, and refuses a key that
// stands for two positions.
func index[K comparable](r *codeRow, m *map[K]int, key K, position int) {
	if *m == nil {
		*m = map[K]int{}
	}
	if other, twice := (*m)[key]; twice && other != position {
		r.fail("%v stands twice", key)
	}
	(*m)[key] = position
}

// indexNames enters every alias of one row in its folded form.
func indexNames(r *codeRow, m *map[string]int, position int, label Label, aliases []string) {
	for _, alias := range append([]string{label.ZH, label.EN}, aliases...) {
		if alias = foldAlias(alias); alias == "" {
			r.fail("empty alias")
		}
		index(r, m, alias, position)
	}
}

// foldAlias returns the form in which names are compared: full-width ASCII and
// the ideographic space narrowed, ASCII in lower case, blanks, hyphens and
// underscores dropped.
func foldAlias(s string) string {
	if isFolded(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if r >= 0xFF01 && r <= 0xFF5E {
			r -= 0xFF01 - '!'
		}
		switch {
		case r == ' ' || r == '\t' || r == '\u00a0' || r == '\u3000' || r == '-' || r == '_':
			return -1
		case 'A' <= r && r <= 'Z':
			return r + 'a' - 'A'
		}
		return r
	}, s)
}

// isFolded tells whether foldAlias would return s itself; it sees bytes only,
// and so says no for more than it must.
func isFolded(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case c <= ' ', c == '-', c == '_', 'A' <= c && c <= 'Z', c == 0xC2, c == 0xE3, c == 0xEF:
			return false
		}
	}
	return true
}
