package trustlist_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/internal/nation"
)

// standing returns how a document in force stands.
func standing(t *testing.T, i *trustlist.Inspection, kind trustlist.Kind, region string) trustlist.DocumentStanding {
	t.Helper()
	for _, d := range i.Documents {
		if d.Kind == kind && d.Region == region {
			return d
		}
	}
	t.Fatalf("no %s of region %q in force", kind, region)
	return trustlist.DocumentStanding{}
}

func TestAnInspectionNamesEveryDocumentInForce(t *testing.T) {
	n := withLists(t, status(august, 1, "a"))
	n.Regions["33"].Overlay = sampleOverlay(t)
	n.List.Due = now + 3600
	trust := n.Load()
	i := trust.Inspect(now + 3601)
	if i.Floor != trust.Floor() || i.Effective != now+3601 || i.Age != now+3601-trust.Floor() || i.Freshness != trustlist.Stale {
		t.Errorf("%+v", i)
	}
	var kinds []string
	for _, d := range i.Documents {
		kinds = append(kinds, d.Kind.String()+d.Region)
		if d.Version.IsZero() || d.Hash == [32]byte{} || d.Issued == 0 || d.Age != i.Effective-d.Issued || d.Signers == 0 {
			t.Errorf("%+v", d)
		}
	}
	if got := strings.Join(kinds, " "); got != "root list policy keyset33 snapshot33 overlay33 status33 keyset41 snapshot41" {
		t.Errorf("documents %s", got)
	}
	list := standing(t, i, trustlist.KindList, "")
	if info := trust.List(); !list.Overdue || list.Hash != info.Hash || list.Due != info.Due || !list.HoldsFloor || list.Signers != 6 {
		t.Errorf("list %+v", list)
	}
	if policy := standing(t, i, trustlist.KindPolicy, ""); policy.Overdue || policy.HoldsFloor {
		t.Errorf("policy %+v", policy)
	}
	if len(i.Lacks) != 0 || len(i.Regions) != 2 || !i.Regions[0].Available() || i.Regions[0].ActiveKeys != 1 || i.Regions[0].KeysUntil != trustlist.Day(1300) {
		t.Errorf("lacks %+v, regions %+v", i.Lacks, i.Regions)
	}
}

func TestAnInspectionNamesWhatIsLacking(t *testing.T) {
	first := withLists(t, status(august, 2, "a"))
	n := withLists(t)
	n.Policy = nil
	n.List.Version.Counter = 2
	r := n.Regions["33"]
	r.KeySet.Version.Counter, r.Snapshot = 2, nil
	r.KeySet.Keys[1].State, r.KeySet.Keys[1].Since = trustlist.Compromised, now // signs lists and snapshots
	n.List.Regions[1].Threshold = 3                                             // two have signed
	first.Policy = nil
	trust, _, err := load(n, first.Load())
	if err != nil {
		t.Fatal(err)
	}
	i := trust.Inspect(0)
	want := []trustlist.Lack{
		{Kind: trustlist.KindPolicy},
		{Kind: trustlist.KindSnapshot, Region: "33", Known: trustlist.NewVersion(1, 1)},
		{Kind: trustlist.KindStatusList, Region: "33", List: august, Known: trustlist.NewVersion(1, 2)},
		{Kind: trustlist.KindKeySet, Region: "41", Known: trustlist.NewVersion(1, 1)},
	}
	if len(i.Lacks) != len(want) {
		t.Fatalf("lacks %+v", i.Lacks)
	}
	for j := range want {
		if i.Lacks[j] != want[j] {
			t.Errorf("lacks %+v, want %+v", i.Lacks[j], want[j])
		}
	}
	var fault *trustlist.RegionError
	if i.Regions[0].Unavailable != nil || !errors.As(i.Regions[1].Unavailable, &fault) || i.Regions[1].ActiveKeys != 0 {
		t.Errorf("regions %+v", i.Regions)
	}
	text, err := json.Marshal(i)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{`"freshness":"fresh"`, `"kind":"status","region":"33","list":7936,"known":"1.2"`, `"available":false,"why":"region 41`, `"holds_floor":true`} {
		if !strings.Contains(string(text), part) {
			t.Errorf("%s is not in %s", part, text)
		}
	}
}

// [TRUST-51]
func TestTheLadderGoesDownStepByStep(t *testing.T) {
	trust := nation.New(t, "33").Load()
	floor := trust.Floor()
	for _, test := range []struct {
		age, next int64
		want      trustlist.Freshness
	}{
		{0, 86401, trustlist.Fresh}, {86400, 86401, trustlist.Fresh},
		{86401, 604801, trustlist.Stale}, {604800, 604801, trustlist.Stale},
		{604801, 8640001, trustlist.TooOldForShortLived}, {8640000, 8640001, trustlist.TooOldForShortLived},
		{8640001, -floor, trustlist.TooOld}, {1 << 60, -floor, trustlist.TooOld},
	} {
		i := trust.Inspect(floor + test.age)
		if i.Freshness != test.want || i.NextStep != floor+test.next || i.Age != test.age {
			t.Errorf("after %d s: %s, next step %d", test.age, i.Freshness, i.NextStep)
		}
	}
	if i := trust.Inspect(floor - 400*86400); i.Age != 0 || i.Effective != floor || i.Freshness != trustlist.Fresh {
		t.Errorf("a clock of the past: %+v", i)
	}
}

// A device that knows an old document as the highest has a floor that none of
// the documents in force holds.
func TestAFloorThatNoDocumentInForceHolds(t *testing.T) {
	n := nation.New(t, "33")
	trust := n.Load()
	n.List.Version.Counter, n.List.Issued = 2, n.List.Issued-3600 // the operator's clock was set back
	trust, _, err := load(n, trust)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range trust.Inspect(now).Documents {
		if d.HoldsFloor {
			t.Errorf("%+v", d)
		}
	}
}
