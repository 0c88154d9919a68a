package publish_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"math/big"
	"slices"
	"testing"

	"github.com/tongxing/tongxing/format/cose"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/internal/nation"
	"github.com/tongxing/tongxing/trustlist/publish"
)

// badSigner has one key and signs with another, as a broken card does.
type badSigner struct{ sig.Signer }

func (badSigner) Sign(message []byte) ([]byte, error) {
	return sigtest.New(sig.SM2, "another key").Sign(message)
}

// silentSigner signs nothing.
type silentSigner struct{ sig.Signer }

var errSilent = errors.New("card removed")

func (silentSigner) Sign([]byte) ([]byte, error) { return nil, errSilent }

func draft(t *testing.T, d trustlist.Document) *cose.Sign {
	t.Helper()
	m, err := publish.NewDraft(d)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestABadSignatureIsNotReleased(t *testing.T) {
	n := nation.New(t)
	m := draft(t, n.Roots[0])
	if _, err := publish.Sign(m, badSigner{n.RootSigners[0]}); !errors.Is(err, sig.ErrSignature) {
		t.Errorf("another key's signature: %v", err)
	}
	if _, err := publish.Sign(m, silentSigner{n.RootSigners[0]}); !errors.Is(err, errSilent) {
		t.Errorf("no signature: %v", err)
	}
}

// Whatever is signed, and however, a bad signature is caught before anybody else
// has it.
func TestNoPathOfSigningReleasesABadSignature(t *testing.T) {
	n := nation.New(t, "33")
	bad := badSigner{n.RootSigners[0]}
	r := n.Regions["33"]
	head := trustlist.RegionalHead{Head: nation.Head(1, 1, nation.Now), Region: "33"}
	head.Due = nation.Now + 86400
	request, err := publish.DraftAdmission(plan("33"), authority("a", "b")[0].PublicKey(), bad.PublicKey())
	if err != nil {
		t.Fatal(err)
	}
	messages := []*cose.Sign{request}
	for _, d := range []trustlist.Document{n.Roots[0], n.List, n.Policy, r.KeySet,
		&trustlist.Overlay{RegionalHead: head, Editions: []trustlist.OverlayEdition{{EffectiveFrom: nation.Now}}},
		&trustlist.Snapshot{RegionalHead: head, KeySet: trustlist.PartRef{Version: r.KeySet.Version}},
		&trustlist.StatusList{RegionalHead: head, List: 31 << 8}, &trustlist.StatusDelta{RegionalHead: head},
	} {
		messages = append(messages, draft(t, d))
	}
	for _, m := range messages {
		if signed, err := publish.Sign(m, bad); signed != nil || !errors.Is(err, sig.ErrSignature) {
			t.Errorf("%s: %v", m.Type(), err)
		}
		if detached, err := publish.SignDetached(m, bad); detached != nil || !errors.Is(err, sig.ErrSignature) {
			t.Errorf("%s: %v", m.Type(), err)
		}
	}
	if request, err := publish.NewAdmission(plan("33"), authority("a")[0], bad); request != nil || !errors.Is(err, sig.ErrSignature) {
		t.Errorf("request: %v", err)
	}
}

func TestBothImplementationsAgreeOnManySignatures(t *testing.T) {
	for _, algorithm := range []sig.Algorithm{sig.SM2, sig.ES256} {
		signer := sigtest.New(algorithm, "many")
		for i := range 300 { // short halves of signatures among them
			message := []byte{byte(i), byte(i >> 8)}
			signature, err := signer.Sign(message)
			if err != nil {
				t.Fatal(err)
			}
			if err := publish.CheckSignature(signer.PublicKey(), message, signature); err != nil {
				t.Fatalf("%s, message %d: %v", algorithm, i, err)
			}
			signature[i%64] ^= 1
			if err := publish.CheckSignature(signer.PublicKey(), message, signature); !errors.Is(err, sig.ErrSignature) {
				t.Fatalf("%s, message %d, spoiled: %v", algorithm, i, err)
			}
		}
	}
}

func TestADetachedSignatureIsForOneDocument(t *testing.T) {
	n := nation.New(t, "33")
	root, list := draft(t, n.Roots[0]), draft(t, n.List)
	detached, err := publish.SignDetached(root, n.RootSigners[0])
	if err != nil {
		t.Fatal(err)
	}
	if _, err := publish.Combine(list, detached); !errors.Is(err, publish.ErrOtherDocument) {
		t.Errorf("signature of the root on the list: %v", err)
	}
	moved := *detached
	moved.Document = list.Hash()
	if _, err := publish.Combine(list, &moved); !errors.Is(err, sig.ErrSignature) {
		t.Errorf("with the hash of the list: %v", err)
	}
	other := *detached
	other.Key = n.RootSigners[2].PublicKey()
	if _, err := publish.Combine(root, &other); !errors.Is(err, sig.ErrSignature) {
		t.Errorf("under another's name: %v", err)
	}
}

func TestTheOrderOfSigningLeavesNoTrace(t *testing.T) {
	n := nation.New(t)
	m := draft(t, n.Roots[0])
	var detached []*publish.Detached
	for _, signer := range n.RootSigners {
		d, err := publish.SignDetached(m, signer)
		if err != nil {
			t.Fatal(err)
		}
		detached = append(detached, d)
	}
	one, err := publish.Combine(m, detached...)
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(detached)
	other, err := publish.Combine(m, detached...)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(n.Marshal(one), n.Marshal(other)) {
		t.Error("the order shows")
	}
}

func TestWhatIsNoDraftOrSignatureIsRefused(t *testing.T) {
	n := nation.New(t, "33")
	foreign, err := cose.NewSign("application/json", []byte{0})
	if err != nil {
		t.Fatal(err)
	}
	foreignFile, err := publish.EncodeDraft(foreign)
	if err != nil {
		t.Fatal(err)
	}
	detached, err := publish.SignDetached(draft(t, n.Roots[0]), n.RootSigners[0])
	if err != nil {
		t.Fatal(err)
	}
	signatureFile, err := detached.Encode()
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		data []byte
		want error
	}{
		"nothing":      {nil, publish.ErrNotADraft},
		"text":         {[]byte("root"), publish.ErrNotADraft},
		"signature":    {signatureFile, publish.ErrNotADraft},
		"bundle":       {n.Bundle(), publish.ErrNotADraft},
		"another type": {foreignFile, trustlist.ErrWrongKind},
	} {
		if _, err := publish.ParseDraft(test.data); !errors.Is(err, test.want) {
			t.Errorf("draft from %s: %v", name, err)
		}
	}
	for name, data := range map[string][]byte{"nothing": nil, "draft": foreignFile, "bundle": n.Bundle(), "cut": signatureFile[:len(signatureFile)-1]} {
		if _, err := publish.ParseDetached(data); !errors.Is(err, publish.ErrNotASignature) {
			t.Errorf("signature from %s: %v", name, err)
		}
	}
	if m, err := publish.ParseDraft(n.Document(n.List, n.RootSigners[0])); err != nil || len(m.Signatures()) != 1 {
		t.Errorf("a document with a signature is a draft for the next: %v", err)
	}
}

