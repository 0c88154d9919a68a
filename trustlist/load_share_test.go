package trustlist_test

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/tongxing/tongxing/format/cose"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/internal/nation"
)

// padded is a signed message with signatures of an algorithm of tomorrow around
// it, as many and as large as an envelope holds. Anybody can add them.
func padded(n *nation.Nation, m *cose.Sign) []byte {
	n.T.Helper()
	for i := range byte(8) {
		more, err := m.With(cose.Signature{Algorithm: foreignAlgorithm, KeyID: [32]byte{i + 1}, Value: make([]byte, 8192)})
		if err != nil {
			n.T.Fatal(err)
		}
		m = more
	}
	return n.Marshal(m)
}

// withForeignKeys fills a key set up to about the given number of bytes with keys
// of an algorithm of tomorrow, which cost a test no time.
func withForeignKeys(set *trustlist.KeySet, size int) {
	for i := range size / 4100 {
		set.Foreign = append(set.Foreign, trustlist.ForeignKey{
			Algorithm: foreignAlgorithm, Point: append(make([]byte, 4094), byte(i>>8), byte(i)),
			SignFrom: trustlist.Day(1), SignUntil: trustlist.Day(2), Usage: trustlist.UsageKnown,
		})
	}
}

// conspirators are regions beside the honest 46, each with a key set of the
// given size. One key signs for each: what is tested is bytes.
func conspirators(t *testing.T, count, size int) *nation.Nation {
	n := nation.New(t, "46")
	n.Regions["46"].Lists = []*trustlist.StatusList{statusOf("46", august, 1)}
	for i := range count {
		code := fmt.Sprintf("%02d", i)
		if code == "46" {
			continue
		}
		signer := sigtest.New(sig.ES256, "conspirator "+code)
		online := sigtest.New(sig.ES256, "online "+code)
		n.List.Regions = append(n.List.Regions, trustlist.Entry{
			Code: code, Name: code, Authority: code, Appeal: code, RulesHash: sha256.Sum256(nil), Usage: trustlist.UsageKnown,
			Epoch: 1, LeastCounter: 1, Threshold: 1, Keys: []trustlist.KeyRef{trustlist.NewKeyRef(signer.PublicKey())},
		})
		r := &nation.Region{Authority: []sig.Signer{signer, signer}, Signers: []*sigtest.Signer{online, online}}
		r.KeySet = &trustlist.KeySet{RegionalHead: regionalHead(code), Keys: []trustlist.Key{{
			Public: online.PublicKey(), SignFrom: trustlist.Day(900), SignUntil: trustlist.Day(1300), Usage: trustlist.UsageKnown,
		}}}
		withForeignKeys(r.KeySet, size)
		n.Regions[code] = r
		n.Replacements[code+"/keyset"] = n.Document(r.KeySet, signer)
	}
	return n
}

// loadInTurns gives a device the regions of n twenty at a time, because no bundle
// holds them all, and returns what it believes then and all the faults.
func loadInTurns(t *testing.T, n *nation.Nation) (*trustlist.Trust, []*trustlist.RegionError) {
	t.Helper()
	all := n.Parts()
	var trust *trustlist.Trust
	var faults []*trustlist.RegionError
	for regions := range slices.Chunk(all.Regions, 20) {
		parts := all
		parts.Regions = regions
		bundle, err := parts.Encode()
		if err != nil {
			t.Fatal(err)
		}
		next, report, err := trustlist.Load(bundle, n.Anchor(), trustlist.LoadOptions{Clock: now, Previous: trust})
		if err != nil {
			t.Fatal(err)
		}
		for _, fault := range report.Faults {
			if !errors.Is(fault, trustlist.ErrMissing) { // its turn is yet to come
				faults = append(faults, fault)
			}
		}
		trust = next
	}
	return trust, faults
}

// share is what each region of a list may take of a bundle, with the list of 35
// regions: 34 provincial divisions and the national platform.
const share = 55 * megabyte / 35

// [TRUST-140]
func TestNoRegionsTogetherKeepADeviceFromStoringItsTrust(t *testing.T) {
	for name, test := range map[string]struct {
		size  int
		taken bool
	}{"at their share": {share - 2000, true}, "above it": {3 * megabyte, false}} {
		t.Run(name, func(t *testing.T) {
			n := conspirators(t, 34, test.size)
			trust, faults := loadInTurns(t, n)
			trust = rebooted(t, trust, n.Anchor(), now)
			for _, region := range trust.Regions() {
				if want := test.taken || region.Code == "46"; (region.Available() == nil) != want {
					t.Errorf("region %s: %v", region.Code, region.Available())
				}
			}
			honest, _ := trust.Region("46")
			if len(honest.StatusLists()) != 1 || honest.Snapshot() == nil {
				t.Error("the honest region has lost something")
			}
			for _, fault := range faults {
				if fault.Region == "46" || test.taken || !errors.Is(fault, trustlist.ErrTooLarge) {
					t.Fatal(fault)
				}
			}
			if !test.taken && len(faults) == 0 {
				t.Error("nothing is told")
			}
		})
	}
}

// Anybody can put signatures around a document that nobody knows. They count:
// what is stored is stored with them.
// [TRUST-140]
func TestEnvelopesCountInARegionsShare(t *testing.T) {
	n := conspirators(t, 34, share-30000)
	good := n.Bundle
	r := n.Regions["10"]
	for code := range n.Regions {
		if code != "10" && code != "46" {
			delete(n.Regions, code)
		}
	}
	known, _, err := trustlist.Load(good(), n.Anchor(), trustlist.LoadOptions{Clock: now})
	if err != nil || !available(t, known, "10") {
		t.Fatal(err)
	}
	n.Replacements["10/keyset"] = padded(n, n.Sign(r.KeySet, r.Authority[0]))
	trust, report, err := load(n, known)
	if err != nil || !errors.Is(faultsOf(report, "10"), trustlist.ErrTooLarge) || !slices.Equal(report.Kept, []string{"10"}) || !available(t, trust, "10") {
		t.Errorf("%+v, %v", report, err)
	}
}

// A list that admits more regions leaves less for each. A region that has
// already more is unavailable and not held, the others stand.
// [TRUST-140]
func TestAListOfMoreRegionsLeavesLessForEach(t *testing.T) {
	n := conspirators(t, 20, 0)
	withForeignKeys(n.Regions["10"].KeySet, 2*megabyte)
	n.Replacements["10/keyset"] = n.Document(n.Regions["10"].KeySet, n.Regions["10"].Authority[0])
	trust := n.Load()
	more := conspirators(t, 100, 0)
	more.List.Version.Counter = 2
	more.Regions = map[string]*nation.Region{}
	for range 2 { // it stays so
		next, report, err := load(more, trust)
		if err != nil || len(report.Kept) != 0 {
			t.Fatal(report, err)
		}
		trust = rebooted(t, next, more.Anchor(), now)
		if available(t, trust, "10") || !available(t, trust, "46") || !available(t, trust, "11") {
			t.Error("region 10 is available, or another is not")
		}
		stored, err := trust.Bundle()
		if err != nil || len(stored) > 2*megabyte {
			t.Errorf("%d bytes are stored, %v", len(stored), err)
		}
	}
	if _, report, err := load(n, trust); !errors.Is(err, trustlist.ErrRollback) {
		t.Error(report, err)
	}
}
