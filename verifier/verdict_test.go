package verifier_test

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/status"
	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/spec/vectors"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/verifier"
)

// [VERIFY-2]
func TestTheZeroVerdictIsUnverifiedAndSaysNothing(t *testing.T) {
	var v verifier.Verdict
	if v.Outcome() != verifier.Unverified || v.Reason() != spec.ReasonNotChecked || v.Verified() || v.Err() != nil || v.Remaining() != 0 {
		t.Errorf("zero verdict: %+v", v)
	}
	if c, ok := v.Credential(); c != nil || ok {
		t.Errorf("credential %+v", c)
	}
	if v.Evidence() != (verifier.Evidence{}) || v.Explain("en") != nil {
		t.Errorf("evidence %+v, steps %v", v.Evidence(), v.Explain("en"))
	}
	if text := asJSON(t, v); !strings.HasPrefix(text, `{"outcome":"unverified","reason":{"number":0,"name":"not_checked",`) || strings.Contains(text, "credential") {
		t.Errorf("JSON is %s", text)
	}
	var outcome verifier.Outcome
	if outcome != verifier.Unverified || outcome.String() != "unverified" || verifier.Outcome(77).String() != "unverified" {
		t.Error("an outcome that nobody set is not unverified")
	}
}

// What is not verified is not told: no formatting verb and no JSON has it.
func TestNothingOfTheHolderIsReadableInARefusedVerdict(t *testing.T) {
	for _, fault := range faults {
		s := newScene(sig.ES256)
		fault.spoil(s)
		v := s.verdict(t)
		if v.Verified() {
			continue
		}
		if c, ok := v.Credential(); c != nil || ok || v.Remaining() != 0 {
			t.Errorf("%s: credential %+v", fault.reason, c)
		}
		c := parsed(t, s)
		texts := []string{asJSON(t, v), fmt.Sprint(v.Err()), fmt.Sprintf("%+v", v.Explain("zh")), fmt.Sprintf("%+v", v.Explain("en"))}
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x", "%X"} {
			texts = append(texts, fmt.Sprintf(verb, v), fmt.Sprintf(verb, &v))
		}
		secrets := []string{
			holderName, holderMask, hex.EncodeToString([]byte(holderMask)), holderNumber[:6], holderNumber[6:14], "734003",
			hex.EncodeToString(c.Holder.Tag[:]) + `"`, `"last_two"`, `"tests"`, `"vaccinations"`, `"credential"`, "state 2", "rule 201", "201,",
		}
		for _, secret := range secrets {
			if i := slices.IndexFunc(texts, func(text string) bool { return strings.Contains(text, secret) }); i >= 0 {
				t.Errorf("%s: %q is readable in %s", fault.reason, secret, texts[i])
			}
		}
	}
}

func parsed(t *testing.T, s *scene) *format.Credential {
	t.Helper()
	u, err := format.Parse(s.data(t))
	if err != nil {
		t.Fatal(err)
	}
	return u.UnverifiedCredential()
}

func TestPassIsGivenForTheReasonOKAlone(t *testing.T) {
	all, err := vectors.Load()
	if err != nil {
		t.Fatal(err)
	}
	outcomes := map[verifier.Outcome]int{}
	for _, vector := range all {
		v := verifierFor(t, vector.Trust).Verify(vector.Text, vector.Time, contextOf(vector))
		outcomes[v.Outcome()]++
		published := vector.Trust != nil && vector.Trust.Policy != nil && vector.Venue != nil
		if (v.Outcome() == verifier.Pass) != (v.Reason() == spec.ReasonOK) || v.Outcome() == verifier.Restricted && !published {
			t.Errorf("%s: %s for %s", vector.Name, v.Outcome(), v.Reason())
		}
		if v.Reason() != spec.ReasonOK && v.Reason().NextStep("en") == "" {
			t.Errorf("%s: no next step", v.Reason())
		}
		requireSteps(t, v, "zh")
		requireSteps(t, v, "en")
	}
	if outcomes[verifier.Pass] < 50 || outcomes[verifier.Unverified] < 100 || outcomes[verifier.Check] < 3 {
		t.Errorf("outcomes %v: too few to prove anything", outcomes)
	}
}

