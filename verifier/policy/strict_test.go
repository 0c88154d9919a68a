package policy_test

import (
	"errors"
	"math/rand/v2"
	"testing"

	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/verifier/policy"
)

// grid is every person that small requirements can tell apart: the age of a test
// of two kinds, one vaccination by dose and day, and an exemption.
func grid() []policy.Facts {
	var all []policy.Facts
	for _, first := range []int64{-1, 0, 1, 2, 3} {
		for _, second := range []int64{-1, 0, 1, 2, 3} {
			for _, dose := range []uint8{0, 1, 2, 3} {
				for _, days := range []int32{0, 1, 2, 3} {
					for exempt := range 2 {
						f := policy.Facts{Status: green()}
						for kind, hours := range map[uint16]int64{1: first, 2: second} {
							if hours >= 0 {
								f.Tests = append(f.Tests, policy.Test{Kind: kind, Reported: now - hours*hour})
							}
						}
						if dose > 0 {
							f.Vaccinations = []policy.Vaccination{{Product: 1, Dose: dose, Day: today - days}}
						}
						if exempt == 1 {
							f.Exemptions = []uint16{1}
						}
						all = append(all, f)
					}
				}
			}
		}
	}
	return all
}

// today is the day of now: 2022-08-04.
const today = 946

func randomRequirement(r *rand.Rand, levels int) trustlist.Requirement {
	if levels > 1 && r.IntN(2) == 0 {
		out := trustlist.Requirement{Op: trustlist.Op(1 + r.IntN(2))}
		for range 1 + r.IntN(3) {
			out.Of = append(out.Of, randomRequirement(r, levels-1))
		}
		return out
	}
	switch r.IntN(4) {
	case 0:
		return test(1+r.Uint32N(2), r.Uint32N(4)*uint32(hour))
	case 1:
		return of(trustlist.Doses, r.Uint32N(4))
	case 2:
		return of(trustlist.SinceDose, r.Uint32N(4))
	}
	return of(trustlist.Exempt, 1)
}

// satisfied asks the evaluator for every person of the grid.
func satisfied(t *testing.T, all []policy.Facts, r *trustlist.Requirement) []bool {
	d := trustlist.Demand{Pass: []uint16{0}, Requirement: r}
	e := evaluator(t, &trustlist.Policy{Editions: []trustlist.Edition{{EffectiveFrom: now - day,
		Classes: []trustlist.ClassPolicy{{Class: 1, Floor: d, Ceiling: d}}}}})
	var out []bool
	for i := range all {
		out = append(out, e.Evaluate(policy.Venue{Class: 1}, &all[i], now).Outcome == policy.Pass)
	}
	return out
}

// [POLICY-16]
func TestARequirementIsAtLeastAsStrictExactlyWhenAllThatSatisfyItSatisfyTheOther(t *testing.T) {
	all := grid()
	r := rand.New(rand.NewPCG(6, 16))
	stricter := 0
	for range 1500 {
		a, b := randomRequirement(r, 3), randomRequirement(r, 3)
		x, y := satisfied(t, all, &a), satisfied(t, all, &b)
		want := true
		for i := range all {
			want = want && (!x[i] || y[i])
		}
		got, err := policy.AtLeastAsStrict(&trustlist.Demand{Requirement: &a}, &trustlist.Demand{Requirement: &b})
		if err != nil || got != want {
			t.Fatalf("%+v at least as strict as %+v: %v, %v; by every person %v", a, b, got, err, want)
		}
		if got {
			stricter++
		}
	}
	if stricter < 100 {
		t.Errorf("only %d of 1500 pairs can be compared", stricter)
	}
}

// [POLICY-16]
func TestStatesNoStatusAndMissingListsHaveTheirOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 17))
	random := func() trustlist.Demand {
		d := trustlist.Demand{NoStatus: trustlist.NoStatus(r.IntN(2)), NoList: trustlist.NoList(r.IntN(2))}
		for state := range uint16(3) {
			switch r.IntN(4) {
			case 0:
				d.Pass = append(d.Pass, state)
			case 1:
				d.Check = append(d.Check, state)
			case 2:
				d.Restrict = append(d.Restrict, state)
			}
		}
		return d
	}
	// rank reads a demand the other way round: from what it makes of a state.
	rank := func(d *trustlist.Demand, state uint16) int {
		for rank, list := range map[int][]uint16{0: d.Pass, 2: d.Restrict} {
			for _, s := range list {
				if s == state {
					return rank
				}
			}
		}
		return 1
	}
	for range 2000 {
		a, b := random(), random()
		want := a.NoStatus <= b.NoStatus && a.NoList <= b.NoList // 0 checks, 1 passes
		for state := range uint16(3) {
			want = want && rank(&a, state) >= rank(&b, state)
		}
		if got, err := policy.AtLeastAsStrict(&a, &b); err != nil || got != want {
			t.Fatalf("%+v at least as strict as %+v: %v, %v", a, b, got, err)
		}
	}
}

// [POLICY-17]
func TestARequirementOfTooManyAlternativesIsNotCompared(t *testing.T) {
	pair := *joined(trustlist.AnyOf, test(1, 1), test(2, 1))
	for count, most := range map[int]int{12: 4096, 13: 4097, 32: 4097} {
		r := &trustlist.Requirement{Op: trustlist.AllOf}
		for range count {
			r.Of = append(r.Of, pair)
		}
		if n := policy.Alternatives(r); n != most {
			t.Errorf("%d pairs: %d alternatives", count, n)
		}
		_, err := policy.AtLeastAsStrict(&trustlist.Demand{Requirement: r}, &trustlist.Demand{Requirement: &pair})
		if errors.Is(err, policy.ErrTooManyAlternatives) != (most > policy.MaxAlternatives) {
			t.Errorf("%d pairs: %v", count, err)
		}
	}
}
