package trustlist_test

import (
	"bytes"
	"errors"
	"slices"

	"github.com/tongxing/tongxing/format/cborx"
	"github.com/tongxing/tongxing/format/cose"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/internal/nation"
)

// The cases of test_keys.py; see tufCase.
var tufKeys = []tufCase{
	{"test_keys.py: test_snapshot_does_not_meet_threshold (test_root_has_keys_but_not_snapshot, test_snapshot_threshold)", func(n *nation.Nation) {
		n.List.Version.Counter = 2
		n.Replacements["list"] = n.Document(n.List, n.RootSigners[0], n.RootSigners[1], n.RootSigners[2])
	}, trustlist.ErrThreshold, nil, first},
	{"test_keys.py: test_snapshot_has_too_few_keys", func(n *nation.Nation) {
		n.Replacements["root/1"] = rewritten(n, addRoot(n), func(payload []byte) []byte {
			group := append(cborx.AppendInt(cborx.AppendUint(cborx.AppendText(nil, "SM2"), 1), int64(sig.SM2)), 2)
			return replaced(n, payload, group, append(slices.Clone(group[:len(group)-1]), 4)) // of three
		}, n.RootSigners...)
	}, errContent, nil, first},
	{"test_keys.py: test_duplicate_keys (test_duplicate_keys_root)", func(n *nation.Nation) {
		n.Replacements["root/1"] = rewritten(n, addRoot(n), func(payload []byte) []byte {
			keys := n.Roots[1].Groups[0].Keys
			return replaced(n, payload, keys[1], keys[0])
		}, n.RootSigners...)
	}, errContent, nil, first},
	{"test_keys.py: test_duplicate_sig_keyids", func(n *nation.Nation) {
		n.List.Version.Counter = 2
		m := n.Sign(n.List, n.RootSigners...)
		var entries [][]byte
		for _, s := range m.Signatures() {
			if s.Algorithm == sig.SM2 {
				header := cborx.AppendBytes(append(cborx.AppendInt([]byte{0xa2, 1}, int64(s.Algorithm)), 4), s.KeyID[:])
				entries = append(entries, cborx.AppendBytes(append(cborx.AppendBytes([]byte{0x83}, header), 0xa0), s.Value))
			}
		}
		n.Replacements["list"] = replaced(n, n.Marshal(m), entries[1], entries[0])
	}, errEnvelope, nil, first},
	{"test_keys.py: test_invalid_sig_in_valid_metadata", func(n *nation.Nation) {
		n.List.Version.Counter = 2
		n.Replacements["list"] = n.Marshal(spoiled(n.T, n.Sign(n.List, n.RootSigners...)))
	}, nil, nil, "1.1 1.2 1.1 1.1 1.1"},
	// Otherwise than there a signature of no bytes is no signature of any form: TRUST-10.
	{"test_keys.py: test_invalid_sig_in_valid_metadata (empty string)", func(n *nation.Nation) {
		n.List.Version.Counter = 2
		m := n.Sign(n.List, n.RootSigners...)
		n.Replacements["list"] = replaced(n, n.Marshal(m), cborx.AppendBytes(nil, m.Signatures()[0].Value), []byte{0x40})
	}, errEnvelope, nil, first},
	{"test_keys.py: test_keytype_and_scheme[ecdsa/ecdsa-sha2-nistp256]", newScheme(sig.ES256), trustlist.ErrThreshold, nil, first},
	{"test_keys.py: test_keytype_and_scheme (SM2 with SM3)", newScheme(sig.SM2), trustlist.ErrThreshold, nil, first},
	// RSA and Ed25519 are unknown: TRUST-31.
	{"test_keys.py: test_keytype_and_scheme[rsa/rsassa-pss-sha256]", strangeScheme(-37), errContent, nil, first},
	{"test_keys.py: test_keytype_and_scheme[ed25519/ed25519]", strangeScheme(-8), errContent, nil, first},
}

// newScheme gives the root a third key of an algorithm, which has to sign: with it
// the next root is taken, with a signature that only looks like one it is not.
func newScheme(algorithm sig.Algorithm) func(*nation.Nation) {
	return func(n *nation.Nation) {
		added := sigtest.New(algorithm, "added")
		root := n.NewRoot(2, append(slices.Clone(n.RootSigners), added))
		for i := range root.Groups {
			if root.Groups[i].Algorithm == algorithm {
				root.Groups[i].Threshold = 4
			}
		}
		all := append(slices.Clone(n.RootSigners), added)
		n.Roots, n.RootSigners = append(n.Roots, root), all
		n.Replacements["root/0"] = n.Document(n.Roots[0], all[:6]...)
		n.Load()
		m := n.Sign(root, all...)
		signatures := m.Signatures()
		i := slices.IndexFunc(signatures, func(s cose.Signature) bool { return s.KeyID == added.PublicKey().Thumbprint() })
		signatures[i].Value = signatures[(i+1)%len(signatures)].Value // of another key
		m, err := m.With(signatures[i])
		if err != nil {
			n.T.Fatal(err)
		}
		n.Replacements["root/1"] = n.Marshal(m)
	}
}

// strangeScheme gives the root a group of an algorithm that nobody here knows: one
// that is added is skipped, one that is required is refused.
func strangeScheme(algorithm sig.Algorithm) func(*nation.Nation) {
	return func(n *nation.Nation) {
		root := addRoot(n)
		root.Groups = append(root.Groups, trustlist.Group{Name: "strange", Need: trustlist.Added, Algorithm: algorithm, Threshold: 1, Keys: [][]byte{{1, 2, 3}}})
		n.Load()
		group := cborx.AppendUint(cborx.AppendText(nil, "strange"), uint64(trustlist.Added))
		n.Replacements["root/1"] = rewritten(n, root, func(payload []byte) []byte {
			return replaced(n, payload, group, append(slices.Clone(group[:len(group)-1]), byte(trustlist.Required)))
		}, n.RootSigners...)
	}
}

// kindOfError stands for any error of a type.
type kindOfError func(error) bool

func (kindOfError) Error() string { return "an error of the type" }

var (
	errContent  = kindOfError(func(err error) bool { var e *trustlist.ContentError; return errors.As(err, &e) })
	errEnvelope = kindOfError(func(err error) bool { var e *cose.EnvelopeError; return errors.As(err, &e) })
)

// isLike is errors.Is that knows errors of a type.
func isLike(err, want error) bool {
	if like, ok := want.(kindOfError); ok {
		return like(err)
	}
	return errors.Is(err, want)
}

// replaced is data with the one place that has old bytes changed.
func replaced(n *nation.Nation, data, old, with []byte) []byte {
	n.T.Helper()
	if bytes.Count(data, old) != 1 {
		n.T.Fatalf("%x stands %d times", old, bytes.Count(data, old))
	}
	return bytes.Replace(data, old, with, 1)
}
