package trustlist_test

import (
	"crypto/sha256"
	"slices"
	"testing"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/internal/nation"
)

const now = nation.Now

// foreignAlgorithm is one that nobody here knows: ML-DSA-65 of the COSE
// registry.
const foreignAlgorithm sig.Algorithm = -49

func regionalHead(code string) trustlist.RegionalHead {
	h := trustlist.RegionalHead{Head: nation.Head(1, 7, now-86400), Region: code}
	h.Due = now + 86400
	return h
}

// The samples have every field filled.

func sampleRoot(t testing.TB) *trustlist.Root {
	n := nation.New(t)
	root := n.Roots[0]
	root.Due = now + 365*86400
	root.Groups = append(root.Groups, trustlist.Group{
		Name: "ML-DSA-65", Need: trustlist.Added, Algorithm: foreignAlgorithm, Threshold: 1, Keys: [][]byte{make([]byte, 1952)},
	})
	root.PolicyGroups = []trustlist.Group{{
		Name: "policy", Need: trustlist.Required, Algorithm: sig.SM2, Threshold: 2,
		Keys: [][]byte{
			sigtest.New(sig.SM2, "policy 0").PublicKey().Compressed(),
			sigtest.New(sig.SM2, "policy 1").PublicKey().Compressed(),
		},
	}}
	return root
}

func sampleList(t testing.TB) *trustlist.List {
	n := nation.New(t, "33", "46")
	list := n.List
	list.Due = now + 86400
	list.Regions[1].Keys = append(list.Regions[1].Keys, trustlist.KeyRef{Algorithm: foreignAlgorithm, Point: make([]byte, 1952)})
	list.WithdrawnUsage = []trustlist.UsageWithdrawal{{Region: "33", Usage: trustlist.UsageTest, From: now}}
	list.WithdrawnKeys = []trustlist.KeyWithdrawal{{Region: "33", KeyID: [4]byte{1, 2, 3, 4}, State: trustlist.Compromised, From: now}}
	list.WithdrawnLaboratories = []trustlist.LaboratoryWithdrawal{{Region: "46", Number: 3, From: now}}
	list.ProgrammeEnd = now + 1000*86400
	return list
}

func sampleRequirement() *trustlist.Requirement {
	return &trustlist.Requirement{Op: trustlist.AnyOf, Of: []trustlist.Requirement{
		{Op: trustlist.Test, Arguments: []uint32{1, 48 * 3600}},
		{Op: trustlist.AllOf, Of: []trustlist.Requirement{
			{Op: trustlist.Doses, Arguments: []uint32{2}},
			{Op: trustlist.SinceDose, Arguments: []uint32{14}},
		}},
		{Op: trustlist.Exempt, Arguments: []uint32{1}},
	}}
}

func sampleDemand() trustlist.Demand {
	return trustlist.Demand{
		Pass: []uint16{0}, Check: []uint16{1}, Restrict: []uint16{2},
		NoStatus: trustlist.NoStatusPass, NoList: trustlist.NoListPass, Requirement: sampleRequirement(),
	}
}

func samplePolicy(testing.TB) *trustlist.Policy {
	ladder := trustlist.DefaultLadder
	return &trustlist.Policy{
		Head: nation.Head(1, 3, now-86400),
		Editions: []trustlist.Edition{
			{EffectiveFrom: now, EmergencyUntil: now + 72*3600, Ladder: &ladder, Classes: []trustlist.ClassPolicy{
				{Class: 1, Floor: trustlist.Demand{Pass: []uint16{0, 1}}, Ceiling: sampleDemand()},
			}},
			{EffectiveFrom: now + 7*86400},
		},
		Rules: []trustlist.Rule{
			{Number: 101, Name: "密接", Text: "密切接触者，自最后一次接触起。", States: []uint16{1}, Longest: 14 * 86400, From: now, Until: now + 86400},
			{Number: 202, Name: "确诊", Text: "确诊病例。", States: []uint16{1, 2}, Longest: 30 * 86400, From: now},
		},
		Names: []trustlist.CodeName{{Table: trustlist.TableProducts, Number: 7, Chinese: "新疫苗", English: "New vaccine"}},
	}
}

