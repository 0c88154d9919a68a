package packed

import (
	"encoding/binary"
	"fmt"

	"github.com/tongxing/tongxing/issuer/registry"
)

// Lease is counters of a bank that were leased for a planned chunk.
type Lease struct {
	Month uint16
	Bank  int64 // id
	First uint64
	Count int
}

// AppendPlan appends a planned chunk as it is stored, all numbers as varints of
// encoding/binary: offset, length, first line, lines, and for each lease month,
// bank, first counter and count. The number is that of the row.
func AppendPlan(to []byte, c *registry.PlannedChunk, leases []Lease) []byte {
	for _, n := range [...]uint64{uint64(c.Offset), uint64(c.Length), uint64(c.FirstLine), uint64(c.Lines)} {
		to = binary.AppendUvarint(to, n)
	}
	for _, l := range leases {
		for _, n := range [...]uint64{uint64(l.Month), uint64(l.Bank), l.First, uint64(l.Count)} {
			to = binary.AppendUvarint(to, n)
		}
	}
	return to
}

// DecodePlan reads what AppendPlan wrote. The needs are those of the leases,
// which are never more or fewer.
func DecodePlan(number uint32, data []byte) (registry.PlannedChunk, []Lease, error) {
	damaged := fmt.Errorf("%w: plan of chunk %d", registry.ErrDamaged, number)
	var numbers []uint64
	for len(data) > 0 {
		n, size := binary.Uvarint(data)
		if size <= 0 || n >= 1<<63 {
			return registry.PlannedChunk{}, nil, damaged
		}
		numbers, data = append(numbers, n), data[size:]
	}
	if len(numbers) < 4 || len(numbers)%4 != 0 {
		return registry.PlannedChunk{}, nil, damaged
	}
	c := registry.PlannedChunk{
		Number: number, Offset: int64(numbers[0]), Length: int64(numbers[1]),
		FirstLine: int(numbers[2]), Lines: int(numbers[3]),
	}
	var leases []Lease
	for part := numbers[4:]; len(part) > 0; part = part[4:] {
		l := Lease{Month: uint16(part[0]), Bank: int64(part[1]), First: part[2], Count: int(part[3])}
		if part[0] > 0xffff || part[3] < 1 || part[3] > registry.MaxChunk {
			return registry.PlannedChunk{}, nil, damaged
		}
		leases = append(leases, l)
		if last := len(c.Needs) - 1; last >= 0 && c.Needs[last].Month == l.Month {
			c.Needs[last].Count += l.Count
		} else {
			c.Needs = append(c.Needs, registry.Need{Month: l.Month, Count: l.Count})
		}
	}
	if registry.CheckPlannedChunk(c) != nil {
		return registry.PlannedChunk{}, nil, damaged
	}
	return c, leases, nil
}
