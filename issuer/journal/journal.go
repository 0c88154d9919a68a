// Package journal checks what people did with a registry: the chain of hashes
// over its journal, against a head that somebody kept apart from it.
//
// Every act of the issuing service that needs a second hand, and every look at a
// credential, is a record; every record carries a hash over itself and all before
// it (registry.JournalHead.Next). Who holds the registry could write the whole
// chain anew. He cannot make it fit a head that an auditor wrote down:
//
//	tongxing-issuer journal verify --registry 33.registry          -> head 812:5f0c...
//	tongxing-issuer journal verify --registry 33.registry --head 812:5f0c...
//
// A head is the number of the newest record, a colon and its hash in hex; an empty
// journal's is "0:" and 64 zeros.
package journal

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/tongxing/tongxing/issuer/registry"
)

var (
	// ErrNotAHead reports a text that is no head.
	ErrNotAHead = errors.New("journal: not a head (812:5f0c..., the number of a record and its hash)")
	// ErrOlder reports a journal that ends before the head: an older copy of the
	// registry, or one that was cut.
	ErrOlder = errors.New("journal: ends before the head that was kept")
	// ErrOther reports a journal that has another record where the head is.
	ErrOther = errors.New("journal: is not the one that the head was kept of")
)

// BrokenError reports the first record that does not follow the one before it.
type BrokenError struct {
	Sequence uint64 // number that the record should have
	Err      error
}

// Error implements error.
func (e *BrokenError) Error() string {
	return fmt.Sprintf("journal: broken at record %d: %v", e.Sequence, e.Err)
}

// Unwrap returns the error beneath.
func (e *BrokenError) Unwrap() error { return e.Err }

// FormatHead writes a head.
func FormatHead(h registry.JournalHead) string {
	return strconv.FormatUint(h.Sequence, 10) + ":" + hex.EncodeToString(h.Hash[:])
}

// ParseHead reads what FormatHead wrote, and nothing else, or returns ErrNotAHead.
func ParseHead(text string) (registry.JournalHead, error) {
	number, hash, _ := strings.Cut(text, ":")
	sequence, err := strconv.ParseUint(number, 10, 64)
	var h registry.JournalHead
	data, hexErr := hex.DecodeString(hash)
	if err != nil || hexErr != nil || len(data) != len(h.Hash) {
		return registry.JournalHead{}, ErrNotAHead
	}
	h.Sequence = sequence
	copy(h.Hash[:], data)
	if FormatHead(h) != text || (sequence == 0) != (h.Hash == [32]byte{}) {
		return registry.JournalHead{}, ErrNotAHead
	}
	return h, nil
}

// Verify recomputes the chain over the whole journal, holds it to a head that was
// kept (the zero one is of every journal), and returns the head that it has now.
// visit is called for each record that follows, in order; nil is nobody. Errors
// are *[BrokenError], ErrOlder, ErrOther, those of reading and of visit.
func Verify(ctx context.Context, j registry.Journal, kept registry.JournalHead, visit func(registry.JournalRecord) error) (registry.JournalHead, error) {
	var head registry.JournalHead
	for record, err := range j.Records(ctx, 0) {
		if err != nil {
			return registry.JournalHead{}, err
		}
		next, err := head.Follow(record)
		if err != nil {
			return registry.JournalHead{}, &BrokenError{head.Sequence + 1, err}
		}
		head = next
		if head.Sequence == kept.Sequence && head.Hash != kept.Hash {
			return registry.JournalHead{}, ErrOther
		}
		if visit != nil {
			if err := visit(record); err != nil {
				return registry.JournalHead{}, err
			}
		}
	}
	if head.Sequence < kept.Sequence {
		return registry.JournalHead{}, ErrOlder
	}
	return head, nil
}
