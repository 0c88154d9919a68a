package issuer

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/issuer/record"
)

// ErrNotTheSame reports a credential that cannot be built again from what is at
// hand: the record is another one, or the key is neither published any more nor at
// hand.
var ErrNotTheSame = errors.New("issuer: the credential cannot be built again from this record")

// Signed is what is kept of a credential to build it again from its record.
type Signed struct {
	Ref                 format.Ref
	KeyID               [sig.KeyIDSize]byte
	IssuedAt, ExpiresAt int64
	Signature           [sig.SignatureSize]byte
	Hash                [sha256.Size]byte // of the credential's bytes
}

// Again builds the credential that was signed for a record, byte for byte, from
// the record and what was kept. Nothing is signed and nothing judged anew: keys may
// have been rotated, retired or compromised, the lifetime, the usage granted or the
// end of the programme changed since, and no key need be at hand. The error is
// ErrNotTheSame, or a *[RefusalError] for a record that cannot have been signed at
// that time.
func (i *Issuer) Again(r *record.Record, s Signed) (Issued, error) {
	draft := &Draft{}
	if err := i.claimsOf(draft, r, time.Unix(s.IssuedAt, 0)); err != nil {
		return Issued{}, err
	}
	return i.again(draft, s)
}

// ConvertedAgain is [Issuer.Again] for a credential of [Issuer.DraftConversion]. The
// source need not be believed any more: that the credential which comes out has the
// hash that was kept says that it is the one which was.
func (i *Issuer) ConvertedAgain(p *record.Record, source Source, s Signed) (Issued, error) {
	draft, err := i.conversionOf(p, source, time.Unix(s.IssuedAt, 0))
	if err != nil {
		return Issued{}, err
	}
	return i.again(draft, s)
}

func (i *Issuer) again(d *Draft, s Signed) (Issued, error) {
	public := i.publicKey(s.KeyID)
	if public == nil {
		return Issued{}, fmt.Errorf("%w: key %x is neither published nor at hand", ErrNotTheSame, s.KeyID)
	}
	d.credential.Expires = s.ExpiresAt // the lifetime may have been another one
	c, err := d.at(s.Ref)
	if err != nil {
		return Issued{}, fmt.Errorf("%w: %w", ErrNotTheSame, err)
	}
	data, err := format.Encode(&c, kept{public, s.Signature})
	if err != nil || sha256.Sum256(data) != s.Hash {
		return Issued{}, ErrNotTheSame
	}
	return Issued{Data: data, Ref: s.Ref, KeyID: s.KeyID, IssuedAt: s.IssuedAt, ExpiresAt: s.ExpiresAt}, nil
}

// publicKey returns the key that the region publishes, in whatever state, or else the
// one that was at hand: a key set that is refused leaves none of the former. nil is
// none.
func (i *Issuer) publicKey(id [sig.KeyIDSize]byte) *sig.PublicKey {
	if published, ok := i.region.Key(id); ok {
		return published.Public
	}
	for _, signer := range i.held {
		if key := signer.PublicKey(); key.KeyID() == id {
			return key
		}
	}
	return nil
}

// kept gives back the signature that was made once.
type kept struct {
	public    *sig.PublicKey
	signature [sig.SignatureSize]byte
}

// PublicKey implements sig.Signer.
func (k kept) PublicKey() *sig.PublicKey { return k.public }

// Sign implements sig.Signer.
func (k kept) Sign([]byte) ([]byte, error) { return k.signature[:], nil }
