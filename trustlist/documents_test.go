package trustlist_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
	"github.com/tongxing/tongxing/trustlist"
)

func payloadOf(t testing.TB, d trustlist.Document) []byte {
	t.Helper()
	m, err := trustlist.NewMessage(d)
	if err != nil {
		t.Fatalf("%s: %v", d.Kind(), err)
	}
	return m.UnverifiedPayload()
}

func TestADocumentComesBackWithTheSameBytes(t *testing.T) {
	for _, d := range samples(t) {
		payload := payloadOf(t, d)
		back := reread(t, d)
		if back.Kind() != d.Kind() {
			t.Errorf("%s comes back as %s", d.Kind(), back.Kind())
		}
		if again := payloadOf(t, back); !bytes.Equal(again, payload) {
			t.Errorf("%s: %x comes back as %x", d.Kind(), payload, again)
		}
		want, err := json.Marshal(reread(t, back))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := json.Marshal(back); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s in JSON: %s, %v, want %s", d.Kind(), got, err, want)
		}
	}
}

func TestTheOrderInWhichADocumentIsWrittenLeavesNoTrace(t *testing.T) {
	list := sampleList(t)
	mixed := *list
	mixed.Regions = reversed(list.Regions)
	mixed.Regions[0].Keys = reversed(mixed.Regions[0].Keys)
	root := sampleRoot(t)
	mixedRoot := *root
	mixedRoot.Groups = reversed(root.Groups)
	mixedRoot.Groups[0].Keys = reversed(mixedRoot.Groups[0].Keys)
	set := sampleKeySet(t)
	mixedSet := *set
	mixedSet.Keys, mixedSet.Laboratories = reversed(set.Keys), reversed(set.Laboratories)
	delta := sampleStatusDelta(t)
	mixedDelta := *delta
	mixedDelta.Changes = reversed(delta.Changes)
	policy := samplePolicy(t)
	mixedPolicy := *policy
	mixedPolicy.Editions, mixedPolicy.Rules = reversed(policy.Editions), reversed(policy.Rules)
	for _, pair := range [][2]trustlist.Document{{list, &mixed}, {root, &mixedRoot}, {set, &mixedSet}, {delta, &mixedDelta}, {policy, &mixedPolicy}} {
		if !bytes.Equal(payloadOf(t, pair[0]), payloadOf(t, pair[1])) {
			t.Errorf("%s: the order shows", pair[0].Kind())
		}
	}
	if list.Regions[0].Code != "33" || mixed.Regions[0].Code != "46" {
		t.Error("writing a document has changed it")
	}
}

// fault is one thing wrong with a sample.
type fault struct {
	name string
	make func(t *testing.T) trustlist.Document
	want error // nil: any *ContentError
}

func faulty[D trustlist.Document](name string, sample func(testing.TB) D, change func(D)) fault {
	return fault{name, func(t *testing.T) trustlist.Document {
		d := sample(t)
		change(d)
		return d
	}, nil}
}

func (f fault) as(want error) fault {
	f.want = want
	return f
}

func TestADocumentThatBreaksARuleIsRefused(t *testing.T) {
	for _, faults := range [][]fault{headFaults(), rootFaults(), listFaults(), policyFaults(), keySetFaults(), statusFaults(), admissionFaults()} {
		for _, f := range faults {
			t.Run(f.name, func(t *testing.T) {
				_, err := trustlist.NewMessage(f.make(t))
				var content *trustlist.ContentError
				if f.want == nil && !errors.As(err, &content) || f.want != nil && !errors.Is(err, f.want) {
					t.Fatalf("%v, want %v", err, f.want)
				}
			})
		}
	}
}

