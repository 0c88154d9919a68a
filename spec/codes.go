package spec

import (
	"embed"
	"strconv"
	"strings"
	"sync"
)

//go:embed codes/*.csv
var codeFiles embed.FS

// Label is a name for display in both languages of the tables.
type Label struct{ ZH, EN string }

// In returns the English name for a BCP 47 tag of English, the Chinese one for
// every other tag.
func (l Label) In(lang string) string {
	if english(lang) {
		return l.EN
	}
	return l.ZH
}

// Province is a row of provinces.csv: a provincial level division.
type Province struct {
	Number string // GB/T 2260, the first two digits: "33"
	ISO    string // ISO 3166-2: "CN-ZJ"
	Label  Label
}

// Region is what a credential's issuer is: a province, or a row of regions.csv.
type Region struct {
	Number string // two digits: "33", or "00"
	Label  Label
}

// NationalPlatform is the number of the national platform, a region as any
// other that is no province.
const NationalPlatform = "00"

// DocumentType is a row of document_types.csv: a kind of identity document.
type DocumentType struct {
	Number        string // as in feeds and records, two digits: "01"
	WS364         string // WS 364.3 CV02.01.101, or "" where that has none
	Class         uint8  // what a credential carries; 1 for every document with the citizen number
	CitizenNumber bool   // whether its number is a citizen number (GB 11643)
	Label         Label
}

// Product is a row of products.csv: a vaccine by name and maker together.
type Product struct {
	Number        uint16
	Label         Label // short, for a screen
	Vaccine       Label // the name on the vaccination record
	Maker         Label
	Course        uint8  // doses in the primary course
	EU            string // vaccines-covid-19-names, or ""
	EUMaker       string // vaccines-covid-19-auth-holders, or ""
	EUProphylaxis string // SNOMED CT code of the EU value set sct-vaccines-covid-19, or ""
	ICD11         string // ICD-11 extension code, or ""
	ICD11Exact    bool   // whether ICD11 names this product and not only its group
}

// TestKind is a row of test_kinds.csv.
type TestKind struct {
	Number uint16
	Label  Label
	EU     string // LOINC part of the EU value set covid-19-lab-test-type, or ""
	ICD11  string // ICD-11 entity, or ""
}

// Result is a row of results.csv.
type Result struct {
	Number uint16
	Label  Label
	EU     string // SNOMED CT code of the EU value set covid-19-lab-result, or ""
	ICD11  string // ICD-11 code, or ""
}

// The test results that have a meaning in code.
const (
	ResultNegative     uint16 = 0
	ResultPositive     uint16 = 1
	ResultInconclusive uint16 = 2 // valid, and proves nothing
)

// State is a row of states.csv: a state of the health code.
type State struct {
	Number uint16
	Letter string // the letter that begins the names of its rules: "Y"
	Label  Label
}

// The states that have a meaning in code.
const (
	StateGreen  uint16 = 0 // restricts nobody and has no rule
	StateYellow uint16 = 1
	StateRed    uint16 = 2
)

// rulesPerState is the factor between a state and the numbers of its rules.
const rulesPerState = 100

// RuleName returns the name of rule number n of the state: "Y02" for 102.
func (s State) RuleName(n uint16) string {
	name := strconv.Itoa(int(n % rulesPerState))
	if len(name) < 2 {
		name = "0" + name
	}
	return s.Letter + name
}

// RuleNumber returns the number for a rule's name, the letter of a state and
// one or two digits: 102 for "Y02". Rules of state n are numbered from 100 n
// to 100 n + 99.
func RuleNumber(name string) (number uint16, ok bool) {
	for _, state := range codes().states {
		digits, found := strings.CutPrefix(name, state.Letter)
		if !found || len(digits) == 0 || len(digits) > 2 {
			continue
		}
		n, err := strconv.ParseUint(digits, 10, 8)
		if err != nil {
			return 0, false
		}
		return state.Number*rulesPerState + uint16(n), true
	}
	return 0, false
}

// RuleState returns the state whose rules hold number n.
func RuleState(n uint16) (State, bool) { return StateByNumber(n / rulesPerState) }

// Exemption is a row of exemptions.csv: a reason not to ask for a test or a
// vaccination.
type Exemption struct {
	Number uint16
	Label  Label
}

// VenueClass is a row of venue_classes.csv: a kind of place where codes are
// checked, for which the policy says what is asked.
type VenueClass struct {
	Number uint16
	Label  Label
}

var loadCodes = sync.OnceValues(func() (*codeTables, error) { return parseCodes(codeFiles.ReadFile) })

// codes returns the tables, or empty ones if the embedded files were faulty,
// which CheckCodes tells and a test forbids.
func codes() *codeTables {
	t, err := loadCodes()
	if err != nil {
		return &codeTables{}
	}
	return t
}

// CheckCodes returns what is wrong with the embedded code tables: nil in every
// program that passed its tests.
func CheckCodes() error {
	_, err := loadCodes()
	return err
}
