// Package deletion makes and reads the signed records of what a province deleted:
// that it was deleted, when, by whom and how much, and nothing of what it was
// (spec/deletion.md).
//
// A record is a COSE_Sign (RFC 9052) of its own media type, so that it is taken for
// no other document, over deterministic CBOR, signed by keys of the region:
//
//	98([ << {16: "application/vnd.tongxing.deletion+cose"} >>, {}, << {
//	  1: "purge",              / what was done                                   /
//	  2: "4bf4f0d9...",        / of what: a registry's identity in hex, a job    /
//	  3: 1795305600,           / when: seconds since 1970                        /
//	  4: "operator 3",         / by whom                                         /
//	  5: 1793462400,           / purge: months that ended before this are gone   /
//	  6: {"entries": 1000, "requests": 10},          / how many, by what         /
//	  7: [812, h'5f0c...']     / end of the journal, with the act in it          /
//	} >>, [ [ << {1: -7, 4: h'...'} >>, {}, h'...' ] ] ])
//
// A job's has 8, the keyed digest of what was planned, in the place of 5.
//
// The end of the journal ties the record to the chain of acts: who verifies the
// journal against it (package issuer/journal) finds the act there.
package deletion

import (
	"errors"
	"fmt"
	"math"

	"github.com/tongxing/tongxing/format/cborx"
	"github.com/tongxing/tongxing/format/cose"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/trustlist/publish/second"
)

// The acts of which there are records.
const (
	// Purge deletes what a registry keeps of months that are over.
	Purge = "purge"
	// Forget deletes the input and the parts of a job that was delivered.
	Forget = "forget"
	// Abandon deletes those of a job that is given up.
	Abandon = "abandon"
)

const (
	// MediaType is the typ of a record (RFC 9596).
	MediaType = "application/vnd.tongxing.deletion+cose"
	// MaxSize is the size in bytes of the largest record.
	MaxSize = 1 << 16
	// maxCounts is the largest number of counts in a record.
	maxCounts = 16
)

var (
	// ErrInvalid reports a record outside its bounds.
	ErrInvalid = errors.New("deletion: invalid record")
	// ErrNotARecord reports data that is no record of a deletion.
	ErrNotARecord = errors.New("deletion: not a record of a deletion")
	// ErrRefused reports a signature, just made, that one of our two implementations
	// does not verify.
	ErrRefused = errors.New("deletion: the signature does not verify")
	// ErrSignature reports a record that none of the given keys signed.
	ErrSignature = errors.New("deletion: not signed by any of the keys")
)

// Record says what was deleted. Texts are 1 to 128 bytes, as registry.CheckName
// says.
type Record struct {
	Act    string // Purge, Forget or Abandon
	Object string // identity of the registry in hex, or name of the job
	At     int64  // seconds since 1970 UTC, 0 to 2^32-1
	By     string
	// Before is for a purge, from 1 on: months of expiry that ended before it are
	// gone. 0 for any other act.
	Before int64
	// Counts are how many were deleted, by what: at most 16.
	Counts map[string]uint64
	// Journal is the end of the registry's journal when the act stood in it.
	Journal registry.JournalHead
	// Digest is for a job: the keyed hash of what was planned. nil for a purge.
	Digest *[32]byte
}

type content struct {
	Act     string            `cbor:"1,keyasint"`
	Object  string            `cbor:"2,keyasint"`
	At      uint64            `cbor:"3,keyasint"`
	By      string            `cbor:"4,keyasint"`
	Before  *uint64           `cbor:"5,keyasint,omitempty"`
	Counts  map[string]uint64 `cbor:"6,keyasint"`
	Journal head              `cbor:"7,keyasint"`
	Digest  []byte            `cbor:"8,keyasint,omitempty"`
}

type head struct {
	_        struct{} `cbor:",toarray"`
	Sequence uint64
	Hash     []byte // 32
}

func (r Record) check() error {
	for what, text := range map[string]string{"act": r.Act, "object": r.Object, "name": r.By} {
		if err := registry.CheckName(what, text); err != nil {
			return fmt.Errorf("%w: %w", ErrInvalid, err)
		}
	}
	for what := range r.Counts {
		if err := registry.CheckName("count", what); err != nil {
			return fmt.Errorf("%w: %w", ErrInvalid, err)
		}
	}
	if len(r.Counts) > maxCounts || r.At < 0 || r.At > math.MaxUint32 || r.Before < 0 || r.Before > math.MaxUint32 {
		return fmt.Errorf("%w: %d counts, at %d, before %d", ErrInvalid, len(r.Counts), r.At, r.Before)
	}
	switch r.Act {
	case Purge:
		if r.Before == 0 || r.Digest != nil {
			return fmt.Errorf("%w: a purge before %d, with a digest: %t", ErrInvalid, r.Before, r.Digest != nil)
		}
	case Forget, Abandon:
		if r.Before != 0 || r.Digest == nil {
			return fmt.Errorf("%w: a job before %d, with a digest: %t", ErrInvalid, r.Before, r.Digest != nil)
		}
	default:
		return fmt.Errorf("%w: the act %q", ErrInvalid, r.Act)
	}
	if r.Journal.Sequence == 0 {
		return fmt.Errorf("%w: the act stands in no journal", ErrInvalid)
	}
	return nil
}