func TestARootFollowsOnTheOneBefore(t *testing.T) {
	keys := func(algorithm sig.Algorithm, names ...string) publish.Group {
		g := publish.Group{Need: trustlist.Required, Threshold: 2}
		for _, name := range names {
			g.Keys = append(g.Keys, sigtest.New(algorithm, name).PublicKey())
		}
		return g
	}
	plan := publish.RootPlan{Issued: nation.Now, Groups: []publish.Group{keys(sig.SM2, "a", "b", "c"), keys(sig.ES256, "a", "b", "c")}}
	first, err := publish.NewRoot(nil, plan)
	if err != nil || first.Version != trustlist.NewVersion(1, 1) || first.Groups[1].Name != "ES256" {
		t.Fatal(first, err)
	}
	plan.Groups[0], plan.RaiseListEpoch = keys(sig.SM2, "d", "e", "f"), true
	second, err := publish.NewRoot(first, plan)
	if err != nil || second.Version != trustlist.NewVersion(1, 2) || second.ListEpoch != 2 || second.PolicyEpoch != 1 {
		t.Fatal(second, err)
	}
	m, err := publish.Sign(draft(t, second), sigtest.New(sig.SM2, "d"), sigtest.New(sig.SM2, "e"), sigtest.New(sig.ES256, "a"), sigtest.New(sig.ES256, "b"))
	if err != nil {
		t.Fatal(err)
	}
	groups, err := publish.CheckRoot(m, first)
	if err != nil || len(groups) != 4 {
		t.Fatal(groups, err)
	}
	var threshold *trustlist.ThresholdError
	if err := publish.Complete(groups...); !errors.As(err, &threshold) || threshold.Group != "SM2" || threshold.Have != 0 {
		t.Errorf("without the old SM2 keys: %v", err)
	}
	if m, err = publish.Sign(m, sigtest.New(sig.SM2, "a"), sigtest.New(sig.SM2, "b")); err != nil {
		t.Fatal(err)
	}
	if groups, err = publish.CheckRoot(m, first); err != nil || publish.Complete(groups...) != nil {
		t.Error(groups, err)
	}
	mixed := plan
	mixed.Groups = []publish.Group{{Need: trustlist.Required, Threshold: 2, Keys: []*sig.PublicKey{sigtest.New(sig.SM2, "a").PublicKey(), sigtest.New(sig.ES256, "a").PublicKey()}}}
	if _, err := publish.NewRoot(nil, mixed); err == nil {
		t.Error("a group of two algorithms")
	}
}

func TestTheSecondImplementationIsAsked(t *testing.T) {
	// s and n - s are both signatures for ES256; the second implementation says
	// so too, and neither takes the other curve's.
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	point, err := private.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	key, err := sig.NewPublicKey(sig.ES256, point)
	if err != nil {
		t.Fatal(err)
	}
	digest := key.Digest([]byte("message"))
	r, s, err := ecdsa.Sign(rand.Reader, private, digest[:])
	if err != nil {
		t.Fatal(err)
	}
	twin := new(big.Int).Sub(elliptic.P256().Params().N, s)
	for _, half := range []*big.Int{s, twin} {
		signature := append(r.FillBytes(make([]byte, 32)), half.FillBytes(make([]byte, 32))...)
		if err := publish.CheckSignature(key, []byte("message"), signature); err != nil {
			t.Error(err)
		}
	}
	if err := publish.CheckSignature(key, []byte("message"), make([]byte, 64)); !errors.Is(err, sig.ErrSignature) {
		t.Error(err)
	}
}
