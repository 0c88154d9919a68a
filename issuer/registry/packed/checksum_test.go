package packed

import (
	"errors"
	"testing"

	"github.com/tongxing/tongxing/issuer/registry"
)

// Whatever bit of a segment, of where it stands or of the chunk that it is of changes,
// the checksum tells; a segment that has none is counted.
func TestAChecksumTellsEveryBit(t *testing.T) {
	s := Segment{At: PositionOf(3, 1000), Entries: make([]byte, 3*EntrySize), Requests: make([]byte, 3*RequestSize)}
	for i := range s.Entries {
		s.Entries[i] = byte(i * 7)
	}
	sum := int64(s.Checksum("night", 5))
	whole := Stored{Segment: s, Job: "night", Number: 5, Checksum: &sum}
	if n, err := whole.Check(); err != nil || n != 0 {
		t.Fatalf("%d unchecked, error %v", n, err)
	}
	requireDamaged := func(what string, bit int, damaged Stored) {
		var chunk *registry.DamagedChunkError
		if n, err := damaged.Check(); !errors.As(err, &chunk) || !errors.Is(err, registry.ErrDamaged) || chunk.Job != damaged.Job || n != 0 {
			t.Fatalf("bit %d of the %s: %d unchecked, error %v", bit, what, n, err)
		}
	}
	for what, data := range map[string][]byte{"entries": s.Entries, "requests": s.Requests} {
		for bit := range 8 * len(data) {
			data[bit/8] ^= 1 << (bit % 8)
			requireDamaged(what, bit, whole)
			data[bit/8] ^= 1 << (bit % 8)
		}
	}
	for bit := range 64 {
		at, number, other := whole, whole, whole
		at.At ^= 1 << bit
		number.Number ^= 1 << bit
		changed := sum ^ 1<<bit
		other.Checksum = &changed
		requireDamaged("position", bit, at)
		requireDamaged("number", bit, number)
		requireDamaged("checksum", bit, other)
	}
	renamed, cut := whole, whole
	renamed.Job = "nighu"
	requireDamaged("name", 0, renamed)
	renamed.Job, renamed.Checksum = "", nil
	requireDamaged("chunk", 0, renamed)
	cut.Entries, cut.Checksum = s.Entries[1:], nil
	requireDamaged("length", 0, cut)
	whole.Checksum = nil
	if n, err := whole.Check(); err != nil || n != 3 {
		t.Errorf("%d unchecked, error %v, want 3", n, err)
	}
}

// The value was computed apart, from what Checksum says: those that are stored in
// registries are held to it for ever.
func TestTheChecksumIsTheOneThatIsStored(t *testing.T) {
	s := Segment{At: PositionOf(1, 2), Entries: make([]byte, EntrySize)}
	if sum := s.Checksum("night", 7); sum != 0xc7fc5814 {
		t.Errorf("the checksum is %#08x", sum)
	}
}
