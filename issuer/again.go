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
// hand: the record is another one, or the key is not published any more.
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
// the record and what was kept. Nothing is signed: keys may have been rotated, and
// the lifetime or the usage granted changed since. The error is ErrNotTheSame, or
// a *[RefusalError] for a record that cannot have been signed at that time.
func (i *Issuer) Again(r *record.Record, s Signed) (Issued, error) {
	draft := &Draft{}
	if err := i.claimsOf(draft, r, time.Unix(s.IssuedAt, 0)); err != nil {
		return Issued{}, err
	}
	return i.again(draft, s)
}

// ConvertedAgain is [Issuer.Again] for a credential of [Issuer.DraftConversion].
func (i *Issuer) ConvertedAgain(p *record.Record, source Source, s Signed) (Issued, error) {
	draft, err := i.DraftConversion(p, source, time.Unix(s.IssuedAt, 0))
	if err != nil {
		return Issued{}, err
	}
	return i.again(draft, s)
}

func (i *Issuer) again(d *Draft, s Signed) (Issued, error) {
	published, ok := i.region.Key(s.KeyID)
	if !ok {
		return Issued{}, fmt.Errorf("%w: key %x is not published", ErrNotTheSame, s.KeyID)
	}
	d.credential.Expires = s.ExpiresAt // the lifetime may have been another one
	c, err := d.at(s.Ref)
	if err != nil {
		return Issued{}, fmt.Errorf("%w: %w", ErrNotTheSame, err)
	}
	data, err := format.Encode(&c, kept{published.Public, s.Signature})
	if err != nil || sha256.Sum256(data) != s.Hash {
		return Issued{}, ErrNotTheSame
	}
	return Issued{Data: data, Ref: s.Ref, KeyID: s.KeyID, IssuedAt: s.IssuedAt, ExpiresAt: s.ExpiresAt}, nil
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
