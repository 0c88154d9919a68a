package packed

import (
	"bytes"
	"errors"
	"reflect"
	"testing"

	"github.com/tongxing/tongxing/issuer/registry"
)

// FuzzSegment holds segments to being read as they were written, or ErrDamaged.
func FuzzSegment(f *testing.F) {
	bank, err := NewBanks([registry.SecretSize]byte{1}).Make(registry.Geometry{Shards: 1, Places: registry.DefaultPlaces})
	if err != nil {
		f.Fatal(err)
	}
	entries := []registry.Entry{
		{Hash: [32]byte{1}, KeyID: registry.KeyID{2}, IssuedAt: 3, ExpiresAt: 4, State: registry.Issued, Request: registry.RequestKey{5}},
		{Hash: [32]byte{6}, IssuedAt: 7, ExpiresAt: 8, State: registry.Issued},
	}
	rows := []Placed{{At: PositionOf(1, 9), Entry: &entries[0]}, {At: PositionOf(1, 10), Entry: &entries[1]}, {At: PositionOf(1, 12), Entry: &entries[1]}}
	seeds := Segments(rows)
	if len(seeds) != 2 {
		f.Fatalf("%d seeds", len(seeds))
	}
	for _, s := range seeds {
		f.Add(int64(s.At), s.Entries, s.Requests)
	}
	f.Fuzz(func(t *testing.T, at int64, entries, requests []byte) {
		s := Segment{At: Position(at), Entries: entries, Requests: requests}
		read, err := s.AppendTo(nil, bank)
		if err != nil {
			if !errors.Is(err, registry.ErrDamaged) || read != nil {
				t.Errorf("%d entries, error %v", len(read), err)
			}
			return
		}
		rows := make([]Placed, len(read))
		for i := range read {
			rows[i] = Placed{At: s.At + Position(i), Entry: &read[i]}
		}
		again := Segments(rows)
		if len(read) == 0 {
			return
		}
		if len(again) != 1 || again[0].At != s.At || !bytes.Equal(again[0].Entries, entries) || len(bytes.Trim(requests, "\x00")) != 0 && !bytes.Equal(again[0].Requests, requests) {
			t.Errorf("%x %x was written again as %v", entries, requests, again)
		}
	})
}

// FuzzDecodePlan holds plans to being read as they were written, or ErrDamaged.
func FuzzDecodePlan(f *testing.F) {
	chunk := registry.PlannedChunk{Number: 3, Offset: 1000, Length: 300, FirstLine: 4, Lines: 3, Needs: []registry.Need{{Month: 83, Count: 2}, {Month: 84, Count: 1}}}
	leases := []Lease{{Month: 83, Bank: 1, First: 1 << 20, Count: 1}, {Month: 83, Bank: 2, First: 0, Count: 1}, {Month: 84, Bank: 3, First: 7, Count: 1}}
	seed := AppendPlan(nil, &chunk, leases)
	if read, parts, err := DecodePlan(3, seed); err != nil || !reflect.DeepEqual(read, chunk) || !reflect.DeepEqual(parts, leases) {
		f.Fatalf("%+v, %+v, error %v", read, parts, err)
	}
	f.Add(seed)
	f.Add(AppendPlan(nil, &registry.PlannedChunk{FirstLine: 1}, nil))
	f.Fuzz(func(t *testing.T, data []byte) {
		chunk, leases, err := DecodePlan(5, data)
		if err != nil {
			if !errors.Is(err, registry.ErrDamaged) || leases != nil {
				t.Errorf("%d leases, error %v", len(leases), err)
			}
			return
		}
		again, parts, err := DecodePlan(5, AppendPlan(nil, &chunk, leases))
		if err != nil || !reflect.DeepEqual(again, chunk) || !reflect.DeepEqual(parts, leases) {
			t.Errorf("%+v, %+v was read again as %+v, %+v, error %v", chunk, leases, again, parts, err)
		}
	})
}
