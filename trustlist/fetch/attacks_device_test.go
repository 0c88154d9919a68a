package fetch

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/status"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/internal/nation"
)

// The tests in the files that begin with "attacks" are those of the table in
// spec/trust.md. In each of them something genuine is on a device, an attacker
// offers something else, and what the device believes is read from its store
// again, as after a restart.

// day returns a nation on its n-th day: each of its documents has the counter n
// and was issued on that day, and the chain has n roots.
func day(t testing.TB, n int) *nation.Nation {
	t.Helper()
	of := nation.New(t, "33", "46")
	for counter := 2; counter <= n; counter++ {
		of.Roots = append(of.Roots, of.NewRoot(uint32(counter), of.RootSigners))
	}
	of.RootSigners = of.RootSigners[:4] // two of each group are enough
	later := int64(n-1) * 3600
	of.List.Version.Counter, of.Policy.Version.Counter = uint32(n), uint32(n)
	of.List.Issued, of.Policy.Issued = of.List.Issued+later, of.Policy.Issued+later
	for code, r := range of.Regions {
		head := trustlist.RegionalHead{Head: nation.Head(1, uint32(n), now-3*86400+later), Region: code}
		head.Due = now + 86400
		r.KeySet.Version.Counter, r.KeySet.Issued = uint32(n), r.KeySet.Issued+later
		r.Overlay = &trustlist.Overlay{RegionalHead: head, Editions: []trustlist.OverlayEdition{{EffectiveFrom: now - 86400}}}
		r.Snapshot.Version.Counter, r.Snapshot.Issued = uint32(n), r.Snapshot.Issued+later
		r.Lists = []*trustlist.StatusList{statusList(code, uint32(n)), statusList(code, uint32(n))}
		r.Lists[1].List++
		head.Issued = r.Lists[0].Issued + 30
		delta, _ := nation.Day(t, head, r.Lists, map[uint32]status.Change{31 << 8: nation.Suspend(100 + uint32(n))})
		r.Deltas = []*trustlist.StatusDelta{delta}
		r.Snapshot.Status = &r.Deltas[0].Result
		overlay := of.Sign(r.Overlay).Hash()
		r.Snapshot.Overlay = &trustlist.PartRef{Version: r.Overlay.Version, Hash: overlay}
	}
	return of
}

// device is a device in a venue: what it believes lies in its store alone.
type device struct {
	t     testing.TB
	store *Store
	clock int64
}

func newDevice(t testing.TB, n *nation.Nation, known ...[]byte) *device {
	t.Helper()
	d := &device{t, newStore(t, n), now}
	d.store.disk = hastyDisk{}
	for _, bundle := range known {
		if change := d.takes(bundle); !change.Report.Clean() {
			t.Fatalf("%+v", change.Report)
		}
	}
	return d
}

// hastyDisk waits for no disk: power cuts have tests of their own.
type hastyDisk struct{ systemDisk }

func (hastyDisk) syncFolder(string) error { return nil }

func (d hastyDisk) create(path string) (handle, error) {
	h, err := d.systemDisk.create(path)
	return hastyFile{h}, err
}

type hastyFile struct{ handle }

func (hastyFile) Sync() error { return nil }

// storeOfDay2 is the store of a device that has taken the second day.
var storeOfDay2 struct {
	sync.Once
	data []byte
}

// onDay2 returns a device that knows the second day.
func onDay2(t testing.TB) *device {
	t.Helper()
	n := day(t, 2)
	storeOfDay2.Do(func() { storeOfDay2.data = file(t, newDevice(t, n, n.Bundle()).store) })
	d := newDevice(t, n)
	write(t, d.store, storeOfDay2.data)
	return d
}

// takes applies a bundle that has to be taken, in whole or in part.
func (d *device) takes(bundle []byte) *Change {
	d.t.Helper()
	change, err := d.store.Apply(bundle, Origin{}, d.clock)
	if err != nil {
		d.t.Fatal(err)
	}
	return change
}

