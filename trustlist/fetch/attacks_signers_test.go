package fetch

import (
	"bytes"
	"fmt"
	"math/big"
	"slices"
	"testing"

	"github.com/tongxing/tongxing/format/cborx"
	"github.com/tongxing/tongxing/format/cose"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/internal/nation"
)

// tooFew is the error for a document at p that its signers may not sign.
func (p place) tooFew() error {
	switch p.kind {
	case trustlist.KindSnapshot, trustlist.KindStatusList, trustlist.KindStatusDelta:
		return trustlist.ErrNoSigner
	}
	return trustlist.ErrThreshold
}

// offered returns the bundle of the third day in which the document at p has the
// signatures of signers, and none of it is known to a device of the second.
func (p place) offered(n *nation.Nation, signers ...sig.Signer) []byte {
	n.T.Helper()
	n.Parts() // names the key set in the snapshot
	return p.with(n, n.Document(p.document(n), signers...))
}

// third returns the second day with what stands at p of the third, which is
// everything that a document needs to be new.
func (p place) third(t testing.TB) *nation.Nation {
	t.Helper()
	n, next := day(t, 2), day(t, 3)
	r, s := n.Regions[p.region], next.Regions[p.region]
	switch p.kind {
	case trustlist.KindRoot:
		n.Roots = next.Roots
	case trustlist.KindList:
		n.List = next.List
	case trustlist.KindPolicy:
		n.Policy = next.Policy
	case trustlist.KindKeySet:
		n.Parts()
		r.KeySet = s.KeySet
	case trustlist.KindOverlay:
		r.Overlay = s.Overlay
	case trustlist.KindSnapshot:
		r.Snapshot.Version = s.Snapshot.Version
	case trustlist.KindStatusList:
		r.Lists[0].Version = s.Lists[0].Version // the same sets, so that the delta fits
	case trustlist.KindStatusDelta:
		r.Deltas[0].Version = s.Deltas[0].Version
	}
	return n
}

// refusedAt offers what is signed wrong to a device that knows the second day and
// to one that knows nothing, and what is signed right to the first afterwards:
// the fault is the signatures alone.
func (p place) refusedAt(t *testing.T, n *nation.Nation, bundle []byte, want error) {
	t.Helper()
	d := onDay2(t)
	p.attack(d, bundle, want)
	p.newcomer(n, bundle, want)
	if change := d.takes(p.offered(n, p.signers(n)...)); !change.Report.Clean() || !change.Changed {
		t.Errorf("what the right keys have signed: %+v", change.Report)
	}
}

// Who holds no key of the nation gets nothing onto a device, wherever it stands
// in the bundle, whatever it calls itself.
// [TRUST-15] [TRUST-104]
func TestWhoHoldsNoKeyInstallsNothing(t *testing.T) {
	for _, p := range places {
		t.Run(p.kind.String(), func(t *testing.T) {
			n := p.third(t)
			var strangers []sig.Signer
			for i := range 8 {
				strangers = append(strangers, sigtest.New(sig.SM2, fmt.Sprintf("stranger %d", i)), sigtest.New(sig.ES256, fmt.Sprintf("stranger %d", i)))
			}
			p.refusedAt(t, n, p.offered(n, strangers...), p.tooFew())
		})
	}
	t.Run("a nation of its own", func(t *testing.T) {
		n, other := day(t, 2), day(t, 3)
		for i := range other.RootSigners {
			other.RootSigners[i] = sigtest.New(other.RootSigners[i].PublicKey().Algorithm(), fmt.Sprintf("usurper %d", i))
		}
		for i := range other.Roots {
			other.Roots[i] = other.NewRoot(uint32(i+1), other.RootSigners)
		}
		for _, known := range [][][]byte{nil, {n.Bundle()}} {
			newDevice(t, n, known...).refuses(other.Bundle(), trustlist.KindRoot, trustlist.ErrNotAnchored)
		}
		genuine := n.Parts()
		other.Replacements["root/0"] = genuine.Roots[0] // its chain begins as the nation's
		newDevice(t, n, n.Bundle()).refuses(other.Bundle(), trustlist.KindRoot, trustlist.ErrThreshold)
		newDevice(t, n).refuses(other.Bundle(), trustlist.KindRoot, trustlist.ErrThreshold)
	})
	t.Run("no trust at all", func(t *testing.T) {
		d := newDevice(t, day(t, 1))
		for _, junk := range [][]byte{nil, []byte("trust me"), bytes.Repeat([]byte{0x9f}, 4096)} {
			d.refuses(junk, 0, trustlist.ErrNotABundle)
		}
	})
}

