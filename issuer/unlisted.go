package issuer

import (
	"cmp"
	"slices"

	"github.com/tongxing/tongxing/spec"
)

// Unlisted is a number of a credential that no table of this version has. Tables
// are open, so such a credential is signed all the same: verifiers show "unknown
// code n", and the claim satisfies nothing. Whoever signs should know.
type Unlisted struct {
	Table  UnlistedTable `json:"table"`
	Number uint32        `json:"number"`
}

// UnlistedTable names the table that lacks a number.
type UnlistedTable string

// The tables: those of the specification, and the laboratories of the region's
// own key set.
const (
	UnlistedState      UnlistedTable = "state"
	UnlistedTestKind   UnlistedTable = "test_kind"
	UnlistedResult     UnlistedTable = "result"
	UnlistedProduct    UnlistedTable = "product"
	UnlistedExemption  UnlistedTable = "exemption"
	UnlistedLaboratory UnlistedTable = "laboratory" // region x 65536 + number
)

// Compare orders by table, then by number.
func (u Unlisted) Compare(v Unlisted) int {
	return cmp.Or(cmp.Compare(u.Table, v.Table), cmp.Compare(u.Number, v.Number))
}

// Unlisted returns the numbers of the draft that no table has, ascending, each
// once. Laboratories of other regions are not looked at: their key sets are not
// this issuer's.
func (i *Issuer) Unlisted(d *Draft) []Unlisted {
	var all []Unlisted
	note := func(table UnlistedTable, number uint32, listed bool) {
		if !listed {
			all = append(all, Unlisted{table, number})
		}
	}
	if s := d.credential.Status; s != nil {
		_, ok := spec.StateByNumber(s.State)
		note(UnlistedState, uint32(s.State), ok)
	}
	for _, t := range d.credential.Tests {
		_, ok := spec.TestKindByNumber(t.Kind)
		note(UnlistedTestKind, uint32(t.Kind), ok)
		_, ok = spec.ResultByNumber(t.Result)
		note(UnlistedResult, uint32(t.Result), ok)
		note(UnlistedLaboratory, t.Laboratory, i.lists(t.Laboratory))
	}
	for _, v := range d.credential.Vaccinations {
		_, ok := spec.ProductByNumber(v.Product)
		note(UnlistedProduct, uint32(v.Product), ok)
	}
	for _, kind := range d.credential.Exemptions {
		_, ok := spec.ExemptionByNumber(kind)
		note(UnlistedExemption, uint32(kind), ok)
	}
	slices.SortFunc(all, Unlisted.Compare)
	return slices.Compact(all)
}

// lists reports whether a laboratory is in the region's key set, or another
// region's to list.
func (i *Issuer) lists(laboratory uint32) bool {
	region := uint32(i.region.Code[0]-'0')*10 + uint32(i.region.Code[1]-'0')
	if laboratory>>16 != region {
		return true
	}
	_, ok := i.region.Laboratory(uint16(laboratory))
	return ok
}
