// Package nation builds a small nation for tests: a root of three SM2 and
// three ES256 keys, two of each needed, a trust list, and regions with their
// authority, signing keys, snapshot and laboratories. Everything is made from
// names, so that two runs have the same keys. Nothing outside tests imports this
// package.
//
//	n := nation.New(t, "33", "41")
//	trust := n.Load()
//
// Each part can be changed before it is signed, which is how a test puts one
// fault into one document.
package nation

import (
	"crypto/sha256"
	"fmt"
	"testing"

	"github.com/tongxing/tongxing/format/cose"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
	"github.com/tongxing/tongxing/trustlist"
)

// Now is the time at which the nation was built: 2022-08-10 08:00 at UTC+8, in
// unix seconds.
const Now = 1660089600

// Nation is everything that a test changes before it packs a bundle.
type Nation struct {
	T            testing.TB
	Roots        []*trustlist.Root // the chain; the last is in force
	RootSigners  []sig.Signer      // sign every root, the list and the policy
	List         *trustlist.List
	Policy       *trustlist.Policy
	Regions      map[string]*Region
	Replacements map[string][]byte // bytes in place of a part: "list", "33/keyset"
}

// Region is one region of the nation.
type Region struct {
	Authority []sig.Signer      // two of the three sign
	Signers   []*sigtest.Signer // keys of the key set: the first with every usage but the online ones, the second with those
	KeySet    *trustlist.KeySet
	Overlay   *trustlist.Overlay
	Snapshot  *trustlist.Snapshot // its hash of the key set is set when it is signed
	Lists     []*trustlist.StatusList
	Deltas    []*trustlist.StatusDelta
}

// New returns a nation with the given regions, all of whose documents are good.
// Odd regions sign with SM2, even ones with ES256.
func New(t testing.TB, regions ...string) *Nation {
	t.Helper()
	n := &Nation{T: t, Regions: map[string]*Region{}, Replacements: map[string][]byte{}}
	for i := range 3 {
		n.RootSigners = append(n.RootSigners, sigtest.New(sig.SM2, fmt.Sprintf("root %d", i)), sigtest.New(sig.ES256, fmt.Sprintf("root %d", i)))
	}
	n.Roots = []*trustlist.Root{n.NewRoot(1, n.RootSigners)}
	n.List = &trustlist.List{Head: Head(1, 1, Now-5*86400)}
	n.Policy = &trustlist.Policy{Head: Head(1, 1, Now-6*86400), Editions: []trustlist.Edition{{EffectiveFrom: Now - 6*86400}}}
	for _, code := range regions {
		n.AddRegion(code)
	}
	return n
}

// Head returns the head of a document.
func Head(epoch, counter uint32, issued int64) trustlist.Head {
	return trustlist.Head{Version: trustlist.NewVersion(epoch, counter), Issued: issued}
}

// NewRoot returns a root with one group for each algorithm among signers, two of
// each needed.
func (n *Nation) NewRoot(counter uint32, signers []sig.Signer) *trustlist.Root {
	root := &trustlist.Root{Head: Head(1, counter, Now-10*86400+int64(counter)), ListEpoch: 1, PolicyEpoch: 1}
	for _, algorithm := range []sig.Algorithm{sig.SM2, sig.ES256} {
		group := trustlist.Group{Name: algorithm.String(), Need: trustlist.Required, Algorithm: algorithm, Threshold: 2}
		for _, signer := range signers {
			if signer.PublicKey().Algorithm() == algorithm {
				group.Keys = append(group.Keys, signer.PublicKey().Compressed())
			}
		}
		root.Groups = append(root.Groups, group)
	}
	return root
}

// AddRegion admits a region with everything that it needs.
func (n *Nation) AddRegion(code string) *Region {
	algorithm := sig.ES256
	if code[1]%2 == 1 {
		algorithm = sig.SM2
	}
	r := &Region{}
	entry := trustlist.Entry{
		Code: code, Name: "第" + code + "区", Authority: code + "卫生健康委员会", Appeal: "12345-" + code,
		RulesHash: sha256.Sum256([]byte("rules of " + code)), Usage: trustlist.UsageKnown, Epoch: 1, LeastCounter: 1, Threshold: 2,
	}
	for i := range 3 {
		signer := sigtest.New(algorithm, fmt.Sprintf("authority %s %d", code, i))
		r.Authority = append(r.Authority, signer)
		entry.Keys = append(entry.Keys, trustlist.NewKeyRef(signer.PublicKey()))
	}
	n.List.Regions = append(n.List.Regions, entry)
	online := trustlist.UsageStatusList | trustlist.UsageSnapshot
	r.KeySet = &trustlist.KeySet{RegionalHead: trustlist.RegionalHead{Head: Head(1, 1, Now-4*86400), Region: code}}
	for i, usage := range []trustlist.Usage{trustlist.UsageKnown &^ online, online} {
		signer := sigtest.New(algorithm, fmt.Sprintf("signing %s %d", code, i))
		r.Signers = append(r.Signers, signer)
		r.KeySet.Keys = append(r.KeySet.Keys, trustlist.Key{
			Public: signer.PublicKey(), SignFrom: trustlist.Day(900), SignUntil: trustlist.Day(1300), Usage: usage,
		})
	}
	r.KeySet.Laboratories = []trustlist.Laboratory{{Number: 3, Name: "第三检验所", Admitted: Now - 100*86400}}
	r.Snapshot = &trustlist.Snapshot{RegionalHead: trustlist.RegionalHead{Head: Head(1, 1, Now-86400), Region: code}}
	r.Snapshot.Due = Now + 86400
	n.Regions[code] = r
	return r
}

