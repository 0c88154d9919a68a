package issuer

import (
	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/sig"
)

// Specimen returns the draft as a credential that was never issued: at the widest
// place of the month's last list, which no registry gives, with a signature of
// zeros, which no verifier takes. It has the size that a signed one has at most, so
// that whoever is to print the credential finds out beforehand whether it can be.
func (d *Draft) Specimen() ([]byte, error) {
	const lastShard, lastIndex = 0xff, 1<<32 - 1
	c, err := d.at(format.Ref{List: format.ListMonth(d.Expires())<<8 | lastShard, Index: lastIndex})
	if err != nil {
		return nil, refuseField(RefusedName, "name", "holder", err)
	}
	return format.Encode(&c, blank{d.key.published.Public})
}

// blank stands for a key and signs nothing.
type blank struct{ key *sig.PublicKey }

func (b blank) PublicKey() *sig.PublicKey { return b.key }

func (b blank) Sign([]byte) ([]byte, error) { return make([]byte, sig.SignatureSize), nil }
