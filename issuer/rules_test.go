package issuer_test

import (
	"crypto/sha256"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/transport"
	"github.com/tongxing/tongxing/issuer"
	"github.com/tongxing/tongxing/issuer/record"
	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/trusttest"
	"github.com/tongxing/tongxing/verifier"
)

// ruled is the usual province under a policy with the given rules, and its issuer.
func ruled(t testing.TB, rules ...trustlist.Rule) (*trustlist.Trust, *issuer.Issuer) {
	t.Helper()
	policy := trusttest.Rules(issuedAt-40*86400, 0)
	for _, r := range rules {
		r.Name, r.Text = "规则", "测试用。"
		policy.Rules = append(policy.Rules, r)
	}
	trust := load(t, &trusttest.Material{Issued: issuedAt - 3600, Policy: policy, Regions: []trusttest.Region{{
		Code: "33", Usage: greenUsage | adverseUsage, Keys: []trustlist.Key{published(adverseSigner, greenUsage|adverseUsage)},
	}}})
	return trust, newIssuer(t, trust, adverseSigner)
}

// An adverse status is signed only where a rule of the policy covers it: published, for
// this state, in force at determination and at the time of issue, and not run out. The
// refusal says which rule, why, and which there are. [ISSUER-34]
func TestAnAdverseStatusWithoutAPublishedRuleIsRefused(t *testing.T) {
	const day = 86400
	_, iss := ruled(t,
		trustlist.Rule{Number: 101, States: []uint16{1}, Longest: 7 * day, From: issuedAt - 10*day},
		trustlist.Rule{Number: 102, States: []uint16{1}, Longest: 7 * day, From: issuedAt - 10*day, Until: issuedAt},
		trustlist.Rule{Number: 103, States: []uint16{1}, Longest: 7 * day, From: issuedAt + 1},
		trustlist.Rule{Number: 104, States: []uint16{1, 2}, Longest: 14 * day, From: issuedAt - 3600},
		trustlist.Rule{Number: 105, States: []uint16{1}, Longest: 7 * day, From: issuedAt - 10*day, Until: issuedAt + 1},
		trustlist.Rule{Number: 201, States: []uint16{2}, Longest: 14 * day, From: issuedAt - 10*day},
	)
	for _, c := range []struct {
		name        string
		state, rule uint16
		ago         int64 // seconds since determination, whole minutes
		want        issuer.RuleFault
	}{
		{"a number that no rule has", 1, 9999, 3600, issuer.RuleUnknown},
		{"a rule for red alone", 1, 201, 3600, issuer.RuleOtherState},
		{"a rule for yellow alone", 2, 101, 3600, issuer.RuleOtherState},
		{"a rule that begins in a second", 1, 103, 0, issuer.RuleNotYet},
		{"a rule that began a minute after the determination", 1, 104, 3660, issuer.RuleNotYet},
		{"a rule that began at the determination", 1, 104, 3600, ""},
		{"a rule that ends now", 1, 102, 3600, issuer.RuleEnded},
		{"a rule that ends in a second", 1, 105, 3600, ""},
		{"determined seven days ago under a rule of seven days", 1, 101, 7 * day, issuer.RuleRunOut},
		{"a minute less", 1, 101, 7*day - 60, ""},
		{"red under its rule", 2, 201, 9 * day, ""},
		{"yellow under a rule for both", 1, 104, 60, ""},
		{"green", 0, 0, 20 * day, ""},
		{"a state that nobody has named", 7, 701, 3600, ""},
	} {
		r := person()
		r.Status = yellow()
		r.Status.State, r.Status.Rule, r.Status.Determined = c.state, c.rule, now.Add(-time.Duration(c.ago)*time.Second)
		draft, err := iss.Draft(r, now)
		var rule *issuer.RuleError
		switch found := errors.As(err, &rule); {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", c.name, err)
		case c.want != "" && (!found || draft != nil || refusal(t, err) != issuer.RefusedRuleNotPublished || rule.Fault != c.want):
			t.Errorf("%s: draft %v, error %v, want %s", c.name, draft, err, c.want)
		case c.want != "" && (rule.Rule != c.rule || rule.State != c.state || rule.Policy != trustlist.NewVersion(1, 1) ||
			!slices.Equal(rule.Published, map[uint16][]uint16{1: {101, 104, 105}, 2: {104, 201}}[c.state])):
			t.Errorf("%s: the error says %+v", c.name, rule)
		}
	}
}

