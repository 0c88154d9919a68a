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

// faultsOf returns the errors that the report has for a region.
func faultsOf(report *trustlist.Report, code string) error {
	var all []error
	for _, fault := range report.Faults {
		if fault.Region == code {
			all = append(all, fault)
		}
	}
	return errors.Join(all...)
}

// keySetBy is the key set of a region signed by others.
func keySetBy(n *nation.Nation, code string, signers ...sig.Signer) {
	n.Replacements[code+"/keyset"] = n.Document(n.Regions[code].KeySet, signers...)
}

var regionFaults = map[string]struct {
	change func(*nation.Nation)
	want   error
}{
	"key set by one key of the authority": {func(n *nation.Nation) {
		keySetBy(n, "33", n.Regions["33"].Authority[0])
	}, trustlist.ErrThreshold},
	"key set by one key of the authority twice": {func(n *nation.Nation) {
		keySetBy(n, "33", n.Regions["33"].Authority[0], n.Regions["33"].Authority[0])
	}, trustlist.ErrThreshold},
	"key set by the authority of another region": {func(n *nation.Nation) {
		keySetBy(n, "33", n.Regions["41"].Authority...)
	}, trustlist.ErrThreshold},
	"key set by the root": {func(n *nation.Nation) {
		keySetBy(n, "33", n.RootSigners...)
	}, trustlist.ErrThreshold},
	"key set with a spoiled signature": {func(n *nation.Nation) {
		r := n.Regions["33"]
		n.Replacements["33/keyset"] = n.Marshal(spoiled(n.T, n.Sign(r.KeySet, r.Authority[:2]...)))
	}, trustlist.ErrThreshold},
	"key set of another region by this one's authority": {func(n *nation.Nation) {
		n.Replacements["33/keyset"] = n.Document(n.Regions["41"].KeySet, n.Regions["33"].Authority...)
	}, trustlist.ErrWrongRegion},
	"key set of another region": {func(n *nation.Nation) {
		n.Replacements["33/keyset"] = n.Document(n.Regions["41"].KeySet, n.Regions["41"].Authority...)
	}, trustlist.ErrThreshold},
	"overlay in the place of the key set": {func(n *nation.Nation) {
		overlay := &trustlist.Overlay{RegionalHead: n.Regions["33"].KeySet.RegionalHead, Editions: []trustlist.OverlayEdition{{EffectiveFrom: now}}}
		n.Replacements["33/keyset"] = n.Document(overlay, n.Regions["33"].Authority...)
	}, trustlist.ErrWrongKind},
	"no key set": {func(n *nation.Nation) {
		n.Regions["33"].KeySet, n.Regions["33"].Snapshot = nil, nil
	}, trustlist.ErrMissing},
	"nothing at all": {func(n *nation.Nation) { delete(n.Regions, "33") }, trustlist.ErrMissing},
	"garbage":        {func(n *nation.Nation) { n.Replacements["33/keyset"] = []byte("garbage") }, nil},
	"key set of an epoch of its own": {func(n *nation.Nation) {
		n.Regions["33"].KeySet.Version.Epoch = 2
	}, trustlist.ErrEpoch},
	"key set below the least counter": {func(n *nation.Nation) {
		n.List.Regions[0].LeastCounter = 2
	}, trustlist.ErrRollback},
	"key set with a field of tomorrow": {func(n *nation.Nation) {
		n.Replacements["33/keyset"] = rewritten(n, n.Regions["33"].KeySet, withField, n.Regions["33"].Authority[:2]...)
	}, trustlist.ErrLaterVersion},
	"authority key as a signing key": {func(n *nation.Nation) {
		n.Regions["33"].KeySet.Keys[0].Public = n.Regions["33"].Authority[2].PublicKey()
	}, trustlist.ErrSharedKey},
	"authority key of another region as a signing key": {func(n *nation.Nation) {
		n.Regions["33"].KeySet.Keys[0].Public = n.Regions["41"].Authority[2].PublicKey()
	}, trustlist.ErrSharedKey},
	"key of the root as a signing key": {func(n *nation.Nation) {
		n.Regions["33"].KeySet.Keys[0].Public = n.RootSigners[0].PublicKey()
	}, trustlist.ErrSharedKey},
	"snapshot that names a newer key set": {func(n *nation.Nation) {
		n.Regions["33"].Snapshot.KeySet = trustlist.PartRef{Version: trustlist.NewVersion(1, 2)}
	}, trustlist.ErrOutdated},
	"snapshot that names another key set of the version": {func(n *nation.Nation) {
		n.Regions["33"].Snapshot.KeySet = trustlist.PartRef{Version: trustlist.NewVersion(1, 1)}
	}, trustlist.ErrFork},
}

