package main

import "github.com/tongxing/tongxing/trustlist"

// tellReport says what of a bundle was not taken as it was given.
func (a *app) tellReport(report *trustlist.Report) {
	if report == nil {
		return
	}
	for _, fault := range report.Faults {
		sentence, _ := a.explain(a.documentError(a.lang.Say("region_material", fault.Region), fault.Err))
		a.note("region_fault", sentence)
	}
	for _, held := range report.HeldAside {
		a.note("region_held", held.Region, a.kindName(held.Kind), clock(held.Issued))
	}
}
