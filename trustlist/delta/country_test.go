package delta_test

import (
	"crypto/sha256"
	"fmt"
	"testing"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/internal/nation"
)

// country is a nation of all 34 provincial divisions whose bundle can be taken
// a day further.
type country struct {
	*nation.Nation
	t     testing.TB
	codes []string
}

// newCountry has the given number of signing keys, in key sets of 24 batches:
// two algorithms, three periods, four usages.
func newCountry(t testing.TB, keys int) *country {
	t.Helper()
	c := &country{Nation: nation.New(t), t: t}
	provinces := spec.Provinces()
	made := 0
	for i, province := range provinces {
		r := c.AddRegion(province.Number)
		entry := &c.List.Regions[i]
		entry.Name = province.Label.ZH
		entry.Authority = province.Label.ZH + "卫生健康委员会"
		r.KeySet.Due = r.KeySet.Issued + 30*86400
		c.codes = append(c.codes, province.Number)
		made += len(r.KeySet.Keys)
		for made < keys*(i+1)/len(provinces) {
			c.addKey(province.Number)
			made++
		}
	}
	return c
}

// addKey adds a signing key to the next batch of a region. Its point is that of
// a hash: nobody signs with it.
func (c *country) addKey(code string) {
	c.t.Helper()
	set := c.Regions[code].KeySet
	n := len(set.Keys)
	algorithm := []sig.Algorithm{sig.SM2, sig.ES256}[n%2]
	period := uint16(900 + 92*(n/2%3))
	set.Keys = append(set.Keys, trustlist.Key{
		Public:   point(c.t, algorithm, fmt.Sprintf("%s %d", code, n)),
		SignFrom: trustlist.Day(period), SignUntil: trustlist.Day(period + 92),
		Usage: []trustlist.Usage{3, 1, 4, 24}[n/6%4],
	})
}

// point returns a public key whose coordinate is a hash.
func point(t testing.TB, algorithm sig.Algorithm, name string) *sig.PublicKey {
	t.Helper()
	for i := range 100 {
		x := sha256.Sum256(fmt.Appendf(nil, "%s %d", name, i))
		if key, err := sig.NewPublicKey(algorithm, append([]byte{2 + byte(i%2)}, x[:]...)); err == nil {
			return key
		}
	}
	return sigtest.New(algorithm, name).PublicKey()
}

// publish returns the bundle of the country. What does not change afterwards
// keeps its bytes: signatures are new ones whenever something is signed again.
func (c *country) publish() []byte {
	c.t.Helper()
	parts := c.Parts()
	c.Replacements["root/0"], c.Replacements["list"], c.Replacements["policy"] = parts.Roots[0], parts.List, parts.Policy
	for _, r := range parts.Regions {
		c.Replacements[r.Code+"/keyset"] = r.KeySet
		if r.Snapshot != nil {
			c.Replacements[r.Code+"/snapshot"] = r.Snapshot
		}
	}
	bundle, err := parts.Encode()
	if err != nil {
		c.t.Fatal(err)
	}
	return bundle
}

// dayLater publishes new keys, in turn in the first regions of the country, with
// a key set and, where there are any, a snapshot each.
func (c *country) dayLater(keys, regions int) {
	c.t.Helper()
	for i := range keys {
		c.addKey(c.codes[i%regions])
	}
	for _, code := range c.codes[:regions] {
		r := c.Regions[code]
		laterHead(&r.KeySet.Head)
		if r.Snapshot != nil {
			laterHead(&r.Snapshot.Head)
			r.Snapshot.KeySet = trustlist.PartRef{} // set when it is signed
		}
		delete(c.Replacements, code+"/keyset")
		delete(c.Replacements, code+"/snapshot")
	}
}

func laterHead(h *trustlist.Head) {
	h.Version = trustlist.NewVersion(h.Version.Epoch, h.Version.Counter+1)
	h.Issued += 86400
	h.Due += 86400
}

// withoutSnapshots leaves the regions' snapshots out.
func (c *country) withoutSnapshots() *country {
	for _, r := range c.Regions {
		r.Snapshot = nil
	}
	return c
}