// The keys that may sign have signed, and one of them too few: in either group of
// the root, of an authority, and nobody where one is enough.
// [TRUST-33]
func TestOneSignatureBelowTheThresholdIsNotEnough(t *testing.T) {
	for _, p := range places {
		n := p.third(t)
		enough := p.signers(n)
		for i := range enough {
			if len(enough) == 1 {
				continue // without a signature a document does not stand in a bundle: see below
			}
			t.Run(fmt.Sprintf("%s without signer %d", p.kind, i), func(t *testing.T) {
				n.T = t
				p.refusedAt(t, n, p.offered(n, slices.Delete(slices.Clone(enough), i, i+1)...), trustlist.ErrThreshold)
			})
		}
		t.Run(p.kind.String()+" with a bad signature", func(t *testing.T) {
			n.T = t
			n.Parts()
			m := n.Sign(p.document(n), enough...)
			bad := m.Signatures()[0]
			bad.Value[63] ^= 1
			m, err := m.With(bad)
			if err != nil {
				t.Fatal(err)
			}
			p.refusedAt(t, n, p.with(n, n.Marshal(m)), p.tooFew())
		})
		t.Run(p.kind.String()+" unsigned", func(t *testing.T) {
			n.T = t
			n.Parts()
			m := n.Sign(p.document(n))
			p.refusedAt(t, n, p.with(n, message(m)), nil)
		})
	}
}

// message writes a document with any signatures in any order, as nobody but an
// attacker does.
func message(m *cose.Sign, signatures ...cose.Signature) []byte {
	b := cborx.AppendTag(nil, 98)
	b = cborx.AppendArray(b, 4)
	b = cborx.AppendBytes(b, cborx.AppendText([]byte{0xa1, 0x10}, m.Type()))
	b = cborx.AppendBytes(append(b, 0xa0), m.UnverifiedPayload())
	b = cborx.AppendArray(b, len(signatures))
	for _, s := range signatures {
		header := cborx.AppendInt([]byte{0xa2, 1}, int64(s.Algorithm))
		header = cborx.AppendBytes(append(header, 4), s.KeyID[:])
		b = cborx.AppendBytes(cborx.AppendArray(b, 3), header)
		b = cborx.AppendBytes(append(b, 0xa0), s.Value)
	}
	return b
}

// orderOfP256 is that of the curve of ES256.
var orderOfP256, _ = new(big.Int).SetString("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", 16)

// twin returns the other signature of ES256 of the same key over the same.
func twin(s cose.Signature) cose.Signature {
	value := slices.Clone(s.Value)
	rest := new(big.Int).Sub(orderOfP256, new(big.Int).SetBytes(value[32:]))
	rest.FillBytes(value[32:])
	s.Value = value
	return s
}

// One key that signs twice is one signer: the same bytes twice, the twin of a
// signature, and the key under a name that is not its own.
// [TRUST-10] [TRUST-13] [TRUST-15]
func TestOneKeyThatSignsTwiceIsOneSigner(t *testing.T) {
	for _, p := range places[:5] { // where more than one has to sign
		if p.region != "" {
			p.region = "46" // signs with ES256
		}
		n := p.third(t)
		n.Parts()
		enough := n.Sign(p.document(n), p.signers(n)...).Signatures()
		i := slices.IndexFunc(enough, func(s cose.Signature) bool { return s.Algorithm == sig.ES256 })
		one := slices.Clone(enough)
		var other int // the second of ES256
		for j := range one {
			if j != i && one[j].Algorithm == sig.ES256 {
				other = j
			}
		}
		other32 := one[other].KeyID
		for name, second := range map[string]cose.Signature{
			"the same":                   one[i],
			"its twin":                   twin(one[i]),
			"in the name of another key": {Algorithm: sig.ES256, KeyID: other32, Value: one[i].Value},
			"the twin in its name":       {Algorithm: sig.ES256, KeyID: other32, Value: twin(one[i]).Value},
			"under an unknown name":      {Algorithm: sig.ES256, KeyID: [32]byte{1}, Value: one[i].Value},
		} {
			t.Run(p.kind.String()+" "+name, func(t *testing.T) {
				n.T = t
				signatures := slices.Clone(one)
				signatures[other] = second
				data := p.with(n, message(n.Sign(p.document(n)), signatures...))
				d := onDay2(t)
				before := d.inForce()
				if p.region == "" {
					d.refuses(data, p.kind, nil)
					newDevice(t, n).refuses(data, p.kind, nil)
				} else if err := faultOf(d.takes(data).Report, p.region, p.kind); err == nil {
					t.Error("it is taken")
				} else if d.inForce()[nameOf(p.kind, p.region, 0)] != before[nameOf(p.kind, p.region, 0)] {
					t.Error("another is in force")
				}
			})
		}
		t.Run(p.kind.String()+" both", func(t *testing.T) { // the twin of a signature is as good as it is
			n.T = t
			signatures := slices.Clone(one)
			signatures[i] = twin(one[i])
			d := onDay2(t)
			if change := d.takes(p.with(n, message(n.Sign(p.document(n)), signatures...))); !change.Report.Clean() {
				t.Errorf("%+v", change.Report)
			}
		})
	}
}

