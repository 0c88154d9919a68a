package nation

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
	"github.com/tongxing/tongxing/format/status"
	"github.com/tongxing/tongxing/trustlist"
)

// History is what a device may be offered over a month, by a nation that goes on
// and by everybody who wants it back: bundles of documents of that day and of
// earlier and later ones, each for itself; with parts left out; forked, by those
// who may sign; signed by those who may not; dated into the future; damaged. The
// nation raises the epochs of its list, its policy and its regions, takes a region
// off the list and puts it back, and issues some lists with a clock set back.
//
// Two histories of one seed offer the same. Documents are signed once.
type History struct {
	n      *Nation
	random *rand.Rand
	day    float64
	pace   float64
	made   map[string][]byte
	forged map[[32]byte]bool
}

const (
	daySeconds = 86400
	farList    = 39 << 8 // of a month that does not end while the history lasts
	august     = 31 << 8 // the first status list of August 2022
	lastDay    = 30
)

// NewHistory returns the history of a seed, which lasts about so many offers.
func NewHistory(t testing.TB, seed uint64, offers int) *History {
	n := New(t, "32", "46") // sign with ES256, which is fast
	n.RootSigners = []sig.Signer{sigtest.New(sig.ES256, "root 0"), sigtest.New(sig.ES256, "root 1")}
	h := &History{n: n, random: rand.New(rand.NewPCG(seed, 30)), day: 1, pace: lastDay / float64(offers), made: map[string][]byte{}, forged: map[[32]byte]bool{}}
	n.Roots = []*trustlist.Root{h.root(1, 0)}
	for i := range n.List.Regions {
		entry := &n.List.Regions[i]
		entry.Keys, entry.Threshold = entry.Keys[:0:0], 1
		entry.Keys = append(entry.Keys, trustlist.NewKeyRef(n.Regions[entry.Code].Authority[0].PublicKey()))
	}
	return h
}

// Anchor returns the anchor in the first root.
func (h *History) Anchor() trustlist.Anchor { return h.n.Anchor() }

// Forged reports whether the document with that hash was signed by nobody who may
// sign it.
func (h *History) Forged(hash [32]byte) bool { return h.forged[hash] }

// Clock returns what a device's clock shows: the right time mostly.
func (h *History) Clock() int64 {
	right := Now + int64(h.day*daySeconds)
	return []int64{right, right, right, right, 0, right - 2*daySeconds, right + 10*daySeconds, right + 30*daySeconds, 4070908800}[h.random.IntN(9)]
}

// one reports true once in n times.
func (h *History) one(n int) bool { return h.random.IntN(n) == 0 }

// pick returns the day that a document is of: today's mostly.
func (h *History) pick() int {
	today := int(h.day)
	switch h.random.IntN(12) {
	case 0:
		today -= h.random.IntN(today)
	case 1:
		today -= 1
	case 2:
		today += 1
	}
	return max(1, today)
}

// variant returns 0 for the genuine document of a day, 1 for a second one of the
// same version, 2 for one that is signed by those who may not.
func (h *History) variant() int { return max(0, h.random.IntN(20)-17) }

// Next returns what is offered next.
func (h *History) Next() []byte {
	h.n.T.Helper()
	h.day = min(lastDay, h.day+h.pace)
	parts := trustlist.Parts{Roots: h.chain(), List: h.list(h.pick(), h.variant())}
	if !h.one(3) {
		parts.Policy = h.policy(h.pick(), h.variant())
	}
	for _, code := range []string{"32", "46"} {
		if !h.one(6) {
			parts.Regions = append(parts.Regions, h.region(code))
		}
	}
	bundle, err := parts.Encode()
	if err != nil {
		h.n.T.Fatal(err)
	}
	switch {
	case h.one(16):
		bundle[h.random.IntN(len(bundle))] ^= 1 << h.random.IntN(8)
	case h.one(40):
		bundle = bundle[:h.random.IntN(len(bundle))]
	}
	return bundle
}

// document signs a document unless it is made already. One that is forged is
// remembered.
func (h *History) document(name string, variant int, make func() trustlist.Document, signers ...sig.Signer) []byte {
	h.n.T.Helper()
	key := fmt.Sprintf("%s/%d", name, variant)
	if data, ok := h.made[key]; ok {
		return data
	}
	document := make()
	if variant == 2 {
		signers = append([]sig.Signer{sigtest.New(sig.ES256, "nobody")}, signers[1:]...)
	}
	m := h.n.Sign(document, signers...)
	if variant == 2 {
		h.forged[m.Hash()] = true
	}
	h.made[key] = h.n.Marshal(m)
	return h.made[key]
}

// epochOf returns the epoch and the counter of a document on a day, where the
// epoch is raised on the one given.
func epochOf(day, raised int) trustlist.Version {
	if day < raised {
		return trustlist.NewVersion(1, uint32(day))
	}
	return trustlist.NewVersion(2, uint32(day-raised+1)) // counts anew
}

// Root n stands from day 8(n-1) on; the second raises the list's epoch, the third
// the policy's.
const (
	rootDays        = 8
	listRaised      = rootDays
	policyRaised    = 2 * rootDays
	regionRaised    = 11
	keyRetired      = 14
	delistedFrom    = 20
	delistedTo      = 23
	documentsOfADay = 3 // variants, which differ in content
)

func (h *History) root(n, variant int) *trustlist.Root {
	root := &trustlist.Root{
		Head: Head(1, uint32(n), Now-10*daySeconds+int64(n*documentsOfADay+variant)), ListEpoch: 1, PolicyEpoch: 1,
		Groups: []trustlist.Group{{Name: "ES256", Need: trustlist.Required, Algorithm: sig.ES256, Threshold: 2}},
	}
	for _, signer := range h.n.RootSigners {
		root.Groups[0].Keys = append(root.Groups[0].Keys, signer.PublicKey().Compressed())
	}
	if n > listRaised/rootDays {
		root.ListEpoch = 2
	}
	if n > policyRaised/rootDays {
		root.PolicyEpoch = 2
	}
	return root
}

