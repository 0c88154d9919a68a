package issuer

import "github.com/tongxing/tongxing/format/sig"

// SecondOpinion puts another function in place of the second implementation, for
// tests of what happens when the two differ.
func (c *Check) SecondOpinion(opinion func(key *sig.PublicKey, message, signature []byte) error) {
	c.second = opinion
}