// A root or a list in which one key stands in two places is refused, whoever has
// signed it, and so is what it would let pass.
// [TRUST-13]
func TestOneKeyInTwoPlacesIsRefused(t *testing.T) {
	d := onDay2(t)
	for name, change := range map[string]func(*nation.Nation){
		"root and authority": func(n *nation.Nation) {
			n.List.Regions[0].Keys[0] = trustlist.NewKeyRef(n.RootSigners[0].PublicKey())
			slices.SortFunc(n.List.Regions[0].Keys, compareKeys)
		},
		"policy and authority": func(n *nation.Nation) {
			signers := []sig.Signer{n.Regions["33"].Authority[0], sigtest.New(sig.SM2, "policy")}
			n.Roots = n.Roots[:2]
			n.Roots = append(n.Roots, n.NewRoot(3, n.RootSigners))
			n.Roots[2].PolicyGroups = []trustlist.Group{{Name: "policy", Need: trustlist.Required, Algorithm: sig.SM2, Threshold: 2,
				Keys: [][]byte{signers[0].PublicKey().Compressed(), signers[1].PublicKey().Compressed()}}}
			n.Replacements["policy"] = n.Document(n.Policy, signers...)
		},
	} {
		t.Run(name, func(t *testing.T) {
			forged := day(t, 3)
			change(forged)
			d.refuses(forged.Bundle(), trustlist.KindList, trustlist.ErrSharedKey)
		})
	}
}

func compareKeys(a, b trustlist.KeyRef) int { return bytes.Compare(a.Point, b.Point) }

// Everybody who may sign something else, all together, may not sign this.
// [TRUST-15] [TRUST-33] [TRUST-70]
func TestKeysOfAnotherGroupOrRoleDoNotSign(t *testing.T) {
	for _, p := range places {
		n := p.third(t)
		others := map[string][]sig.Signer{
			"the authority of another region":        n.Regions["46"].Authority,
			"the keys of another region":             {n.Regions["46"].Signers[0], n.Regions["46"].Signers[1]},
			"the region's key for credentials":       {n.Regions["33"].Signers[0]},
			"all of SM2 and one of ES256 too few":    {n.RootSigners[0], n.RootSigners[2], sigtest.New(sig.SM2, "root 2"), n.RootSigners[1]},
			"all of ES256 and one of SM2 too few":    {n.RootSigners[1], n.RootSigners[3], sigtest.New(sig.ES256, "root 2"), n.RootSigners[0]},
			"one of the authority and an online key": {n.Regions["33"].Authority[0], n.Regions["33"].Signers[1], n.Regions["33"].Signers[0]},
		}
		if p.region == "" {
			others["the region's authority"] = n.Regions["33"].Authority
		} else {
			others["the root"] = n.RootSigners
		}
		if p.signers(n)[0].PublicKey().Equal(n.Regions["33"].Signers[1].PublicKey()) {
			others["the region's authority"] = n.Regions["33"].Authority
			delete(others, "one of the authority and an online key")
		}
		for name, signers := range others {
			t.Run(p.kind.String()+" by "+name, func(t *testing.T) {
				n.T = t
				p.attack(onDay2(t), p.offered(n, signers...), p.tooFew())
			})
		}
	}
}

