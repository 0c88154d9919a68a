package publish_test

import (
	"crypto/sha256"
	"errors"
	"slices"
	"testing"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/internal/nation"
	"github.com/tongxing/tongxing/trustlist/publish"
)

func authority(names ...string) []sig.Signer {
	var signers []sig.Signer
	for _, name := range names {
		signers = append(signers, sigtest.New(sig.SM2, "authority "+name))
	}
	return signers
}

func plan(code string) publish.AdmissionPlan {
	return publish.AdmissionPlan{
		Region: code, Name: "浙江省", Authority: "浙江省卫生健康委员会", Appeal: "0571-12345",
		RulesHash: sha256.Sum256([]byte("rules")), Usage: trustlist.UsageKnown, Threshold: 2, Issued: nation.Now,
	}
}

func request(t *testing.T, code string, signers ...sig.Signer) []byte {
	t.Helper()
	data, err := publish.NewAdmission(plan(code), signers...)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// [TRUST-90]
func TestARegionIsAdmittedAsItAsks(t *testing.T) {
	n := nation.New(t, "41")
	before := len(n.List.Regions)
	list, err := publish.Admit(n.List, n.Roots[0], request(t, "33", authority("a", "b", "c")...), 1)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(list.Regions, func(e trustlist.Entry) bool { return e.Code == "33" })
	if i < 0 || list.Regions[i].Appeal != "0571-12345" || len(list.Regions[i].Keys) != 3 || list.Regions[i].Epoch != 1 {
		t.Fatalf("%+v", list.Regions)
	}
	if len(n.List.Regions) != before {
		t.Error("the list that was given has changed")
	}
}

// [TRUST-91]
func TestWhatMustNotBeAdmittedIsNot(t *testing.T) {
	n := nation.New(t, "41")
	keys := authority("a", "b")
	good := request(t, "33", keys...)
	unsigned := func() []byte {
		m, err := publish.ParseDraft(good)
		if err != nil {
			t.Fatal(err)
		}
		a, err := publish.Content[*trustlist.Admission](m)
		if err != nil {
			t.Fatal(err)
		}
		return n.Document(a, keys[0]) // one of the two keys does not sign
	}
	tests := map[string]struct {
		request []byte
		want    error
	}{
		"listed already":         {request(t, "41", keys...), publish.ErrListed},
		"key of another region":  {request(t, "33", n.Regions["41"].Authority...), trustlist.ErrSharedKey},
		"a key that is not held": {unsigned(), trustlist.ErrThreshold},
		"another kind":           {n.Document(n.List, n.RootSigners...), trustlist.ErrWrongKind},
		"no document":            {nil, trustlist.ErrMissing},
	}
	for name, test := range tests {
		if list, err := publish.Admit(n.List, n.Roots[0], test.request, 1); list != nil || !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
	}
	for _, code := range []string{"99", "3301", "", "ZJ"} {
		if _, err := publish.NewAdmission(plan(code), keys...); !errors.Is(err, publish.ErrNotAProvince) {
			t.Errorf("region %q: %v", code, err)
		}
	}
	if _, err := publish.NewAdmission(plan(spec.NationalPlatform), keys...); err != nil {
		t.Errorf("national platform: %v", err)
	}
	short := plan("33")
	short.Appeal = ""
	var content *trustlist.ContentError
	if _, err := publish.NewAdmission(short, keys...); !errors.As(err, &content) {
		t.Errorf("without an appeal contact: %v", err)
	}
	if _, err := publish.NewAdmission(plan("33"), keys[0]); err == nil {
		t.Error("two of one key")
	}
}

func TestAListFollowsOnTheOneBefore(t *testing.T) {
	n := nation.New(t, "33", "41")
	next, err := publish.NewList(n.List, n.Roots[0], nation.Now)
	if err != nil || next.Version != trustlist.NewVersion(1, 2) || len(next.Regions) != 2 {
		t.Fatal(next, err)
	}
	next.Regions[0].Name = "another"
	if n.List.Regions[0].Name == "another" {
		t.Error("the list before has changed")
	}
	root := *n.Roots[0]
	root.ListEpoch = 2
	if next, err = publish.NewList(n.List, &root, nation.Now); err != nil || next.Version != trustlist.NewVersion(2, 1) {
		t.Error(next, err)
	}
	root.ListEpoch = 0
	if _, err = publish.NewList(n.List, &root, nation.Now); !errors.Is(err, trustlist.ErrEpoch) {
		t.Error(err)
	}
	last := *n.List
	last.Version.Counter = 1<<32 - 1
	if _, err = publish.NewList(&last, n.Roots[0], nation.Now); err == nil {
		t.Error("a counter after the last")
	}
}

func TestARegionIsChangedAndRemoved(t *testing.T) {
	n := nation.New(t, "33", "41")
	n.List.WithdrawnLaboratories = []trustlist.LaboratoryWithdrawal{{Region: "33", Number: 3, From: nation.Now}}
	narrowed, err := publish.Change(n.List, "33", func(e *trustlist.Entry) { e.Usage = trustlist.UsageTest })
	if err != nil || narrowed.Regions[0].Usage != trustlist.UsageTest || n.List.Regions[0].Usage == trustlist.UsageTest {
		t.Fatal(err)
	}
	removed, err := publish.Remove(n.List, "33")
	if err != nil || len(removed.Regions) != 1 || len(removed.WithdrawnLaboratories) != 0 {
		t.Fatal(removed, err)
	}
	if _, err := publish.Remove(n.List, "46"); !errors.Is(err, trustlist.ErrNotListed) {
		t.Error(err)
	}
	// TRUST-42: whoever knows the region would take nothing of it any more.
	raised, err := publish.Change(n.List, "33", func(e *trustlist.Entry) { e.Epoch = 3 })
	if err != nil {
		t.Fatal(err)
	}
	if _, err := publish.Change(raised, "33", func(e *trustlist.Entry) { e.Epoch = 2 }); !errors.Is(err, publish.ErrEpochBack) {
		t.Errorf("an epoch that falls: %v", err)
	}
	if _, err := publish.Change(n.List, "46", func(*trustlist.Entry) {}); !errors.Is(err, trustlist.ErrNotListed) {
		t.Error(err)
	}
	var content *trustlist.ContentError
	if _, err := publish.Change(n.List, "33", func(e *trustlist.Entry) { e.Threshold = 9 }); !errors.As(err, &content) {
		t.Error(err)
	}
}
