package trustlist_test

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"github.com/tongxing/tongxing/format/cose"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/internal/nation"
)

// [TRUST-115]
func TestJunkCostsLittle(t *testing.T) {
	n := withLists(t, status(august, 1, "good"))
	good := n.Parts().Regions[0].StatusLists[0]
	online := n.Regions["33"].Signers[1].PublicKey()
	var junk [][]byte
	for i := range 200 { // each names a key that exists
		m := n.Sign(status(august, uint32(i+2), "junk"))
		m, err := m.With(cose.Signature{Algorithm: online.Algorithm(), KeyID: online.Thumbprint(), Value: bytes.Repeat([]byte{1}, 64)})
		if err != nil {
			t.Fatal(err)
		}
		junk = append(junk, n.Marshal(m))
	}
	parts := n.Parts()
	parts.Regions[0].StatusLists = append([][]byte{good, good, good}, junk...)
	bundle, err := parts.Encode()
	if err != nil {
		t.Fatal(err)
	}
	trust, report, err := trustlist.Load(bundle, n.Anchor(), trustlist.LoadOptions{Clock: now})
	if err != nil {
		t.Fatal(err)
	}
	if list, ok := region33(t, trust).StatusList(august); !ok || !says(list, "good") {
		t.Error("the good list is gone")
	}
	if len(report.Faults) != 33 || !errors.Is(report.Faults[32], trustlist.ErrTooManyFaults) {
		t.Errorf("%d faults, the last %v", len(report.Faults), report.Faults[len(report.Faults)-1])
	}
}

// [TRUST-10]
func TestTwoSignaturesThatNameOneKeyAreRefused(t *testing.T) {
	n := nation.New(t, "33")
	m := n.Sign(n.List, n.RootSigners...)
	data := n.Marshal(m)
	first, second := m.Signatures()[0].KeyID, m.Signatures()[1].KeyID
	data = bytes.Replace(data, second[:], first[:], 1)
	var envelope *cose.EnvelopeError
	if _, err := trustlist.Open(data); !errors.As(err, &envelope) {
		t.Errorf("%v", err)
	}
}

// Copies of a document have one hash, whatever their signatures: a bad copy that
// comes first takes nothing away from the good one.
func TestABadlySignedCopyDoesNotKeepTheGoodOneOut(t *testing.T) {
	n := withLists(t, status(august, 1, "good"))
	online := n.Regions["33"].Signers[1].PublicKey()
	parts := n.Parts()
	bad, err := n.Sign(status(august, 1, "good")).With(cose.Signature{
		Algorithm: online.Algorithm(), KeyID: online.Thumbprint(), Value: bytes.Repeat([]byte{1}, 64),
	})
	if err != nil {
		t.Fatal(err)
	}
	parts.Regions[0].StatusLists = append([][]byte{n.Marshal(bad)}, parts.Regions[0].StatusLists...)
	bundle, err := parts.Encode()
	if err != nil {
		t.Fatal(err)
	}
	trust, report, err := trustlist.Load(bundle, n.Anchor(), trustlist.LoadOptions{Clock: now})
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := region33(t, trust).StatusList(august); !ok || len(report.Faults) != 1 {
		t.Errorf("the good list is there: %t, %d faults", ok, len(report.Faults))
	}
}

// A region with sixteen status keys signs each of its lists with all of them, or
// with one behind fifteen that do not count: the first costs one check a list, the
// second ends like other junk, and what was known stays.
// [TRUST-115]
func TestManySignaturesCostLittle(t *testing.T) {
	n := withLists(t, status(august, 1, "good"))
	before := n.Load()
	r := n.Regions["33"]
	var all []sig.Signer
	for i := range 16 {
		signer := sigtest.New(sig.ES256, fmt.Sprintf("status %d", i))
		all = append(all, signer)
		r.KeySet.Keys = append(r.KeySet.Keys, trustlist.Key{
			Public: signer.PublicKey(), SignFrom: trustlist.Day(900), SignUntil: trustlist.Day(1300), Usage: trustlist.UsageStatusList,
		})
	}
	r.KeySet.Version.Counter++
	r.Snapshot = nil
	parts := n.Parts()
	const lists = 40
	for i := range lists {
		m := n.Sign(status(august+1+uint32(i), 1, "more"), all...)
		for _, first := range m.Signatures()[:15] {
			m = with(t, m, cose.Signature{Algorithm: sig.ES256, KeyID: first.KeyID, Value: bytes.Repeat([]byte{1}, 64)})
		}
		parts.Regions[0].StatusLists = append(parts.Regions[0].StatusLists, n.Marshal(m))
	}
	bundle, err := parts.Encode()
	if err != nil {
		t.Fatal(err)
	}
	trust, report, err := trustlist.Load(bundle, n.Anchor(), trustlist.LoadOptions{Clock: now, Previous: before})
	if err != nil {
		t.Fatal(err)
	}
	got := region33(t, trust).StatusLists()
	if len(got) == 0 || got[0] != august || len(got) > 20 {
		t.Errorf("lists %v of %d: what costs fifteen checks is bounded, and what is known stays", got, lists)
	}
	if len(report.Faults) != 1 || !errors.Is(report.Faults[0], trustlist.ErrTooManyFaults) {
		t.Errorf("faults %v", report.Faults)
	}
}

func with(t *testing.T, m *cose.Sign, s cose.Signature) *cose.Sign {
	t.Helper()
	m, err := m.With(s)
	if err != nil {
		t.Fatal(err)
	}
	return m
}