// trust is what the device believes when it is switched on.
func (d *device) trust() *trustlist.Trust {
	d.t.Helper()
	state, err := d.store.Current(d.clock)
	if err != nil {
		d.t.Fatal(err)
	}
	return state.Trust
}

// inForce returns the hash of every document in force: "list", "keyset 33",
// "status 33 7936".
func (d *device) inForce() map[string][32]byte {
	d.t.Helper()
	documents := map[string][32]byte{}
	for _, s := range d.trust().Inspect(d.clock).Documents {
		documents[nameOf(s.Kind, s.Region, s.List)] = s.Hash
	}
	return documents
}

func nameOf(kind trustlist.Kind, region string, list uint32) string {
	switch {
	case region == "":
		return kind.String()
	case list == 0:
		return kind.String() + " " + region
	}
	return fmt.Sprintf("%s %s %d", kind, region, list)
}

// requireInForce holds the device to what was in force.
func (d *device) requireInForce(want map[string][32]byte) {
	d.t.Helper()
	got := d.inForce()
	for name := range maps.Keys(want) {
		if got[name] != want[name] {
			d.t.Errorf("another %s is in force", name)
		}
	}
	if len(got) != len(want) {
		d.t.Errorf("%d documents in force, not %d", len(got), len(want))
	}
}

// refuses offers a bundle that is refused whole, for a fault of the given kind
// of document (0: of the bundle), and requires that not one byte of the store
// changes and nothing lies beside it.
func (d *device) refuses(bundle []byte, kind trustlist.Kind, want error) error {
	d.t.Helper()
	before, missing := readFile(d.store.path, maxStore, ErrNotAStore)
	change, err := d.store.Apply(bundle, Origin{}, d.clock)
	if change != nil || err == nil {
		d.t.Fatal("it is taken")
	}
	var document *trustlist.DocumentError
	if kind != 0 && (!errors.As(err, &document) || document.Kind != kind) || want != nil && !errors.Is(err, want) {
		d.t.Errorf("%v; want %v of the %s", err, want, kind)
	}
	after, stillMissing := readFile(d.store.path, maxStore, ErrNotAStore)
	if !bytes.Equal(before, after) || (missing == nil) != (stillMissing == nil) {
		d.t.Error("the store is another")
	}
	if left, err := filepath.Glob(d.store.path + ".*"); err != nil || len(left) != 0 {
		d.t.Errorf("left behind: %v", left)
	}
	return err
}

// refusesOf offers a bundle of which one document of a region is refused, and
// requires that this is told and that everything else is as it is in force
// elsewhere, which is what the device has itself if it is nil.
func (d *device) refusesOf(bundle []byte, code string, kind trustlist.Kind, want error, elsewhere map[string][32]byte) error {
	d.t.Helper()
	if elsewhere == nil {
		elsewhere = d.inForce()
	}
	change := d.takes(bundle)
	err := faultOf(change.Report, code, kind)
	if err == nil || want != nil && !errors.Is(err, want) {
		d.t.Errorf("%v; want %v of the %s", err, want, kind)
	}
	for _, fault := range change.Report.Faults {
		if fault.Region != code {
			d.t.Errorf("another region is accused: %v", fault)
		}
	}
	d.requireInForce(elsewhere)
	return err
}

// faultOf returns what a report says of one kind of document of a region.
func faultOf(report *trustlist.Report, code string, kind trustlist.Kind) error {
	var all []error
	for _, fault := range report.Faults {
		var document *trustlist.DocumentError
		if fault.Region == code && errors.As(fault, &document) && document.Kind == kind {
			all = append(all, fault)
		}
	}
	return errors.Join(all...)
}

// place is a document of a bundle of [day].
type place struct {
	kind   trustlist.Kind
	region string // "" of the nation
}

// places are all those that a bundle has a place for, of the nation and of a
// region.
var places = []place{
	{trustlist.KindRoot, ""}, {trustlist.KindList, ""}, {trustlist.KindPolicy, ""},
	{trustlist.KindKeySet, "33"}, {trustlist.KindOverlay, "33"}, {trustlist.KindSnapshot, "33"},
	{trustlist.KindStatusList, "33"}, {trustlist.KindStatusDelta, "33"},
}

