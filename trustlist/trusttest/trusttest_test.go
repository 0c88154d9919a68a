package trusttest_test

import (
	"errors"
	"testing"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/trusttest"
)

const issued = 1660089600 // 2022-08-10T08:00:00+08:00

func key(algorithm sig.Algorithm, name string) trustlist.Key {
	return trustlist.Key{Public: sigtest.New(algorithm, name).PublicKey(), Usage: trustlist.UsageStatus,
		SignFrom: format.DayStart(format.Day(issued) - 1), SignUntil: format.DayStart(format.Day(issued) + 100)}
}

// A test that trusts its material must get the facts that it gave, all of them.
func TestTheFactsComeBack(t *testing.T) {
	retired, limited := key(sig.ES256, "b"), key(sig.SM2, "c")
	retired.State, retired.Since = trustlist.Retired, issued-60
	limited.Laboratories = []uint32{33<<16 | 7}
	m := &trusttest.Material{
		Issued: issued, ProgrammeEnd: issued + 1000,
		Regions: []trusttest.Region{ // in any order
			{Code: "41", Usage: trustlist.UsageKnown, Unavailable: true},
			{Code: "33", Usage: trustlist.UsageStatus | trustlist.UsageTest, Keys: []trustlist.Key{key(sig.SM2, "a"), retired, limited},
				Laboratories: []trustlist.Laboratory{{Number: 7, Name: "杭州", Admitted: issued - 100}}},
		},
		WithdrawnUsage: []trustlist.UsageWithdrawal{{Region: "33", Usage: trustlist.UsageTest, From: issued + 5}},
		Policy:         &trustlist.Policy{Editions: []trustlist.Edition{{EffectiveFrom: issued}}},
	}
	trust, err := m.Load()
	if err != nil {
		t.Fatal(err)
	}
	if end, set := trust.ProgrammeEnd(); !set || end != issued+1000 || trust.Floor() != issued || trust.Policy() == nil || len(trust.Regions()) != 2 {
		t.Errorf("end %d, floor %d, policy %v, regions %v", end, trust.Floor(), trust.Policy(), trust.Regions())
	}
	var missing *trustlist.RegionError
	if r, ok := trust.Region("41"); !ok || !errors.As(r.Available(), &missing) {
		t.Errorf("region 41: %+v", r)
	}
	r, ok := trust.Region("33")
	if !ok || r.Available() != nil || len(r.Keys()) != 3 {
		t.Fatalf("region 33: %+v", r)
	}
	if r.UsageAt(issued) != trustlist.UsageStatus|trustlist.UsageTest || r.UsageAt(issued+5) != trustlist.UsageStatus {
		t.Errorf("usage %s, later %s", r.UsageAt(issued), r.UsageAt(issued+5))
	}
	if l, ok := r.Laboratory(7); !ok || l.Name != "杭州" {
		t.Errorf("laboratory %+v", l)
	}
	for _, want := range []trustlist.Key{key(sig.SM2, "a"), retired, limited} {
		got, ok := r.Key(want.Public.KeyID())
		if !ok || !got.Public.Equal(want.Public) || got.State != want.State || got.Since != want.Since || got.Usage != want.Usage ||
			got.SignFrom != want.SignFrom || got.SignUntil != want.SignUntil || got.AdmitsLaboratory(33<<16|8) != want.AdmitsLaboratory(33<<16|8) {
			t.Errorf("key %+v, want %+v", got, want)
		}
	}
}

func TestMaterialThatContradictsItselfDoesNotLoad(t *testing.T) {
	for name, region := range map[string]trusttest.Region{
		"no province":  {Code: "99", Usage: trustlist.UsageStatus, Keys: []trustlist.Key{key(sig.SM2, "a")}},
		"a key twice":  {Code: "33", Usage: trustlist.UsageStatus, Keys: []trustlist.Key{key(sig.SM2, "a"), key(sig.SM2, "a")}},
		"no usage":     {Code: "33", Keys: []trustlist.Key{key(sig.SM2, "a")}},
		"unknown bits": {Code: "33", Usage: 1 << 20, Keys: []trustlist.Key{key(sig.SM2, "a")}},
	} {
		m := &trusttest.Material{Issued: issued, Regions: []trusttest.Region{region}}
		if trust, err := m.Load(); err == nil || trust != nil {
			t.Errorf("%s: loaded", name)
		}
	}
}