// requireSteps holds Explain to the table: every check once, in order, one
// failed for a code that is unverified or restricted and none for another.
func requireSteps(t *testing.T, v verifier.Verdict, lang string) {
	t.Helper()
	checks, err := spec.Checks()
	if err != nil {
		t.Fatal(err)
	}
	results := map[verifier.StepResult]int{}
	var order []spec.Check
	for _, step := range v.Explain(lang) {
		order = append(order, step.Check)
		results[step.Result]++
		if !strings.HasPrefix(step.Text, step.Check.Text(lang)) || step.Mark() == "" {
			t.Errorf("%s: step %s says %q", v.Reason(), step.Check, step.Text)
		}
		if step.Result == verifier.Held && results[verifier.Failed] > 0 && !v.Verified() {
			t.Errorf("%s: %s held after a check that failed", v.Reason(), step.Check)
		}
	}
	if !slices.Equal(order, checks) {
		t.Errorf("%s: checks are %v", v.Reason(), order)
	}
	failed, undecided := 1, 0
	if v.Outcome() == verifier.Pass || v.Outcome() == verifier.Check {
		failed = 0
		if v.Outcome() == verifier.Check {
			undecided = 1
		}
	}
	if results[verifier.Failed] != failed || results[verifier.Undecided] != undecided {
		t.Errorf("%s: results %v", v.Reason(), results)
	}
}

func TestExplainNamesWhatAVerifiedCodeLeavesToTheVenue(t *testing.T) {
	s := newScene(sig.SM2)
	s.credential.Status = nil
	s.context.Name = holderName
	for _, step := range s.verdict(t).Explain("en") {
		want := verifier.Held
		switch step.Check {
		case spec.CheckState:
			want = verifier.Undecided
		case spec.CheckRevocation, spec.CheckRequirement:
			want = verifier.NotAsked
		}
		if step.Result != want {
			t.Errorf("%s: %s %s", step.Check, step.Mark(), step.Text)
		}
	}
	for _, lang := range []string{"zh", "en"} {
		for _, step := range (*verifier.Verifier)(nil).Verify("", time.Time{}, verifier.Context{}).Explain(lang) {
			want := verifier.NotAsked
			if step.Check == spec.CheckIssuer {
				want = verifier.Failed
			}
			if step.Result != want {
				t.Errorf("without trust: %s %s", step.Mark(), step.Text)
			}
		}
	}
}

// The names are stable: programs of others read them.
func TestJSONNames(t *testing.T) {
	common := []string{"effective_time", "issuer.appeal", "issuer.authority", "issuer.name", "issuer.region",
		"key.algorithm", "key.id", "key.state", "outcome", "reason.en", "reason.name", "reason.next_en", "reason.next_zh",
		"reason.number", "reason.zh", "revocation.checked", "revocation.list", "revocation.month", "trust.age_hours", "trust.freshness", "trust.key_set_version", "trust.list_version"}
	good := append(slices.Clone(common), "hours_left",
		"credential.expires", "credential.holder.document_class", "credential.holder.last_two", "credential.holder.name", "credential.holder.tag",
		"credential.index", "credential.issued", "credential.issuer", "credential.list", "credential.origin.key_id", "credential.origin.region",
		"credential.status.determined", "credential.status.rule", "credential.status.state", "credential.tests", "credential.vaccinations")
	s := newScene(sig.ES256)
	requireNames(t, s.verdict(t), good)
	s.lists(status.Sets{})
	s.at += 3 * day
	requireNames(t, s.verdict(t), append(good, "revocation.as_of", "revocation.due", "revocation.overdue"))
	s.at = s.credential.Expires
	requireNames(t, s.verdict(t), append(without(common, "revocation."), "problem"))
	requireNames(t, (*verifier.Verifier)(nil).Verify("x", at(s), verifier.Context{}),
		[]string{"outcome", "reason.en", "reason.name", "reason.next_en", "reason.next_zh", "reason.number", "reason.zh"})
	s = newScene(sig.SM2)
	s.at = s.material.Issued - 2*day
	if v := s.verdict(t); v.Evidence().ClockBehind != 48*time.Hour || !strings.Contains(asJSON(t, v), `"clock_behind_hours":48`) {
		t.Errorf("a clock that is behind: %s", asJSON(t, v))
	}
}

