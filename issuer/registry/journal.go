package registry

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"iter"
	"unicode"
	"unicode/utf8"
)

const (
	// MaxNameLength is the length in bytes of the longest name of an actor, a
	// role, an act, an outcome, an authority or a worker.
	MaxNameLength = 128
	// MaxObjectLength is the length in bytes of the longest object of an act.
	MaxObjectLength = 256
	// MaxDetailLength is the length in bytes of the longest detail of an act.
	MaxDetailLength = 2048
)

// JournalRecord is what somebody did. It names who acted and what was acted on,
// by reference, job, proposal or digest; never a person that a credential is for.
type JournalRecord struct {
	Sequence uint64 // from 1 on, without gaps
	At       int64  // seconds since 1970 UTC, 0 to 2^32-1
	// Actor, Role, Act and Outcome are 1 to MaxNameLength bytes, as CheckName says.
	Actor, Role, Act string
	// Object is 0 to MaxObjectLength bytes: a reference, a job, the id of a
	// proposal, or a digest in hex.
	Object  string
	Outcome string
	// Detail is nothing, or 1 to MaxDetailLength bytes of JSON.
	Detail []byte
	// Hash is that of the chain behind the record.
	Hash [32]byte
}

// JournalHead is the end of a journal: how many records it has, and the hash of
// the chain over them. Who keeps one apart from the registry can tell later that
// nothing before it was changed, and an older copy of the registry from the
// registry. The zero JournalHead is that of an empty journal.
type JournalHead struct {
	Sequence uint64
	Hash     [32]byte
}

// JournalFormat is the name and version of the form that is hashed.
const JournalFormat = "tongxing/registry/journal/1"

// Next returns the record with the sequence number and hash that it has behind h:
//
//	hash = SHA-256("tongxing/registry/journal/1", hash before, sequence 8, at 8,
//	  actor, role, act, object, outcome, detail)
//
// Numbers are big endian; each of the texts, and the detail, has its length in 4
// bytes before it. Sequence and Hash of the argument are not read.
func (h JournalHead) Next(r JournalRecord) JournalRecord {
	r.Sequence = h.Sequence + 1
	data := append(make([]byte, 0, 512), JournalFormat...)
	data = append(data, h.Hash[:]...)
	data = binary.BigEndian.AppendUint64(data, r.Sequence)
	data = binary.BigEndian.AppendUint64(data, uint64(r.At))
	for _, text := range [...]string{r.Actor, r.Role, r.Act, r.Object, r.Outcome, string(r.Detail)} {
		data = binary.BigEndian.AppendUint32(data, uint32(len(text)))
		data = append(data, text...)
	}
	r.Hash = sha256.Sum256(data)
	return r
}

// Follow returns the head behind a record that was read, or ErrDamaged for one
// that does not follow h: its number or its hash is not the next one.
func (h JournalHead) Follow(r JournalRecord) (JournalHead, error) {
	if want := h.Next(r); r.Sequence != want.Sequence || r.Hash != want.Hash {
		return JournalHead{}, fmt.Errorf("%w: record %d of the journal does not follow record %d", ErrDamaged, r.Sequence, h.Sequence)
	}
	return JournalHead{Sequence: r.Sequence, Hash: r.Hash}, nil
}

// Journal is the record of what people did. It is only ever added to.
type Journal interface {
	// Append adds a record at the end and returns it with its number and hash.
	// Those of the argument must be zero.
	Append(ctx context.Context, record JournalRecord) (JournalRecord, error)
	// Records goes through the records above a sequence number, ascending, as they
	// are stored: the reader holds the chain to them with JournalHead.Follow. It
	// ends after the first error.
	Records(ctx context.Context, after uint64) iter.Seq2[JournalRecord, error]
	// JournalHead returns the end of the journal.
	JournalHead(ctx context.Context) (JournalHead, error)
}

// CheckName returns ErrInvalid for a name that is not 1 to MaxNameLength bytes of
// printable UTF-8. what says in the error whose name it is.
func CheckName(what, name string) error {
	if name == "" {
		return fmt.Errorf("%w: no %s", ErrInvalid, what)
	}
	return checkText(what, name, MaxNameLength)
}

func checkText(what, text string, most int) error {
	if len(text) > most {
		return fmt.Errorf("%w: %s of %d bytes, want at most %d", ErrInvalid, what, len(text), most)
	}
	if !utf8.ValidString(text) {
		return fmt.Errorf("%w: %s is not UTF-8", ErrInvalid, what)
	}
	for i, c := range text {
		if !unicode.IsPrint(c) {
			return fmt.Errorf("%w: %s has %q at byte %d", ErrInvalid, what, c, i)
		}
	}
	return nil
}

// CheckRecord returns ErrInvalid for a record that cannot be appended.
func CheckRecord(r JournalRecord) error {
	if r.Sequence != 0 || r.Hash != [32]byte{} {
		return fmt.Errorf("%w: a record to append has a number or hash already", ErrInvalid)
	}
	for _, field := range [...]struct{ what, text string }{
		{"actor", r.Actor}, {"role", r.Role}, {"act", r.Act}, {"outcome", r.Outcome},
	} {
		if err := CheckName(field.what, field.text); err != nil {
			return err
		}
	}
	if err := checkText("object", r.Object, MaxObjectLength); err != nil {
		return err
	}
	if len(r.Detail) > MaxDetailLength || len(r.Detail) > 0 && !json.Valid(r.Detail) {
		return fmt.Errorf("%w: detail of %d bytes, want at most %d of JSON", ErrInvalid, len(r.Detail), MaxDetailLength)
	}
	return CheckTime(r.At)
}
