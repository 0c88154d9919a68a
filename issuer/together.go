package issuer

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/sig"
)

// Order is a credential that is to be signed in a chunk.
type Order struct {
	Draft *Draft
	Ref   format.Ref

	// After SignAll: the credential, or the *[RefusalError] of a draft that turned
	// out unfit.
	Issued Issued
	Err    error
}

// SignAll is [Chunk.Sign] for many: those of a key whose signer is a
// [sig.BatchSigner] are signed together, the others one after another. After an
// error nothing of the orders is of use.
func (c *Chunk) SignAll(orders []Order) error {
	together := map[[32]byte][]*Order{} // by thumbprint
	for n := range orders {
		o := &orders[n]
		if batch, ok := o.Draft.key.signer.(sig.BatchSigner); ok {
			key := batch.PublicKey().Thumbprint()
			together[key] = append(together[key], o)
			continue
		}
		var refusal *RefusalError
		if o.Issued, o.Err = c.Sign(o.Draft, o.Ref); o.Err != nil && !errors.As(o.Err, &refusal) {
			return o.Err
		}
	}
	for _, some := range together {
		if err := c.signTogether(some[0].Draft.key.signer.(sig.BatchSigner), some); err != nil {
			return c.void(err)
		}
	}
	return nil
}

// signTogether signs the orders of one key.
func (c *Chunk) signTogether(batch sig.BatchSigner, orders []*Order) error {
	if err := c.issuer.check.allows(batch.PublicKey()); err != nil {
		return err
	}
	var messages [][]byte
	var prepared []*Order
	for _, o := range orders {
		unsigned := unsigned{public: batch.PublicKey()}
		var refusal *RefusalError
		if o.Issued, o.Err = o.Draft.encode(o.Ref, &unsigned); errors.As(o.Err, &refusal) {
			continue
		} else if o.Err != nil {
			return o.Err
		}
		messages, prepared = append(messages, unsigned.message), append(prepared, o)
	}
	if len(messages) == 0 {
		return nil
	}
	signatures, err := batch.SignAll(messages)
	if err != nil {
		return fmt.Errorf("issuer: sign %d credentials: %w", len(messages), err)
	}
	if len(signatures) != len(messages) {
		return fmt.Errorf("issuer: signer returned %d signatures for %d messages", len(signatures), len(messages))
	}
	for n, o := range prepared {
		if len(signatures[n]) != sig.SignatureSize {
			return fmt.Errorf("issuer: signer returned %d bytes, not %d", len(signatures[n]), sig.SignatureSize)
		}
		// The signature is the end of a COSE_Sign1.
		copy(o.Issued.Data[len(o.Issued.Data)-sig.SignatureSize:], signatures[n])
		if err := c.note(batch.PublicKey(), o.Issued.Data); err != nil {
			return err
		}
	}
	return nil
}

// unsigned stands for a signer while the messages are collected.
type unsigned struct {
	public  *sig.PublicKey
	message []byte
}

// PublicKey implements sig.Signer.
func (u *unsigned) PublicKey() *sig.PublicKey { return u.public }

// Sign implements sig.Signer.
func (u *unsigned) Sign(message []byte) ([]byte, error) {
	u.message = bytes.Clone(message)
	return make([]byte, sig.SignatureSize), nil
}
