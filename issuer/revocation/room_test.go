package revocation_test

import (
	"errors"
	"testing"

	"github.com/tongxing/tongxing/format/status"
	"github.com/tongxing/tongxing/issuer/revocation"
	"github.com/tongxing/tongxing/trustlist"
)

// TestWhatADeviceHasNoRoomForIsNotDecoded: TRUST-145. A file of a few megabytes can
// say thousands of millions of members; whoever shows or exports it has no memory
// for them either.
func TestWhatADeviceHasNoRoomForIsNotDecoded(t *testing.T) {
	members := make([]uint32, revocation.MaxMembers/2+1)
	for i := range members {
		members[i] = uint32(i)
	}
	additions, err := status.EncodeAdditions(status.Sets{Revoked: members})
	if err != nil {
		t.Fatal(err)
	}
	base, err := revocation.Lists{}.Hash()
	if err != nil {
		t.Fatal(err)
	}
	delta := &trustlist.StatusDelta{RegionalHead: head(1, noon), Base: base}
	var documents []*trustlist.StatusList
	for number := uint32(august); number < august+2; number++ {
		delta.Changes = append(delta.Changes, trustlist.StatusChange{List: number, Additions: additions})
		documents = append(documents, &trustlist.StatusList{List: number, Revoked: trustlist.StatusSet{Members: uint32(len(members))}})
	}
	if got, err := (revocation.Lists{}).Apply(delta); !errors.Is(err, revocation.ErrTooLarge) || got != nil {
		t.Error(err)
	}
	documents[0].Revoked.Encoded = additions[4:] // behind the head
	if got, err := revocation.ReadLists(documents[:1]); err != nil || len(got[august].Revoked) != len(members) {
		t.Error(err)
	}
	if got, err := revocation.ReadLists(documents); !errors.Is(err, revocation.ErrTooLarge) || got != nil {
		t.Error(err)
	}
}
