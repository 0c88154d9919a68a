package trustlist_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/internal/nation"
)

// keySetIssue is a nation whose region 33 has the key set with that counter.
func keySetIssue(t *testing.T, counter uint32, change func(*trustlist.KeySet)) *nation.Nation {
	n := nation.New(t, "33")
	r := n.Regions["33"]
	r.KeySet.Version.Counter, r.Snapshot = counter, nil
	change(r.KeySet)
	return n
}

// Key set 1.1 retires a key, 1.2 leaves it out, 1.3 names it active. Devices that
// have seen 1.2 and devices that have not have to agree, and so have devices
// that were started again, on what the retired key is worth.
// [TRUST-66]
func TestARetiredKeyDoesNotComeBackToLife(t *testing.T) {
	retired := keySetIssue(t, 1, func(s *trustlist.KeySet) { s.Keys[0].State, s.Keys[0].Since = trustlist.Retired, now-400*86400 })
	omitted := keySetIssue(t, 2, func(s *trustlist.KeySet) { s.Keys = s.Keys[1:] })
	active := keySetIssue(t, 3, func(*trustlist.KeySet) {})
	kid := active.Regions["33"].Signers[0].PublicKey().KeyID()
	for name, issues := range map[string][]*nation.Nation{"all of them": {omitted, active}, "without 1.2": {active}, "1.2 alone": {omitted}} {
		for _, restarts := range []bool{false, true} {
			trust := retired.Load()
			for _, issue := range issues {
				if restarts {
					trust = restarted(t, trust, issue.Anchor())
				}
				next, report, err := load(issue, trust)
				if err != nil || !errors.Is(faultsOf(report, "33"), trustlist.ErrKeyState) || !slices.Equal(report.Kept, []string{"33"}) {
					t.Fatalf("%s: %+v, %v", name, report, err)
				}
				trust = next
			}
			if key, ok := region33(t, trust).Key(kid); !ok || key.State != trustlist.Retired {
				t.Errorf("%s: the key is there: %t, %v", name, ok, key)
			}
		}
	}
	// The list alone overcomes it, by a new epoch.
	again := keySetIssue(t, 1, func(s *trustlist.KeySet) { s.Version = trustlist.NewVersion(2, 1) })
	again.List.Version.Counter, again.List.Regions[0].Epoch = 2, 2
	if _, report, err := load(again, retired.Load()); err != nil || !report.Clean() {
		t.Error(report, err)
	}
}

// restarted is the trust of a device that has stored it and loads it again.
func restarted(t *testing.T, trust *trustlist.Trust, anchor trustlist.Anchor) *trustlist.Trust {
	t.Helper()
	stored, err := trust.Bundle()
	if err != nil {
		t.Fatal(err)
	}
	again, report, err := trustlist.Load(stored, anchor, trustlist.LoadOptions{Clock: now})
	if err != nil || !report.Clean() {
		t.Fatal(report, err)
	}
	return again
}

func TestOfSeveralFaultsOfKeysAlwaysTheSameIsTold(t *testing.T) {
	add := func(s *trustlist.KeySet, state trustlist.KeyState, since int64) {
		for _, name := range []string{"a", "b", "c", "d", "e", "f"} {
			s.Keys = append(s.Keys, trustlist.Key{Public: sigtest.New(sig.SM2, name).PublicKey(), State: state, Since: since,
				SignFrom: trustlist.Day(900), SignUntil: trustlist.Day(1300), Usage: trustlist.UsageTest})
		}
	}
	previous := keySetIssue(t, 1, func(s *trustlist.KeySet) { add(s, trustlist.Retired, now) }).Load()
	next := keySetIssue(t, 2, func(s *trustlist.KeySet) { add(s, trustlist.Active, 0) })
	told := map[string]bool{}
	for range 20 {
		_, report, err := load(next, previous)
		if err != nil {
			t.Fatal(err)
		}
		told[faultsOf(report, "33").Error()] = true
	}
	if len(told) != 1 {
		t.Errorf("%d texts: %v", len(told), told)
	}
}
