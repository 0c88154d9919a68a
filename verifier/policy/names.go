package policy

import (
	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/trustlist"
)

// Names gives code numbers their names: those of the tables of the specification,
// and those that a policy adds to them, so that a new vaccine or state needs no new
// program. The zero value has the tables' alone. In every method lang is a BCP 47
// tag: English, or else Chinese; a number that nobody has named is said to be
// unknown.
type Names struct{ nation *trustlist.Policy }

// NamesOf returns the names under a policy, nil for none, which is not changed from
// then on.
func NamesOf(nation *trustlist.Policy) Names { return Names{nation} }

// State returns the name of a health state.
func (n Names) State(number uint16, lang string) string {
	_, known := spec.StateByNumber(number)
	return n.name(trustlist.TableStates, number, known, spec.StateName, lang)
}

// TestKind returns the name of a kind of test.
func (n Names) TestKind(number uint16, lang string) string {
	_, known := spec.TestKindByNumber(number)
	return n.name(trustlist.TableTestKinds, number, known, spec.TestKindName, lang)
}

// Result returns the name of a result of a test.
func (n Names) Result(number uint16, lang string) string {
	_, known := spec.ResultByNumber(number)
	return n.name(trustlist.TableResults, number, known, spec.ResultName, lang)
}

// Product returns the name of a vaccine.
func (n Names) Product(number uint16, lang string) string {
	_, known := spec.ProductByNumber(number)
	return n.name(trustlist.TableProducts, number, known, spec.ProductName, lang)
}

// Exemption returns the name of a kind of exemption.
func (n Names) Exemption(number uint16, lang string) string {
	_, known := spec.ExemptionByNumber(number)
	return n.name(trustlist.TableExemptions, number, known, spec.ExemptionName, lang)
}

// VenueClass returns the name of a class of venues.
func (n Names) VenueClass(number uint16, lang string) string {
	_, known := spec.VenueClassByNumber(number)
	return n.name(trustlist.TableClasses, number, known, spec.VenueClassName, lang)
}

// name asks the policy for what the table does not know.
func (n Names) name(table trustlist.Table, number uint16, known bool, ofTable func(uint16, string) string, lang string) string {
	if !known {
		if added, ok := n.nation.Name(table, number); ok {
			return spec.Label{ZH: added.Chinese, EN: added.English}.In(lang)
		}
	}
	return ofTable(number, lang)
}