func TestAFaultOfARegionCostsThatRegionAlone(t *testing.T) {
	for name, test := range regionFaults {
		t.Run(name, func(t *testing.T) {
			n := nation.New(t, "33", "41")
			test.change(n)
			trust, report, err := load(n, nil)
			if err != nil {
				t.Fatal(err)
			}
			region, _ := trust.Region("33")
			var why *trustlist.RegionError
			if !errors.As(region.Available(), &why) || test.want != nil && !errors.Is(why, test.want) {
				t.Fatalf("region 33: %v, want %v", region.Available(), test.want)
			}
			if len(region.Keys()) != 0 || !region.KeySetVersion.IsZero() {
				t.Error("an unavailable region has keys")
			}
			if test.want != nil && !errors.Is(faultsOf(report, "33"), test.want) {
				t.Errorf("report: %v", faultsOf(report, "33"))
			}
			other, _ := trust.Region("41")
			if other.Available() != nil || faultsOf(report, "41") != nil {
				t.Errorf("region 41: %v, %v", other.Available(), faultsOf(report, "41"))
			}
		})
	}
}

func TestAFaultOfARegionKeepsItsOlderPart(t *testing.T) {
	for name, test := range regionFaults {
		if name == "no key set" || name == "nothing at all" || name == "key set below the least counter" {
			continue // omission, and what the list forbids: tests of their own
		}
		t.Run(name, func(t *testing.T) {
			previous := nation.New(t, "33", "41").Load()
			n := nation.New(t, "33", "41")
			n.Regions["33"].KeySet.Version.Counter = 2
			n.Regions["33"].Snapshot.Version.Counter = 2
			if name != "snapshot that names another key set of the version" {
				n.Regions["33"].Snapshot.KeySet.Version = trustlist.Version{}
			}
			test.change(n)
			if name == "snapshot that names a newer key set" {
				n.Regions["33"].Snapshot.KeySet.Version.Counter = 3
			}
			if name == "snapshot that names another key set of the version" {
				n.Regions["33"].Snapshot.KeySet.Version.Counter = 2
			}
			trust, report, err := load(n, previous)
			if err != nil {
				t.Fatal(err)
			}
			region, _ := trust.Region("33")
			if region.Available() != nil || region.KeySetVersion != trustlist.NewVersion(1, 1) {
				t.Fatalf("key set %s, %v", region.KeySetVersion, region.Available())
			}
			if faultsOf(report, "33") == nil || !slices.Equal(report.Kept, []string{"33"}) {
				t.Errorf("report: %+v", report)
			}
		})
	}
}

func TestOmissionNeverRemoves(t *testing.T) {
	previous := nation.New(t, "33", "41").Load()
	n := nation.New(t, "33", "41")
	delete(n.Regions, "33")
	trust, report, err := load(n, previous)
	if err != nil || !report.Clean() {
		t.Fatal(report, err)
	}
	region, _ := trust.Region("33")
	if region.Available() != nil || region.Snapshot() == nil {
		t.Fatalf("region 33: %v, snapshot %v", region.Available(), region.Snapshot())
	}
}

