package spec

import (
	"cmp"
	"slices"
	"strconv"
)

// FeedColumn is a row of feed_columns.csv: a column that a provincial feed
// must have. Aliases are the header names it may carry, the preferred ones
// first: when a file has several of them, the first in this order is meant.
type FeedColumn struct {
	Feed     string // people, tests, vaccinations or status
	Name     string // its name in this program
	Required bool   // whether a file without the column is refused
	Blank    bool   // whether some rows have nothing to say in it
	Aliases  []string
}

// columnAlias is a column and the rank of the alias that led to it.
type columnAlias struct{ column, rank int }

func parseFeedColumns(t *codeTables, read func(string) ([]byte, error)) error {
	t.columnByHeader = map[[2]string]columnAlias{}
	return codeRows(read, "feed_columns.csv", "feed,column,required,blank,aliases", func(r *codeRow) {
		c := FeedColumn{
			Feed: r.text(), Name: r.text(), Required: r.choice("yes", "no"), Blank: r.choice("yes", "no"),
			Aliases: r.aliases(),
		}
		if len(c.Aliases) == 0 {
			r.fail("no alias")
		}
		for rank, alias := range c.Aliases {
			key := [2]string{c.Feed, foldAlias(alias)}
			if other, twice := t.columnByHeader[key]; twice && other.column != len(t.feedColumns) {
				r.fail("%q stands twice", alias)
			}
			if _, known := t.columnByHeader[key]; !known {
				t.columnByHeader[key] = columnAlias{len(t.feedColumns), rank}
			}
		}
		t.feedColumns = append(t.feedColumns, c)
	})
}

// FeedColumns returns the columns of one feed ("people", "tests",
// "vaccinations", "status") in the order of the table.
func FeedColumns(feed string) []FeedColumn {
	var columns []FeedColumn
	for _, c := range codes().feedColumns {
		if c.Feed == feed {
			c.Aliases = slices.Clone(c.Aliases)
			columns = append(columns, c)
		}
	}
	return columns
}

// FeedColumnByHeader returns the name of the column that a feed's header cell
// or JSON key stands for, and the alias's rank, 0 for the preferred one.
func FeedColumnByHeader(feed, header string) (name string, rank int, ok bool) {
	t := codes()
	found, ok := t.columnByHeader[[2]string{feed, foldAlias(header)}]
	if !ok {
		return "", 0, false
	}
	return t.feedColumns[found.column].Name, found.rank, true
}

// Reject is the number of a row of reject_reasons.csv: why an importer refuses
// a row of a feed. Numbers are stable and never reused; 0 is no reason.
type Reject uint8

// The reasons of reject_reasons.csv.
const (
	RejectRowTooLong          Reject = 1
	RejectRowMalformed        Reject = 2
	RejectColumnCount         Reject = 3
	RejectUnreadableCharacter Reject = 4
	RejectFieldTooLong        Reject = 5

	RejectNameEmpty             Reject = 20
	RejectDocumentTypeUnknown   Reject = 21
	RejectDocumentNumberEmpty   Reject = 22
	RejectBirthDateInvalid      Reject = 23
	RejectCheckCharacterWrong   Reject = 24
	RejectBirthDateDiffers      Reject = 25
	RejectDocumentNumberInvalid Reject = 26

	RejectPersonUnknown Reject = 30

	RejectResultUnknown      Reject = 40
	RejectReportTimeEmpty    Reject = 41
	RejectSampledAfterReport Reject = 42
	RejectTestKindUnknown    Reject = 43
	RejectSampleTimeInvalid  Reject = 44
	RejectReportTimeInvalid  Reject = 45
	RejectLaboratoryInvalid  Reject = 46

	RejectVaccineUnknown         Reject = 50
	RejectDoseInvalid            Reject = 51
	RejectVaccinationDateInvalid Reject = 52

	RejectStateUnknown           Reject = 60
	RejectAdverseWithoutEvidence Reject = 61
	RejectUntilBeforeDetermined  Reject = 62
	RejectDeterminedInvalid      Reject = 63
	RejectUntilInvalid           Reject = 64
	RejectRuleInvalid            Reject = 65
	RejectRuleOfAnotherState     Reject = 66

	RejectBirthDateInFuture    Reject = 80
	RejectVaccinationInFuture  Reject = 81
	RejectReportInFuture       Reject = 82
	RejectDocumentContradicted Reject = 90
)

// rejectRow is one row of reject_reasons.csv.
type rejectRow struct {
	number Reject
	order  uint8
	name   string
	label  Label
}

func parseRejects(t *codeTables, read func(string) ([]byte, error)) error {
	orders := map[uint8]bool{}
	return codeRows(read, "reject_reasons.csv", "number,order,name,zh,en", func(r *codeRow) {
		x := rejectRow{Reject(r.uint(8)), uint8(r.uint(8)), r.text(), r.label()}
		if x.number == 0 {
			r.fail("numbers begin at 1")
		}
		if orders[x.order] {
			r.fail("order %d stands twice", x.order)
		}
		orders[x.order] = true
		index(r, &t.rejectByNumber, x.number, len(t.rejects))
		t.rejects = append(t.rejects, x)
	})
}

// Rejects returns all reasons in the order in which a row is judged: of
// several faults of one row the first of these is its reason.
func Rejects() []Reject {
	rows := slices.Clone(codes().rejects)
	slices.SortFunc(rows, func(a, b rejectRow) int { return cmp.Compare(a.order, b.order) })
	numbers := make([]Reject, len(rows))
	for i, row := range rows {
		numbers[i] = row.number
	}
	return numbers
}

// Name returns the stable name of the reason, such as "name_empty", or
// "reject_N" for a number that the table does not know.
func (r Reject) Name() string {
	t := codes()
	if row, ok := at(t.rejects, t.rejectByNumber, r); ok {
		return row.name
	}
	return "reject_" + strconv.Itoa(int(r))
}

// String is Name.
func (r Reject) String() string { return r.Name() }

// Text returns the reason in words: in Chinese exactly as the provinces' files
// of rejects carry it.
func (r Reject) Text(lang string) string {
	t := codes()
	row, ok := at(t.rejects, t.rejectByNumber, r)
	return named(row.label, ok, "原因", "reason", uint16(r), lang)
}

// MarshalText returns Name, so that JSON holds the stable name.
func (r Reject) MarshalText() ([]byte, error) { return []byte(r.Name()), nil }