func headFaults() []fault {
	snapshot := func(name string, change func(*trustlist.Snapshot)) fault {
		return faulty("head "+name, sampleSnapshot, change)
	}
	return []fault{
		snapshot("version 0.0", func(s *trustlist.Snapshot) { s.Version = trustlist.NewVersion(0, 0) }),
		snapshot("issued 2019", func(s *trustlist.Snapshot) { s.Issued = 1577836799 }),
		snapshot("issued 2106", func(s *trustlist.Snapshot) { s.Issued = 1 << 32; s.Due = 1<<32 + 1 }),
		snapshot("issued before 1970", func(s *trustlist.Snapshot) { s.Issued = -1 }),
		snapshot("due before issued", func(s *trustlist.Snapshot) { s.Due = s.Issued - 1 }),
		snapshot("due 2106", func(s *trustlist.Snapshot) { s.Due = 1 << 32 }),
		snapshot("no due", func(s *trustlist.Snapshot) { s.Due = 0 }),
		snapshot("region of one digit", func(s *trustlist.Snapshot) { s.Region = "3" }),
		snapshot("region of six digits", func(s *trustlist.Snapshot) { s.Region = "330000" }),
		snapshot("region of letters", func(s *trustlist.Snapshot) { s.Region = "ZJ" }),
		snapshot("key set 0.0", func(s *trustlist.Snapshot) { s.KeySet.Version = trustlist.Version{} }),
		snapshot("overlay 0.0", func(s *trustlist.Snapshot) { s.Overlay.Version = trustlist.Version{} }),
	}
}

func rootFaults() []fault {
	root := func(name string, change func(*trustlist.Root)) fault { return faulty("root "+name, sampleRoot, change) }
	return []fault{
		root("no groups", func(r *trustlist.Root) { r.Groups = nil }),
		root("nine groups", func(r *trustlist.Root) { r.Groups = slices.Repeat(r.Groups, 3) }),
		root("two groups of one name", func(r *trustlist.Root) { r.Groups[1].Name = r.Groups[0].Name }),
		root("group without a name", func(r *trustlist.Root) { r.Groups[0].Name = "" }),
		root("group with a long name", func(r *trustlist.Root) { r.Groups[0].Name = strings.Repeat("名", 11) }),
		root("group that is neither", func(r *trustlist.Root) { r.Groups[0].Need = 0 }),
		root("group with another need", func(r *trustlist.Root) { r.Groups[0].Need = 3 }),
		root("required group of unknown algorithm", func(r *trustlist.Root) { r.Groups[2].Need = trustlist.Required }),
		root("threshold 0", func(r *trustlist.Root) { r.Groups[0].Threshold = 0 }),
		root("threshold above the keys", func(r *trustlist.Root) { r.Groups[0].Threshold = 4 }),
		root("group without keys", func(r *trustlist.Root) { r.Groups[0].Keys = nil }),
		root("group of 17 keys", func(r *trustlist.Root) { r.Groups[2].Keys = manyPoints(17) }),
		root("one key twice in a group", func(r *trustlist.Root) { r.Groups[0].Keys[1] = r.Groups[0].Keys[0] }),
		root("one key in two groups", func(r *trustlist.Root) {
			r.Groups = append(r.Groups, trustlist.Group{Name: "more", Need: trustlist.Required, Algorithm: sig.SM2, Threshold: 1, Keys: r.Groups[0].Keys[:1]})
		}).as(trustlist.ErrSharedKey),
		root("one key in a group of the root and in one of the policy", func(r *trustlist.Root) { // TRUST-13
			r.PolicyGroups[0].Keys = append(r.PolicyGroups[0].Keys, r.Groups[0].Keys[0])
		}).as(trustlist.ErrSharedKey),
		root("point off the curve", func(r *trustlist.Root) { r.Groups[0].Keys[0] = append([]byte{2}, bytes.Repeat([]byte{0xff}, 32)...) }),
		root("uncompressed point", func(r *trustlist.Root) {
			r.Groups[0].Keys[0] = sigtest.New(sig.SM2, "x").PublicKey().Uncompressed()
		}),
		root("empty key of unknown algorithm", func(r *trustlist.Root) { r.Groups[2].Keys[0] = nil }),
		root("huge key of unknown algorithm", func(r *trustlist.Root) { r.Groups[2].Keys[0] = make([]byte, 4097) }),
		root("one signer suffices", func(r *trustlist.Root) { r.Groups = r.Groups[:1]; r.Groups[0].Threshold = 1 }),
		root("one signer suffices for the policy", func(r *trustlist.Root) { r.PolicyGroups[0].Threshold = 1 }),
		root("only an added group makes two", func(r *trustlist.Root) {
			r.Groups = r.Groups[1:]
			r.Groups[0].Threshold = 1
		}),
		root("more signers than a document holds", func(r *trustlist.Root) {
			r.Groups[2].Keys = manyPoints(16)
			r.Groups[2].Threshold = 13
		}),
	}
}

