//go:build cgo

package pkcs11

import (
	"bytes"
	"crypto/rand"
	"encoding/asn1"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/miekg/pkcs11"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/issuer/keys"
)

// p256 is CKA_EC_PARAMS of P-256: its object identifier (RFC 5480) in DER.
var p256 = []byte{0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07}

// Key is a key pair in a token; it implements [keys.BatchSigner] for ES256.
type Key struct {
	token  *Token
	handle pkcs11.ObjectHandle
	public *sig.PublicKey
}

var _ keys.BatchSigner = (*Key)(nil)

// PublicKey implements [keys.DigestSigner].
func (k *Key) PublicKey() *sig.PublicKey { return k.public }

// SignDigest implements [keys.DigestSigner]. Errors are [ErrGone], [ErrClosed],
// [keys.ErrForm] and what the library says.
func (k *Key) SignDigest(digest [32]byte) ([]byte, error) {
	var signature []byte
	err := k.token.with(func(session pkcs11.SessionHandle) error {
		mechanism := []*pkcs11.Mechanism{pkcs11.NewMechanism(pkcs11.CKM_ECDSA, nil)}
		if err := k.token.context.SignInit(session, mechanism, k.handle); err != nil {
			return told("begin to sign", err)
		}
		var err error
		signature, err = k.token.context.Sign(session, digest[:])
		return told("sign", err)
	})
	if err != nil {
		return nil, err
	}
	if err := keys.CheckForm(sig.ES256, signature); err != nil {
		return nil, fmt.Errorf("pkcs11: %w", err)
	}
	return signature, nil
}

// SignDigests implements [keys.BatchSigner]: as many at once as the token has sessions,
// for a device over a network makes one wait for each. SoftHSM2, which signs one at a
// time, gains nothing by it. Errors are those of SignDigest.
func (k *Key) SignDigests(digests [][32]byte) ([][]byte, error) {
	signatures, errs := make([][]byte, len(digests)), make([]error, len(digests))
	var next atomic.Int64
	var failed atomic.Bool
	var group sync.WaitGroup
	for range min(len(digests), cap(k.token.places)) {
		group.Go(func() {
			for !failed.Load() {
				i := int(next.Add(1)) - 1
				if i >= len(digests) {
					return
				}
				if signatures[i], errs[i] = k.SignDigest(digests[i]); errs[i] != nil {
					failed.Store(true)
				}
			}
		})
	}
	group.Wait()
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return signatures, nil
}

// Key returns the key pair of the given label. It signs once, to see that the two
// halves belong together. Errors are [ErrNoKey], [ErrUnfitKey] and [ErrGone].
func (t *Token) Key(label string) (*Key, error) {
	k := &Key{token: t}
	err := t.with(func(session pkcs11.SessionHandle) error {
		private, err := t.one(session, pkcs11.CKO_PRIVATE_KEY, label)
		if err != nil {
			return err
		}
		public, err := t.one(session, pkcs11.CKO_PUBLIC_KEY, label)
		if err != nil {
			return err
		}
		k.handle = private
		k.public, err = t.point(session, public)
		return err
	})
	if err != nil {
		return nil, err
	}
	probe := []byte("tongxing/pkcs11/probe")
	signature, err := keys.Messages(k).Sign(probe)
	if err != nil {
		return nil, fmt.Errorf("%w: %q: %w", ErrUnfitKey, label, err)
	}
	if err := k.public.Verify(probe, signature); err != nil {
		return nil, fmt.Errorf("%w: %q: its private and public half do not belong together", ErrUnfitKey, label)
	}
	return k, nil
}

// one returns the one object of a class that has the label.
func (t *Token) one(session pkcs11.SessionHandle, class uint, label string) (pkcs11.ObjectHandle, error) {
	found, err := t.all(session, class, label)
	if err != nil {
		return 0, err
	}
	if len(found) != 1 {
		return 0, fmt.Errorf("%w: %q", ErrNoKey, label)
	}
	return found[0], nil
}

