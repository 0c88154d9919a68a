// Package trusttest makes trust material for tests: a national root, a trust
// list and key sets from plain facts, signed with keys that everybody knows. Only
// tests import it.
package trusttest

import (
	"fmt"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
	"github.com/tongxing/tongxing/spec"
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

// Rules is a policy that publishes rules 1 to n of every state of the tables but green
// (101, 102, 201 for two of yellow and one of red), each for 14 days from determination
// and in force since the given unix second, and asks for nothing at any venue.
func Rules(from int64, n uint16) *trustlist.Policy {
	p := &trustlist.Policy{Editions: []trustlist.Edition{{EffectiveFrom: from}}}
	for _, state := range []uint16{spec.StateYellow, spec.StateRed} {
		for i := range n {
			number := state*100 + 1 + i
			p.Rules = append(p.Rules, trustlist.Rule{
				Number: number, Name: fmt.Sprintf("规则 %d", number), Text: "测试用。For tests.",
				States: []uint16{state}, Longest: 14 * 86400, From: from,
			})
		}
	}
	return p
}