// [TRUST-119]
func TestTheListRemovesARegionAndTheReportSaysSo(t *testing.T) {
	previous := nation.New(t, "33", "41").Load()
	n := nation.New(t, "33", "41")
	n.List.Version.Counter = 2
	n.List.Regions = n.List.Regions[1:]
	trust, report, err := load(n, previous)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := trust.Region("33"); ok || !slices.Equal(report.Removed, []string{"33"}) {
		t.Errorf("report: %+v", report)
	}
	if !errors.Is(faultsOf(report, "33"), trustlist.ErrNotListed) {
		t.Errorf("documents of a region that is not listed: %v", faultsOf(report, "33"))
	}
	n = nation.New(t, "33", "41")
	n.List.Version.Counter = 3
	n.Regions["33"].KeySet.Issued++ // another document of a version that is known
	if trust, report, err = load(n, trust); err != nil {
		t.Fatal(err)
	}
	if !errors.Is(faultsOf(report, "33"), trustlist.ErrFork) || available(t, trust, "33") {
		t.Errorf("region 33 is back, and what was known of it is forgotten: %+v", report)
	}
	n.Regions["33"].KeySet.Issued--
	n.Regions["33"].Snapshot.KeySet = trustlist.PartRef{}
	if trust, report, err = load(n, trust); err != nil || !report.Clean() || !available(t, trust, "33") {
		t.Errorf("region 33 is not back: %+v, %v", report, err)
	}
}

func TestWhatTheListNoLongerAllowsIsNotKept(t *testing.T) {
	tests := map[string]struct {
		change func(*trustlist.Entry)
		want   error
	}{
		"least counter": {func(e *trustlist.Entry) { e.LeastCounter = 2 }, trustlist.ErrRollback},
		"epoch":         {func(e *trustlist.Entry) { e.Epoch = 2 }, trustlist.ErrEpoch},
		"other authority": {func(e *trustlist.Entry) {
			e.Keys = []trustlist.KeyRef{trustlist.NewKeyRef(sigtest.New(sig.SM2, "new authority").PublicKey())}
			e.Threshold = 1
		}, trustlist.ErrThreshold},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			previous := nation.New(t, "33").Load()
			n := nation.New(t, "33")
			n.List.Version.Counter = 2
			test.change(&n.List.Regions[0])
			trust, _, err := load(n, previous)
			if err != nil {
				t.Fatal(err)
			}
			if region, _ := trust.Region("33"); !errors.Is(region.Available(), test.want) {
				t.Errorf("%v, want %v", region.Available(), test.want)
			}
		})
	}
}

func TestARegionThatWasUnavailableDoesNotComeBackOlder(t *testing.T) {
	n := nation.New(t, "33")
	n.Regions["33"].KeySet.Version.Counter = 5
	first := n.Load()
	without := nation.New(t, "33")
	without.List.Version.Counter = 2
	without.List.Regions[0].Threshold = 3 // two have signed
	second, _, err := load(without, first)
	if err != nil {
		t.Fatal(err)
	}
	if region, _ := second.Region("33"); region.Available() == nil {
		t.Fatal("two of three are enough")
	}
	older := nation.New(t, "33")
	older.List.Version.Counter = 3
	older.Regions["33"].KeySet.Version.Counter = 4
	third, report, err := load(older, second)
	if err != nil {
		t.Fatal(err)
	}
	region, _ := third.Region("33")
	if region.KeySetVersion != trustlist.NewVersion(1, 5) || !errors.Is(faultsOf(report, "33"), trustlist.ErrRollback) {
		t.Errorf("key set %s, %v", region.KeySetVersion, faultsOf(report, "33"))
	}
}

func TestANewEpochOvercomesAStolenAuthority(t *testing.T) {
	n := nation.New(t, "33")
	stolen := n.Regions["33"]
	stolen.KeySet.Version.Counter = 1<<32 - 1
	for i := range stolen.KeySet.Keys { // the thief makes every key of the region useless
		stolen.KeySet.Keys[i].State, stolen.KeySet.Keys[i].Since = trustlist.Compromised, now
	}
	stolen.Snapshot = nil
	previous := n.Load()
	n = nation.New(t, "33")
	n.List.Version.Counter, n.List.Regions[0].Epoch = 2, 2
	n.Regions["33"].KeySet.Version = trustlist.NewVersion(2, 1)
	n.Regions["33"].Snapshot.Version = trustlist.NewVersion(2, 1)
	trust, report, err := load(n, previous)
	if err != nil || !report.Clean() {
		t.Fatal(report, err)
	}
	region, _ := trust.Region("33")
	if key, _ := region.Key(n.Regions["33"].Signers[0].PublicKey().KeyID()); key.State != trustlist.Active {
		t.Error("the thief's word counts on")
	}
}