// Document signs d with signers and returns its bytes.
func (n *Nation) Document(d trustlist.Document, signers ...sig.Signer) []byte {
	n.T.Helper()
	return n.Marshal(n.Sign(d, signers...))
}

// Sign returns d as a message signed with signers.
func (n *Nation) Sign(d trustlist.Document, signers ...sig.Signer) *cose.Sign {
	n.T.Helper()
	m, err := trustlist.NewMessage(d)
	if err != nil {
		n.T.Fatal(err)
	}
	for _, signer := range signers {
		if m, err = m.WithSignature(signer); err != nil {
			n.T.Fatal(err)
		}
	}
	return m
}

// Marshal returns the bytes of m.
func (n *Nation) Marshal(m *cose.Sign) []byte {
	n.T.Helper()
	data, err := m.Marshal()
	if err != nil {
		n.T.Fatal(err)
	}
	return data
}

// Parts signs everything that has no replacement and returns it as parts.
func (n *Nation) Parts() trustlist.Parts {
	n.T.Helper()
	var parts trustlist.Parts
	for i, root := range n.Roots {
		parts.Roots = append(parts.Roots, n.part(fmt.Sprintf("root/%d", i), func() []byte { return n.Document(root, n.RootSigners...) }))
	}
	parts.List = n.part("list", func() []byte { return n.Document(n.List, n.RootSigners...) })
	if n.Policy != nil {
		parts.Policy = n.part("policy", func() []byte { return n.Document(n.Policy, n.RootSigners...) })
	}
	for i := range 100 {
		code := fmt.Sprintf("%02d", i)
		if r, ok := n.Regions[code]; ok {
			parts.Regions = append(parts.Regions, n.regionParts(code, r))
		}
	}
	return parts
}

func (n *Nation) part(name string, make func() []byte) []byte {
	if data, ok := n.Replacements[name]; ok {
		return data
	}
	return make()
}

func (n *Nation) regionParts(code string, r *Region) trustlist.RegionParts {
	n.T.Helper()
	parts := trustlist.RegionParts{Code: code}
	online := r.Signers[1]
	if r.KeySet != nil {
		m := n.Sign(r.KeySet, r.Authority[:2]...)
		parts.KeySet = n.part(code+"/keyset", func() []byte { return n.Marshal(m) })
		if r.Snapshot != nil && r.Snapshot.KeySet.Version.IsZero() {
			r.Snapshot.KeySet = trustlist.PartRef{Version: r.KeySet.Version, Hash: m.Hash()}
		}
	}
	if r.Overlay != nil {
		parts.Overlay = n.part(code+"/overlay", func() []byte { return n.Document(r.Overlay, r.Authority[:2]...) })
	}
	if r.Snapshot != nil {
		parts.Snapshot = n.part(code+"/snapshot", func() []byte { return n.Document(r.Snapshot, online) })
	}
	for i, list := range r.Lists {
		parts.StatusLists = append(parts.StatusLists, n.part(fmt.Sprintf("%s/status/%d", code, i), func() []byte { return n.Document(list, online) }))
	}
	for i, delta := range r.Deltas {
		parts.Deltas = append(parts.Deltas, n.part(fmt.Sprintf("%s/delta/%d", code, i), func() []byte { return n.Document(delta, online) }))
	}
	return parts
}

// Bundle packs everything.
func (n *Nation) Bundle() []byte {
	n.T.Helper()
	parts := n.Parts()
	bundle, err := parts.Encode()
	if err != nil {
		n.T.Fatal(err)
	}
	return bundle
}

// Anchor returns the anchor in the first root.
func (n *Nation) Anchor() trustlist.Anchor {
	n.T.Helper()
	return trustlist.AnchorHash(n.Sign(n.Roots[0]).Hash())
}

// Load loads everything at [Now] and fails the test unless all of it is taken.
func (n *Nation) Load() *trustlist.Trust {
	n.T.Helper()
	trust, report, err := trustlist.Load(n.Bundle(), n.Anchor(), trustlist.LoadOptions{Clock: Now})
	if err != nil {
		n.T.Fatal(err)
	}
	if !report.Clean() {
		n.T.Fatalf("not everything was taken: %+v", report)
	}
	return trust
}
