package main

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// statusVector is one encoded set, or the additions of one list in a delta.
type statusVector struct {
	Name        string    `json:"name"`
	Comment     string    `json:"comment"`
	Requirement []string  `json:"requirement"`
	Kind        string    `json:"kind"`                 // set or additions
	Count       uint32    `json:"count,omitempty"`      // members of a set, as the document gives it
	Members     []stretch `json:"members,omitempty"`    // of a right set
	Revoked     []stretch `json:"revoked,omitempty"`    // of right additions
	Superseded  []stretch `json:"superseded,omitempty"` // the same
	Suspended   []stretch `json:"suspended,omitempty"`  // the same
	Encoded     string    `json:"encoded"`
	Expect      string    `json:"expect"`
}

// stretch is indices that follow on each other, the first and the last of them,
// in the file as "5" or "100-119".
type stretch [2]uint32

// MarshalText writes the stretch for the file.
func (s stretch) MarshalText() ([]byte, error) {
	if s[0] == s[1] {
		return fmt.Append(nil, s[0]), nil
	}
	return fmt.Appendf(nil, "%d-%d", s[0], s[1]), nil
}

func stretches(members []uint32) []stretch {
	var out []stretch
	for _, m := range members {
		if n := len(out); n > 0 && out[n-1][1]+1 == m && m != 0 {
			out[n-1][1] = m
			continue
		}
		out = append(out, stretch{m, m})
	}
	return out
}

// bitText is bits as the characters 0 and 1.
type bitText string

func bitsOf(n uint64, width int) bitText {
	return bitText(fmt.Sprintf("%0*b", width, n)[:max(0, width)])
}

func rice(n uint64, k int) bitText {
	low := bitText("")
	if k > 0 {
		low = bitsOf(n%(1<<k), k)
	}
	return bitText(strings.Repeat("0", int(n>>k))) + "1" + low
}

func riceBits(values []uint64, k int) (bits int) {
	for _, v := range values {
		bits += int(v>>k) + 1 + k
	}
	return bits
}

// least is the smallest Rice parameter up to most that makes values shortest.
func least(values []uint64, most int) (best int) {
	for k := range most + 1 {
		if riceBits(values, k) < riceBits(values, best) {
			best = k
		}
	}
	return best
}

// statusBlock is a block as it may be written.
type statusBlock struct {
	gaps            []uint64
	starts, lengths []uint64 // of its runs; a length is one less, so is a start but the first
}

func blocksOf(members []uint32) []statusBlock {
	var blocks []statusBlock
	next := uint64(0)
	for part := range slices.Chunk(members, 128) {
		var b statusBlock
		for i, m := range part {
			gap := uint64(m) - next
			next = uint64(m) + 1
			b.gaps = append(b.gaps, gap)
			switch {
			case i > 0 && gap == 0:
				b.lengths[len(b.lengths)-1]++
			case i > 0:
				b.starts, b.lengths = append(b.starts, gap-1), append(b.lengths, 0)
			default:
				b.starts, b.lengths = append(b.starts, gap), append(b.lengths, 0)
			}
		}
		blocks = append(blocks, b)
	}
	return blocks
}

// asGaps and asRuns write the block with the given parameters, the best or not.
func (b statusBlock) asGaps(k int) bitText {
	out := "0" + bitsOf(uint64(k), 5)
	for _, gap := range b.gaps {
		out += rice(gap, k)
	}
	return out
}

func (b statusBlock) asRuns(k, j int) bitText {
	out := "1" + bitsOf(uint64(k), 5) + bitsOf(uint64(j), 3)
	for i, start := range b.starts {
		out += rice(start, k) + rice(b.lengths[i], j)
	}
	return out
}

// shortest is how a block is written.
func (b statusBlock) shortest() bitText {
	gaps := b.asGaps(least(b.gaps, 31))
	runs := b.asRuns(least(b.starts, 31), least(b.lengths, 7))
	if len(runs) < len(gaps) {
		return runs
	}
	return gaps
}

// pack fills up with zero bits.
func (t bitText) pack() []byte {
	var out []byte
	for part := range slices.Chunk([]byte(t), 8) {
		octet := byte(0)
		for i, bit := range part {
			octet |= (bit - '0') << (7 - i)
		}
		out = append(out, octet)
	}
	return out
}

// encodeSet is section 1 of status.md.
func encodeSet(members []uint32) []byte {
	var out []bitText
	for _, b := range blocksOf(members) {
		out = append(out, b.shortest())
	}
	return bitText(strings.Join(texts(out), "")).pack()
}

func texts(bits []bitText) []string {
	out := make([]string, len(bits))
	for i, b := range bits {
		out[i] = string(b)
	}
	return out
}

// headOf is the head of one set of additions, in LEB128.
func headOf(members, set int) []byte {
	n := members*4 + set
	var out []byte
	for n > 127 {
		out = append(out, byte(n%128+128))
		n /= 128
	}
	return append(out, byte(n))
}

// addition is section 3 of status.md.
func addition(sets ...[]uint32) []byte {
	var out []byte
	for i, members := range sets {
		if len(members) > 0 {
			out = append(append(out, headOf(len(members), i)...), encodeSet(members)...)
		}
	}
	return out
}

func statusFiles() (map[string][]byte, error) {
	files := map[string][]byte{}
	for _, v := range slices.Concat(goodSets(), badSets(), goodAdditions(), badAdditions()) {
		name := "status/" + v.Name + ".json"
		if files[name] != nil {
			return nil, fmt.Errorf("two vectors are named %s", name)
		}
		content, err := marshal(v)
		if err != nil {
			return nil, err
		}
		files[name] = content
	}
	return files, nil
}

func hexText(data []byte) string { return hex.EncodeToString(data) }
