package trustlist_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tongxing/tongxing/format/cose"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
	formatstatus "github.com/tongxing/tongxing/format/status"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/internal/nation"
)

// provinces are the 34 provincial divisions. Number 33 is the one that goes wrong.
var provinces = strings.Fields("11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82")

// onDay returns a nation of regions on its n-th day: each region has a key set, a
// snapshot and a status list of that day, and some of them an overlay and a delta.
func onDay(t testing.TB, day uint32, regions ...string) *nation.Nation {
	n := nation.New(t, regions...)
	n.RootSigners = n.RootSigners[:4] // two of each group are enough
	later := int64(day) * 3600
	n.List.Version.Counter, n.List.Issued = day, n.List.Issued+later
	n.Policy.Version.Counter, n.Policy.Issued = day, n.Policy.Issued+later
	for code, r := range n.Regions {
		r.KeySet.Version.Counter, r.KeySet.Issued = day, r.KeySet.Issued+later
		r.Snapshot.Version.Counter, r.Snapshot.Issued = day, r.Snapshot.Issued+later
		list := statusOf(code, august, day)
		list.Version.Counter = day
		r.Lists = []*trustlist.StatusList{list}
		status := trustlist.StatusHash(r.Lists)
		if code[1]%3 == 0 {
			r.Overlay = sampleOverlay(t)
			r.Overlay.RegionalHead = regionalHead(code)
			r.Overlay.Version.Counter = day
			r.Snapshot.Overlay = &trustlist.PartRef{Version: r.Overlay.Version, Hash: n.Sign(r.Overlay).Hash()}
			head := regionalHead(code)
			head.Version.Counter = day
			d, _ := nation.Day(t, head, r.Lists, map[uint32]formatstatus.Change{august: nation.Suspend(1000 + day)})
			r.Deltas, status = []*trustlist.StatusDelta{d}, d.Result
		}
		r.Snapshot.Status = &status
	}
	return n
}

// gives is everything that a region gives on a device, and everything that the
// device says of it. What its key set shares with region 33 is said elsewhere.
func gives(t testing.TB, trust *trustlist.Trust, i *trustlist.Inspection, report *trustlist.Report, code string) string {
	t.Helper()
	region, ok := trust.Region(code)
	if !ok {
		return "nothing"
	}
	var b strings.Builder
	said := func(parts ...any) {
		for _, part := range parts {
			text, err := json.Marshal(part)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&b, "%s\n", text)
		}
	}
	set, inForce := region.KeySet()
	fmt.Fprintln(&b, region.Name, region.Authority, region.Appeal, region.RulesHash, region.UsageAt(now), region.Available(), set, inForce, region.StatusBehind())
	said(region.Keys(), region.Laboratories(), region.Overlay(), region.Snapshot(), region.StatusDeltas())
	for _, key := range region.Keys() {
		found, ok := region.Key(key.Public.KeyID())
		fmt.Fprintln(&b, ok, ok && found.Public.Equal(key.Public), key.State, key.Since, key.SignFrom, key.SignUntil, key.Usage, key.Laboratories)
	}
	for _, number := range region.StatusLists() {
		list, _ := region.StatusList(number)
		fmt.Fprintln(&b, list.RegionalHead, list.List == number)
		for _, set := range []trustlist.StatusSet{list.Revoked, list.Superseded, list.Suspended} {
			fmt.Fprintf(&b, "%d %x\n", set.Members, sha256.Sum256(set.Encoded))
		}
	}
	for _, d := range i.Documents {
		if d.Region == code {
			said(d)
		}
	}
	for _, l := range i.Lacks {
		if l.Region == code {
			said(l)
		}
	}
	at := slices.IndexFunc(i.Regions, func(r trustlist.RegionStanding) bool { return r.Code == code })
	said(i.Regions[at])
	for _, all := range [][]*trustlist.RegionError{report.Faults, report.Warnings} {
		for _, one := range all {
			var shared *trustlist.SharedKeyError
			if one.Region == code && !(errors.As(one, &shared) && slices.Equal(shared.With, []string{"33"})) {
				said(one)
			}
		}
	}
	for _, held := range report.HeldAside {
		if held.Region == code {
			said(held)
		}
	}
	fmt.Fprintln(&b, slices.Contains(report.Kept, code), slices.Contains(report.Removed, code))
	return b.String()
}

// regionFault makes the parts of region 33 on the second day wrong, given a
// nation of it alone.
type regionFault func(n *nation.Nation, good trustlist.RegionParts) trustlist.RegionParts

