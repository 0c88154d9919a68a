package verifier_test

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
	"github.com/tongxing/tongxing/format/status"
	"github.com/tongxing/tongxing/format/transport"
	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/trusttest"
	"github.com/tongxing/tongxing/verifier"
)

const strangersNumber = "469999198104010408"

// person makes codes for tests of several at once.
type person struct {
	t       *testing.T
	signers map[string]sig.Signer
	index   uint32
	lists   map[uint32]status.Sets
	options verifier.Options
	policy  *trustlist.Policy
}

func newPerson(t *testing.T) *person {
	t.Helper()
	return &person{t: t, signers: map[string]sig.Signer{"33": sigtest.New(sig.SM2, "33"), "41": sigtest.New(sig.ES256, "41")}}
}

func (p *person) verifier() *verifier.Verifier {
	p.t.Helper()
	m := trusttest.Material{Issued: issuedAt - day, Policy: p.policy}
	for _, code := range []string{"33", "41"} {
		region := trusttest.Region{Code: code, Usage: allUsage | regionalUsage, Keys: []trustlist.Key{signingKey(p.signers[code])}}
		if code == "33" {
			region.Laboratories = []trustlist.Laboratory{{Number: 3, Name: "杭州", Admitted: issuedAt - 90*day}}
			region.StatusLists = p.lists
		}
		m.Regions = append(m.Regions, region)
	}
	return verifierWith(p.t, m, p.options)
}

// data is a green code of the person with the number, changed.
func (p *person) data(issuer, number string, change func(*format.Credential)) []byte {
	p.t.Helper()
	c := &format.Credential{Issuer: issuer, IssuedAt: issuedAt, Expires: issuedAt + 7*day, Status: &format.Status{Minutes: 60}}
	if change != nil {
		change(c)
	}
	p.index++
	c.Ref = format.Ref{List: list(c), Index: p.index}
	var err error
	if c.Holder, err = format.NewHolder(issuer, c.Ref, holderName, document(p.t, format.ClassCitizen, number)); err != nil {
		p.t.Fatal(err)
	}
	data, err := format.Encode(c, p.signers[issuer])
	if err != nil {
		p.t.Fatal(err)
	}
	return data
}

func (p *person) code(issuer, number string, change func(*format.Credential)) string {
	p.t.Helper()
	return transport.Encode(p.data(issuer, number, change))
}

// state sets a state determined so many minutes before the code was issued.
func state(number uint16, minutes uint16) func(*format.Credential) {
	return func(c *format.Credential) {
		c.Status = &format.Status{State: number, Minutes: minutes}
		if number != 0 {
			c.Status.Rule = number*100 + 1
		}
	}
}

func tested(c *format.Credential) {
	c.Status, c.Tests = nil, []format.Test{{Kind: 1, Minutes: 600, Laboratory: 33<<16 | 3}}
}

func expired(c *format.Credential) { c.Expires = issuedAt + 60 }

var own = verifier.Presented("01", holderNumber, "")

// appended holds what is written without reflection to encoding/json.
func appended(t *testing.T, p verifier.Person) {
	t.Helper()
	want, err := p.Reflected()
	if got := p.AppendJSON(nil); err != nil || string(got) != string(want) {
		t.Errorf("%s\n%s %v", got, want, err)
	}
}

func reasonsOf(p verifier.Person) []spec.Reason {
	var all []spec.Reason
	for _, v := range p.Verdicts() {
		all = append(all, v.Reason())
	}
	return all
}