// Keys that sign the policy by the root's own word sign nothing else of the
// nation, and those of the root then do not sign the policy.
// [TRUST-33]
func TestKeysOfThePolicySignThePolicyAlone(t *testing.T) {
	n := day(t, 2)
	signers := []sig.Signer{sigtest.New(sig.SM2, "policy 0"), sigtest.New(sig.SM2, "policy 1")}
	n.Roots[1].PolicyGroups = []trustlist.Group{{Name: "policy", Need: trustlist.Required, Algorithm: sig.SM2, Threshold: 2,
		Keys: [][]byte{signers[0].PublicKey().Compressed(), signers[1].PublicKey().Compressed()}}}
	newDevice(t, n).refuses(n.Bundle(), trustlist.KindPolicy, trustlist.ErrThreshold)
	n.Replacements["policy"] = n.Document(n.Policy, signers...)
	d := newDevice(t, n, n.Bundle())
	n.List.Version.Counter++
	n.Replacements["list"] = n.Document(n.List, signers...)
	d.refuses(n.Bundle(), trustlist.KindList, trustlist.ErrThreshold)
}

// Whoever passes a document on can put signatures in front of the right ones: of
// unknown keys, of unknown algorithms, of the right algorithm and no sense, and in
// the name of a key that may sign. The right ones count all the same.
// [TRUST-15]
func TestSignersThatNobodyKnowsComeFirstAndAreSkipped(t *testing.T) {
	for _, p := range places {
		t.Run(p.kind.String(), func(t *testing.T) {
			n := p.third(t)
			n.Parts()
			right := n.Sign(p.document(n), p.signers(n)...).Signatures()
			var first []cose.Signature
			for i := range byte(6) {
				first = append(first, cose.Signature{Algorithm: sig.SM2, KeyID: [32]byte{1, i}, Value: bytes.Repeat([]byte{i + 1}, 64)},
					cose.Signature{Algorithm: -49, KeyID: [32]byte{2, i}, Value: make([]byte, 3309)})
			}
			d := onDay2(t)
			bundle := p.with(n, message(n.Sign(p.document(n)), append(first, right...)...))
			if change := d.takes(bundle); !change.Report.Clean() || !change.Changed {
				t.Fatalf("%+v", change.Report)
			}
			if change := newDevice(t, n).takes(bundle); !change.Report.Clean() {
				t.Errorf("a new device: %+v", change.Report)
			}
			if d.inForce()[nameOf(p.kind, p.region, p.list())] != hashOf(n, p.document(n)) {
				t.Error("it is not in force")
			}
		})
	}
}

// list is the number of the status list at p, 0 for other kinds.
func (p place) list() uint32 {
	if p.kind == trustlist.KindStatusList {
		return 31 << 8
	}
	return 0
}

// Every kind of document in the place of every other, signed by those who may
// sign there.
// [TRUST-11]
func TestADocumentOfAnotherKindIsRefusedEverywhere(t *testing.T) {
	n, later := day(t, 2), day(t, 3)
	later.Parts() // names the key set in the snapshot
	for _, p := range places {
		for _, other := range places {
			if p == other {
				continue
			}
			t.Run(fmt.Sprintf("%s as %s", other.kind, p.kind), func(t *testing.T) {
				n.T = t
				bundle := p.with(n, n.Document(other.document(later), p.signers(n)...))
				p.attack(onDay2(t), bundle, trustlist.ErrWrongKind)
				if other.region == "" {
					p.newcomer(n, bundle, trustlist.ErrWrongKind)
				}
			})
		}
		t.Run(fmt.Sprintf("%s under the name of another kind", p.kind), func(t *testing.T) {
			n.T = t
			for _, other := range places {
				if p == other {
					continue
				}
				m, err := cose.NewSign(p.kind.MediaType(), n.Sign(other.document(later)).UnverifiedPayload())
				if err != nil {
					t.Fatal(err)
				}
				for _, signer := range p.signers(n) {
					if m, err = m.WithSignature(signer); err != nil {
						t.Fatal(err)
					}
				}
				p.attack(onDay2(t), p.with(n, n.Marshal(m)), nil)
			}
		})
	}
}

// A bundle is none of its parts, nor a part a bundle.
// [TRUST-11] [TRUST-102]
func TestAPartIsNoBundleAndABundleNoPart(t *testing.T) {
	n, d := day(t, 2), onDay2(t)
	for _, p := range places {
		parts := n.Parts()
		d.refuses(*p.at(&parts), 0, trustlist.ErrNotABundle)
		p.attack(d, p.with(n, n.Bundle()), nil)
	}
}
