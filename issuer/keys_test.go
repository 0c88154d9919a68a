package issuer_test

import (
	"errors"
	"testing"
	"time"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
	"github.com/tongxing/tongxing/issuer"
	"github.com/tongxing/tongxing/issuer/record"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/trusttest"
)

func TestNewRefusesWhatNoVenueWouldAccept(t *testing.T) {
	retired, compromised := published(greenSigner, greenUsage), published(greenSigner, greenUsage)
	retired.State, retired.Since = trustlist.Retired, issuedAt+86400 // the future does not help: its end is settled
	compromised.State, compromised.Since = trustlist.Compromised, issuedAt-3600
	good := province(t, greenUsage, published(greenSigner, greenUsage))
	unavailable := load(t, &trusttest.Material{Issued: issuedAt - 3600, Regions: []trusttest.Region{{Code: "33", Usage: greenUsage, Unavailable: true}}})
	for name, test := range map[string]struct {
		trust    *trustlist.Trust
		signers  []sig.Signer
		lifetime time.Duration
	}{
		"retired key":               {trust: province(t, greenUsage, retired, published(adverseSigner, greenUsage)), signers: []sig.Signer{greenSigner}},
		"compromised key":           {trust: province(t, greenUsage, compromised, published(adverseSigner, greenUsage)), signers: []sig.Signer{greenSigner}},
		"one bad key of two":        {trust: province(t, greenUsage, retired, published(adverseSigner, greenUsage)), signers: []sig.Signer{adverseSigner, greenSigner}},
		"key outside the key set":   {trust: good, signers: []sig.Signer{adverseSigner}},
		"same name, other curve":    {trust: good, signers: []sig.Signer{sigtest.New(sig.ES256, "33 green")}},
		"no key":                    {trust: good},
		"region without a key set":  {trust: unavailable, signers: []sig.Signer{greenSigner}},
		"lifetime below a minute":   {trust: good, signers: []sig.Signer{greenSigner}, lifetime: time.Second},
		"negative lifetime":         {trust: good, signers: []sig.Signer{greenSigner}, lifetime: -time.Hour},
		"lifetime of over 366 days": {trust: good, signers: []sig.Signer{greenSigner}, lifetime: issuer.MaxLifetime + 1},
	} {
		region, _ := test.trust.Region("33")
		if iss, err := issuer.New(issuer.Options{Region: region, Keys: test.signers, Lifetime: test.lifetime}); err == nil || iss != nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if iss, err := issuer.New(issuer.Options{Keys: []sig.Signer{greenSigner}}); err == nil || iss != nil {
		t.Error("no region: accepted")
	}
	region, _ := unavailable.Region("33")
	var missing *trustlist.RegionError
	if _, err := issuer.New(issuer.Options{Region: region, Keys: []sig.Signer{greenSigner}}); !errors.As(err, &missing) {
		t.Errorf("the error does not say why there is no key set: %v", err)
	}
}

func TestLifetimeCapsTheCredential(t *testing.T) {
	region, _ := usual(t).Region("33")
	for _, lifetime := range []time.Duration{time.Minute, time.Hour, issuer.MaxLifetime} {
		iss, err := issuer.New(issuer.Options{Region: region, Keys: []sig.Signer{greenSigner}, Lifetime: lifetime})
		if err != nil {
			t.Fatal(err)
		}
		r := person()
		r.Status.Until = now.Add(2 * issuer.MaxLifetime)
		if issued := sign(t, iss, r, 1); issued.ExpiresAt != now.Add(lifetime).Unix() {
			t.Errorf("lifetime %v: ends %v", lifetime, time.Unix(issued.ExpiresAt, 0))
		}
	}
}

// The key for adverse states is at hand and signs nothing that the other may.
func TestEachCredentialIsSignedByTheFirstKeyThatMay(t *testing.T) {
	iss := newIssuer(t, usual(t), greenSigner, adverseSigner)
	adverse := person()
	adverse.Status = yellow()
	for name, test := range map[string]struct {
		record *record.Record
		want   *sigtest.Signer
	}{
		"green": {person(), greenSigner}, "adverse": {adverse, adverseSigner},
	} {
		issued := sign(t, iss, test.record, 1)
		if issued.KeyID != test.want.PublicKey().KeyID() {
			t.Errorf("%s: signed by key %x", name, issued.KeyID)
		}
		u, err := format.Parse(issued.Data)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := u.Verify(test.want.PublicKey()); err != nil || u.KeyID() != issued.KeyID {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNoKeyThatMayIsARefusal(t *testing.T) {
	adverse, test := person(), person()
	adverse.Status = yellow()
	test.Tests[0].Laboratory = 33<<16 | 4
	limited := published(greenSigner, greenUsage)
	limited.Laboratories = []uint32{33<<16 | 3}
	early, late := published(greenSigner, greenUsage), published(greenSigner, greenUsage)
	early.SignUntil = format.DayStart(format.Day(issuedAt))
	late.SignFrom = format.DayStart(format.Day(issuedAt) + 1)
	onlyAdverse := published(adverseSigner, trustlist.UsageAdverse)
	all := greenUsage | adverseUsage
	for name, trust := range map[string]struct {
		trust   *trustlist.Trust
		record  *record.Record
		signers []sig.Signer
	}{
		"adverse state, green key alone":               {usual(t), adverse, []sig.Signer{greenSigner}},
		"usage 2 without usage 1":                      {province(t, all, onlyAdverse), adverse, []sig.Signer{adverseSigner}},
		"two keys that could only sign together":       {province(t, all, onlyAdverse, published(greenSigner, greenUsage)), adverse, []sig.Signer{greenSigner, adverseSigner}},
		"adverse state, not granted to the region":     {province(t, greenUsage, published(adverseSigner, all)), adverse, []sig.Signer{adverseSigner}},
		"vaccinations, not granted to the region":      {province(t, greenUsage&^trustlist.UsageVaccination, published(greenSigner, greenUsage)), person(), []sig.Signer{greenSigner}},
		"vaccinations, not granted to the key":         {province(t, greenUsage, published(greenSigner, greenUsage&^trustlist.UsageVaccination)), person(), []sig.Signer{greenSigner}},
		"tests, not granted to the key":                {province(t, greenUsage, published(greenSigner, greenUsage&^trustlist.UsageTest)), person(), []sig.Signer{greenSigner}},
		"the key's period has ended":                   {province(t, greenUsage, early), person(), []sig.Signer{greenSigner}},
		"the key's period has not begun":               {province(t, greenUsage, late), person(), []sig.Signer{greenSigner}},
		"the laboratory is not among those of the key": {province(t, greenUsage, limited), test, []sig.Signer{greenSigner}},
	} {
		draft, err := newIssuer(t, trust.trust, trust.signers...).Draft(trust.record, now)
		if got := refusal(t, err); got != issuer.RefusedNoKey || draft != nil {
			t.Errorf("%s: refused %q (%v)", name, got, err)
		}
	}
	if _, err := newIssuer(t, province(t, greenUsage, limited), greenSigner).Draft(person(), now); err != nil {
		t.Errorf("a laboratory of the key: %v", err)
	}
}

func TestKeyPeriodIncludesItsFirstSecondAndNotItsEnd(t *testing.T) {
	iss := newIssuer(t, usual(t), greenSigner)
	r := person()
	r.Tests, r.Vaccinations, r.Status = nil, nil, nil
	from, until := format.DayStart(format.Day(issuedAt)-30), format.DayStart(format.Day(issuedAt)+30)
	r.Exemptions = []record.Exemption{{Kind: 1, Until: time.Unix(until+86400, 0)}}
	for at, want := range map[int64]issuer.Refusal{
		from - 1: issuer.RefusedNoKey, from: "", until - 1: "", until: issuer.RefusedNoKey,
	} {
		if _, err := iss.Draft(r, time.Unix(at, 0)); refusal(t, err) != want {
			t.Errorf("at %d: %v, want %q", at, err, want)
		}
	}
}

// The list takes a usage from a region for what is issued from a time on.
func TestWithdrawnUsageCountsFromItsTime(t *testing.T) {
	m := &trusttest.Material{
		Issued:  issuedAt - 3600,
		Regions: []trusttest.Region{{Code: "33", Usage: greenUsage, Keys: []trustlist.Key{published(greenSigner, greenUsage)}}},
	}
	for from, want := range map[int64]issuer.Refusal{issuedAt: issuer.RefusedNoKey, issuedAt + 1: ""} {
		m.WithdrawnUsage = []trustlist.UsageWithdrawal{{Region: "33", Usage: trustlist.UsageTest, From: from}}
		if _, err := newIssuer(t, load(t, m), greenSigner).Draft(person(), now); refusal(t, err) != want {
			t.Errorf("withdrawn at %d: %v, want %q", from, err, want)
		}
	}
}

func TestASignerThatFailsIsNoRefusal(t *testing.T) {
	iss := newIssuer(t, usual(t), failing{greenSigner})
	draft, err := iss.Draft(person(), now)
	if err != nil {
		t.Fatal(err)
	}
	_, err = iss.Sign(draft, format.Ref{List: format.ListMonth(draft.Expires()) << 8})
	var refused *issuer.RefusalError
	if !errors.Is(err, errSigner) || errors.As(err, &refused) {
		t.Errorf("error %v", err)
	}
}

var errSigner = errors.New("the token was pulled out")

type failing struct{ sig.Signer }

func (failing) Sign([]byte) ([]byte, error) { return nil, errSigner }