// Sign returns the record signed by each of the signers, at least one. Both of our
// implementations verify each signature before it is given away. Errors are
// ErrInvalid for a record out of bounds, ErrRefused, and what the signers return.
func Sign(r Record, signers ...sig.Signer) ([]byte, error) {
	if err := r.check(); err != nil {
		return nil, err
	}
	if len(signers) == 0 {
		return nil, fmt.Errorf("%w: nobody signs it", ErrInvalid)
	}
	payload, err := cborx.Marshal(r.content())
	if err != nil {
		return nil, fmt.Errorf("deletion: %w", err)
	}
	message, err := cose.NewSign(MediaType, payload)
	for _, signer := range signers {
		if err != nil {
			break
		}
		message, err = signBy(message, signer)
	}
	if err != nil {
		return nil, fmt.Errorf("deletion: %w", err)
	}
	return message.Marshal()
}

// content is the record's payload.
func (r Record) content() content {
	c := content{Act: r.Act, Object: r.Object, At: uint64(r.At), By: r.By, Counts: r.Counts,
		Journal: head{Sequence: r.Journal.Sequence, Hash: r.Journal.Hash[:]}}
	if c.Counts == nil {
		c.Counts = map[string]uint64{}
	}
	if r.Before != 0 {
		before := uint64(r.Before)
		c.Before = &before
	}
	if r.Digest != nil {
		c.Digest = r.Digest[:]
	}
	return c
}

// signBy adds a signature that both implementations have verified.
func signBy(message *cose.Sign, signer sig.Signer) (*cose.Sign, error) {
	signed, err := message.WithSignature(signer)
	if err != nil {
		return nil, err
	}
	key := signer.PublicKey()
	if len(signed.Signers([]*sig.PublicKey{key})) != 1 {
		return nil, fmt.Errorf("%w: %s", ErrRefused, key)
	}
	for _, signature := range signed.Signatures() {
		if signature.KeyID != key.Thumbprint() {
			continue
		}
		if err := second.Verify(key, signed.ToBeSigned(key), signature.Value); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrRefused, err)
		}
	}
	return signed, nil
}

// Parse returns a record and those of the keys that signed it, at least one. Errors
// are ErrNotARecord and ErrSignature.
func Parse(data []byte, keys []*sig.PublicKey) (Record, []*sig.PublicKey, error) {
	if len(data) > MaxSize {
		return Record{}, nil, fmt.Errorf("%w: more than %d bytes", ErrNotARecord, MaxSize)
	}
	message, err := cose.ParseSign(data)
	if err != nil {
		return Record{}, nil, fmt.Errorf("%w: %w", ErrNotARecord, err)
	}
	if message.Type() != MediaType {
		return Record{}, nil, fmt.Errorf("%w: it is of type %q", ErrNotARecord, message.Type())
	}
	if twice(message.Signatures()) {
		return Record{}, nil, fmt.Errorf("%w: a key has signed it twice", ErrNotARecord)
	}
	signers := message.Signers(keys)
	if len(signers) == 0 {
		return Record{}, nil, ErrSignature
	}
	var c content
	if err := cborx.Unmarshal(message.UnverifiedPayload(), &c); err != nil {
		return Record{}, nil, fmt.Errorf("%w: %w", ErrNotARecord, err)
	}
	r, err := c.record()
	if err != nil {
		return Record{}, nil, err
	}
	if err := r.check(); err != nil {
		return Record{}, nil, fmt.Errorf("%w: %w", ErrNotARecord, err)
	}
	return r, signers, nil
}

// record is what a payload says, its bounds not checked.
func (c content) record() (Record, error) {
	if len(c.Journal.Hash) != len(registry.JournalHead{}.Hash) || c.Digest != nil && len(c.Digest) != 32 {
		return Record{}, fmt.Errorf("%w: a hash of %d bytes, a digest of %d", ErrNotARecord, len(c.Journal.Hash), len(c.Digest))
	}
	r := Record{Act: c.Act, Object: c.Object, At: int64(min(c.At, math.MaxInt64)), By: c.By, Counts: c.Counts,
		Journal: registry.JournalHead{Sequence: c.Journal.Sequence, Hash: [32]byte(c.Journal.Hash)}}
	if c.Before != nil {
		r.Before = int64(min(*c.Before, math.MaxInt64))
	}
	if c.Digest != nil {
		digest := [32]byte(c.Digest)
		r.Digest = &digest
	}
	return r, nil
}

// twice reports whether two signatures name one key (TRUST-10).
func twice(signatures []cose.Signature) bool {
	named := make(map[[32]byte]bool, len(signatures))
	for _, s := range signatures {
		named[s.KeyID] = true
	}
	return len(named) != len(signatures)
}
