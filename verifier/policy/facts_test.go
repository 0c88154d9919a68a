package policy_test

import (
	"math/rand/v2"
	"reflect"
	"sync"
	"testing"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/verifier/policy"
)

// [POLICY-8]
func TestFactsAreWhatACodeSaysAtTheTimesThatItSays(t *testing.T) {
	known := laboratories{33<<16 + 1: {Number: 1, Admitted: now - 2*hour}, 44<<16 + 2: {Number: 2, Admitted: now - day, Withdrawn: now - 90*60}}
	c := &format.Credential{Issuer: "33", IssuedAt: now, Expires: now + day,
		Status: &format.Status{State: 1, Rule: 101, Minutes: 90},
		Tests: []format.Test{
			{Kind: 1, Result: 0, Minutes: 120, Laboratory: 33<<16 + 1}, {Kind: 1, Result: 0, Minutes: 121, Laboratory: 33<<16 + 1},
			{Kind: 2, Result: 1, Minutes: 10, Laboratory: 33<<16 + 1}, {Kind: 2, Result: 0, Minutes: 91, Laboratory: 44<<16 + 2}},
		Vaccinations: []format.Vaccination{{Product: 2, Dose: 3, Course: 2, Day: 900}}, Exemptions: []uint16{2}}
	want := policy.Facts{
		Status:       &policy.Status{State: 1, Rule: 101, Determined: now - 90*60, Issuer: "33"},
		Tests:        []policy.Test{{Kind: 1, Laboratory: 33<<16 + 1, Reported: now - 2*hour}, {Kind: 2, Laboratory: 44<<16 + 2, Reported: now - 91*60}},
		Vaccinations: []policy.Vaccination{{Product: 2, Dose: 3, Course: 2, Day: 900}}, Exemptions: []uint16{2}}
	got := policy.FactsOf(c, known)
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
	if got.Exemptions[0] = 9; c.Exemptions[0] != 2 {
		t.Error("the credential has changed with its facts")
	}
}

func TestTheOrderOfCodesMakesNoDifference(t *testing.T) {
	e := evaluator(t, sample())
	r := rand.New(rand.NewPCG(6, 10))
	for range 2000 {
		var codes []policy.Facts
		for range 1 + r.IntN(4) {
			f := policy.Facts{NoList: r.IntN(4) == 0}
			if r.IntN(3) > 0 {
				f.Status = &policy.Status{State: uint16(r.IntN(4)), Rule: uint16(r.IntN(3))*100 + 1, Determined: now - r.Int64N(3)*day, Issuer: []string{"33", "34"}[r.IntN(2)]}
			}
			if r.IntN(2) == 0 {
				f.Tests = []policy.Test{{Kind: 1, Reported: now - r.Int64N(72)*hour}}
			}
			codes = append(codes, f)
		}
		facts := e.Combine(now, codes...)
		want := e.Evaluate(station, &facts, now)
		r.Shuffle(len(codes), func(i, j int) { codes[i], codes[j] = codes[j], codes[i] })
		facts = e.Combine(now, codes...)
		if got := e.Evaluate(station, &facts, now); got != want {
			t.Fatalf("%+v: %+v, then %+v", codes, want, got)
		}
	}
}

// [POLICY-20]
func TestWithoutOverlaysEveryRegionDecidesAlikeAndManyAtOnce(t *testing.T) {
	region := func(code string) *trustlist.Overlay {
		return &trustlist.Overlay{RegionalHead: trustlist.RegionalHead{Head: trustlist.Head{Issued: now - 9*day}, Region: code},
			Editions: []trustlist.OverlayEdition{{EffectiveFrom: now - day, Classes: []trustlist.ClassDemand{{Class: 9, Demand: trustlist.Demand{Pass: []uint16{0}}}}}}}
	}
	e := evaluator(t, sample(), region("34"), region("37"))
	f := tested(hour)
	want := e.Evaluate(policy.Venue{Class: 3}, &f, now)
	var done sync.WaitGroup
	for range 8 {
		done.Go(func() {
			for _, code := range []string{"34", "37", "11", "99", ""} {
				got := e.Evaluate(policy.Venue{Class: 3, Region: code}, &f, now)
				if got.Outcome != want.Outcome || got.Until != want.Until || got.Source != want.Source {
					t.Errorf("in %q: %+v", code, got)
				}
			}
		})
	}
	done.Wait()
}

func TestNewKeepsNothingOfWhatItIsGiven(t *testing.T) {
	p := sample()
	e, f := evaluator(t, p), tested(47*hour)
	before := e.Evaluate(station, &f, now)
	p.Editions[0].Classes[0].Floor.Requirement.Of[0].Arguments[1] = 1
	p.Editions[0].Classes[0].Floor.Pass[0] = 9
	p.Rules[0].States[0] = 9
	if after := e.Evaluate(station, &f, now); after != before {
		t.Errorf("%+v, then %+v", before, after)
	}
	for name, overlays := range map[string][]*trustlist.Overlay{"nil": {nil}, "two of one region": {{}, {}}} {
		if e, err := policy.New(nil, overlays); e != nil || err == nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
