package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

// deltaVector is one delta with what applying it to a bundle gives.
type deltaVector struct {
	Name        string   `json:"name"`
	Comment     string   `json:"comment"`
	Requirement []string `json:"requirement"`
	Old         string   `json:"old"`   // what it is applied to, in hexadecimal
	Delta       string   `json:"delta"` // in hexadecimal
	Expect      string   `json:"expect"`
	New         string   `json:"new,omitempty"` // the result, in hexadecimal
}

// pointerVector is one pointer with what it says.
type pointerVector struct {
	Name        string         `json:"name"`
	Comment     string         `json:"comment"`
	Requirement []string       `json:"requirement"`
	Pointer     string         `json:"pointer"`
	Expect      string         `json:"expect"`
	Bundle      *pointerFile   `json:"bundle,omitempty"`
	Deltas      []pointerDelta `json:"deltas,omitempty"`
}

type pointerFile struct {
	Hash string `json:"hash"`
	Size int64  `json:"size"`
}

type pointerDelta struct {
	From string `json:"from"`
	pointerFile
}

// distributionFiles returns the vectors of distribution.md.
func distributionFiles() (map[string][]byte, error) {
	files := map[string][]byte{}
	add := func(name string, v any) error {
		path := "distribution/" + name + ".json"
		content, err := json.MarshalIndent(v, "", "  ")
		if err != nil {
			return err
		}
		if files[path] != nil {
			return fmt.Errorf("two vectors are named %s", path)
		}
		files[path] = append(content, '\n')
		return nil
	}
	deltas, err := deltaVectors()
	if err != nil {
		return nil, err
	}
	for _, v := range deltas {
		if err := add(v.Name, v); err != nil {
			return nil, err
		}
	}
	for _, v := range pointerVectors() {
		if err := add(v.Name, v); err != nil {
			return nil, err
		}
	}
	return files, nil
}

// deltaParts is everything that a delta says.
type deltaParts struct {
	old, new     []byte // named by size and hash
	instructions []byte
	inserted     []byte
}

// step is one triple. Numbers that are not in their shortest form are written
// by hand.
type step struct {
	insert uint64
	skip   int64
	copy   uint64
}

func base128(v uint64) []byte {
	var out []byte
	for v > 0x7f {
		out = append(out, 0x80|byte(v&0x7f))
		v >>= 7
	}
	return append(out, byte(v))
}

func steps(all ...step) []byte {
	var out []byte
	for _, s := range all {
		skip := uint64(2 * s.skip)
		if s.skip < 0 {
			skip = uint64(-2*s.skip - 1)
		}
		out = append(out, base128(s.insert)...)
		out = append(out, base128(skip)...)
		out = append(out, base128(s.copy)...)
	}
	return out
}

func (d deltaParts) fields() pairs {
	from, to := sha256.Sum256(d.old), sha256.Sum256(d.new)
	return pairs{
		field(1, bytesOf(from[:])), field(2, uintOf(uint64(len(d.old)))),
		field(3, bytesOf(to[:])), field(4, uintOf(uint64(len(d.new)))),
		field(5, bytesOf(d.instructions)), field(6, bytesOf(d.inserted)),
	}
}

func deltaOf(fields pairs) raw { return arrayOf(textOf("tongxing/delta/1"), mapOf(fields)) }

// gives is a vector of a delta that is right.
func (d deltaParts) gives(name, comment string, requirement ...string) *deltaVector {
	return &deltaVector{
		"delta-" + name, comment, requirement, hex.EncodeToString(d.old), hex.EncodeToString(deltaOf(d.fields())),
		"ok", hex.EncodeToString(d.new),
	}
}

// fails is a vector of a delta, written wrongly or not, that is refused.
func (d deltaParts) fails(name, expect, comment string, delta raw, requirement ...string) *deltaVector {
	return &deltaVector{"delta-" + name, comment, requirement, hex.EncodeToString(d.old), hex.EncodeToString(delta), expect, ""}
}

// refused is fails for instructions that are not taken.
func (d deltaParts) refused(name, comment string, instructions []byte, requirement ...string) *deltaVector {
	changed := d
	changed.instructions = instructions
	return d.fails(name, "not_a_delta", comment, deltaOf(changed.fields()), requirement...)
}

// example is the delta of the text.
func example() deltaParts {
	return deltaParts{
		old: []byte{0xa1, 0xb2, 0xc3, 0xd4, 0xe5, 0xf6}, new: []byte{0xa1, 0xb2, 0x11, 0x22, 0xd4, 0xe5, 0xf6, 0x33},
		instructions: steps(step{0, 0, 2}, step{2, 1, 3}), inserted: []byte{0x11, 0x22, 0x33},
	}
}