// [TRUST-66]
func TestKeyStatesMoveInOneDirection(t *testing.T) {
	state := func(key *trustlist.Key, state trustlist.KeyState, since int64) { key.State, key.Since = state, since }
	tests := map[string]struct {
		before, after func(*trustlist.KeySet)
		ok            bool
	}{
		"active to retired":      {nil, func(s *trustlist.KeySet) { state(&s.Keys[0], trustlist.Retired, now) }, true},
		"active to compromised":  {nil, func(s *trustlist.KeySet) { state(&s.Keys[0], trustlist.Compromised, now) }, true},
		"active and gone":        {nil, func(s *trustlist.KeySet) { s.Keys = s.Keys[1:] }, true},
		"retired to compromised": {func(s *trustlist.KeySet) { state(&s.Keys[0], trustlist.Retired, now) }, func(s *trustlist.KeySet) { state(&s.Keys[0], trustlist.Compromised, now) }, true},
		"retired earlier":        {func(s *trustlist.KeySet) { state(&s.Keys[0], trustlist.Retired, now) }, func(s *trustlist.KeySet) { state(&s.Keys[0], trustlist.Retired, now-1) }, true},
		"retired and gone":       {func(s *trustlist.KeySet) { state(&s.Keys[0], trustlist.Retired, now) }, func(s *trustlist.KeySet) { s.Keys = s.Keys[1:] }, false},
		"retired to active":      {func(s *trustlist.KeySet) { state(&s.Keys[0], trustlist.Retired, now) }, nil, false},
		"retired later":          {func(s *trustlist.KeySet) { state(&s.Keys[0], trustlist.Retired, now) }, func(s *trustlist.KeySet) { state(&s.Keys[0], trustlist.Retired, now+1) }, false},
		"compromised to retired": {func(s *trustlist.KeySet) { state(&s.Keys[0], trustlist.Compromised, now) }, func(s *trustlist.KeySet) { state(&s.Keys[0], trustlist.Retired, now) }, false},
		"compromised to active":  {func(s *trustlist.KeySet) { state(&s.Keys[0], trustlist.Compromised, now) }, nil, false},
		"compromised and gone":   {func(s *trustlist.KeySet) { state(&s.Keys[0], trustlist.Compromised, now) }, func(s *trustlist.KeySet) { s.Keys = s.Keys[1:] }, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			n := nation.New(t, "33")
			if test.before != nil {
				test.before(n.Regions["33"].KeySet)
			}
			previous := n.Load()
			n = nation.New(t, "33")
			n.Regions["33"].KeySet.Version.Counter = 2
			if test.after != nil {
				test.after(n.Regions["33"].KeySet)
			}
			trust, report, err := load(n, previous)
			if err != nil {
				t.Fatal(err)
			}
			region, _ := trust.Region("33")
			if got := region.KeySetVersion.Counter == 2; got != test.ok {
				t.Errorf("key set %s, %v", region.KeySetVersion, faultsOf(report, "33"))
			}
			if !test.ok && !errors.Is(faultsOf(report, "33"), trustlist.ErrKeyState) {
				t.Errorf("%v", faultsOf(report, "33"))
			}
		})
	}
}