// at returns where the document lies in parts: the last root, the first list.
func (p place) at(parts *trustlist.Parts) *[]byte {
	i := slices.IndexFunc(parts.Regions, func(r trustlist.RegionParts) bool { return r.Code == p.region })
	switch p.kind {
	case trustlist.KindRoot:
		return &parts.Roots[len(parts.Roots)-1]
	case trustlist.KindList:
		return &parts.List
	case trustlist.KindPolicy:
		return &parts.Policy
	case trustlist.KindKeySet:
		return &parts.Regions[i].KeySet
	case trustlist.KindOverlay:
		return &parts.Regions[i].Overlay
	case trustlist.KindSnapshot:
		return &parts.Regions[i].Snapshot
	case trustlist.KindStatusList:
		return &parts.Regions[i].StatusLists[0]
	}
	return &parts.Regions[i].Deltas[0]
}

// document returns the document of a nation that stands at p.
func (p place) document(n *nation.Nation) trustlist.Document {
	r := n.Regions[p.region]
	switch p.kind {
	case trustlist.KindRoot:
		return n.Roots[len(n.Roots)-1]
	case trustlist.KindList:
		return n.List
	case trustlist.KindPolicy:
		return n.Policy
	case trustlist.KindKeySet:
		return r.KeySet
	case trustlist.KindOverlay:
		return r.Overlay
	case trustlist.KindSnapshot:
		return r.Snapshot
	case trustlist.KindStatusList:
		return r.Lists[0]
	}
	return r.Deltas[0]
}

// signers returns the fewest who may sign at p.
func (p place) signers(n *nation.Nation) []sig.Signer {
	switch p.kind {
	case trustlist.KindRoot, trustlist.KindList, trustlist.KindPolicy:
		return n.RootSigners
	case trustlist.KindKeySet, trustlist.KindOverlay:
		return n.Regions[p.region].Authority[:2]
	}
	return []sig.Signer{n.Regions[p.region].Signers[1]}
}

// with returns the bundle of n with other bytes at p.
func (p place) with(n *nation.Nation, document []byte) []byte {
	n.T.Helper()
	parts := n.Parts()
	*p.at(&parts) = document
	return encode(n.T, &parts)
}

func encode(t testing.TB, parts *trustlist.Parts) []byte {
	t.Helper()
	bundle, err := parts.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return bundle
}

// attack offers a bundle that differs from what is in force in the document at p
// alone, which is refused, by a device with a past.
func (p place) attack(d *device, bundle []byte, want error) error {
	d.t.Helper()
	if p.region == "" {
		return d.refuses(bundle, p.kind, want)
	}
	return d.refusesOf(bundle, p.region, p.kind, want, nil)
}

// newcomer offers the same to a device that knows nothing: the document is not
// used, and of the rest everything that does not need it.
func (p place) newcomer(n *nation.Nation, bundle []byte, want error) {
	n.T.Helper()
	d := newDevice(n.T, n)
	if p.region == "" {
		d.refuses(bundle, p.kind, want)
		return
	}
	change := d.takes(bundle)
	if err := faultOf(change.Report, p.region, p.kind); err == nil || want != nil && !errors.Is(err, want) {
		n.T.Errorf("a new device: %v; want %v of the %s", err, want, p.kind)
	}
	trust := d.trust()
	for _, s := range trust.Inspect(d.clock).Documents {
		if s.Kind == p.kind && s.Region == p.region && (s.List == 0 || s.List == 31<<8) {
			n.T.Errorf("a new device uses it: %+v", s)
		}
	}
	if other, _ := trust.Region("46"); other.Available() != nil || len(other.StatusLists()) != 2 || len(other.StatusDeltas()) != 1 {
		n.T.Error("a new device has lost something of another region")
	}
}

// hashOf is the hash of a document's content.
func hashOf(n *nation.Nation, document trustlist.Document) [sha256.Size]byte {
	n.T.Helper()
	return n.Sign(document).Hash()
}
