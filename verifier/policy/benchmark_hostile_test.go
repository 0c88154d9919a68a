package policy_test

import (
	"testing"

	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/verifier/policy"
)

// A region that fills its overlay with what is dear to compare: as many classes
// as its 256 KiB hold, each of 4,096 alternatives of hundreds of conditions. The
// cost comes once, at the venues of that region alone.
func BenchmarkHostileOverlay(b *testing.B) {
	kind := uint32(1)
	bundle := func() trustlist.Requirement {
		all := trustlist.Requirement{Op: trustlist.AllOf}
		for range 32 {
			kind++
			all.Of = append(all.Of, test(kind%65536, 86400))
		}
		return all
	}
	nation := sample()
	classes := nation.Editions[0].Classes[0]
	nation.Editions[0].Classes = nil
	o := &trustlist.Overlay{RegionalHead: trustlist.RegionalHead{Region: "34"}, Editions: []trustlist.OverlayEdition{{EffectiveFrom: now - day}}}
	for class := range uint16(40) {
		classes.Class = class + 1
		nation.Editions[0].Classes = append(nation.Editions[0].Classes, classes)
		r := joined(trustlist.AllOf, test(1, 86400))
		for range 12 {
			r.Of = append(r.Of, *joined(trustlist.AnyOf, bundle(), bundle()))
		}
		o.Editions[0].Classes = append(o.Editions[0].Classes, trustlist.ClassDemand{Class: class + 1,
			Demand: trustlist.Demand{Pass: []uint16{0}, Restrict: []uint16{1, 2}, Requirement: r}})
	}
	f := tested(hour)
	for b.Loop() {
		e, err := policy.New(nation, []*trustlist.Overlay{o})
		if err != nil {
			b.Fatal(err)
		}
		e.Evaluate(policy.Venue{Class: 1, Region: "34"}, &f, now)
	}
}
