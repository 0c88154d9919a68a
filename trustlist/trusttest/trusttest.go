// Package trusttest makes trust material for tests: a national root, a trust
// list and key sets from plain facts, signed with keys that everybody knows. Only
// tests import it.
package trusttest

import (
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/publish/facts"
)

// Region is a region of the list with its key set.
type Region = facts.Region

// Material is what a bundle is made of. Times are unix seconds.
type Material facts.Material

// Every shape of root has both required groups; one key each keeps tests fast.
// Regions sign with ES256, because every signature with SM2 is checked by a
// second library, which is slow.
func signers() facts.Signers {
	return facts.Signers{
		Root: []sig.Signer{sigtest.New(sig.SM2, "root SM2"), sigtest.New(sig.ES256, "root ES256")},
		Authority: func(code string) (sig.Signer, error) {
			return sigtest.New(sig.ES256, "authority "+code), nil
		},
		Status: func(code string) (sig.Signer, error) { return StatusSigner(code), nil },
	}
}

// StatusSigner returns the key that signs the status lists of a region, and may
// sign its snapshot.
func StatusSigner(code string) sig.Signer { return sigtest.New(sig.ES256, "status "+code) }

// Bundle returns the packed material and the anchor that it starts from.
func (m *Material) Bundle() ([]byte, trustlist.Anchor, error) {
	return (*facts.Material)(m).Bundle(signers())
}

// Load returns the material as a device has it that loads it at its time of
// issue.
func (m *Material) Load() (*trustlist.Trust, error) { return (*facts.Material)(m).Load(signers()) }