// chain returns the roots of a day, one of which may be another than the nation's.
func (h *History) chain() [][]byte {
	last := 1 + h.pick()/rootDays
	var chain [][]byte
	for n := 1; n <= last; n++ {
		variant := 0
		if n > 1 && n == last {
			variant = h.variant()
		}
		chain = append(chain, h.document(fmt.Sprintf("root %d", n), variant, func() trustlist.Document { return h.root(n, variant) }, h.n.RootSigners...))
	}
	return chain
}

func (h *History) list(day, variant int) []byte {
	return h.document(fmt.Sprintf("list %d", day), variant, func() trustlist.Document {
		list := *h.n.List
		list.Version, list.Issued = epochOf(day, listRaised), issuedOn(day, variant)
		if day%7 == 5 {
			list.Issued -= 3 * daySeconds // by a clock set back
		}
		list.Regions = append([]trustlist.Entry(nil), list.Regions...)
		for i := range list.Regions {
			list.Regions[i].Epoch = epochOf(day, regionRaised).Epoch
		}
		if delistedFrom <= day && day < delistedTo {
			list.Regions = list.Regions[:1]
		}
		return &list
	}, h.n.RootSigners...)
}

// issuedOn returns when the documents of a day are issued; variants differ.
func issuedOn(day, variant int) int64 { return Now + int64(day)*daySeconds - 3600 + int64(variant) }

func (h *History) policy(day, variant int) []byte {
	return h.document(fmt.Sprintf("policy %d", day), variant, func() trustlist.Document {
		policy := *h.n.Policy
		policy.Version, policy.Issued = epochOf(day, policyRaised), issuedOn(day, variant)
		return &policy
	}, h.n.RootSigners...)
}

// head returns the head of a region's document; one in thirty days is dated a
// year ahead.
func head(code string, day, variant int) trustlist.RegionalHead {
	r := trustlist.RegionalHead{Region: code}
	r.Version, r.Issued = epochOf(day, regionRaised), issuedOn(day, variant)
	if day%13 == 7 && variant == 1 {
		r.Issued += 200 * daySeconds
	}
	r.Due = r.Issued + 2*daySeconds
	return r
}

// region returns the parts of a region, each of a day of its own or left out.
func (h *History) region(code string) trustlist.RegionParts {
	r := h.n.Regions[code]
	online, parts := r.Signers[1], trustlist.RegionParts{Code: code}
	if !h.one(4) {
		parts.KeySet = h.keySet(code, h.pick(), h.variant())
	}
	if h.one(2) {
		day, variant := h.pick(), h.variant()
		parts.Overlay = h.document(fmt.Sprintf("overlay %s %d", code, day), variant, func() trustlist.Document {
			return &trustlist.Overlay{RegionalHead: head(code, day, variant), Editions: []trustlist.OverlayEdition{{EffectiveFrom: Now}}}
		}, r.Authority[0])
	}
	if !h.one(3) {
		parts.Snapshot = h.snapshot(code, h.pick(), h.variant())
	}
	var lists []*trustlist.StatusList
	for _, number := range []uint32{august, august + 1, august + 256} {
		if day, variant := h.pick(), h.variant(); h.one(2) {
			list := &trustlist.StatusList{RegionalHead: head(code, day, variant), List: number}
			list.Revoked = Set(h.n.T, upTo(uint32(day))...)
			list.Suspended = Set(h.n.T, 1000+uint32(variant))
			lists = append(lists, list)
			parts.StatusLists = append(parts.StatusLists, h.document(fmt.Sprintf("status %s %d %d", code, number, day), variant,
				func() trustlist.Document { return list }, online))
		}
	}
	if day, variant := h.pick(), h.variant(); h.one(2) && len(lists) != 0 {
		delta, _ := Day(h.n.T, head(code, day, variant), lists, map[uint32]status.Change{farList: Suspend(2000 + uint32(day))})
		parts.Deltas = [][]byte{h.document(fmt.Sprintf("delta %s %d %x", code, day, delta.Base), variant, func() trustlist.Document { return delta }, online)}
	}
	return parts
}

// upTo returns the numbers below n.
func upTo(n uint32) []uint32 {
	all := make([]uint32, n)
	for i := range all {
		all[i] = uint32(i)
	}
	return all
}

func (h *History) keySet(code string, day, variant int) []byte {
	r := h.n.Regions[code]
	return h.document(fmt.Sprintf("keyset %s %d", code, day), variant, func() trustlist.Document {
		set := *r.KeySet
		set.RegionalHead = head(code, day, variant)
		set.Keys = append([]trustlist.Key(nil), set.Keys...)
		if day >= keyRetired && variant == 0 {
			set.Keys[0].State, set.Keys[0].Since = trustlist.Retired, issuedOn(keyRetired, 0)
		}
		return &set
	}, r.Authority[0])
}

func (h *History) snapshot(code string, day, variant int) []byte {
	named, err := trustlist.Open(h.keySet(code, day, 0))
	if err != nil {
		h.n.T.Fatal(err)
	}
	return h.document(fmt.Sprintf("snapshot %s %d", code, day), variant, func() trustlist.Document {
		return &trustlist.Snapshot{RegionalHead: head(code, day, variant), KeySet: trustlist.PartRef{Version: epochOf(day, regionRaised), Hash: named.Hash()}}
	}, h.n.Regions[code].Signers[1])
}
