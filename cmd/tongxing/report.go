package main

import (
	"errors"
	"strings"

	"github.com/tongxing/tongxing/trustlist"
)

// tellReport says what of a bundle was not taken as it was given, and what was
// and should be looked into.
func (a *app) tellReport(report *trustlist.Report) {
	if report == nil {
		return
	}
	for _, fault := range report.Faults {
		sentence, _ := a.Explain(a.documentError(a.Lang.Say("region_material", fault.Region), fault.Err))
		a.Note("region_fault", sentence)
	}
	for _, warning := range report.Warnings {
		a.Note("region_fault", a.warning(warning))
	}
	for _, held := range report.HeldAside {
		a.Note("region_held", held.Region, a.kindName(held.Kind), clock(held.Issued))
	}
}

// warning says what is no fault of a region's material and concerns people.
func (a *app) warning(warning *trustlist.RegionError) string {
	var shared *trustlist.SharedKeyError
	if !errors.As(warning, &shared) {
		return a.cause(warning)
	}
	others := make([]string, len(shared.With))
	for i, code := range shared.With {
		others[i] = a.regionLabel(code)
	}
	return a.Lang.Say("shared_keys", a.regionLabel(warning.Region), shared.Keys, strings.Join(others, ", "))
}
