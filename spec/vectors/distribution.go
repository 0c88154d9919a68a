package vectors

import "embed"

//go:embed distribution/*.json
var distributionFiles embed.FS

// Delta is one delta of distribution.md with what applying it to a bundle gives.
type Delta struct {
	Name        string   `json:"name"`        // of the file, without .json
	Comment     string   `json:"comment"`     // what is special about it
	Requirement []string `json:"requirement"` // the MUSTs it tests, such as DIST-5
	Old         Bytes    `json:"old"`         // what it is applied to
	Delta       Bytes    `json:"delta"`
	Expect      string   `json:"expect"` // ok, not_a_delta, later, too_large, other_base or wrong_result
	New         Bytes    `json:"new"`    // the result of a right one
}

// Pointer is one pointer of distribution.md with what it says.
type Pointer struct {
	Name        string         `json:"name"`        // of the file, without .json
	Comment     string         `json:"comment"`     // what is special about it
	Requirement []string       `json:"requirement"` // the MUSTs it tests, such as DIST-21
	Pointer     string         `json:"pointer"`
	Expect      string         `json:"expect"` // ok, not_a_pointer or later
	Bundle      PointerFile    `json:"bundle"`
	Deltas      []PointerDelta `json:"deltas"` // ascending by From
}

// PointerFile is a file that a pointer names.
type PointerFile struct {
	Hash Bytes `json:"hash"`
	Size int64 `json:"size"`
}

// PointerDelta is a delta that a pointer names.
type PointerDelta struct {
	From Bytes `json:"from"` // SHA-256 of the bundle that it applies to
	PointerFile
}

// LoadDeltas returns all vectors of deltas in the order of their names.
func LoadDeltas() ([]Delta, error) {
	return loadAll(distributionFiles, "distribution/delta-*.json", func(d *Delta) string { return d.Name }, nil)
}

// LoadPointers returns all vectors of pointers in the order of their names.
func LoadPointers() ([]Pointer, error) {
	return loadAll(distributionFiles, "distribution/pointer-*.json", func(p *Pointer) string { return p.Name }, nil)
}