func manyPoints(n int) [][]byte {
	points := make([][]byte, n)
	for i := range points {
		points[i] = []byte{byte(i)}
	}
	return points
}

func listFaults() []fault {
	list := func(name string, change func(*trustlist.List)) fault { return faulty("list "+name, sampleList, change) }
	return []fault{
		list("one region twice", func(l *trustlist.List) { l.Regions[1].Code = "33" }),
		list("region of letters", func(l *trustlist.List) { l.Regions[1].Code = "HI" }),
		list("region of Arabic digits", func(l *trustlist.List) { l.Regions[1].Code = "٣" }),
		list("no name", func(l *trustlist.List) { l.Regions[0].Name = "" }),
		list("no authority", func(l *trustlist.List) { l.Regions[0].Authority = "" }),
		list("no appeal contact", func(l *trustlist.List) { l.Regions[0].Appeal = "" }),
		list("line end in a name", func(l *trustlist.List) { l.Regions[0].Name = "浙江\n省" }),
		list("text that runs backwards", func(l *trustlist.List) { l.Regions[0].Appeal = "12345\u202e54321" }),
		list("text that is not UTF-8", func(l *trustlist.List) { l.Regions[0].Name = "\xff" }),
		list("long contact", func(l *trustlist.List) { l.Regions[0].Appeal = strings.Repeat("1", 257) }),
		list("threshold 0", func(l *trustlist.List) { l.Regions[0].Threshold = 0 }),
		list("threshold above the keys", func(l *trustlist.List) { l.Regions[0].Threshold = 4 }),
		list("no authority keys", func(l *trustlist.List) { l.Regions[0].Keys = nil }),
		list("authority key twice", func(l *trustlist.List) { l.Regions[0].Keys[1] = l.Regions[0].Keys[0] }),
		list("authority key off the curve", func(l *trustlist.List) { l.Regions[0].Keys[0].Point = make([]byte, 33) }),
		list("authority key in two regions", func(l *trustlist.List) { l.Regions[1].Keys[0] = l.Regions[0].Keys[0] }).as(trustlist.ErrSharedKey),
		list("withdrawal from nobody", func(l *trustlist.List) { l.WithdrawnUsage[0].Region = "41" }),
		list("withdrawal of nothing", func(l *trustlist.List) { l.WithdrawnUsage[0].Usage = 0 }),
		list("withdrawal at no time", func(l *trustlist.List) { l.WithdrawnLaboratories[0].From = 0 }),
		list("withdrawal that activates", func(l *trustlist.List) { l.WithdrawnKeys[0].State = trustlist.Active }),
		list("withdrawal twice", func(l *trustlist.List) { l.WithdrawnKeys = slices.Repeat(l.WithdrawnKeys, 2) }),
		list("too many withdrawals", func(l *trustlist.List) {
			l.WithdrawnLaboratories = make([]trustlist.LaboratoryWithdrawal, 4097)
		}),
		list("programme end in 1970", func(l *trustlist.List) { l.ProgrammeEnd = 1 }),
	}
}