// The object of the policy in the JSON of a verdict. Programs rely on its names.
func TestJSONNamesOfThePolicy(t *testing.T) {
	asked := []string{"class", "clauses", "edition", "no_status_list", "region", "source", "until"}
	s := ruled()
	s.context.Region = "33"
	requirePolicyNames(t, s.verdict(t), asked)
	s.red(60)
	requirePolicyNames(t, s.verdict(t), append(slices.Clone(asked), "rule.name", "rule.number"))
	s.region.Overlay = &trustlist.Overlay{Editions: []trustlist.OverlayEdition{{EffectiveFrom: issuedAt - 10*day,
		Classes: []trustlist.ClassDemand{{Class: station, Demand: demand(nil)}}}}} // less than the floor
	requirePolicyNames(t, s.verdict(t), append(slices.Clone(asked), "rule.name", "rule.number", "overlay_edition", "overlay_not_followed", "overlay_version"))
	clauses := ruled().verdict(t)
	if text := asJSON(t, clauses); !strings.Contains(text, `{"path":"requirement.any_of[0]","asks":"test","kind":1,"limit":172800,"satisfied":true,"found":`) {
		t.Error(text)
	}
}

func requirePolicyNames(t *testing.T, v verifier.Verdict, want []string) {
	t.Helper()
	var whole struct{ Policy map[string]any }
	if err := json.Unmarshal([]byte(asJSON(t, v)), &whole); err != nil {
		t.Fatal(err)
	}
	var names []string
	for name, value := range whole.Policy {
		inner, ok := value.(map[string]any)
		if !ok {
			names = append(names, name)
		}
		for below := range inner {
			names = append(names, name+"."+below)
		}
	}
	slices.Sort(names)
	slices.Sort(want)
	if !slices.Equal(names, want) {
		t.Errorf("%s: names are %q, want %q", v.Reason(), names, want)
	}
}

// without returns the names that do not begin so.
func without(names []string, prefix string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return strings.HasPrefix(name, prefix) })
}

func requireNames(t *testing.T, v verifier.Verdict, want []string) {
	t.Helper()
	var tree map[string]any
	if err := json.Unmarshal([]byte(asJSON(t, v)), &tree); err != nil {
		t.Fatal(err)
	}
	var names []string
	var walk func(prefix string, node map[string]any)
	walk = func(prefix string, node map[string]any) {
		for name, value := range node {
			if inner, ok := value.(map[string]any); ok {
				walk(prefix+name+".", inner)
				continue
			}
			names = append(names, prefix+name)
		}
	}
	walk("", tree)
	slices.Sort(names)
	slices.Sort(want)
	if !slices.Equal(names, want) {
		t.Errorf("%s: names are %q, want %q", v.Reason(), names, want)
	}
}

func TestJSONValues(t *testing.T) {
	s := newScene(sig.SM2)
	text := asJSON(t, s.verdict(t))
	for _, want := range []string{
		`"outcome":"pass","reason":{"number":1,"name":"ok",`, `"effective_time":"2022-08-10T09:00:00+08:00"`,
		`"algorithm":"SM2"`, `"state":"active"`, `"freshness":"stale"`, `"age_hours":25`, `"hours_left":167`, `"name":"廖*然"`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is not in %s", want, text)
		}
	}
}

// A caller may change what it was given; the verdict stays.
func TestTheCredentialIsACopy(t *testing.T) {
	v := newScene(sig.SM2).verdict(t)
	before := asJSON(t, v)
	c, ok := v.Credential()
	if !ok {
		t.Fatal(v.Reason())
	}
	c.Status.State, c.Tests[0].Result, c.Origin.Region, c.Holder.Name = 2, 1, "99", "x"
	if after := asJSON(t, v); after != before {
		t.Errorf("the verdict was %s and is %s", before, after)
	}
}

func TestEvidenceSaysWhatTheCodeWasHeldAgainst(t *testing.T) {
	s := newScene(sig.ES256)
	e := s.verdict(t).Evidence()
	want := verifier.Evidence{EffectiveTime: s.at, Issuer: "33", IssuerName: e.IssuerName, Authority: e.Authority, Appeal: e.Appeal,
		Algorithm: sig.ES256, KeyID: s.signer.PublicKey().KeyID(), KeyState: trustlist.Active,
		ListVersion: trustlist.NewVersion(1, 1), KeySetVersion: trustlist.NewVersion(1, 1),
		KnowledgeAge: 25 * time.Hour, Freshness: verifier.Stale,
		Revocation: verifier.Revocation{Asked: true, List: list(&s.credential)}}
	if e != want || e.IssuerName == "" || e.Authority == "" || e.Appeal == "" {
		t.Errorf("evidence %+v", e)
	}
}
