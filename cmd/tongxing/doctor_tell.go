package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/verifier"
)

// tellDiagnosis says what the device believes, then what is not as it should be,
// then what to do.
func (a *app) tellDiagnosis(d *diagnosis) {
	s, i := &d.Store, d.Inspection
	a.Say("doctor_store", s.File, s.Bytes, clock(s.Applied.Unix()), s.From, s.SHA256)
	if s.Rest > 0 {
		a.Say("doctor_rest", s.Rest)
	}
	a.Say("doctor_anchor", d.Anchor.Hash, d.Anchor.Words)
	a.Say("doctor_clock", clock(d.at.Unix()), clock(i.Effective), clock(i.Floor), a.floorHolder(i), clock(d.state.Known))
	a.Say("doctor_fresh", a.freshnessOf(i.Freshness), a.age(seconds(i.Age)))
	if i.NextStep != 0 {
		a.Say("doctor_next_step", clock(i.NextStep), a.freshnessOf(i.Freshness+1))
	}
	if i.ProgrammeEnd != 0 {
		a.Say("list_end", clock(i.ProgrammeEnd))
	}
	a.tellDocuments(i)
	a.tellRegions(d)
	a.tellCarried(d.Status)
	if len(d.Findings) == 0 {
		a.Say("doctor_well")
		return
	}
	a.Say("doctor_findings")
	for _, f := range d.Findings {
		mark := "-"
		if f.Attention {
			mark = "!"
		}
		fmt.Fprintf(a.Out, "  %s %s\n", mark, f.Text)
	}
	if len(d.Next) > 0 {
		a.Say("doctor_next")
	}
	for n, next := range d.Next {
		fmt.Fprintf(a.Out, "  %d. %s\n", n+1, next)
	}
}

// floorHolder names the document whose time of issue is the floor.
func (a *app) floorHolder(i *trustlist.Inspection) string {
	for n := range i.Documents {
		if i.Documents[n].HoldsFloor {
			return a.documentName(&i.Documents[n])
		}
	}
	return a.Lang.Say("doctor_floor_before")
}

// tellDocuments lists what is in force: the national documents, then those with
// a date on which the next is due, the first first.
func (a *app) tellDocuments(i *trustlist.Inspection) {
	var due []trustlist.DocumentStanding
	for n := range i.Documents {
		document := &i.Documents[n]
		if document.Region == "" {
			a.Say("doctor_document", a.documentName(document), document.Version, clock(document.Issued), a.age(seconds(max(document.Age, 0))), document.Signers)
		}
		if document.Due != 0 {
			due = append(due, *document)
		}
	}
	slices.SortStableFunc(due, func(x, y trustlist.DocumentStanding) int { return cmp.Compare(x.Due, y.Due) })
	if len(due) == 0 {
		a.Say("doctor_nothing_due")
		return
	}
	a.Say("doctor_due")
	for n := range due {
		if due[n].Overdue {
			a.Say("doctor_due_over", clock(due[n].Due), a.documentName(&due[n]))
		} else {
			a.Say("doctor_due_at", clock(due[n].Due), a.documentName(&due[n]))
		}
	}
}

func (a *app) tellRegions(d *diagnosis) {
	var working []string
	for _, region := range d.Inspection.Regions {
		if region.Available() {
			working = append(working, a.regionLabel(region.Code))
		}
	}
	a.Say("doctor_regions", len(working), len(d.Inspection.Regions), a.listed(working))
	var missing []string
	for _, code := range d.NotCovered {
		missing = append(missing, a.regionLabel(code))
	}
	if len(missing) > 0 {
		a.Say("doctor_not_covered", len(missing), a.listed(missing))
	}
}

// listed joins names as the language does.
func (a *app) listed(names []string) string { return strings.Join(names, a.Lang.Say("list_separator")) }

func (a *app) regionLabel(code string) string { return code + " " + a.regionName(code, "") }

// documentName is the kind of a document with its region.
func (a *app) documentName(d *trustlist.DocumentStanding) string {
	name := a.kindName(d.Kind)
	if d.Region != "" {
		name += " " + a.regionLabel(d.Region)
	}
	if d.Kind == trustlist.KindStatusList {
		name += fmt.Sprintf(" %d", d.List)
	}
	return name
}

// freshnessOf says what a step of the ladder means.
func (a *app) freshnessOf(f trustlist.Freshness) string { return a.freshness(verifier.Freshness(f)) }
