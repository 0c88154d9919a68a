package issuer

import (
	"fmt"
	"slices"
	"time"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/issuer/record"
	"github.com/tongxing/tongxing/spec"
)

// Whatever format.Encode would refuse is refused here already: Sign comes after
// the lease, and an error there ends a run over a whole file.

// fillStatus takes over a status that holds at iat and lets the credential end
// with it at the latest.
func fillStatus(d *Draft, r *record.Record) error {
	c := &d.credential
	s := r.Status
	if s == nil || s.Until.Unix() <= c.IssuedAt {
		return nil
	}
	if s.State != spec.StateGreen && !record.HasWord(s.Evidence) {
		return refuseField(RefusedAdverseEvidence, "status", "adverse state without the number of its evidence (依据编号)", nil)
	}
	determined := s.Determined.Unix()
	if determined > c.IssuedAt {
		return refuseField(RefusedFuture, "status", "the status is determined after the time of issue", nil)
	}
	minutes, err := format.MinutesBefore(c.IssuedAt, determined)
	if err != nil {
		return refuseField(RefusedTooOld, "status", "the status was determined more than 30 days ago: determine it anew", err)
	}
	d.status = format.Status{State: s.State, Rule: s.Rule, Minutes: minutes}
	c.Status = &d.status
	c.Expires = min(c.Expires, s.Until.Unix())
	return nil
}

// fillTests takes over the tests whose report a credential can still carry.
func fillTests(d *Draft, r *record.Record) error {
	c := &d.credential
	for _, t := range r.Tests {
		reported := t.Reported.Unix()
		if reported > c.IssuedAt {
			return refuseField(RefusedFuture, "tests", "a test is reported after the time of issue", nil)
		}
		minutes, err := format.MinutesBefore(c.IssuedAt, reported)
		if err != nil {
			continue // older than any requirement
		}
		if t.Kind == 0 || t.Laboratory > format.MaxLaboratory {
			return refuseField(RefusedRecord, "tests", fmt.Sprintf("a test of kind %d from laboratory %d", t.Kind, t.Laboratory), nil)
		}
		test := format.Test{Kind: t.Kind, Result: t.Result, Minutes: minutes, Laboratory: t.Laboratory}
		if slices.Contains(c.Tests, test) {
			continue // reported within one minute of the other: a code cannot tell them apart
		}
		c.Tests = append(c.Tests, test)
	}
	return nil
}

func fillVaccinations(d *Draft, r *record.Record) error {
	c := &d.credential
	for _, v := range r.Vaccinations {
		if v.Product == 0 {
			return refuseField(RefusedRecord, "vaccinations", "a vaccination with product 0", nil)
		}
		year, month, date, ok := record.Date(v.Day)
		if !ok {
			return refuseField(RefusedRecord, "vaccinations", "day of a vaccination", nil)
		}
		day := format.Day(time.Date(year, month, date, 0, 0, 0, 0, format.ChinaTime).Unix())
		if day < 0 || day > 0xffff {
			return refuseField(RefusedRecord, "vaccinations", fmt.Sprintf("day of a vaccination is %d days from 2020-01-01", day), nil)
		}
		if day > format.Day(c.IssuedAt) {
			return refuseField(RefusedFuture, "vaccinations", "a vaccination is after the time of issue", nil)
		}
		vaccination := format.Vaccination{Product: v.Product, Dose: v.Dose, Course: v.Course, Day: uint16(day)}
		if slices.Contains(c.Vaccinations, vaccination) {
			return refuseField(RefusedDuplicate, "vaccinations", "two vaccinations are equal", nil)
		}
		c.Vaccinations = append(c.Vaccinations, vaccination)
	}
	return nil
}

// fillExemptions takes over the exemptions that hold at iat; the credential ends
// with the first of them that ends.
func fillExemptions(d *Draft, r *record.Record) error {
	c := &d.credential
	for _, e := range r.Exemptions {
		until := e.Until.Unix()
		if until <= c.IssuedAt {
			continue
		}
		if e.Kind == 0 {
			return refuseField(RefusedRecord, "exemptions", "an exemption of kind 0", nil)
		}
		if slices.Contains(c.Exemptions, e.Kind) {
			return refuseField(RefusedDuplicate, "exemptions", "two exemptions are equal", nil)
		}
		c.Exemptions = append(c.Exemptions, e.Kind)
		c.Expires = min(c.Expires, until)
	}
	return nil
}
