package packed

import (
	"encoding/binary"
	"hash/crc32"
	"math"

	"github.com/tongxing/tongxing/issuer/registry"
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Checksum is what stands beside a segment from its commit on, so that a bit that
// the storage changed is seen: the CRC-32C (RFC 9260, appendix A) over the chunk that
// its entries are of and over itself,
//
//	job, 0, number 4, position 8, length of the entries 4, entries, requests
//
// Whoever changes a registry on purpose makes another: it is no seal.
func (s Segment) Checksum(job string, number uint32) uint32 {
	head := append([]byte(job), 0)
	head = binary.BigEndian.AppendUint32(head, number)
	head = binary.BigEndian.AppendUint64(head, uint64(s.At))
	head = binary.BigEndian.AppendUint32(head, uint32(len(s.Entries)))
	sum := crc32.Update(0, castagnoli, head)
	sum = crc32.Update(sum, castagnoli, s.Entries)
	return crc32.Update(sum, castagnoli, s.Requests)
}

// Stored is a segment as it is found, with the chunk that it hangs on.
type Stored struct {
	Segment
	Job      string // "" where there is no such chunk
	Number   int64
	Checksum *int64 // nil where an older schema had none
}

// Check holds a segment to its checksum. unchecked counts the entries of one that has
// none. The error is a *registry.DamagedChunkError.
func (s Stored) Check() (unchecked uint64, err error) {
	number := uint32(s.Number)
	switch {
	case s.Job == "" || int64(number) != s.Number || len(s.Entries)%EntrySize != 0,
		s.Checksum != nil && *s.Checksum != int64(s.Segment.Checksum(s.Job, number)):
		return 0, &registry.DamagedChunkError{Job: s.Job, Number: number}
	case s.Checksum == nil:
		return uint64(s.Len()), nil
	}
	return 0, nil
}

// SegmentsChecked is how many segments are read at once to be checked.
const SegmentsChecked = 64

// CheckAll checks all segments by position. after gives up to SegmentsChecked of those
// above a position, and none at the end. Errors are its and Check's.
func CheckAll(after func(Position) ([]Stored, error)) (unchecked uint64, err error) {
	for last := Position(math.MinInt64); ; {
		segments, err := after(last)
		if err != nil {
			return 0, err
		}
		if len(segments) == 0 {
			return unchecked, nil
		}
		for _, s := range segments {
			n, err := s.Check()
			if err != nil {
				return 0, err
			}
			unchecked += n
			last = s.At
		}
	}
}
