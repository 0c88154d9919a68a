// Package approval makes and reads what a second person signs when the command line
// issues credentials with an adverse status, or plans a bulk job (spec/issuer.md,
// sections 10 and 11): who approved it, of which job, from which records, and how many
// by state. Nothing of a person stands in it.
//
// An approval is a COSE_Sign (RFC 9052) of its own media type, so that it is taken
// for no other document, over deterministic CBOR, signed by the approver alone:
//
//	98([ << {16: "application/vnd.tongxing.approval+cose"} >>, {}, << {
//	  1: "33",                                    / region                        /
//	  2: "33-7d1e5b02c4a9f6d81b3e0a7c95f24d68",   / job                           /
//	  3: h'5f0c...',                              / keyed hash of the records     /
//	  4: 1660089600,                              / time of issue                 /
//	  5: {1: 12, 2: 3},                           / records by state, none green  /
//	  6: [h'0a11...', h'9be4...'],                / the keys that were to sign    /
//	  7: h'7d1e...',                              / bulk alone: digest of the job /
//	  8: 1000,                                    / bulk alone: number of records /
//	  9: 604800                                   / bulk alone: lifetime, seconds /
//	} >>, [ [ << {1: -7, 4: h'...'} >>, {}, h'...' ] ] ])
package approval

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/tongxing/tongxing/format/cborx"
	"github.com/tongxing/tongxing/format/cose"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/trustlist/publish/second"
)

const (
	// MediaType is the typ of an approval (RFC 9596).
	MediaType = "application/vnd.tongxing.approval+cose"
	// MaxSize is the size in bytes of the largest approval.
	MaxSize = 1 << 14
	// maxStates and maxKeys are the largest numbers of states and of signing keys.
	maxStates, maxKeys = 64, 64
)

var (
	// ErrInvalid reports an approval outside its bounds.
	ErrInvalid = errors.New("approval: invalid approval")
	// ErrOwnKey reports an approver whose key is one of those that issue.
	ErrOwnKey = errors.New("approval: the approver's key issues the credentials")
	// ErrNotAnApproval reports data that is no approval.
	ErrNotAnApproval = errors.New("approval: not an approval")
	// ErrRefused reports a signature, just made, that one of our two implementations
	// does not verify.
	ErrRefused = errors.New("approval: the signature does not verify")
	// ErrSignature reports an approval that none of the given keys signed.
	ErrSignature = errors.New("approval: not signed by any of the keys")
)

// Approval says what was approved.
type Approval struct {
	Region string // two digits
	Job    string // 1 to 128 bytes, as registry.CheckName says
	// Records is the keyed hash of the records, see [RecordsHash].
	Records [32]byte
	At      int64 // time of issue in seconds since 1970 UTC, 0 to 2^32-1
	// Adverse is how many records have which state; 1 to 64 states, none green,
	// each of at least one record. Of a bulk job there may be no state.
	Adverse map[uint16]uint64
	// Keys are the thumbprints (RFC 9679) of the keys that were to sign the
	// credentials, 1 to 64, ascending.
	Keys [][32]byte
	// Bulk is what a bulk job is beside that, nil where records are issued at once.
	Bulk *Bulk
}

// Bulk is what a bulk job (作业) is.
type Bulk struct {
	// Digest is the job's in the registry: a keyed hash over all that decides what
	// the job issues (registry.Job).
	Digest   [32]byte
	Records  uint64 // lines that are not blank, at least 1 and as many as are adverse
	Lifetime uint32 // of a credential in seconds, at least 1
}

// Same reports whether b says the same of the same job. The keys at hand to sign may
// be others: between approval and planning a key may have come into use.
func (a Approval) Same(b Approval) bool {
	if (a.Bulk == nil) != (b.Bulk == nil) || a.Bulk != nil && *a.Bulk != *b.Bulk {
		return false
	}
	return a.Region == b.Region && a.Job == b.Job && a.Records == b.Records && a.At == b.At && maps.Equal(a.Adverse, b.Adverse)
}

