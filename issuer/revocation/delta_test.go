package revocation_test

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/status"
	"github.com/tongxing/tongxing/issuer/revocation"
)

// august is the first list of August 2022.
const august = 31 << 8

var noon = time.Date(2022, 8, 10, 12, 0, 0, 0, format.ChinaTime).Unix()

func revoked(members ...uint32) status.Sets { return status.Sets{Revoked: members} }

// TestWhatWasPublishedIsNeverTakenBack: STATUS-8.
func TestWhatWasPublishedIsNeverTakenBack(t *testing.T) {
	published := revocation.Lists{august: {Revoked: []uint32{1, 2}, Superseded: []uint32{3}, Suspended: []uint32{4}}, august + 1: {}}
	for name, c := range map[string]struct {
		next revocation.Lists
		want *revocation.BehindError
	}{
		"the same":             {published, nil},
		"a suspension ends":    {revocation.Lists{august: {Revoked: []uint32{1, 2}, Superseded: []uint32{3}}, august + 1: {}}, nil},
		"one more":             {revocation.Lists{august: {Revoked: []uint32{1, 2, 4}, Superseded: []uint32{3}}, august + 1: {}}, nil},
		"one revoked less":     {revocation.Lists{august: {Revoked: []uint32{1}, Superseded: []uint32{3}}, august + 1: {}}, &revocation.BehindError{List: august, Lost: 1}},
		"superseded no more":   {revocation.Lists{august: {Revoked: []uint32{1, 2, 3}}, august + 1: {}}, &revocation.BehindError{List: august, Lost: 1}},
		"a list without any":   {revocation.Lists{august: {}, august + 1: {}}, &revocation.BehindError{List: august, Lost: 3}},
		"an empty list is not": {revocation.Lists{august: published[august]}, &revocation.BehindError{List: august + 1}},
	} {
		t.Run(name, func(t *testing.T) {
			for _, err := range []error{
				revocation.Follow(published, c.next, noon),
				second(revocation.Delta(published, c.next, head(2, noon))),
			} {
				var behind *revocation.BehindError
				errors.As(err, &behind)
				if !reflect.DeepEqual(behind, c.want) || (err == nil) != (c.want == nil) {
					t.Errorf("%v, want %v", err, c.want)
				}
			}
		})
	}
}

func second[T any](_ T, err error) error { return err }

// TestAListOfAMonthThatHasEndedIsNoPart: TRUST-83. It ends with the month at
// UTC+8, to the second.
func TestAListOfAMonthThatHasEndedIsNoPart(t *testing.T) {
	september := time.Date(2022, 9, 1, 0, 0, 0, 0, format.ChinaTime).Unix()
	published := revocation.Lists{august: revoked(1), august + 256: {}}
	next := revocation.Lists{august + 256: revoked(7)}
	if err := second(revocation.Delta(published, next, head(2, september-1))); err == nil {
		t.Error("a list is gone in the last second of its month")
	}
	delta, err := revocation.Delta(published, next, head(2, september))
	if err != nil {
		t.Fatal(err)
	}
	after, err := published.Apply(delta)
	if err != nil || hashOf(t, after) != hashOf(t, next) {
		t.Errorf("%v, %v, want %v", after, err, next)
	}
}

func hashOf(t *testing.T, l revocation.Lists) [32]byte {
	t.Helper()
	hash, err := l.Hash()
	if err != nil {
		t.Fatal(err)
	}
	return hash
}

// TestANewListWithoutMembersNeedsWholeLists: that nothing is known of a list must
// not come from its being empty.
func TestANewListWithoutMembersNeedsWholeLists(t *testing.T) {
	published := revocation.Lists{august: revoked(1)}
	next := revocation.Lists{august: revoked(1), august + 1: {}}
	if err := second(revocation.Delta(published, next, head(2, noon))); !errors.Is(err, revocation.ErrNewList) {
		t.Errorf("%v", err)
	}
	next[august+1] = revoked(9)
	if err := second(revocation.Delta(published, next, head(2, noon))); err != nil {
		t.Errorf("a new list with a member: %v", err)
	}
}

// TestADeltaForOtherListsChangesNothing: TRUST-82, STATUS-12.
func TestADeltaForOtherListsChangesNothing(t *testing.T) {
	base := revocation.Lists{august: revoked(1)}
	first, err := revocation.Delta(base, revocation.Lists{august: revoked(1, 2)}, head(2, noon))
	if err != nil {
		t.Fatal(err)
	}
	then, err := revocation.Delta(revocation.Lists{august: revoked(1, 2)}, revocation.Lists{august: revoked(1, 2, 3)}, head(3, noon))
	if err != nil {
		t.Fatal(err)
	}
	lies := *first
	lies.Result = then.Result
	missing, err := base.Apply(then)
	if !errors.Is(err, revocation.ErrDoesNotFollow) || missing != nil {
		t.Errorf("a delta is missing: %v, %v", missing, err)
	}
	if after, err := base.Apply(&lies); !errors.Is(err, revocation.ErrDoesNotFollow) || after != nil {
		t.Errorf("another hash after it: %v, %v", after, err)
	}
	if !reflect.DeepEqual(base, revocation.Lists{august: revoked(1)}) {
		t.Errorf("changed: %v", base)
	}
}

func TestMoreListsThanADeviceHoldsAreRefused(t *testing.T) {
	many := revocation.Lists{}
	for n := range uint32(revocation.MaxLists + 1) {
		many[august+n] = status.Sets{}
	}
	if err := second(many.Documents(head(1, noon))); !errors.Is(err, revocation.ErrTooLarge) {
		t.Errorf("%v", err)
	}
	crowd := make([]uint32, revocation.MaxMembers)
	for i := range crowd {
		crowd[i] = uint32(i)
	}
	if err := second(revocation.Lists{august: revoked(crowd...), august + 1: revoked(1)}.Documents(head(1, noon))); !errors.Is(err, revocation.ErrTooLarge) {
		t.Errorf("members: %v", err)
	}
	if err := second(revocation.Lists{august: {Revoked: []uint32{1}, Suspended: []uint32{1}}}.Documents(head(1, noon))); !errors.Is(err, status.ErrOverlap) {
		t.Errorf("two sets: %v", err)
	}
}

func TestTwoDocumentsOfAListAreRefused(t *testing.T) {
	documents, err := revocation.Lists{august: revoked(1)}.Documents(head(1, noon))
	if err != nil {
		t.Fatal(err)
	}
	if err := second(revocation.ReadLists(append(documents, documents...))); !errors.Is(err, revocation.ErrTwice) {
		t.Errorf("%v", err)
	}
}