func policyFaults() []fault {
	policy := func(name string, change func(*trustlist.Policy)) fault {
		return faulty("policy "+name, samplePolicy, change)
	}
	ceiling := func(name string, change func(*trustlist.Demand)) fault {
		return policy(name, func(p *trustlist.Policy) { change(&p.Editions[0].Classes[0].Ceiling) })
	}
	requirement := func(name string, r trustlist.Requirement) fault {
		return ceiling(name, func(d *trustlist.Demand) { d.Requirement = &r })
	}
	deep := trustlist.Requirement{Op: trustlist.AllOf, Of: []trustlist.Requirement{*sampleRequirement()}}
	return []fault{
		policy("no editions", func(p *trustlist.Policy) { p.Editions = nil }),
		policy("two editions at once", func(p *trustlist.Policy) { p.Editions[1].EffectiveFrom = p.Editions[0].EffectiveFrom }),
		policy("edition in 1970", func(p *trustlist.Policy) { p.Editions[0].EffectiveFrom = 0 }),
		policy("emergency that is over at once", func(p *trustlist.Policy) { p.Editions[0].EmergencyUntil = p.Editions[0].EffectiveFrom }),
		policy("ladder that falls", func(p *trustlist.Policy) { p.Editions[0].Ladder.Fresh = 1 << 30 }),
		policy("ladder without end", func(p *trustlist.Policy) { p.Editions[0].Ladder.All = 1<<32 - 1 }),
		policy("class twice", func(p *trustlist.Policy) { p.Editions[0].Classes = slices.Repeat(p.Editions[0].Classes, 2) }),
		policy("rule 0", func(p *trustlist.Policy) { p.Rules[0].Number = 0 }),
		policy("rule twice", func(p *trustlist.Policy) { p.Rules[1].Number = 101 }),
		policy("rule without a text", func(p *trustlist.Policy) { p.Rules[0].Text = "" }),
		policy("rule for no state", func(p *trustlist.Policy) { p.Rules[0].States = nil }),
		policy("rule for green", func(p *trustlist.Policy) { p.Rules[0].States = []uint16{0, 1} }),
		policy("rule of no duration", func(p *trustlist.Policy) { p.Rules[0].Longest = 0 }),
		policy("rule for ever", func(p *trustlist.Policy) { p.Rules[0].Longest = 1<<32 - 1 }),
		policy("rule that ends before it begins", func(p *trustlist.Policy) { p.Rules[0].Until = p.Rules[0].From }),
		policy("number named twice", func(p *trustlist.Policy) { p.Names = slices.Repeat(p.Names, 2) }),
		policy("number without an English name", func(p *trustlist.Policy) { p.Names[0].English = "" }),
		ceiling("state with two outcomes", func(d *trustlist.Demand) { d.Check = []uint16{0} }),
		ceiling("state twice", func(d *trustlist.Demand) { d.Pass = []uint16{0, 0} }),
		ceiling("green restricts", func(d *trustlist.Demand) { d.Pass, d.Restrict = nil, []uint16{0} }),
		ceiling("no status restricts", func(d *trustlist.Demand) { d.NoStatus = 2 }),
		ceiling("a missing list restricts", func(d *trustlist.Demand) { d.NoList = 2 }),
		requirement("unknown operation", trustlist.Requirement{Op: 9}),
		requirement("operation 0", trustlist.Requirement{}),
		requirement("test without a time", trustlist.Requirement{Op: trustlist.Test, Arguments: []uint32{1}}),
		requirement("argument too large", trustlist.Requirement{Op: trustlist.Test, Arguments: []uint32{1, 1<<32 - 1}}),
		requirement("test that joins", trustlist.Requirement{Op: trustlist.Doses, Arguments: []uint32{1}, Of: sampleRequirement().Of}),
		requirement("any of nothing", trustlist.Requirement{Op: trustlist.AnyOf}),
		requirement("four levels", deep),
		faulty("overlay without editions", sampleOverlay, func(o *trustlist.Overlay) { o.Editions = nil }),
		faulty("overlay with a class twice", sampleOverlay, func(o *trustlist.Overlay) {
			o.Editions[0].Classes = slices.Repeat(o.Editions[0].Classes, 2)
		}),
		faulty("overlay with a bad demand", sampleOverlay, func(o *trustlist.Overlay) { o.Editions[0].Classes[0].Demand.NoStatus = 7 }),
	}
}