// changed is a fault in the documents before they are signed.
func changed(change func(n *nation.Nation, r *nation.Region)) regionFault {
	return func(n *nation.Nation, _ trustlist.RegionParts) trustlist.RegionParts {
		change(n, n.Regions["33"])
		return n.Parts().Regions[0]
	}
}

// everyPart is a fault of the bytes of each part.
func everyPart(change func([]byte) []byte) regionFault {
	return func(_ *nation.Nation, good trustlist.RegionParts) trustlist.RegionParts {
		bad := good
		bad.KeySet, bad.Overlay, bad.Snapshot = change(good.KeySet), change(good.Overlay), change(good.Snapshot)
		bad.StatusLists, bad.Deltas = [][]byte{change(good.StatusLists[0])}, [][]byte{change(good.Deltas[0])}
		return bad
	}
}

// signedBy is a fault of who signs each part.
func signedBy(signers func(n *nation.Nation) []sig.Signer) regionFault {
	return func(n *nation.Nation, good trustlist.RegionParts) trustlist.RegionParts {
		r, by := n.Regions["33"], signers(n)
		return trustlist.RegionParts{
			Code: "33", KeySet: n.Document(r.KeySet, by...), Overlay: n.Document(r.Overlay, by...), Snapshot: n.Document(r.Snapshot, by...),
			StatusLists: [][]byte{n.Document(r.Lists[0], by...)}, Deltas: [][]byte{n.Document(r.Deltas[0], by...)},
		}
	}
}

func authorityOf(code string) []sig.Signer {
	other := nation.New(discard{}, code)
	return append(other.Regions[code].Authority, other.Regions[code].Signers[0], other.Regions[code].Signers[1])
}

// discard lets a nation be made where no test runs.
type discard struct{ testing.TB }

func (discard) Helper() {}

// faultsOfBytes and those after it are all the kinds of faults that a region's
// documents can have.
var faultsOfBytes = map[string]regionFault{
	"not CBOR":      everyPart(func([]byte) []byte { return []byte{0x9f} }),
	"cut in half":   everyPart(func(b []byte) []byte { return b[:len(b)/2] }),
	"a bit flipped": everyPart(func(b []byte) []byte { b = bytes.Clone(b); b[len(b)/2] ^= 4; return b }),
	"nothing at all": func(*nation.Nation, trustlist.RegionParts) trustlist.RegionParts {
		return trustlist.RegionParts{Code: "33"}
	},
	"without a key set": func(_ *nation.Nation, good trustlist.RegionParts) trustlist.RegionParts {
		good.KeySet = nil
		return good
	},
	"a key set alone": func(_ *nation.Nation, good trustlist.RegionParts) trustlist.RegionParts {
		return trustlist.RegionParts{Code: "33", KeySet: good.KeySet}
	},
	"in other places": func(_ *nation.Nation, good trustlist.RegionParts) trustlist.RegionParts {
		good.KeySet, good.Overlay, good.Snapshot = good.Overlay, good.Snapshot, good.KeySet
		good.StatusLists, good.Deltas = good.Deltas, good.StatusLists
		return good
	},
	"frozen": func(n *nation.Nation, _ trustlist.RegionParts) trustlist.RegionParts {
		return onDay(n.T, 1, "33").Parts().Regions[0]
	},
	"those of region 41": func(n *nation.Nation, _ trustlist.RegionParts) trustlist.RegionParts {
		other := onDay(n.T, 2, "41").Parts().Regions[0]
		other.Code = "33"
		return other
	},
}

