package trustlist

import (
	"encoding/hex"
	"fmt"
)

// Anchor is where trust starts: one root, known by its hash. The zero Anchor
// trusts nothing.
type Anchor struct {
	hash [32]byte
	set  bool
}

// AnchorHash returns the anchor that trusts the root with the given hash, as
// two people compare it by eye or a program carries it in its build.
func AnchorHash(hash [32]byte) Anchor { return Anchor{hash, true} }

// ParseAnchor returns the anchor that trusts a root document, after checking
// that it is one and that its own keys signed it.
func ParseAnchor(data []byte) (Anchor, error) {
	u, err := openAs(KindRoot, data)
	if err != nil {
		return Anchor{}, err
	}
	if _, _, err := u.selfSignedRoot(); err != nil {
		return Anchor{}, err
	}
	return AnchorHash(u.Hash()), nil
}

// ParseAnchorHash returns the anchor for a root's hash in hexadecimal.
func ParseAnchorHash(text string) (Anchor, error) {
	b, err := hex.DecodeString(text)
	if err != nil || len(b) != 32 {
		return Anchor{}, fmt.Errorf("trustlist: %q is not the hash of a root, 64 hexadecimal digits", text)
	}
	return AnchorHash([32]byte(b)), nil
}

// Hash returns the hash of the trusted root.
func (a Anchor) Hash() [32]byte { return a.hash }

// selfSignedRoot returns the root that u holds, and how many of its keys have
// signed it, if the root's own groups have. Who vouches for the root is the
// caller's matter.
func (u *Unverified) selfSignedRoot() (*Root, int, error) {
	var r Root
	if err := u.content(&r); err != nil {
		return nil, 0, err
	}
	signers, err := u.verifyGroups(r.Groups)
	if err != nil {
		return nil, 0, &DocumentError{KindRoot, err}
	}
	return &r, signers, nil
}