// Without a policy no venue takes an adverse status, whatever rule it names; a green one
// goes on.
func TestWithoutAPolicyOnlyGreenIsSigned(t *testing.T) {
	trust := usual(t)
	region, _ := trust.Region("33")
	none, err := issuer.New(issuer.Options{Region: region, Keys: []sig.Signer{adverseSigner}})
	if err != nil {
		t.Fatal(err)
	}
	r := person()
	if _, err := none.Draft(r, now); err != nil {
		t.Errorf("green: %v", err)
	}
	r.Status = yellow()
	_, err = none.Draft(r, now)
	if refusal(t, err) != issuer.RefusedRuleNotPublished || !strings.Contains(err.Error(), "no policy") {
		t.Errorf("yellow: %v", err)
	}
	// A newer bundle brings its rules with it.
	next, err := none.Under(region, 0, trust.Policy())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := next.Draft(r, now); err != nil {
		t.Errorf("under newer trust material: %v", err)
	}
}

// What was issued before is built again although its rule is published no more.
func TestARuleThatIsGoneIsNoReasonNotToRepeat(t *testing.T) {
	trust := usual(t)
	iss := newIssuer(t, trust, adverseSigner)
	r := person()
	r.Status = yellow()
	first := sign(t, iss, r, 5)
	region, _ := trust.Region("33")
	next, err := iss.Under(region, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	kept := issuer.Signed{Ref: first.Ref, KeyID: first.KeyID, IssuedAt: first.IssuedAt, ExpiresAt: first.ExpiresAt,
		Signature: [sig.SignatureSize]byte(first.Data[len(first.Data)-sig.SignatureSize:]), Hash: sha256.Sum256(first.Data)}
	if again, err := next.Again(r, kept); err != nil || string(again.Data) != string(first.Data) {
		t.Errorf("error %v", err)
	}
}

// The issuer refuses exactly what a venue would call adverse_without_rule at that second:
// random rules, determinations and states, most of them within seconds of where the
// answer turns. [ISSUER-34]
func TestIssuerAndVenueAgreeOnEveryRule(t *testing.T) {
	const rules = 600
	r := rand.New(rand.NewPCG(102, 202))
	ages := []int64{0, 1, 59, 60, 61, 119, 3600, 3601, 86_400, 7*86400 - 1, 7 * 86400, 7*86400 + 1}
	near := func(at int64) int64 { return at + int64(r.IntN(5)) - 2 + 60*int64(r.IntN(3)-1) }
	var all, every []trustlist.Rule
	for n := range rules {
		rule := trustlist.Rule{Number: uint16(1 + n), States: [][]uint16{{1}, {2}, {1, 2}, {1, 3}}[r.IntN(4)], From: issuedAt - 30*86400, Longest: 20 * 86400}
		age := ages[r.IntN(len(ages))]
		switch r.IntN(4) {
		case 0:
			rule.From = near(issuedAt - age)
		case 1:
			rule.Until = near(issuedAt - age*int64(r.IntN(2)))
		case 2:
			rule.Longest = uint32(max(near(age), 1))
		}
		all = append(all, rule)
	}
	for n := range uint16(2 * rules) { // the second half has the numbers that nobody publishes
		every = append(every, trustlist.Rule{Number: 1 + n, States: []uint16{1, 2, 3}, Longest: 366 * 86400})
	}
	trust, strict := ruled(t, all...)
	region, _ := trust.Region("33")
	lax, err := issuer.New(issuer.Options{Region: region, Keys: []sig.Signer{adverseSigner}, Policy: &trustlist.Policy{Rules: every}})
	if err != nil {
		t.Fatal(err)
	}
	v, err := verifier.New(trust, verifier.Options{})
	if err != nil {
		t.Fatal(err)
	}
	seen := map[bool]int{}
	for n := range 1500 {
		rule := all[r.IntN(rules)]
		person := record.Record{Name: "陈梓", DocumentType: "01", DocumentNumber: "469999198104010408", Status: &record.Status{
			State: uint16(1 + r.IntN(3)), Rule: rule.Number + uint16(r.IntN(20)/19)*rules, Evidence: evidenceNumber,
			Determined: now.Add(-time.Duration(ages[r.IntN(len(ages))]) * time.Second), Until: now.Add(time.Hour)}}
		draft, err := lax.Draft(&person, now)
		if err != nil {
			t.Fatal(err)
		}
		issued, err := lax.Sign(draft, format.Ref{List: format.ListMonth(draft.Expires()) << 8, Index: uint32(n)})
		if err != nil {
			t.Fatal(err)
		}
		venue := v.Verify(transport.Encode(issued.Data), now, verifier.Context{}).Reason() == spec.ReasonAdverseWithoutRule
		_, err = strict.Draft(&person, now)
		if refused := refusal(t, err) == issuer.RefusedRuleNotPublished; refused != venue {
			t.Errorf("%+v under %+v: issuer %v, a venue's refusal %v", *person.Status, rule, err, venue)
		}
		seen[venue]++
	}
	if seen[true] < 300 || seen[false] < 300 {
		t.Errorf("%v: too few to prove anything", seen)
	}
}