var faultsOfSigners = map[string]regionFault{
	"by one key of the authority":   signedBy(func(n *nation.Nation) []sig.Signer { return n.Regions["33"].Authority[:1] }),
	"by the authority of region 41": signedBy(func(*nation.Nation) []sig.Signer { return authorityOf("41") }),
	"by the root":                   signedBy(func(n *nation.Nation) []sig.Signer { return n.RootSigners }),
	"by nobody known":               signedBy(func(*nation.Nation) []sig.Signer { return []sig.Signer{sigtest.New(sig.SM2, "nobody")} }),
	"by a key for something else":   signedBy(func(n *nation.Nation) []sig.Signer { return []sig.Signer{n.Regions["33"].Signers[0]} }),
	"in the name of region 41": changed(func(_ *nation.Nation, r *nation.Region) {
		r.KeySet.Region, r.Overlay.Region, r.Lists[0].Region = "41", "41", "41"
	}),
	"of an epoch of its own": changed(func(_ *nation.Nation, r *nation.Region) { r.KeySet.Version.Epoch, r.Overlay.Version.Epoch = 2, 2 }),
	"the highest versions": changed(func(_ *nation.Nation, r *nation.Region) {
		r.KeySet.Version.Counter, r.Snapshot.Version.Counter, r.Lists[0].Version.Counter = 1<<32-1, 1<<32-1, 1<<32-1
	}),
	"forked": changed(func(_ *nation.Nation, r *nation.Region) { r.KeySet.Version.Counter, r.Lists[0].Version.Counter = 1, 1 }),
	"held aside": changed(func(_ *nation.Nation, r *nation.Region) {
		r.KeySet.Issued, r.Overlay.Issued, r.Lists[0].Issued = now+2*86400, now+2*86400, now+2*86400
		r.Lists[0].Due = now + 3*86400
		r.Overlay.Due = now + 3*86400
	}),
	"a snapshot of what does not exist": changed(func(_ *nation.Nation, r *nation.Region) {
		r.Snapshot.KeySet = trustlist.PartRef{Version: trustlist.NewVersion(1, 9)}
	}),
	"all keys compromised": changed(func(_ *nation.Nation, r *nation.Region) {
		for i := range r.KeySet.Keys {
			r.KeySet.Keys[i].State, r.KeySet.Keys[i].Since = trustlist.Compromised, now
		}
	}),
	"of a later version": func(n *nation.Nation, good trustlist.RegionParts) trustlist.RegionParts {
		good.KeySet = rewritten(n, n.Regions["33"].KeySet, withField, n.Regions["33"].Authority[:2]...)
		return good
	},
}

// What a region signs that is larger than its bound of status lists takes seconds:
// TestAStolenStatusKeyKeepsNoDeviceFromStoringItsTrust and
// TestTheLargestRegionsLoseListsFirst hold the others to their lists.
var faultsOfHostility = map[string]regionFault{
	"claims the signing keys of all others": changed(func(n *nation.Nation, r *nation.Region) {
		for _, code := range provinces {
			if code != "33" {
				r.KeySet.Keys = append(r.KeySet.Keys, nation.New(n.T, code).Regions[code].KeySet.Keys...)
			}
		}
	}),
	"names the authority of all others as its keys": changed(func(n *nation.Nation, r *nation.Region) {
		for _, code := range provinces {
			r.KeySet.Keys = append(r.KeySet.Keys, signing(n, authorityOf(code)[1]))
		}
	}),
	"names keys of the root": changed(func(n *nation.Nation, r *nation.Region) {
		r.KeySet.Keys = append(r.KeySet.Keys, signing(n, n.RootSigners[0]))
	}),
	"a key set above its share": changed(func(_ *nation.Nation, r *nation.Region) { withForeignKeys(r.KeySet, 55*megabyte/34+megabyte) }),
	"an envelope above its share": func(n *nation.Nation, good trustlist.RegionParts) trustlist.RegionParts {
		withForeignKeys(n.Regions["33"].KeySet, 55*megabyte/34-30000)
		good.KeySet = padded(n, n.Sign(n.Regions["33"].KeySet, n.Regions["33"].Authority[:2]...))
		return good
	},
	"status lists of all months there are": changed(func(_ *nation.Nation, r *nation.Region) {
		for month := range uint32(60) {
			r.Lists = append(r.Lists, statusOf("33", august+(month+1)<<8, 3))
		}
	}),
	"hundreds of status lists that nobody has signed": func(n *nation.Nation, good trustlist.RegionParts) trustlist.RegionParts {
		online := n.Regions["33"].Signers[1].PublicKey()
		for i := range uint32(200) {
			m, err := n.Sign(statusOf("33", august+i, 3)).With(cose.Signature{Algorithm: online.Algorithm(), KeyID: online.Thumbprint(), Value: bytes.Repeat([]byte{1}, 64)})
			if err != nil {
				n.T.Fatal(err)
			}
			good.StatusLists = append([][]byte{n.Marshal(m)}, good.StatusLists...)
		}
		return good
	},
	"one list a thousand times": func(_ *nation.Nation, good trustlist.RegionParts) trustlist.RegionParts {
		good.StatusLists = slices.Repeat(good.StatusLists, 1000)
		return good
	},
	"as many deltas as there may be, for nothing": func(_ *nation.Nation, good trustlist.RegionParts) trustlist.RegionParts {
		good.Deltas = slices.Repeat(good.Deltas, 64)
		return good
	},
	"deltas without an end": changed(func(_ *nation.Nation, r *nation.Region) {
		for i := range uint32(63) {
			d := *r.Deltas[i]
			d.Version.Counter, d.Base, d.Result = d.Version.Counter+1, d.Result, [32]byte{9, byte(i)}
			r.Deltas = append(r.Deltas, &d)
		}
	}),
}

