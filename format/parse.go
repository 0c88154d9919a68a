package format

import (
	"errors"
	"fmt"
	"io"

	"github.com/tongxing/tongxing/format/cborx"
	"github.com/tongxing/tongxing/format/cose"
	"github.com/tongxing/tongxing/format/sig"
)

// Unverified is a well-formed credential that nobody has verified. What it
// claims about a person is out of reach until [Unverified.Verify] has succeeded;
// the methods beside it give only what is needed to find the key.
type Unverified struct {
	message *cose.Sign1
	// credential is behind a pointer: %p passes over Format, and prints the
	// fields of a value, but follows no pointer in them.
	credential *Credential
}

// Format implements [fmt.Formatter] for every verb: a log line or an error text
// must not carry claims that nobody has verified, nor a person's at all.
func (u Unverified) Format(f fmt.State, _ rune) {
	if u.credential == nil { // the zero value
		io.WriteString(f, "no credential")
		return
	}
	io.WriteString(f, "unverified credential of region "+u.credential.Issuer)
}

var errSize = errors.New("longer than any credential")

// Parse reads a credential from its bytes and checks its encoding, its envelope
// and every claim, but no signature. The error is a *[ParseError]. data is not
// kept.
func Parse(data []byte) (*Unverified, error) {
	if len(data) > MaxSize {
		return nil, &ParseError{FaultEncoding, fmt.Errorf("%w: %d bytes, at most %d", errSize, len(data), MaxSize)}
	}
	message, err := cose.ParseSign1(data)
	if err != nil {
		return nil, classify(err, FaultEnvelope)
	}
	content := message.UnverifiedPayload()
	if err := cborx.Check(content); err != nil {
		return nil, &ParseError{FaultEncoding, fmt.Errorf("payload: %w", err)}
	}
	if !message.Algorithm().Known() {
		return nil, &ParseError{FaultAlgorithm, fmt.Errorf("%w: %d", sig.ErrUnknownAlgorithm, int64(message.Algorithm()))}
	}
	p, err := decodePayload(content)
	if err != nil {
		return nil, &ParseError{FaultClaims, fmt.Errorf("payload: %w", err)}
	}
	credential := p.credential()
	if err := credential.Validate(); err != nil {
		return nil, &ParseError{FaultClaims, err}
	}
	return &Unverified{message, &credential}, nil
}

// Issuer returns the region that the credential claims to be from.
func (u *Unverified) Issuer() string { return u.credential.Issuer }

// KeyID returns the identifier of the key that the credential claims to be
// signed with, to be looked up within the issuer's own key set and nowhere else.
func (u *Unverified) KeyID() [sig.KeyIDSize]byte { return u.message.KeyID() }

// Algorithm returns the algorithm that the credential claims.
func (u *Unverified) Algorithm() sig.Algorithm { return u.message.Algorithm() }

// Verify returns the credential if key signed it, as a message of the key's own
// algorithm. Errors are [cose.ErrAlgorithmMismatch] and [sig.ErrSignature]. That
// the key belongs to the issuer is for the caller to know.
func (u *Unverified) Verify(key *sig.PublicKey) (*Credential, error) {
	if err := u.message.Verify(key); err != nil {
		return nil, fmt.Errorf("format: %w", err)
	}
	return u.credential.Clone(), nil
}

// UnverifiedCredential returns what the credential claims, verified or not. It
// is for inspection by people who know that anybody can write such a thing; no
// verdict may rest on it.
func (u *Unverified) UnverifiedCredential() *Credential { return u.credential.Clone() }
