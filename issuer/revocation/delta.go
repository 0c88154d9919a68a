package revocation

import (
	"errors"
	"fmt"
	"maps"

	"github.com/tongxing/tongxing/format/status"
	"github.com/tongxing/tongxing/trustlist"
)

// ErrNewList reports a list without members that the lists before do not have. A
// delta cannot bring it, whole lists can.
var ErrNewList = errors.New("revocation: a new list without members needs whole lists")

// ErrDoesNotFollow reports a delta that is not one of the lists that it is given,
// or does not lead to those that it names. The lists stay as they were.
var ErrDoesNotFollow = errors.New("revocation: the delta does not follow on these lists")

// BehindError reports that what is about to be published takes back what was
// published before: lists or members are gone that stay for good (STATUS-8). The
// registry is an old one, such as a backup that was restored.
type BehindError struct {
	List uint32
	// Lost is how many credentials of the list were published as revoked or
	// superseded and are not any more; 0 when the list itself is gone.
	Lost int
}

func (e *BehindError) Error() string {
	if e.Lost == 0 {
		return fmt.Sprintf("revocation: list %d was published and is gone: the registry is an old one", e.List)
	}
	return fmt.Sprintf("revocation: list %d: %d credentials were published as revoked or superseded and are not any more: the registry is an old one", e.List, e.Lost)
}

// Is reports whether target is [ErrOldRegistry].
func (e *BehindError) Is(target error) bool { return target == ErrOldRegistry }

// Follow reports whether next may be published after before, by a document issued
// at the given time in unix seconds: a *[BehindError] when anything would be taken
// back that is for good. A suspension may end. Lists whose month has ended are no
// part of either.
func Follow(before, next Lists, issued int64) error {
	before, next = before.At(issued), next.At(issued)
	for _, number := range before.Numbers() {
		sets, there := next[number]
		if !there {
			return &BehindError{List: number}
		}
		lost := len(status.Difference(before[number].Revoked, sets.Revoked)) +
			len(status.Difference(before[number].Superseded, sets.Superseded))
		if lost != 0 {
			return &BehindError{List: number, Lost: lost}
		}
	}
	return nil
}

// Delta returns the delta that makes next of before, with head; head.Issued
// decides which lists have ended and are no part of either. Errors are those of
// [Follow], and wrap [ErrNewList] and those of [Lists.Documents]. Neither is
// changed.
func Delta(before, next Lists, head trustlist.RegionalHead) (*trustlist.StatusDelta, error) {
	before, next = before.At(head.Issued), next.At(head.Issued)
	if err := Follow(before, next, head.Issued); err != nil {
		return nil, err
	}
	d := &trustlist.StatusDelta{RegionalHead: head}
	var err error
	if d.Base, err = before.Hash(); err != nil {
		return nil, err
	}
	if d.Result, err = next.Hash(); err != nil {
		return nil, err
	}
	for _, number := range next.Numbers() {
		was, known := before[number]
		change, err := status.Between(was, next[number])
		if err != nil {
			return nil, fmt.Errorf("revocation: list %d: %w", number, err)
		}
		if change.Empty() {
			if !known {
				return nil, fmt.Errorf("%w: %d", ErrNewList, number)
			}
			continue
		}
		c := trustlist.StatusChange{List: number}
		if c.Additions, err = status.EncodeAdditions(change.Added); err != nil {
			return nil, fmt.Errorf("revocation: list %d: %w", number, err)
		}
		if c.Removals, err = status.EncodeRemovals(change.Restored); err != nil {
			return nil, fmt.Errorf("revocation: list %d: %w", number, err)
		}
		d.Changes = append(d.Changes, c)
	}
	return d, nil
}

// Apply returns the lists after the delta, held to the hashes that it names. Lists
// whose month has ended when it was issued are left out first. Errors wrap
// [ErrDoesNotFollow], and [ErrTooLarge] as soon as there are more members than
// [MaxMembers]. The lists are not changed.
func (l Lists) Apply(d *trustlist.StatusDelta) (Lists, error) {
	before := l.At(d.Issued)
	if err := hashIs(before, d.Base); err != nil {
		return nil, fmt.Errorf("%w: before: %w", ErrDoesNotFollow, err)
	}
	next := maps.Clone(before)
	room := MaxMembers - before.Counts().all()
	for _, c := range d.Changes {
		change, err := status.DecodeChange(c.Additions, c.Removals, MaxMembers)
		if err != nil {
			return nil, fmt.Errorf("%w: list %d: %w", ErrDoesNotFollow, c.List, err)
		}
		if room += len(change.Restored) - CountsOf(change.Added).all(); room < 0 {
			return nil, fmt.Errorf("%w: %d members more by list %d", ErrTooLarge, -room, c.List)
		}
		if next[c.List], err = before[c.List].Apply(change); err != nil {
			return nil, fmt.Errorf("%w: list %d: %w", ErrDoesNotFollow, c.List, err)
		}
	}
	if err := hashIs(next, d.Result); err != nil {
		return nil, fmt.Errorf("%w: after: %w", ErrDoesNotFollow, err)
	}
	return next, nil
}

var errHash = errors.New("another status hash than the delta names")

func hashIs(l Lists, want [32]byte) error {
	hash, err := l.Hash()
	if err == nil && hash != want {
		err = errHash
	}
	return err
}