// RecordsHash is the keyed hash of a file of records by its SHA-256: a bare one
// over the record of one person could be tried out.
func RecordsHash(key, records []byte) [32]byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte("tongxing approval\n"))
	h.Write(records)
	return [32]byte(h.Sum(nil))
}

type content struct {
	Region  string            `cbor:"1,keyasint"`
	Job     string            `cbor:"2,keyasint"`
	Records []byte            `cbor:"3,keyasint"`
	At      uint64            `cbor:"4,keyasint"`
	Adverse map[uint64]uint64 `cbor:"5,keyasint"`
	Keys    [][]byte          `cbor:"6,keyasint"`
	// A zero is no value of these, so that a field that says it is refused as one
	// that would be written otherwise.
	Digest   []byte `cbor:"7,keyasint,omitempty"`
	Count    uint64 `cbor:"8,keyasint,omitempty"`
	Lifetime uint64 `cbor:"9,keyasint,omitempty"`
}

func (a Approval) check() error {
	if len(a.Region) != 2 || a.Region[0] < '0' || a.Region[0] > '9' || a.Region[1] < '0' || a.Region[1] > '9' {
		return fmt.Errorf("%w: region %q", ErrInvalid, a.Region)
	}
	if err := registry.CheckName("job", a.Job); err != nil {
		return fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	if a.At < 0 || a.At > math.MaxUint32 {
		return fmt.Errorf("%w: at %d", ErrInvalid, a.At)
	}
	if err := a.checkAdverse(); err != nil {
		return err
	}
	if len(a.Keys) == 0 || len(a.Keys) > maxKeys {
		return fmt.Errorf("%w: %d keys", ErrInvalid, len(a.Keys))
	}
	for i := range a.Keys[1:] {
		if bytes.Compare(a.Keys[i][:], a.Keys[i+1][:]) >= 0 {
			return fmt.Errorf("%w: the keys are not ascending", ErrInvalid)
		}
	}
	return nil
}

// checkAdverse holds the states to their bounds, and a bulk job to having as many
// records.
func (a Approval) checkAdverse() error {
	if len(a.Adverse) > maxStates || len(a.Adverse) == 0 && a.Bulk == nil {
		return fmt.Errorf("%w: %d states", ErrInvalid, len(a.Adverse))
	}
	left := uint64(math.MaxUint64)
	if a.Bulk != nil {
		left = a.Bulk.Records
		if left == 0 || a.Bulk.Lifetime == 0 {
			return fmt.Errorf("%w: a job of %d records for %d seconds", ErrInvalid, left, a.Bulk.Lifetime)
		}
	}
	for state, count := range a.Adverse {
		if state == spec.StateGreen || count == 0 || count > left {
			return fmt.Errorf("%w: %d records of state %d", ErrInvalid, count, state)
		}
		if a.Bulk != nil {
			left -= count
		}
	}
	return nil
}

// Sign returns the approval signed by the approver. Both of our implementations
// verify the signature before it is given away. Errors are ErrInvalid for an
// approval out of bounds, ErrOwnKey, ErrRefused, and what the signer returns.
func Sign(a Approval, approver sig.Signer) ([]byte, error) {
	if err := a.check(); err != nil {
		return nil, err
	}
	key := approver.PublicKey()
	if slices.Contains(a.Keys, key.Thumbprint()) {
		return nil, ErrOwnKey
	}
	payload, err := cborx.Marshal(a.content())
	if err != nil {
		return nil, fmt.Errorf("approval: %w", err)
	}
	message, err := cose.NewSign(MediaType, payload)
	if err == nil {
		message, err = message.WithSignature(approver)
	}
	if err != nil {
		return nil, fmt.Errorf("approval: %w", err)
	}
	if len(message.Signers([]*sig.PublicKey{key})) != 1 {
		return nil, fmt.Errorf("%w: %s", ErrRefused, key)
	}
	if err := second.Verify(key, message.ToBeSigned(key), message.Signatures()[0].Value); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	return message.Marshal()
}

func (a Approval) content() content {
	c := content{Region: a.Region, Job: a.Job, Records: a.Records[:], At: uint64(a.At), Adverse: map[uint64]uint64{}}
	for state, count := range a.Adverse {
		c.Adverse[uint64(state)] = count
	}
	for i := range a.Keys {
		c.Keys = append(c.Keys, a.Keys[i][:])
	}
	if a.Bulk != nil {
		c.Digest, c.Count, c.Lifetime = a.Bulk.Digest[:], a.Bulk.Records, uint64(a.Bulk.Lifetime)
	}
	return c
}

// Parse returns an approval and which of the keys signed it. Errors are
// ErrNotAnApproval, ErrSignature, and ErrOwnKey for one whose signer was to sign the
// credentials too.
func Parse(data []byte, keys []*sig.PublicKey) (Approval, *sig.PublicKey, error) {
	if len(data) > MaxSize {
		return Approval{}, nil, fmt.Errorf("%w: more than %d bytes", ErrNotAnApproval, MaxSize)
	}
	message, err := cose.ParseSign(data)
	if err != nil {
		return Approval{}, nil, fmt.Errorf("%w: %w", ErrNotAnApproval, err)
	}
	if message.Type() != MediaType {
		return Approval{}, nil, fmt.Errorf("%w: it is of type %q", ErrNotAnApproval, message.Type())
	}
	if n := len(message.Signatures()); n != 1 {
		return Approval{}, nil, fmt.Errorf("%w: it has %d signatures", ErrNotAnApproval, n)
	}
	signers := message.Signers(keys)
	if len(signers) == 0 {
		return Approval{}, nil, ErrSignature
	}
	var c content
	if err := cborx.Unmarshal(message.UnverifiedPayload(), &c); err != nil {
		return Approval{}, nil, fmt.Errorf("%w: %w", ErrNotAnApproval, err)
	}
	a, err := c.approval()
	if err == nil {
		err = a.check()
	}
	if err != nil {
		return Approval{}, nil, fmt.Errorf("%w: %w", ErrNotAnApproval, err)
	}
	if slices.Contains(a.Keys, signers[0].Thumbprint()) {
		return Approval{}, nil, ErrOwnKey
	}
	return a, signers[0], nil
}

// approval is what a payload says, its bounds not checked.
func (c content) approval() (Approval, error) {
	if len(c.Records) != 32 || c.At > math.MaxUint32 {
		return Approval{}, fmt.Errorf("a hash of %d bytes, at %d", len(c.Records), c.At)
	}
	a := Approval{Region: c.Region, Job: c.Job, Records: [32]byte(c.Records), At: int64(c.At), Adverse: map[uint16]uint64{}}
	for state, count := range c.Adverse {
		if state > math.MaxUint16 {
			return Approval{}, fmt.Errorf("state %d", state)
		}
		a.Adverse[uint16(state)] = count
	}
	for _, key := range c.Keys {
		if len(key) != 32 {
			return Approval{}, fmt.Errorf("a thumbprint of %d bytes", len(key))
		}
		a.Keys = append(a.Keys, [32]byte(key))
	}
	if c.Digest == nil && c.Count == 0 && c.Lifetime == 0 {
		return a, nil
	}
	if len(c.Digest) != 32 || c.Lifetime > math.MaxUint32 {
		return Approval{}, fmt.Errorf("a digest of %d bytes, a lifetime of %d seconds", len(c.Digest), c.Lifetime)
	}
	a.Bulk = &Bulk{Digest: [32]byte(c.Digest), Records: c.Count, Lifetime: uint32(c.Lifetime)}
	return a, nil
}