func TestTheListTakesAwayFromKeysLaboratoriesAndUsage(t *testing.T) {
	n := nation.New(t, "33")
	kid := n.Regions["33"].Signers[0].PublicKey().KeyID()
	n.Regions["33"].KeySet.Laboratories[0].Withdrawn = now + 50
	n.List.WithdrawnKeys = []trustlist.KeyWithdrawal{{Region: "33", KeyID: kid, State: trustlist.Retired, From: now + 10}}
	n.List.WithdrawnLaboratories = []trustlist.LaboratoryWithdrawal{{Region: "33", Number: 3, From: now + 20}}
	n.List.WithdrawnUsage = []trustlist.UsageWithdrawal{{Region: "33", Usage: trustlist.UsageTest, From: now + 30}}
	region, _ := n.Load().Region("33")
	if key, _ := region.Key(kid); key.State != trustlist.Retired || key.Since != now+10 {
		t.Errorf("key %s since %d", key.State, key.Since)
	}
	if laboratory, _ := region.Laboratory(3); laboratory.Withdrawn != now+20 {
		t.Errorf("laboratory withdrawn at %d", laboratory.Withdrawn)
	}
	if !region.UsageAt(now+29).Has(trustlist.UsageTest) || region.UsageAt(now+30).Has(trustlist.UsageTest) {
		t.Error("usage is not withdrawn at its time")
	}
}

func TestTheListNeverMakesAKeyBetter(t *testing.T) {
	n := nation.New(t, "33")
	set := n.Regions["33"].KeySet
	set.Keys[0].State, set.Keys[0].Since = trustlist.Compromised, now
	second := sigtest.New(sig.SM2, "second").PublicKey()
	set.Keys = append(set.Keys, trustlist.Key{Public: second, State: trustlist.Retired, Since: now - 10,
		SignFrom: trustlist.Day(900), SignUntil: trustlist.Day(1000), Usage: 1})
	for _, kid := range [][4]byte{set.Keys[0].Public.KeyID(), second.KeyID()} {
		n.List.WithdrawnKeys = append(n.List.WithdrawnKeys, trustlist.KeyWithdrawal{Region: "33", KeyID: kid, State: trustlist.Retired, From: now + 10})
	}
	region, _ := n.Load().Region("33")
	if key, _ := region.Key(set.Keys[0].Public.KeyID()); key.State != trustlist.Compromised {
		t.Errorf("compromised key is %s", key.State)
	}
	if key, _ := region.Key(second.KeyID()); key.Since != now-10 {
		t.Errorf("retired since %d", key.Since)
	}
}

func TestARegionalDocumentOfTheFutureIsHeldAside(t *testing.T) {
	n := nation.New(t, "33", "41")
	n.Regions["33"].KeySet.Issued = now + trustlist.HoldAside + 1
	trust, report, err := load(n, nil)
	if err != nil || faultsOf(report, "33") != nil {
		t.Fatal(faultsOf(report, "33"), err)
	}
	want := []trustlist.HeldAside{{Region: "33", Kind: trustlist.KindKeySet, Issued: now + trustlist.HoldAside + 1}}
	region, _ := trust.Region("33")
	if !slices.Equal(report.HeldAside, want) || !errors.Is(region.Available(), trustlist.ErrHeldAside) {
		t.Errorf("%+v, %v", report.HeldAside, region.Available())
	}
	n.Regions["33"].KeySet.Issued--
	n.Regions["33"].Snapshot.KeySet = trustlist.PartRef{}
	// What has been taken is not put aside when the clock falls back.
	previous := n.Load()
	trust, report, err = trustlist.Load(n.Bundle(), n.Anchor(), trustlist.LoadOptions{Clock: 0, Previous: previous})
	if region, _ := trust.Region("33"); err != nil || !report.Clean() || region.Available() != nil {
		t.Error(report, err)
	}
}

