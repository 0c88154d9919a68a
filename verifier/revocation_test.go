package verifier_test

import (
	"bytes"
	"crypto/elliptic"
	"math/big"
	"strings"
	"testing"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/status"
	"github.com/tongxing/tongxing/format/transport"
	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/trusttest"
	"github.com/tongxing/tongxing/verifier"
)

// lists gives region 33 the list of the scene's credential.
func (s *scene) lists(sets status.Sets) {
	s.region.StatusLists = map[uint32]status.Sets{list(&s.credential): sets}
}

// twin returns an edit that puts r, n - s for the signature of a P-256 key.
func twin(data []byte) []byte {
	out := bytes.Clone(data)
	s := out[len(out)-32:]
	new(big.Int).Sub(elliptic.P256().Params().N, new(big.Int).SetBytes(s)).FillBytes(s)
	return out
}

// Revocation is by reference: nothing that a holder can change about a revoked
// code without breaking it brings it back. [STATUS-34]
func TestARevokedCodeIsRevokedInEveryForm(t *testing.T) {
	for _, algorithm := range []sig.Algorithm{sig.ES256, sig.SM2} {
		s := newScene(algorithm)
		s.lists(status.Sets{Revoked: []uint32{1, holderIndex, holderIndex + 1}})
		data := s.data(t)
		texts := []string{transport.Encode(data), transport.EncodeDigits(data), "\n " + transport.Encode(data) + "\t"}
		if algorithm == sig.ES256 {
			other := twin(data)
			if bytes.Equal(other, data) {
				t.Fatal("the twin is the signature itself")
			}
			texts = append(texts, transport.Encode(other), transport.EncodeDigits(other))
		}
		again := s.data(t) // signed once more, with another nonce where the algorithm draws one
		for _, text := range append(texts, transport.Encode(again)) {
			if v := s.verifier(t).Verify(text, at(s), s.context); v.Reason() != spec.ReasonRevoked || v.Outcome() != verifier.Unverified {
				t.Errorf("%s, %.20q: %s", algorithm, text, v.Reason())
			}
		}
	}
}

// Each other way of writing the same item is refused before the list is asked:
// there is no second text of a revoked code that a reader takes for a new one.
// [STATUS-34]
func TestARevokedCodeReEncodedIsNoCode(t *testing.T) {
	s := newScene(sig.ES256)
	s.lists(status.Sets{Revoked: []uint32{holderIndex}})
	data := s.data(t)
	long := append([]byte{data[0], 0x98, 4}, data[2:]...) // the array's length in two bytes
	indefinite := append(append([]byte{data[0], 0x9f}, data[2:]...), 0xff)
	for name, other := range map[string][]byte{"untagged": data[1:], "long form": long, "indefinite": indefinite, "trailing": append(bytes.Clone(data), 0)} {
		if v := s.verifier(t).VerifyBytes(other, at(s), s.context); v.Verified() || v.Evidence().Revocation.Asked {
			t.Errorf("%s: %s", name, v.Reason())
		}
	}
}

// [STATUS-30] [STATUS-31]
func TestOnlyTheListOfTheReferenceDecides(t *testing.T) {
	own := list(&newScene(sig.SM2).credential)
	revoked := status.Sets{Revoked: []uint32{holderIndex}}
	for _, test := range []struct {
		name    string
		lists   map[uint32]status.Sets
		covered bool
		want    spec.Reason
	}{
		{"none", nil, false, spec.ReasonOK},
		{"own", map[uint32]status.Sets{own: revoked}, true, spec.ReasonRevoked},
		{"own, empty", map[uint32]status.Sets{own: {}}, true, spec.ReasonOK},
		{"others", map[uint32]status.Sets{own + 1: revoked, own - 1: revoked, own + 256: revoked}, false, spec.ReasonOK},
		{"own, empty, and others", map[uint32]status.Sets{own: {}, own + 1: revoked}, true, spec.ReasonOK},
		{"neighbours", map[uint32]status.Sets{own: {Revoked: []uint32{holderIndex - 1}, Suspended: []uint32{holderIndex + 1}}}, true, spec.ReasonOK},
	} {
		s := newScene(sig.SM2)
		s.region.StatusLists = test.lists
		v := s.verdict(t)
		if r := v.Evidence().Revocation; v.Reason() != test.want || !r.Asked || r.Covered != test.covered || r.List != own {
			t.Errorf("%s: %s, %+v", test.name, v.Reason(), r)
		}
		s.options.StatusListRequired = true
		if !test.covered {
			test.want = spec.ReasonNoStatusList
		}
		if v := s.verdict(t); v.Reason() != test.want || v.Verified() == (test.want == spec.ReasonRevoked) {
			t.Errorf("%s, to a venue that insists: %s", test.name, v.Reason())
		}
	}
}

// [STATUS-33]
func TestAnOverdueListIsUsedAndItsAgeIsTold(t *testing.T) {
	for _, test := range []struct {
		at      int64
		overdue bool
	}{{issuedAt, false}, {issuedAt + 1, true}, {issuedAt + 3*day, true}} {
		s := newScene(sig.SM2) // its material is of the day before
		s.at = test.at
		s.lists(status.Sets{Revoked: []uint32{holderIndex}})
		v := s.verdict(t)
		want := verifier.Revocation{Asked: true, Covered: true, List: list(&s.credential), AsOf: issuedAt - day, Due: issuedAt, Overdue: test.overdue}
		if got := v.Evidence().Revocation; got != want || v.Reason() != spec.ReasonRevoked {
			t.Errorf("%+v, want %+v, %s", got, want, v.Reason())
		}
	}
}