func sampleKeySet(testing.TB) *trustlist.KeySet {
	key := func(algorithm sig.Algorithm, name string, usage trustlist.Usage) trustlist.Key {
		return trustlist.Key{
			Public:   sigtest.New(algorithm, name).PublicKey(),
			SignFrom: trustlist.Day(900), SignUntil: trustlist.Day(1000), Usage: usage,
		}
	}
	retired, compromised, limited := key(sig.SM2, "b", 3), key(sig.ES256, "c", 3), key(sig.SM2, "d", trustlist.UsageTest)
	retired.State, retired.Since = trustlist.Retired, now
	compromised.State, compromised.Since = trustlist.Compromised, now
	limited.Laboratories = []uint32{33<<16 + 3, 33<<16 + 4}
	return &trustlist.KeySet{
		RegionalHead: regionalHead("33"),
		Keys:         []trustlist.Key{key(sig.SM2, "a", 3), retired, compromised, limited},
		Foreign: []trustlist.ForeignKey{{
			Algorithm: foreignAlgorithm, Point: []byte{1, 2, 3}, SignFrom: trustlist.Day(1), SignUntil: trustlist.Day(2), Usage: 1 << 20,
		}},
		Laboratories: []trustlist.Laboratory{
			{Number: 3, Name: "第三检验所", Admitted: now},
			{Number: 4, Name: "第四检验所", Admitted: now, Withdrawn: now + 1},
		},
	}
}

func sampleOverlay(testing.TB) *trustlist.Overlay {
	return &trustlist.Overlay{RegionalHead: regionalHead("33"), Editions: []trustlist.OverlayEdition{
		{EffectiveFrom: now, EmergencyUntil: now + 3600, Classes: []trustlist.ClassDemand{{Class: 1, Demand: sampleDemand()}}},
	}}
}

func sampleSnapshot(testing.TB) *trustlist.Snapshot {
	status := sha256.Sum256([]byte("status"))
	return &trustlist.Snapshot{
		RegionalHead: regionalHead("33"),
		KeySet:       trustlist.PartRef{Version: trustlist.NewVersion(1, 1), Hash: sha256.Sum256([]byte("keys"))},
		Overlay:      &trustlist.PartRef{Version: trustlist.NewVersion(1, 2), Hash: sha256.Sum256([]byte("overlay"))},
		Status:       &status,
	}
}

func sampleStatusList(testing.TB) *trustlist.StatusList {
	return &trustlist.StatusList{
		RegionalHead: regionalHead("33"), List: 31<<8 + 2,
		Revoked: trustlist.StatusSet{Members: 2, Encoded: []byte{1, 2}}, Suspended: trustlist.StatusSet{Members: 1, Encoded: []byte{9}},
	}
}

func sampleStatusDelta(testing.TB) *trustlist.StatusDelta {
	return &trustlist.StatusDelta{
		RegionalHead: regionalHead("33"), Base: sha256.Sum256([]byte("base")), Result: sha256.Sum256([]byte("result")),
		Changes: []trustlist.StatusChange{
			{List: 31 << 8, Additions: []byte{1}}, {List: 31<<8 + 7, Removals: []byte{2}}, {List: 32 << 8, Additions: []byte{3}, Removals: []byte{4}},
		},
	}
}

func sampleAdmission(testing.TB) *trustlist.Admission {
	a := &trustlist.Admission{
		RegionalHead: regionalHead("33"), Name: "浙江省", Authority: "浙江省卫生健康委员会", Appeal: "0571-12345",
		RulesHash: sha256.Sum256([]byte("rules")), Usage: trustlist.UsageStatus | trustlist.UsageTest, Threshold: 2,
	}
	for _, name := range []string{"x", "y", "z"} {
		a.Keys = append(a.Keys, trustlist.NewKeyRef(sigtest.New(sig.SM2, name).PublicKey()))
	}
	return a
}

func samples(t testing.TB) []trustlist.Document {
	return []trustlist.Document{
		sampleRoot(t), sampleList(t), samplePolicy(t), sampleKeySet(t), sampleOverlay(t),
		sampleSnapshot(t), sampleStatusList(t), sampleStatusDelta(t), sampleAdmission(t),
	}
}

// reread returns d as it comes back from its message.
func reread(t testing.TB, d trustlist.Document) trustlist.Document {
	t.Helper()
	m, err := trustlist.NewMessage(d)
	if err != nil {
		t.Fatalf("%s: %v", d.Kind(), err)
	}
	u, err := trustlist.FromMessage(m)
	if err != nil {
		t.Fatalf("%s: %v", d.Kind(), err)
	}
	back, err := u.UnverifiedContent()
	if err != nil {
		t.Fatalf("%s: %v", d.Kind(), err)
	}
	return back
}

func reversed[T any](items []T) []T {
	items = slices.Clone(items)
	slices.Reverse(items)
	return items
}
