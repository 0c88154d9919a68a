package verifier_test

import (
	"testing"
	"time"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/trusttest"
	"github.com/tongxing/tongxing/verifier"
)

// reissued returns a national document of the scene's material, changed and
// signed again.
func reissued[D trustlist.Document](t *testing.T, data []byte, change func(D)) []byte {
	t.Helper()
	u, err := trustlist.Open(data)
	if err != nil {
		t.Fatal(err)
	}
	d, err := u.UnverifiedContent()
	if err != nil {
		t.Fatal(err)
	}
	change(d.(D))
	m, err := trustlist.NewMessage(d)
	for _, algorithm := range []sig.Algorithm{sig.SM2, sig.ES256} {
		if err == nil {
			m, err = m.WithSignature(sigtest.New(algorithm, "root "+algorithm.String()))
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	signed, err := m.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

// A device that gets a new policy each day, and never the list that says which
// keys were stolen, has to grow stale as one that gets nothing.
// [TRUST-142]
func TestAListThatIsHeldBackMakesCodesStale(t *testing.T) {
	s := ladderScene()
	s.material.Issued = issuedAt
	s.material.Policy = &trustlist.Policy{Editions: []trustlist.Edition{{EffectiveFrom: issuedAt}}}
	s.material.Regions = []trusttest.Region{
		{Code: "41", Usage: allUsage, Keys: []trustlist.Key{s.source}},
		{Code: "33", Usage: allUsage, Keys: []trustlist.Key{s.key}, Laboratories: s.region.Laboratories},
	}
	bundle, anchor, err := s.material.Bundle()
	if err != nil {
		t.Fatal(err)
	}
	parts, err := trustlist.ParseBundle(bundle)
	if err != nil {
		t.Fatal(err)
	}
	parts.List = reissued(t, parts.List, func(l *trustlist.List) { l.Due = issuedAt + day })
	parts.Policy = reissued(t, parts.Policy, func(p *trustlist.Policy) { p.Version.Counter, p.Issued = 2, issuedAt+20*day })
	if bundle, err = parts.Encode(); err != nil {
		t.Fatal(err)
	}
	trust, _, err := trustlist.Load(bundle, anchor, trustlist.LoadOptions{Clock: issuedAt + 20*day})
	if err != nil {
		t.Fatal(err)
	}
	v, err := verifier.New(trust, verifier.Options{})
	if err != nil {
		t.Fatal(err)
	}
	verdict := v.Verify(s.text(t), time.Unix(issuedAt+20*day, 0), verifier.Context{})
	if e := verdict.Evidence(); verdict.Reason() != spec.ReasonTrustStale || e.Freshness != verifier.TooOldForShortLived || e.KnowledgeAge != 19*24*time.Hour {
		t.Errorf("%s: %s after %s", verdict.Reason(), e.Freshness, e.KnowledgeAge)
	}
}