// law is what the others give without any fault, to be held to what they give
// with one.
type law struct {
	anchor          trustlist.Anchor
	second, third   trustlist.Parts
	known           map[string]*trustlist.Trust // by the past of a device
	good, afterward map[string]map[string]string
	mine            map[string]string // what region 33 gives
}

func newLaw(t *testing.T) *law {
	l := &law{known: map[string]*trustlist.Trust{"fresh": nil}, good: map[string]map[string]string{}, afterward: map[string]map[string]string{}, mine: map[string]string{}}
	first := onDay(t, 1, provinces...)
	l.anchor, l.known["with a past"] = first.Anchor(), first.Load()
	l.second, l.third = onDay(t, 2, provinces...).Parts(), onDay(t, 3, provinces...).Parts()
	for past := range l.known {
		trust, report := l.load(t, l.second, l.known[past])
		if !report.Clean() {
			t.Fatalf("%+v", report)
		}
		l.good[past], l.mine[past] = l.others(t, trust, report), gives(t, trust, trust.Inspect(now), report, "33")
		trust, report = l.load(t, l.third, trust)
		l.afterward[past] = l.others(t, trust, report)
	}
	return l
}

func (l *law) load(t *testing.T, parts trustlist.Parts, previous *trustlist.Trust) (*trustlist.Trust, *trustlist.Report) {
	t.Helper()
	bundle, err := parts.Encode()
	if err != nil {
		t.Fatal(err)
	}
	trust, report, err := trustlist.Load(bundle, l.anchor, trustlist.LoadOptions{Clock: now, Previous: previous})
	if err != nil {
		t.Fatal(err)
	}
	return trust, report
}

// others is what all regions but 33 give, and what a device stores of them.
func (l *law) others(t *testing.T, trust *trustlist.Trust, report *trustlist.Report) map[string]string {
	t.Helper()
	stored, err := trust.Bundle()
	if err != nil {
		t.Fatal(err)
	}
	parts, err := trustlist.ParseBundle(stored)
	if err != nil {
		t.Fatal(err)
	}
	all, inspection := map[string]string{}, trust.Inspect(now)
	for _, r := range parts.Regions {
		if r.Code != "33" {
			all[r.Code] = gives(t, trust, inspection, report, r.Code) + fmt.Sprintf("%x", r)
		}
	}
	if len(all) != 33 {
		t.Fatalf("%d other regions", len(all))
	}
	return all
}

// Whatever is wrong with one region's documents, every other region gives what it
// gives without it: keys, laboratories, requirements, status, availability, and
// what is told of it; on a new device, and on one with a past at once and, after a
// restart, with the next day's bundle, which is good.
// [TRUST-110] [TRUST-112] [TRUST-114] [TRUST-115] [TRUST-116] [TRUST-140]
func TestWhateverIsWrongWithOneRegionCostsNoOtherAnything(t *testing.T) {
	l := newLaw(t)
	for _, faults := range []map[string]regionFault{faultsOfBytes, faultsOfSigners, faultsOfHostility} {
		for name, fault := range faults {
			t.Run(name, func(t *testing.T) {
				alone := onDay(t, 2, "33")
				bad := l.second
				bad.Regions = slices.Clone(l.second.Regions)
				at := slices.Index(provinces, "33")
				bad.Regions[at] = fault(alone, alone.Parts().Regions[0])
				for past, known := range l.known {
					if mine := l.hold(t, past, bad, known); mine == l.mine[past] && !strings.HasPrefix(name, "one list") {
						t.Errorf("%s device: region 33 is as it is without the fault, which shows nothing", past)
					}
				}
			})
		}
	}
}

// hold loads the bad second day and the good third, and returns what region 33
// gives in between.
func (l *law) hold(t *testing.T, past string, bad trustlist.Parts, known *trustlist.Trust) string {
	t.Helper()
	trust, report := l.load(t, bad, known)
	mine := gives(t, trust, trust.Inspect(now), report, "33")
	same := func(when string, got, want map[string]string) {
		t.Helper()
		for code := range want {
			if got[code] != want[code] {
				t.Fatalf("%s device, %s: region %s gives\n%s\nnot\n%s", past, when, code, got[code], want[code])
			}
		}
	}
	same("at once", l.others(t, trust, report), l.good[past])
	if known == nil {
		return mine
	}
	// The stored bundle loads, and is followed by the next day's.
	again := rebooted(t, trust, l.anchor, now)
	trust, report = l.load(t, l.third, again)
	same("the day after", l.others(t, trust, report), l.afterward[past])
	return mine
}
