package spec

import (
	"slices"
	"strconv"
)

// at returns the row that key stands for in a table.
func at[K comparable, R any](rows []R, m map[K]int, key K) (row R, ok bool) {
	i, ok := m[key]
	if !ok {
		return row, false
	}
	return rows[i], true
}

// named returns label in lang, or when the table does not have the number that
// it is an unknown code of the kind that zh and en name: numbers are open, and
// a newer issuer may use more (CRED-75).
func named(label Label, ok bool, zh, en string, number uint16, lang string) string {
	if ok {
		return label.In(lang)
	}
	return Label{"未知" + zh + "代码 ", "unknown " + en + " code "}.In(lang) + strconv.Itoa(int(number))
}

// Provinces returns all provinces in the order of their numbers.
func Provinces() []Province { return slices.Clone(codes().provinces) }

// ProvinceByNumber returns the province of a GB/T 2260 two-digit code.
func ProvinceByNumber(number string) (Province, bool) {
	t := codes()
	return at(t.provinces, t.provinceByNumber, number)
}

// Regions returns everything that may issue: all provinces in the order of
// their numbers, then the national platform.
func Regions() []Region { return slices.Clone(codes().regions) }

// RegionByNumber returns the region with that two-digit number.
func RegionByNumber(number string) (Region, bool) {
	t := codes()
	return at(t.regions, t.regionByNumber, number)
}

// DocumentTypes returns all document types in the order of the table.
func DocumentTypes() []DocumentType { return slices.Clone(codes().documentTypes) }

// DocumentTypeByNumber returns the document type with that two-digit number.
func DocumentTypeByNumber(number string) (DocumentType, bool) {
	t := codes()
	return at(t.documentTypes, t.documentByNumber, number)
}

// DocumentTypeByName returns the document type that a feed names by its
// number, with or without the leading zero, or by one of its names.
func DocumentTypeByName(name string) (DocumentType, bool) {
	t := codes()
	folded := foldAlias(name)
	if len(folded) == 1 {
		folded = "0" + folded
	}
	if d, ok := at(t.documentTypes, t.documentByNumber, folded); ok {
		return d, true
	}
	return at(t.documentTypes, t.documentByName, folded)
}

// Products returns all vaccines in the order of their numbers.
func Products() []Product { return slices.Clone(codes().products) }

// ProductByNumber returns the vaccine with that number.
func ProductByNumber(number uint16) (Product, bool) {
	t := codes()
	return at(t.products, t.productByNumber, number)
}

// ProductByNameAndMaker returns the vaccine with that name and maker. Neither
// alone is enough: four makers sell under one name.
func ProductByNameAndMaker(name, maker string) (Product, bool) {
	t := codes()
	return at(t.products, t.productByPair, [2]string{foldAlias(name), foldAlias(maker)})
}

// ProductName returns the short name of a vaccine for display.
func ProductName(number uint16, lang string) string {
	p, ok := ProductByNumber(number)
	return named(p.Label, ok, "疫苗", "vaccine", number, lang)
}

// TestKinds returns all kinds of test in the order of their numbers.
func TestKinds() []TestKind { return slices.Clone(codes().testKinds) }

// TestKindByNumber returns the kind of test with that number.
func TestKindByNumber(number uint16) (TestKind, bool) {
	t := codes()
	return at(t.testKinds, t.kindByNumber, number)
}

// TestKindByName returns the kind of test that a feed names so.
func TestKindByName(name string) (TestKind, bool) {
	t := codes()
	return at(t.testKinds, t.kindByName, foldAlias(name))
}

// TestKindName returns the name of a kind of test for display.
func TestKindName(number uint16, lang string) string {
	k, ok := TestKindByNumber(number)
	return named(k.Label, ok, "检测方法", "test kind", number, lang)
}

// Results returns all test results in the order of their numbers.
func Results() []Result { return slices.Clone(codes().results) }

// ResultByNumber returns the test result with that number.
func ResultByNumber(number uint16) (Result, bool) {
	t := codes()
	return at(t.results, t.resultByNumber, number)
}

// ResultByName returns the test result that a feed names so.
func ResultByName(name string) (Result, bool) {
	t := codes()
	return at(t.results, t.resultByName, foldAlias(name))
}

// ResultName returns the name of a test result for display.
func ResultName(number uint16, lang string) string {
	r, ok := ResultByNumber(number)
	return named(r.Label, ok, "检测结果", "result", number, lang)
}

// States returns all states in the order of their numbers.
func States() []State { return slices.Clone(codes().states) }

// StateByNumber returns the state with that number.
func StateByNumber(number uint16) (State, bool) {
	t := codes()
	return at(t.states, t.stateByNumber, number)
}

// StateByName returns the state that a feed names so; 绿码 and 无异常 are one.
func StateByName(name string) (State, bool) {
	t := codes()
	return at(t.states, t.stateByName, foldAlias(name))
}

// StateName returns the name of a state for display.
func StateName(number uint16, lang string) string {
	s, ok := StateByNumber(number)
	return named(s.Label, ok, "状态", "state", number, lang)
}

// Exemptions returns all kinds of exemption in the order of their numbers.
func Exemptions() []Exemption { return slices.Clone(codes().exemptions) }

// ExemptionByNumber returns the kind of exemption with that number.
func ExemptionByNumber(number uint16) (Exemption, bool) {
	t := codes()
	return at(t.exemptions, t.exemptByNumber, number)
}

// ExemptionName returns the name of a kind of exemption for display.
func ExemptionName(number uint16, lang string) string {
	e, ok := ExemptionByNumber(number)
	return named(e.Label, ok, "豁免", "exemption", number, lang)
}

// VenueClasses returns all classes of venues in the order of their numbers.
func VenueClasses() []VenueClass { return slices.Clone(codes().venues) }

// VenueClassByNumber returns the class of venues with that number.
func VenueClassByNumber(number uint16) (VenueClass, bool) {
	t := codes()
	return at(t.venues, t.venueByNumber, number)
}

// VenueClassName returns the name of a class of venues for display.
func VenueClassName(number uint16, lang string) string {
	v, ok := VenueClassByNumber(number)
	return named(v.Label, ok, "场所", "venue class", number, lang)
}
