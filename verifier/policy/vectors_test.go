package policy_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/tongxing/tongxing/spec/vectors"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/publish"
	"github.com/tongxing/tongxing/verifier/policy"
)

type laboratories map[uint32]trustlist.Laboratory

func (l laboratories) Laboratory(number uint32) (trustlist.Laboratory, bool) {
	found, ok := l[number]
	return found, ok
}

func laboratoriesOf(v *vectors.Policy) laboratories {
	all := laboratories{}
	for _, l := range v.Laboratories {
		known := trustlist.Laboratory{Number: uint16(l.Number), Admitted: l.Admitted.Unix()}
		if !l.Withdrawn.IsZero() {
			known.Withdrawn = l.Withdrawn.Unix()
		}
		all[l.Number] = known
	}
	return all
}

func factsOf(c *vectors.PolicyCode, known laboratories) policy.Facts {
	f := policy.Facts{Exemptions: c.Exemptions, NoList: c.NoList}
	if s := c.Status; s != nil {
		f.Status = &policy.Status{State: s.State, Rule: s.Rule, Determined: s.Determined.Unix(), Issuer: s.Issuer}
	}
	for _, x := range c.Tests {
		if policy.CountsAsFact(x.Result, x.Laboratory, x.Reported.Unix(), known) {
			f.Tests = append(f.Tests, policy.Test{Kind: x.Kind, Laboratory: x.Laboratory, Reported: x.Reported.Unix()})
		}
	}
	for _, x := range c.Vaccinations {
		f.Vaccinations = append(f.Vaccinations, policy.Vaccination{Product: x.Product, Dose: x.Dose, Course: x.Course, Day: int32(x.Day)})
	}
	return f
}

func evaluatorOf(t *testing.T, v *vectors.Policy) *policy.Evaluator {
	t.Helper()
	var nation *trustlist.Policy
	if v.Policy != nil {
		var err error
		if nation, err = publish.ParsePolicy(v.Policy); err != nil {
			t.Fatal(err)
		}
	}
	var overlays []*trustlist.Overlay
	for _, raw := range v.Overlays {
		o, err := publish.ParseOverlay(raw)
		if err != nil {
			t.Fatal(err)
		}
		var head struct {
			Region string    `json:"region"`
			Issued time.Time `json:"issued"`
		}
		if err := json.Unmarshal(raw, &head); err != nil {
			t.Fatal(err)
		}
		o.Region, o.Issued = head.Region, head.Issued.Unix()
		overlays = append(overlays, o)
	}
	return evaluator(t, nation, overlays...)
}

func told(d policy.Decision) vectors.PolicyDecision {
	out := vectors.PolicyDecision{Outcome: d.Outcome.String(), Reason: d.Reason.Name(), Source: d.Source.String(), Rule: d.Rule, NoList: d.NoList}
	if d.Unfollowed != policy.Followed {
		out.Unfollowed = d.Unfollowed.String()
	}
	if d.Until != 0 {
		out.Until = time.Unix(d.Until, 0)
	}
	return out
}

func TestDecisionsAreThoseOfTheVectors(t *testing.T) {
	all, err := vectors.LoadPolicies()
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range all {
		t.Run(v.Name, func(t *testing.T) {
			e, known, at := evaluatorOf(t, &v), laboratoriesOf(&v), v.Time.Unix()
			var codes []policy.Facts
			for i := range v.Codes {
				codes = append(codes, factsOf(&v.Codes[i], known))
			}
			facts := e.Combine(at, codes...)
			got, want := told(e.Evaluate(policy.Venue{Class: v.Class, Region: v.Region}, &facts, at)), v.Decision
			if !got.Until.Equal(want.Until) {
				t.Errorf("until %v, want %v: %s", got.Until, want.Until, v.Comment)
			}
			if got.Until, want.Until = (time.Time{}), (time.Time{}); got != want {
				t.Errorf("%+v, want %+v: %s", got, want, v.Comment)
			}
		})
	}
}