// [TRUST-70]
func TestAStolenSigningKeyDoesNotSignSnapshots(t *testing.T) {
	tests := map[string]func(*nation.Nation){
		"key without the usage": func(n *nation.Nation) {
			n.Parts() // names the key set in the snapshot
			n.Replacements["33/snapshot"] = n.Document(n.Regions["33"].Snapshot, n.Regions["33"].Signers[0])
		},
		"key of another region": func(n *nation.Nation) {
			n.Parts() // names the key set in the snapshot
			n.Replacements["33/snapshot"] = n.Document(n.Regions["33"].Snapshot, n.Regions["41"].Signers[1])
		},
		"compromised key": func(n *nation.Nation) {
			key := &n.Regions["33"].KeySet.Keys[1]
			key.State, key.Since = trustlist.Compromised, now
		},
		"key retired before": func(n *nation.Nation) {
			key := &n.Regions["33"].KeySet.Keys[1]
			key.State, key.Since = trustlist.Retired, n.Regions["33"].Snapshot.Issued
		},
		"key before its period": func(n *nation.Nation) {
			n.Regions["33"].KeySet.Keys[1].SignFrom = trustlist.Day(1200)
		},
		"usage not granted by the list": func(n *nation.Nation) {
			n.List.Regions[0].Usage &^= trustlist.UsageSnapshot
		},
		"usage withdrawn by the list": func(n *nation.Nation) {
			n.List.WithdrawnUsage = []trustlist.UsageWithdrawal{{Region: "33", Usage: trustlist.UsageSnapshot, From: n.Regions["33"].Snapshot.Issued}}
		},
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			n := nation.New(t, "33", "41")
			change(n)
			trust, report, err := load(n, nil)
			if err != nil {
				t.Fatal(err)
			}
			region, _ := trust.Region("33")
			if region.Snapshot() != nil || !errors.Is(faultsOf(report, "33"), trustlist.ErrNoSigner) {
				t.Errorf("snapshot %v, %v", region.Snapshot(), faultsOf(report, "33"))
			}
			if region.Available() != nil {
				t.Errorf("the key set stands on its own: %v", region.Available())
			}
		})
	}
}

func TestAClockBeyondAllTimeHoldsNothingAside(t *testing.T) {
	n := nation.New(t, "33")
	for _, clock := range []int64{1<<63 - 1, -1 << 63} {
		trust, report, err := trustlist.Load(n.Bundle(), n.Anchor(), trustlist.LoadOptions{Clock: clock, Previous: n.Load()})
		if region, _ := trust.Region("33"); err != nil || !report.Clean() || region.Available() != nil {
			t.Errorf("clock %d: %v, %v", clock, report, err)
		}
	}
}

func TestWhatIsInForceIsTold(t *testing.T) {
	n := nation.New(t, "33", "41")
	n.Regions["33"].KeySet.Due = now + 5
	n.Replacements["41/keyset"] = []byte{0}
	trust, _, err := load(n, nil)
	if err != nil {
		t.Fatal(err)
	}
	region, _ := trust.Region("33")
	if set, ok := region.KeySet(); !ok || set.Version != region.KeySetVersion || set.Due != now+5 || set.Hash != n.Sign(n.Regions["33"].KeySet).Hash() {
		t.Errorf("%+v", set)
	}
	if region, _ = trust.Region("41"); region.Available() == nil {
		t.Fatal("region 41 is available")
	}
	if _, ok := region.KeySet(); ok {
		t.Error("an unavailable region has a key set")
	}
	if trust.Root().Version != trust.RootVersion() || trust.List().Hash != trust.ListHash() || trust.PolicyInfo().Issued != n.Policy.Issued {
		t.Error("root, list or policy is another")
	}
}

func TestASnapshotMayFollowTheKeySet(t *testing.T) {
	n := nation.New(t, "33")
	previous := n.Load()
	n.Regions["33"].KeySet.Version.Counter = 2 // the snapshot still names the first
	trust, report, err := load(n, previous)
	region, _ := trust.Region("33")
	if err != nil || !report.Clean() || region.KeySetVersion.Counter != 2 || region.Snapshot() == nil {
		t.Fatal(report, err)
	}
}

func TestAnOlderSnapshotIsRefusedAndTheKnownOneStays(t *testing.T) {
	n := nation.New(t, "33")
	n.Regions["33"].Snapshot.Version.Counter = 2
	previous := n.Load()
	n.Regions["33"].Snapshot.Version.Counter = 1
	trust, report, err := load(n, previous)
	if err != nil {
		t.Fatal(err)
	}
	region, _ := trust.Region("33")
	if region.Snapshot().Version.Counter != 2 || !errors.Is(faultsOf(report, "33"), trustlist.ErrRollback) {
		t.Errorf("snapshot %s, %v", region.Snapshot().Version, faultsOf(report, "33"))
	}
}