func keySetFaults() []fault {
	set := func(name string, change func(*trustlist.KeySet)) fault {
		return faulty("key set "+name, sampleKeySet, change)
	}
	return []fault{
		set("no keys", func(s *trustlist.KeySet) { s.Keys, s.Foreign = nil, nil }),
		set("no public key", func(s *trustlist.KeySet) { s.Keys[0].Public = nil }),
		set("key twice", func(s *trustlist.KeySet) { s.Keys[1].Public = s.Keys[0].Public }),
		set("retired key as a new one too", func(s *trustlist.KeySet) {
			again := s.Keys[1]
			again.State, again.Since, again.SignFrom = trustlist.Active, 0, trustlist.Day(901)
			s.Keys = append(s.Keys, again)
		}),
		set("period within a day", func(s *trustlist.KeySet) { s.Keys[0].SignFrom++ }),
		set("period of UTC days", func(s *trustlist.KeySet) { s.Keys[0].SignFrom += 8 * 3600; s.Keys[0].SignUntil += 8 * 3600 }),
		set("period that ends before it begins", func(s *trustlist.KeySet) { s.Keys[0].SignUntil = s.Keys[0].SignFrom }),
		set("period before 2020", func(s *trustlist.KeySet) { s.Keys[0].SignFrom = trustlist.Day(0) - 86400 }),
		set("active since", func(s *trustlist.KeySet) { s.Keys[0].Since = now }),
		set("retired at no time", func(s *trustlist.KeySet) { s.Keys[1].Since = 0 }),
		set("unknown state", func(s *trustlist.KeySet) { s.Keys[1].State = 3 }),
		set("limited to nothing", func(s *trustlist.KeySet) { s.Keys[3].Laboratories = []uint32{} }),
		set("limited to one twice", func(s *trustlist.KeySet) { s.Keys[3].Laboratories = []uint32{3, 3} }),
		set("limited to region 100", func(s *trustlist.KeySet) { s.Keys[3].Laboratories = []uint32{100 << 16} }),
		set("foreign key of a known algorithm", func(s *trustlist.KeySet) { s.Foreign[0].Algorithm = sig.SM2 }),
		set("foreign key in two periods", func(s *trustlist.KeySet) {
			again := s.Foreign[0]
			again.SignUntil = trustlist.Day(3)
			s.Foreign = append(s.Foreign, again)
		}),
		set("laboratory twice", func(s *trustlist.KeySet) { s.Laboratories[1].Number = 3 }),
		set("laboratory without a name", func(s *trustlist.KeySet) { s.Laboratories[0].Name = "" }),
		set("laboratory never admitted", func(s *trustlist.KeySet) { s.Laboratories[0].Admitted = 0 }),
		set("laboratory withdrawn before", func(s *trustlist.KeySet) { s.Laboratories[1].Withdrawn = now - 1 }),
	}
}

func statusFaults() []fault {
	list := func(name string, change func(*trustlist.StatusList)) fault {
		return faulty("status list "+name, sampleStatusList, change)
	}
	delta := func(name string, change func(*trustlist.StatusDelta)) fault {
		return faulty("status delta "+name, sampleStatusDelta, change)
	}
	return []fault{
		list("no due", func(l *trustlist.StatusList) { l.Due = 0 }),
		list("number 2^20", func(l *trustlist.StatusList) { l.List = 1 << 20 }),
		list("members without bytes", func(l *trustlist.StatusList) { l.Superseded.Members = 1 }),
		list("bytes without members", func(l *trustlist.StatusList) { l.Superseded.Encoded = []byte{1} }),
		list("huge set", func(l *trustlist.StatusList) { l.Revoked.Encoded = make([]byte, 8<<20+1) }),
		delta("no due", func(d *trustlist.StatusDelta) { d.Due = 0 }),
		delta("changes to the same", func(d *trustlist.StatusDelta) { d.Result = d.Base }),
		delta("no changes to another", func(d *trustlist.StatusDelta) { d.Changes = nil }),
		delta("list twice", func(d *trustlist.StatusDelta) { d.Changes[1].List = d.Changes[0].List }),
		delta("empty change", func(d *trustlist.StatusDelta) { d.Changes[0].Additions = nil }),
		delta("number 2^20", func(d *trustlist.StatusDelta) { d.Changes[2].List = 1 << 20 }),
	}
}

func admissionFaults() []fault {
	admission := func(name string, change func(*trustlist.Admission)) fault {
		return faulty("admission "+name, sampleAdmission, change)
	}
	return []fault{
		admission("no name", func(a *trustlist.Admission) { a.Name = "" }),
		admission("no appeal contact", func(a *trustlist.Admission) { a.Appeal = "" }),
		admission("no usage", func(a *trustlist.Admission) { a.Usage = 0 }),
		admission("unknown usage", func(a *trustlist.Admission) { a.Usage = 128 }),
		admission("key of unknown algorithm", func(a *trustlist.Admission) {
			a.Keys[0] = trustlist.KeyRef{Algorithm: foreignAlgorithm, Point: []byte{1}}
		}),
		admission("threshold above the keys", func(a *trustlist.Admission) { a.Threshold = 4 }),
		admission("key twice", func(a *trustlist.Admission) { a.Keys[1] = a.Keys[0] }),
	}
}