// [VERIFY-81] [VERIFY-82] [VERIFY-83] [VERIFY-85]
func TestSeveralCodesAreJoinedByOneDocumentAlone(t *testing.T) {
	p := newPerson(t)
	green, paper := p.code("33", holderNumber, nil), p.code("41", holderNumber, tested)
	later, old := p.code("41", holderNumber, state(0, 5)), p.code("33", holderNumber, expired)
	red, unknown := p.code("41", holderNumber, state(2, 5)), p.code("41", holderNumber, state(7, 5))
	child := p.code("33", strangersNumber, nil)
	ok, noStatus, mismatch := spec.ReasonOK, spec.ReasonNoStatus, spec.ReasonHolderMismatch
	nameOnly := verifier.Context{Name: holderName}
	for _, test := range []struct {
		name    string
		codes   []string
		context verifier.Context
		outcome verifier.Outcome
		reason  spec.Reason
		joined  bool
		asks    bool
	}{
		{"nothing", nil, own, verifier.Unverified, spec.ReasonNotChecked, false, false},
		{"one", []string{green}, verifier.Context{}, verifier.Pass, ok, false, false},
		{"one, with the document", []string{green}, own, verifier.Pass, ok, true, false},
		{"code and paper", []string{green, paper}, own, verifier.Pass, ok, true, false},
		{"code and paper without a document", []string{green, paper}, verifier.Context{}, verifier.Check, noStatus, false, true},
		{"code and paper with a name", []string{green, paper}, nameOnly, verifier.Check, noStatus, false, true},
		{"two codes without a document", []string{green, later}, verifier.Context{}, verifier.Pass, ok, false, true},
		{"two papers", []string{paper, p.code("33", holderNumber, tested)}, own, verifier.Check, noStatus, true, false},
		{"an old code and a new one", []string{old, green}, own, verifier.Pass, ok, true, false},
		{"an old code and a new one without a document", []string{old, green}, verifier.Context{}, verifier.Pass, ok, false, false},
		{"an old code alone", []string{old}, own, verifier.Unverified, spec.ReasonExpired, false, false},
		{"nothing verified", []string{"TX1:,", old, "hello"}, own, verifier.Unverified, spec.ReasonExpired, false, false},
		{"a red code without a rule restricts nobody", []string{green, red}, own, verifier.Pass, ok, true, false},
		{"a state that nobody knows gives way", []string{green, unknown}, own, verifier.Pass, ok, true, false},
		{"another's code", []string{green, child}, own, verifier.Unverified, mismatch, false, true},
		{"another's document", []string{green, paper}, verifier.Presented("01", strangersNumber, ""), verifier.Unverified, mismatch, false, true},
		{"no document can be that", []string{green}, verifier.Presented("01", "1", ""), verifier.Unverified, mismatch, false, false},
	} {
		got := p.verifier().VerifyTogether(test.codes, unix(issuedAt+3600), test.context)
		appended(t, got)
		if got.Outcome() != test.outcome || got.Reason() != test.reason || got.Joined() != test.joined || got.DocumentNeeded() != test.asks {
			t.Errorf("%s: %s, %s, joined %v, asks %v: %v", test.name, got.Outcome(), got.Reason(), got.Joined(), got.DocumentNeeded(), reasonsOf(got))
		}
		if (got.Credentials() != nil) != test.joined {
			t.Errorf("%s: %d credentials to ask a policy about", test.name, len(got.Credentials()))
		}
	}
}

// [VERIFY-80]
func TestACodeThatIsThereTwiceCountsOnce(t *testing.T) {
	p := newPerson(t)
	data := p.data("41", holderNumber, nil)
	spoilt := slices.Clone(data)
	spoilt[len(spoilt)-1] ^= 1
	forms := []string{transport.Encode(data), transport.EncodeDigits(data), " " + transport.Encode(data), transport.Encode(twin(data)), transport.Encode(spoilt)}
	got := p.verifier().VerifyTogether(forms, unix(issuedAt+3600), verifier.Context{})
	if len(got.Verdicts()) != 1 || got.Reason() != spec.ReasonOK || got.DocumentNeeded() {
		t.Errorf("%v, asks %v", reasonsOf(got), got.DocumentNeeded())
	}
	if n := len(p.verifier().VerifyTogether([]string{"x", " x", "y"}, unix(issuedAt), own).Verdicts()); n != 2 {
		t.Errorf("%d texts that are no codes", n)
	}
}

