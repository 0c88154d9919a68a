package trustlist_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/tongxing/tongxing/format/cose"
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
	if list, ok := region33(t, trust).StatusList(august); !ok || string(list.Revoked.Encoded) != "good" {
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