// A region whose snapshot names newer lists has taken back something that this
// device does not know of. [STATUS-33]
func TestListsThatTheSnapshotDoesNotNameAreTold(t *testing.T) {
	s := newScene(sig.ES256)
	s.lists(status.Sets{Revoked: []uint32{5}})
	m := s.material
	region := s.region
	region.Keys = []trustlist.Key{s.key}
	m.Regions = []trusttest.Region{{Code: "41", Usage: allUsage, Keys: []trustlist.Key{s.source}}, region}
	bundle, anchor, err := m.Bundle()
	if err != nil {
		t.Fatal(err)
	}
	parts, err := trustlist.ParseBundle(bundle)
	if err != nil {
		t.Fatal(err)
	}
	parts.Regions[0].Snapshot = snapshotOfOtherLists(t, parts.Regions[0].KeySet)
	if bundle, err = parts.Encode(); err != nil {
		t.Fatal(err)
	}
	trust, report, err := trustlist.Load(bundle, anchor, trustlist.LoadOptions{Clock: s.at})
	if err != nil {
		t.Fatal(err, report)
	}
	v, err := verifier.New(trust, verifier.Options{})
	if err != nil {
		t.Fatal(err)
	}
	verdict := v.Verify(s.text(t), at(s), s.context)
	if r := verdict.Evidence().Revocation; !r.Covered || !r.Behind || verdict.Outcome() != verifier.Pass {
		t.Errorf("%s, %+v", verdict.Reason(), r)
	}
	if text := asJSON(t, verdict); !strings.Contains(text, `"behind":true`) {
		t.Error(text)
	}
}

// snapshotOfOtherLists is a snapshot of region 33 that names lists with nothing
// in them.
func snapshotOfOtherLists(t *testing.T, keySet []byte) []byte {
	t.Helper()
	u, err := trustlist.Open(keySet)
	if err != nil {
		t.Fatal(err)
	}
	snapshot := &trustlist.Snapshot{KeySet: trustlist.PartRef{Version: trustlist.NewVersion(1, 1), Hash: u.Hash()}}
	snapshot.Region, snapshot.Version, snapshot.Issued, snapshot.Due = "33", trustlist.NewVersion(1, 1), issuedAt-day, issuedAt
	hash := trustlist.StatusHash(nil)
	snapshot.Status = &hash
	message, err := trustlist.NewMessage(snapshot)
	if err != nil {
		t.Fatal(err)
	}
	message, err = message.WithSignature(trusttest.StatusSigner("33"))
	if err != nil {
		t.Fatal(err)
	}
	signed, err := message.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

// Who asks gets the region and month that have no list, or how old the list is.
// [STATUS-31]
func TestExplainSaysWhetherACodeWasCheckedForRevocation(t *testing.T) {
	step := func(s *scene, lang string) verifier.Step {
		return s.verdict(t).Explain(lang)[spec.CheckRevocation-1]
	}
	s := newScene(sig.SM2)
	if got := step(s, "en"); got.Result != verifier.NotAsked || got.Text != "Revocation: This device has no revocation list for this code (33, 2022-08)" {
		t.Errorf("%+v", got)
	}
	if got := step(s, "zh"); got.Text != "吊销: 本机没有此码的状态列表 (33, 2022-08)" {
		t.Errorf("%+v", got)
	}
	s.options.StatusListRequired = true
	if got := step(s, "zh"); got.Result != verifier.Undecided || got.Text != "吊销: 33, 2022-08: 本机没有此码的状态列表" {
		t.Errorf("%+v", got)
	}
	s.lists(status.Sets{})
	if got := step(s, "en"); got.Result != verifier.Held || got.Text != "Revocation: 7943 (2022-08-09T08:00:00+08:00 … 2022-08-10T08:00:00+08:00); the next was due 2022-08-10T08:00:00+08:00 and is overdue" {
		t.Errorf("%+v", got)
	}
	s.at = issuedAt - 240
	if got := step(s, "en"); got.Text != "Revocation: 7943 (2022-08-09T08:00:00+08:00 … 2022-08-10T08:00:00+08:00)" {
		t.Errorf("not yet overdue: %+v", got)
	}
	s.at = issuedAt + 3600
	s.lists(status.Sets{Superseded: []uint32{holderIndex}})
	if got := step(s, "en"); got.Result != verifier.Failed || !strings.Contains(got.Text, "A newer code has replaced this one") {
		t.Errorf("%+v", got)
	}
	s.at = s.credential.Expires
	if got := step(s, "en"); got.Result != verifier.NotAsked || got.Text != "Revocation" {
		t.Errorf("%+v", got)
	}
}

// An index is an identity of the code: it is in no error.
func TestTheErrorOfARevokedCodeNamesNoIndex(t *testing.T) {
	s := newScene(sig.SM2)
	s.lists(status.Sets{Suspended: []uint32{holderIndex}})
	if err := s.verdict(t).Err(); err == nil || strings.Contains(err.Error(), "734003") {
		t.Errorf("%v", err)
	}
}