// [VERIFY-83] [VERIFY-84]
func TestStatesThatDifferAreReportedWithBothIssuers(t *testing.T) {
	for _, test := range []struct {
		name          string
		first, second func(*format.Credential)
		issuer        string
		outcome       verifier.Outcome
		reason        spec.Reason
		conflict      []string
	}{
		{"one state", state(0, 60), state(0, 5), "41", verifier.Pass, spec.ReasonOK, nil},
		{"two regions", state(0, 60), state(7, 5), "41", verifier.Pass, spec.ReasonOK, []string{"33", "41"}},
		{"two regions, later", state(8, 60), state(7, 5), "41", verifier.Check, spec.ReasonStateUnknown, []string{"41", "33"}},
		{"one region, later", state(8, 60), state(7, 5), "33", verifier.Check, spec.ReasonStateUnknown, nil},
		{"one second", state(8, 60), state(7, 60), "33", verifier.Check, spec.ReasonStateUnknown, []string{"33", "33"}},
	} {
		p := newPerson(t)
		codes := []string{p.code("33", holderNumber, test.first), p.code(test.issuer, holderNumber, test.second)}
		got := p.verifier().VerifyTogether(codes, unix(issuedAt+3600), own)
		appended(t, got)
		var issuers []string
		for _, claim := range got.Conflict() {
			issuers = append(issuers, claim.Issuer)
			if claim.Appeal == "" || claim.Authority == "" || claim.IssuerName == "" || claim.Determined == 0 {
				t.Errorf("%s: %+v", test.name, claim)
			}
		}
		if got.Outcome() != test.outcome || got.Reason() != test.reason || !slices.Equal(issuers, test.conflict) {
			t.Errorf("%s: %s, %s, conflict %v", test.name, got.Outcome(), got.Reason(), issuers)
		}
		if alone := p.verifier().VerifyTogether(codes, unix(issuedAt+3600), verifier.Context{}); alone.Conflict() != nil {
			t.Errorf("%s: a conflict of what may be two people's", test.name)
		}
	}
}

// A venue that insists on status lists insists for each code that it takes
// something from.
func TestAPersonsCodesAreAllLookedUp(t *testing.T) {
	p := newPerson(t)
	p.options.StatusListRequired = true
	green, paper := p.code("33", holderNumber, nil), p.code("41", holderNumber, tested)
	p.lists = map[uint32]status.Sets{list(&format.Credential{Expires: issuedAt + 7*day}): {}}
	for reason, codes := range map[spec.Reason][]string{spec.ReasonOK: {green}, spec.ReasonNoStatusList: {green, paper}} {
		if got := p.verifier().VerifyTogether(codes, unix(issuedAt+3600), own); got.Reason() != reason {
			t.Errorf("%s, want %s", got.Reason(), reason)
		}
	}
}

// The order in which codes are shown makes no difference to anything. [VERIFY-80]
func TestTheOrderOfCodesMakesNoDifference(t *testing.T) {
	p := newPerson(t)
	pool := []string{"TX1:,", "x", ""}
	for _, issuer := range []string{"33", "41"} {
		for _, number := range []string{holderNumber, holderNumber, strangersNumber} {
			for _, change := range []func(*format.Credential){nil, tested, expired, state(2, 5), state(7, 5), state(7, 60), state(8, 60), state(0, 30)} {
				data := p.data(issuer, number, change)
				pool = append(pool, transport.Encode(data), transport.EncodeDigits(data))
				if issuer == "41" {
					pool = append(pool, transport.Encode(twin(data)))
				}
			}
		}
	}
	v, r := p.verifier(), rand.New(rand.NewPCG(6, 80))
	contexts := []verifier.Context{{}, own, {Name: holderName}}
	answers := map[spec.Reason]int{}
	for range 60 {
		codes := make([]string, 2+r.IntN(4))
		for i := range codes {
			codes[i] = pool[r.IntN(len(pool))]
		}
		context := contexts[r.IntN(len(contexts))]
		want := v.VerifyTogether(codes, unix(issuedAt+3600), context)
		answers[want.Reason()]++
		for range 4 {
			r.Shuffle(len(codes), func(i, j int) { codes[i], codes[j] = codes[j], codes[i] })
			got := v.VerifyTogether(codes, unix(issuedAt+3600), context)
			if a, b := personJSON(t, want), personJSON(t, got); a != b {
				t.Fatalf("%s\nis in another order\n%s", a, b)
			}
		}
	}
	if len(answers) < 4 {
		t.Errorf("answers %v: too few to prove anything", answers)
	}
}

func personJSON(t *testing.T, p verifier.Person) string {
	t.Helper()
	text, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// [VERIFY-2] [VERIFY-4]
func TestTheZeroPersonIsUnverified(t *testing.T) {
	var p verifier.Person
	if p.Outcome() != verifier.Unverified || p.Reason() != spec.ReasonNotChecked || p.Joined() || p.Verdicts() != nil || p.Credentials() != nil {
		t.Errorf("%+v", p)
	}
	if text := personJSON(t, p); !strings.HasPrefix(text, `{"outcome":"unverified","reason":{"number":0,`) {
		t.Error(text)
	}
	got := (*verifier.Verifier)(nil).VerifyTogether([]string{"TX1:A", "B"}, unix(0), own)
	if got.Outcome() != verifier.Unverified || got.Reason() != spec.ReasonNoTrust {
		t.Errorf("without trust: %s", got.Reason())
	}
}
