package jwks_test

import (
	"encoding/base64"
	"fmt"
	"testing"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/internal/nation"
	"github.com/tongxing/tongxing/trustlist/jwks"
)

// smallNation has an SM2 region and an ES256 one, with keys in every state, a
// key that is limited, a withdrawn usage and an end of the programme.
func smallNation(t testing.TB) *nation.Nation {
	t.Helper()
	n := nation.New(t, "33", "46")
	for _, code := range []string{"33", "46"} {
		r := n.Regions[code]
		for i, state := range []trustlist.KeyState{trustlist.Retired, trustlist.Compromised, trustlist.Active} {
			key := r.KeySet.Keys[0]
			key.Public = newSigner(key.Public.Algorithm(), fmt.Sprintf("%s %d", code, i)).PublicKey()
			key.State = state
			if state != trustlist.Active {
				key.Since = nation.Now - 86400
			} else {
				key.Usage, key.Laboratories = trustlist.UsageTest, []uint32{33<<16 + 3, 33<<16 + 4}
			}
			r.KeySet.Keys = append(r.KeySet.Keys, key)
		}
	}
	n.List.WithdrawnUsage = []trustlist.UsageWithdrawal{{Region: "46", Usage: trustlist.UsageTest, From: nation.Now - 3600}}
	n.List.ProgrammeEnd = nation.Now + 1000*86400
	return n
}

func draft(t testing.TB, trust *trustlist.Trust) *jwks.Export {
	t.Helper()
	e, err := jwks.Draft(trust)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// signed is e with the signatures of signers, made and combined as in a ceremony.
func signed(t testing.TB, e *jwks.Export, signers ...sig.Signer) *jwks.Export {
	t.Helper()
	for _, signer := range signers {
		d, err := e.Sign(signer)
		if err != nil {
			t.Fatal(err)
		}
		if e, err = e.Combine(d); err != nil {
			t.Fatal(err)
		}
	}
	return e
}

// export is what the root of n signs of n, by as many keys as have to.
func export(t testing.TB, n *nation.Nation) []byte {
	t.Helper()
	return signed(t, draft(t, n.Load()), n.RootSigners[:4]...).Marshal()
}

func newSigner(algorithm sig.Algorithm, name string) sig.Signer { return sigtest.New(algorithm, name) }

// kidOf is the kid of a key in an export.
func kidOf(key *sig.PublicKey) string {
	thumbprint := key.Thumbprint()
	return base64.RawURLEncoding.EncodeToString(thumbprint[:])
}
