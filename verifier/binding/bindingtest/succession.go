package bindingtest

import (
	"testing"
	"time"

	"github.com/tongxing/tongxing/format/cose"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
	"github.com/tongxing/tongxing/spec/vectors"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/delta"
	"github.com/tongxing/tongxing/trustlist/publish"
	"github.com/tongxing/tongxing/verifier"
)

// Succession is a bundle and the one that follows on it, with a code that passes
// under both.
type Succession struct {
	Case         Case // over Older
	Older, Newer *Material
	Delta        []byte // from Older to Newer
	Root         []byte // the anchor of both
}

// NewSuccession issues the trust list of a vector once more, a minute later.
func NewSuccession(t testing.TB) *Succession {
	t.Helper()
	all, err := vectors.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range all {
		if v.Name != "good-status-sm2" {
			continue
		}
		older := materialOf(t, v.Trust)
		newer := followed(t, older)
		change, err := delta.Make(older.Bundle, newer.Bundle)
		if err != nil {
			t.Fatal(err)
		}
		parts, err := trustlist.ParseBundle(older.Bundle)
		if err != nil {
			t.Fatal(err)
		}
		return &Succession{caseOf(t, v, older), older, newer, change, parts.Roots[0]}
	}
	t.Fatal("good-status-sm2 is gone")
	return nil
}

func followed(t testing.TB, m *Material) *Material {
	t.Helper()
	parts, err := trustlist.ParseBundle(m.Bundle)
	if err != nil {
		t.Fatal(err)
	}
	issued := m.Issued.Add(time.Minute)
	list, err := publish.NewList(contentOf[*trustlist.List](t, parts.List), contentOf[*trustlist.Root](t, parts.Roots[0]), issued.Unix())
	if err != nil {
		t.Fatal(err)
	}
	message, err := publish.NewDraft(list)
	if err != nil {
		t.Fatal(err)
	}
	var signed *cose.Sign
	if signed, err = publish.Sign(message, sigtest.New(sig.SM2, "root SM2"), sigtest.New(sig.ES256, "root ES256")); err != nil {
		t.Fatal(err)
	}
	if parts.List, err = signed.Marshal(); err != nil {
		t.Fatal(err)
	}
	bundle, err := publish.PackBundle(*parts)
	if err != nil {
		t.Fatal(err)
	}
	trust, _, err := trustlist.Load(bundle, m.Anchor, trustlist.LoadOptions{Clock: issued.Unix()})
	if err != nil {
		t.Fatal(err)
	}
	over, err := verifier.New(trust, verifier.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return &Material{bundle, m.Anchor, issued, false, over}
}

func contentOf[D trustlist.Document](t testing.TB, data []byte) D {
	t.Helper()
	u, err := trustlist.Open(data)
	if err != nil {
		t.Fatal(err)
	}
	content, err := u.UnverifiedContent()
	if err != nil {
		t.Fatal(err)
	}
	return content.(D)
}
