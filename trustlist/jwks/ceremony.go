package jwks

import (
	"errors"
	"fmt"

	"github.com/tongxing/tongxing/format/cose"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/publish"
)

// Sign returns the signer's signature of the export, apart from it, in the form
// in which signatures of documents travel too. Both implementations have checked
// it. Errors are the signer's, [sig.ErrSignature] and
// [publish.ErrSecondOpinion].
func (e *Export) Sign(signer sig.Signer) (*publish.Detached, error) {
	key := signer.PublicKey()
	message := e.ToBeSigned(key)
	signed, err := signer.Sign(message)
	if err != nil {
		return nil, fmt.Errorf("jwks: sign with %s: %w", key, err)
	}
	if err := publish.CheckSignature(key, message, signed); err != nil {
		return nil, err
	}
	return &publish.Detached{Document: e.Hash(), Key: key, Value: signed}, nil
}

// Combine returns the export with the signatures, each checked by both
// implementations; the same key twice counts once. Errors are
// [publish.ErrOtherDocument], [sig.ErrSignature], [publish.ErrSecondOpinion], and
// [ErrNotAnExport] where there is no room for one more.
func (e *Export) Combine(signatures ...*publish.Detached) (*Export, error) {
	for _, d := range signatures {
		if d.Document != e.Hash() {
			return nil, fmt.Errorf("%w: by %s", publish.ErrOtherDocument, d.Key)
		}
		if err := publish.CheckSignature(d.Key, e.ToBeSigned(d.Key), d.Value); err != nil {
			return nil, fmt.Errorf("jwks: signature by %s: %w", d.Key, err)
		}
		if e = e.with(signature{headerOf(d.Key), d.Value}); len(e.signatures) > cose.MaxSignatures {
			return nil, fmt.Errorf("%w: more than %d signatures", ErrNotAnExport, cose.MaxSignatures)
		}
	}
	return e, nil
}

// SignedBy reports whether a signature names key. Whether it is good is not looked
// at.
func (e *Export) SignedBy(key *sig.PublicKey) bool {
	_, found := e.find(keyID(key))
	return found
}

// Signers says who of the root's groups has signed, as a ceremony asks it: both
// implementations check every signature. One by anybody else, or that does not
// verify, is skipped. Errors are [ErrMismatch] for a signature that names a key
// of the root with another algorithm, and [publish.ErrSecondOpinion].
func (e *Export) Signers(root *trustlist.Root) ([]publish.GroupSigners, error) {
	return e.signers(root, publish.CheckSignature)
}

// check reports whether a signature is right; [sig.ErrSignature] says that it is
// not.
type check func(key *sig.PublicKey, message, signature []byte) error

func (e *Export) signers(root *trustlist.Root, right check) ([]publish.GroupSigners, error) {
	var all []publish.GroupSigners
	for i := range root.Groups {
		g := &root.Groups[i]
		s := publish.GroupSigners{Root: root.Version, Group: g.Name, Need: g.Need, Threshold: int(g.Threshold), Keys: len(g.Keys)}
		s.Skipped = g.Need == trustlist.Added && !g.Algorithm.Known()
		keys, err := groupKeys(g)
		if err != nil {
			return nil, err
		}
		for _, key := range keys {
			signed, err := e.signedBy(key, right)
			if err != nil {
				return nil, err
			}
			if signed {
				s.Signers = append(s.Signers, key)
			} else {
				s.Missing = append(s.Missing, key)
			}
		}
		all = append(all, s)
	}
	return all, nil
}

// groupKeys returns the keys of a group, none of an algorithm that is unknown
// here.
func groupKeys(g *trustlist.Group) ([]*sig.PublicKey, error) {
	if !g.Algorithm.Known() {
		return nil, nil
	}
	keys := make([]*sig.PublicKey, len(g.Keys))
	for i, point := range g.Keys {
		key, err := sig.NewPublicKey(g.Algorithm, point)
		if err != nil {
			return nil, err
		}
		keys[i] = key
	}
	return keys, nil
}

func (e *Export) signedBy(key *sig.PublicKey, right check) (bool, error) {
	h := headerOf(key)
	i, found := e.find(h.kid)
	if !found {
		return false, nil
	}
	s := &e.signatures[i]
	if s.header != h {
		return false, fmt.Errorf("%w: %q by the key %s", ErrMismatch, s.header.algorithm, key)
	}
	err := right(key, e.input(h), s.value)
	if errors.Is(err, sig.ErrSignature) {
		return false, nil
	}
	return err == nil, err
}
