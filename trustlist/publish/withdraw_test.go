package publish_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/internal/nation"
	"github.com/tongxing/tongxing/trustlist/publish"
)

// must returns the list of a step that has to be possible.
func must(t *testing.T) func(*trustlist.List, error) *trustlist.List {
	return func(l *trustlist.List, err error) *trustlist.List {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
}

// [TRUST-43]
func TestAWithdrawalNeverGivesAnythingBack(t *testing.T) {
	n := nation.New(t, "33")
	kid := n.Regions["33"].KeySet.Keys[0].Public.KeyID()
	list := must(t)(publish.WithdrawUsage(n.List, "33", trustlist.UsageTest, nation.Now))
	list = must(t)(publish.WithdrawUsage(list, "33", trustlist.UsageAdverse, nation.Now)) // one time, two usages
	if len(list.WithdrawnUsage) != 1 || list.WithdrawnUsage[0].Usage != trustlist.UsageTest|trustlist.UsageAdverse {
		t.Fatalf("%+v", list.WithdrawnUsage)
	}
	list = must(t)(publish.WithdrawKey(list, "33", kid, trustlist.Retired, nation.Now))
	list = must(t)(publish.WithdrawLaboratory(list, "33", 3, nation.Now))
	if len(n.List.WithdrawnUsage)+len(n.List.WithdrawnKeys)+len(n.List.WithdrawnLaboratories) != 0 {
		t.Error("the list that was given has changed")
	}
	for name, step := range map[string]func() (*trustlist.List, error){
		"the same usage": func() (*trustlist.List, error) {
			return publish.WithdrawUsage(list, "33", trustlist.UsageTest, nation.Now+1)
		},
		"the same key": func() (*trustlist.List, error) {
			return publish.WithdrawKey(list, "33", kid, trustlist.Retired, nation.Now)
		},
		"a key later": func() (*trustlist.List, error) {
			return publish.WithdrawKey(list, "33", kid, trustlist.Retired, nation.Now+1)
		},
		"a laboratory later": func() (*trustlist.List, error) {
			return publish.WithdrawLaboratory(list, "33", 3, nation.Now+1)
		},
		"a usage that it never had": func() (*trustlist.List, error) {
			return publish.WithdrawUsage(list, "33", 1<<20, nation.Now)
		},
	} {
		if _, err := step(); !errors.Is(err, publish.ErrNothingToDo) {
			t.Errorf("%s: %v", name, err)
		}
	}
	worse := must(t)(publish.WithdrawKey(list, "33", kid, trustlist.Compromised, nation.Now+9))
	if len(worse.WithdrawnKeys) != 1 || worse.WithdrawnKeys[0].State != trustlist.Compromised {
		t.Errorf("%+v", worse.WithdrawnKeys)
	}
	if _, err := publish.WithdrawKey(worse, "33", kid, trustlist.Retired, nation.Now); !errors.Is(err, publish.ErrNothingToDo) {
		t.Errorf("compromised to retired: %v", err)
	}
	earlier := must(t)(publish.WithdrawLaboratory(list, "33", 3, nation.Now-1))
	if len(earlier.WithdrawnLaboratories) != 1 || earlier.WithdrawnLaboratories[0].From != nation.Now-1 {
		t.Errorf("%+v", earlier.WithdrawnLaboratories)
	}
	if _, err := publish.WithdrawUsage(n.List, "46", trustlist.UsageTest, nation.Now); !errors.Is(err, trustlist.ErrNotListed) {
		t.Error(err)
	}
}

// What a step is said to strand is what a device no longer grants.
func TestImpactIsWhatADeviceLoses(t *testing.T) {
	n := nation.New(t, "33", "41")
	set := n.Regions["33"].KeySet
	kid := set.Keys[0].Public.KeyID()
	from := int64(nation.Now + 86400)
	for name, step := range map[string]func(*trustlist.List) (*trustlist.List, error){
		"usage": func(l *trustlist.List) (*trustlist.List, error) {
			return publish.WithdrawUsage(l, "33", trustlist.UsageTest, from)
		},
		"everything": func(l *trustlist.List) (*trustlist.List, error) {
			return publish.WithdrawUsage(l, "33", 1<<32-1, from)
		},
		"retired": func(l *trustlist.List) (*trustlist.List, error) {
			return publish.WithdrawKey(l, "33", kid, trustlist.Retired, from)
		},
		"compromised": func(l *trustlist.List) (*trustlist.List, error) {
			return publish.WithdrawKey(l, "33", kid, trustlist.Compromised, from)
		},
		"narrowed": func(l *trustlist.List) (*trustlist.List, error) {
			return publish.Change(l, "33", func(e *trustlist.Entry) { e.Usage &^= trustlist.UsageTest })
		},
		"removed": func(l *trustlist.List) (*trustlist.List, error) { return publish.Remove(l, "33") },
	} {
		after := must(t)(step(must(t)(publish.NewList(n.List, n.Roots[0], nation.Now))))
		impacts, untouched := publish.Impacts(n.List, after, set, n.Regions["41"].KeySet)
		if len(impacts) != 1 || impacts[0].Region != "33" || !slices.Equal(untouched, []string{"41"}) {
			t.Fatalf("%s: %+v, untouched %v", name, impacts, untouched)
		}
		before := n.Load()
		changed := *n
		changed.List = after
		now, _, err := trustlist.Load(changed.Bundle(), changed.Anchor(), trustlist.LoadOptions{Clock: nation.Now})
		if err != nil {
			t.Fatal(err)
		}
		for i := range set.Keys {
			key := &set.Keys[i]
			lostAt := lossesOf(&impacts[0], key.Public.KeyID())
			for _, at := range []int64{from - 1, from, from + 86400} {
				said := trustlist.Usage(0)
				for _, loss := range lostAt {
					if at >= loss.From || !loss.EarlierHolds {
						said |= loss.Usage
					}
				}
				had, has := grants(before, key, at), grants(now, key, at)
				if had&^has != said&had {
					t.Errorf("%s: key %d at %d loses %s, and %s is said", name, i, at-from, had&^has, said)
				}
			}
		}
	}
}

func lossesOf(impact *publish.Impact, kid [sig.KeyIDSize]byte) []publish.KeyLoss {
	return slices.DeleteFunc(slices.Clone(impact.Keys), func(l publish.KeyLoss) bool { return l.KeyID != kid })
}

// grants is the usage with which a device takes what a key of region 33 signed at
// a time.
func grants(trust *trustlist.Trust, key *trustlist.Key, at int64) trustlist.Usage {
	region, listed := trust.Region("33")
	if !listed {
		return 0
	}
	k, known := region.Key(key.Public.KeyID())
	if !known || k.State == trustlist.Compromised || k.State == trustlist.Retired && at >= k.Since {
		return 0
	}
	return k.Usage & region.UsageAt(at)
}

func TestWhatIsGivenStrandsNobody(t *testing.T) {
	n := nation.New(t, "33", "41")
	after := must(t)(publish.NewList(n.List, n.Roots[0], nation.Now))
	if impacts, untouched := publish.Impacts(n.List, after); len(impacts) != 0 || len(untouched) != 2 {
		t.Errorf("%+v, %v", impacts, untouched)
	}
	renamed := must(t)(publish.Change(after, "33", func(e *trustlist.Entry) { e.Name = "Zhejiang" }))
	if impacts, untouched := publish.Impacts(n.List, renamed); len(impacts) != 0 || len(untouched) != 1 {
		t.Errorf("a new name: %+v, %v", impacts, untouched)
	}
	raised := must(t)(publish.Change(after, "33", func(e *trustlist.Entry) { e.Epoch++ }))
	if impacts, _ := publish.Impacts(n.List, raised); len(impacts) != 1 || !impacts[0].NewEpoch || impacts[0].EarlierHolds {
		t.Errorf("a new epoch: %+v", impacts)
	}
}

func TestAKeySetMovesForwardOnly(t *testing.T) {
	n := nation.New(t, "33")
	entry := &n.List.Regions[0]
	first := n.Regions["33"].KeySet
	kid := first.Keys[0].Public.KeyID()
	next := func(previous *trustlist.KeySet, edit func(*trustlist.KeySet)) *trustlist.KeySet {
		t.Helper()
		set, err := publish.NewKeySet(previous, entry, nation.Now)
		if err != nil {
			t.Fatal(err)
		}
		edit(set)
		return set
	}
	retired := next(first, func(s *trustlist.KeySet) {
		if err := publish.Retire(s, kid, nation.Now); err != nil {
			t.Fatal(err)
		}
	})
	if err := publish.CheckFollows(first, retired); err != nil {
		t.Fatal(err)
	}
	for name, edit := range map[string]func(*trustlist.KeySet){
		"active again": func(s *trustlist.KeySet) { s.Keys[0].State, s.Keys[0].Since = trustlist.Active, 0 },
		"later":        func(s *trustlist.KeySet) { s.Keys[0].Since++ },
		"left out":     func(s *trustlist.KeySet) { s.Keys = s.Keys[1:] },
	} {
		if err := publish.CheckFollows(retired, next(retired, edit)); !errors.Is(err, trustlist.ErrKeyState) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := publish.CheckFollows(retired, first); !errors.Is(err, trustlist.ErrRollback) {
		t.Errorf("older: %v", err)
	}
	other := next(first, func(s *trustlist.KeySet) { s.Region = "41" })
	if err := publish.CheckFollows(first, other); !errors.Is(err, trustlist.ErrWrongRegion) {
		t.Errorf("another region: %v", err)
	}
	epoch := next(retired, func(s *trustlist.KeySet) { s.Version = trustlist.NewVersion(2, 1); s.Keys = s.Keys[1:] })
	if err := publish.CheckFollows(retired, epoch); err != nil {
		t.Errorf("a new epoch begins anew: %v", err)
	}
	if err := publish.Retire(retired, [4]byte{}, nation.Now); !errors.Is(err, publish.ErrNoSuchKey) {
		t.Error(err)
	}
}

func TestKeysThatBeginSoonAndAShortReserveAreTold(t *testing.T) {
	n := nation.New(t, "33")
	entry := &n.List.Regions[0]
	set, err := publish.NewKeySet(n.Regions["33"].KeySet, entry, nation.Now)
	if err != nil {
		t.Fatal(err)
	}
	today, _ := trustlist.DayOf(nation.Now)
	add := func(name string, days uint16) {
		set.Keys = append(set.Keys, trustlist.Key{Public: sigtest.New(sig.SM2, name).PublicKey(),
			SignFrom: trustlist.Day(today + days), SignUntil: trustlist.Day(today + days + 100), Usage: trustlist.UsageStatus})
	}
	add("soon", 30)
	add("later", 102)
	advice := publish.Advise(n.Regions["33"].KeySet, set)
	if len(advice.Late) != 1 || !advice.Late[0].Public.Equal(sigtest.New(sig.SM2, "soon").PublicKey()) || advice.Reserve != 2 || advice.Short() {
		t.Errorf("%+v", advice)
	}
	if advice := publish.Advise(set, set); len(advice.Late) != 0 {
		t.Errorf("known keys are late: %+v", advice)
	}
	if advice := publish.Advise(nil, n.Regions["33"].KeySet); !advice.Short() {
		t.Errorf("%+v", advice)
	}
}

func TestARegionWithinAProvinceIsNamed(t *testing.T) {
	for code, want := range map[string]string{"3301": "33", "330100": "33", "33": "", "99": "", "9901": "", "": "", "33x": "", "00": "", "0001": ""} {
		err := publish.CheckRegionCode(code)
		var within *publish.SubProvincialError
		if errors.As(err, &within) != (want != "") || within != nil && within.Province != want {
			t.Errorf("%q: %v", code, err)
		}
		if valid := code == "33" || code == "00"; valid != (err == nil) || !valid && !errors.Is(err, publish.ErrNotAProvince) {
			t.Errorf("%q: %v", code, err)
		}
	}
}

func TestPlansThatCannotBeAreToldApart(t *testing.T) {
	sm2 := []*sig.PublicKey{sigtest.New(sig.SM2, "a").PublicKey(), sigtest.New(sig.SM2, "b").PublicKey()}
	es256 := sigtest.New(sig.ES256, "a").PublicKey()
	for name, test := range map[string]struct {
		group publish.Group
		want  error
	}{
		"no keys":        {publish.Group{Threshold: 1}, publish.ErrNoKeys},
		"threshold 0":    {publish.Group{Keys: sm2}, publish.ErrThresholdRange},
		"threshold 3":    {publish.Group{Keys: sm2, Threshold: 3}, publish.ErrThresholdRange},
		"two algorithms": {publish.Group{Keys: append(sm2, es256), Threshold: 1}, publish.ErrMixedAlgorithms},
	} {
		_, err := publish.NewRoot(nil, publish.RootPlan{Issued: nation.Now, Groups: []publish.Group{test.group}})
		var group *publish.GroupError
		if !errors.Is(err, test.want) || !errors.As(err, &group) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
	}
	if _, err := publish.DraftAdmission(plan("33")); !errors.Is(err, publish.ErrNoKeys) {
		t.Error(err)
	}
	if _, err := publish.DraftAdmission(plan("33"), sm2[0]); !errors.Is(err, publish.ErrThresholdRange) {
		t.Error(err)
	}
	last := *nation.New(t).Roots[0]
	last.Version.Counter = 1<<32 - 1
	if _, err := publish.NewRoot(&last, publish.RootPlan{Issued: nation.Now}); !errors.Is(err, publish.ErrLastCounter) {
		t.Error(err)
	}
}

func TestAKeyInTwoPlacesIsToldWithBoth(t *testing.T) {
	n := nation.New(t, "33", "41")
	list := *n.List
	list.Regions = slices.Clone(list.Regions)
	list.Regions[1].Keys = []trustlist.KeyRef{trustlist.NewKeyRef(n.RootSigners[0].PublicKey())}
	var place *publish.KeyPlaceError
	err := publish.CheckUnder(n.Roots[0], &list)
	if !errors.As(err, &place) || !place.SameKey || place.First.Role != publish.RoleRoot || place.Second != (publish.Place{Role: publish.RoleAuthority, Name: "41"}) {
		t.Errorf("%v", err)
	}
	if !errors.Is(err, trustlist.ErrSharedKey) {
		t.Errorf("%v is no ErrSharedKey", err)
	}
	set := *n.Regions["33"].KeySet
	set.Keys = append(slices.Clone(set.Keys), trustlist.Key{Public: n.Regions["41"].Authority[0].PublicKey()})
	if err := publish.CheckKeySet(&set, n.List, n.Roots[0]); !errors.As(err, &place) || place.Second != (publish.Place{Role: publish.RoleSigning, Name: "33"}) {
		t.Errorf("%v", err)
	}
	if err := publish.CheckKeySet(n.Regions["33"].KeySet, n.List, n.Roots[0]); err != nil {
		t.Error(err)
	}
}