// all returns at most two objects of a class that have the label.
func (t *Token) all(session pkcs11.SessionHandle, class uint, label string) ([]pkcs11.ObjectHandle, error) {
	template := []*pkcs11.Attribute{
		pkcs11.NewAttribute(pkcs11.CKA_CLASS, class),
		pkcs11.NewAttribute(pkcs11.CKA_LABEL, label),
	}
	if err := t.context.FindObjectsInit(session, template); err != nil {
		return nil, told("look for keys", err)
	}
	found, _, err := t.context.FindObjects(session, 2)
	if ended := t.context.FindObjectsFinal(session); err == nil {
		err = ended
	}
	return found, told("look for keys", err)
}

// point reads a public key.
func (t *Token) point(session pkcs11.SessionHandle, object pkcs11.ObjectHandle) (*sig.PublicKey, error) {
	attributes, err := t.context.GetAttributeValue(session, object, []*pkcs11.Attribute{
		pkcs11.NewAttribute(pkcs11.CKA_EC_PARAMS, nil), pkcs11.NewAttribute(pkcs11.CKA_EC_POINT, nil),
	})
	if err != nil {
		return nil, fmt.Errorf("%w: not an elliptic curve: %w", ErrUnfitKey, told("read public key", err))
	}
	if len(attributes) != 2 || !bytes.Equal(attributes[0].Value, p256) {
		return nil, fmt.Errorf("%w: its curve is not P-256", ErrUnfitKey)
	}
	// PKCS#11 wraps the point in an OCTET STRING; some tokens forget to.
	point := attributes[1].Value
	var inner []byte
	if rest, err := asn1.Unmarshal(point, &inner); err == nil && len(rest) == 0 {
		point = inner
	}
	public, err := sig.NewPublicKey(sig.ES256, point)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnfitKey, err)
	}
	return public, nil
}

// Generate makes a P-256 key pair in the token under a new label. The private half
// is sensitive and never leaves it. Errors are [ErrKeyExists], [ErrGone] and what
// the library says.
func (t *Token) Generate(label string) (*Key, error) {
	id := make([]byte, 16)
	rand.Read(id)
	err := t.with(func(session pkcs11.SessionHandle) error {
		for _, class := range []uint{pkcs11.CKO_PRIVATE_KEY, pkcs11.CKO_PUBLIC_KEY} {
			if found, err := t.all(session, class, label); err != nil || len(found) > 0 {
				if err == nil {
					err = fmt.Errorf("%w: %q", ErrKeyExists, label)
				}
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if err := t.generate(label, id); err != nil {
		return nil, err
	}
	return t.Key(label)
}

func (t *Token) generate(label string, id []byte) error {
	both := func(own ...*pkcs11.Attribute) []*pkcs11.Attribute {
		return append(own,
			pkcs11.NewAttribute(pkcs11.CKA_TOKEN, true),
			pkcs11.NewAttribute(pkcs11.CKA_LABEL, label),
			pkcs11.NewAttribute(pkcs11.CKA_ID, id))
	}
	// The login's session is the one that may write, and nothing else uses it.
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if t.closed {
		return ErrClosed
	}
	_, _, err := t.context.GenerateKeyPair(t.login,
		[]*pkcs11.Mechanism{pkcs11.NewMechanism(pkcs11.CKM_EC_KEY_PAIR_GEN, nil)},
		both(pkcs11.NewAttribute(pkcs11.CKA_EC_PARAMS, p256), pkcs11.NewAttribute(pkcs11.CKA_VERIFY, true)),
		both(pkcs11.NewAttribute(pkcs11.CKA_PRIVATE, true), pkcs11.NewAttribute(pkcs11.CKA_SENSITIVE, true),
			pkcs11.NewAttribute(pkcs11.CKA_EXTRACTABLE, false), pkcs11.NewAttribute(pkcs11.CKA_SIGN, true)))
	return told("generate key", err)
}
