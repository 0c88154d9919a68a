package vectors

import (
	"embed"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

//go:embed status/*.json
var statusFiles embed.FS

// Status is one encoded index set of a status list, or the additions of one list
// in a delta (status.md), right or wrong in one thing.
type Status struct {
	Name        string   `json:"name"`        // of the file, without .json
	Comment     string   `json:"comment"`     // what is special about it
	Requirement []string `json:"requirement"` // the MUSTs it tests, such as STATUS-5
	Kind        string   `json:"kind"`        // set or additions
	Count       uint32   `json:"count"`       // members of a set, as the document gives it
	Members     Ranges   `json:"members"`     // of a right set
	Revoked     Ranges   `json:"revoked"`     // of right additions, as the next two
	Superseded  Ranges   `json:"superseded"`
	Suspended   Ranges   `json:"suspended"`
	Encoded     Bytes    `json:"encoded"`
	Expect      string   `json:"expect"` // ok, malformed, not_canonical, too_large or overlap
}

// Ranges are indices, ascending, in the file as "5" or "100-119".
type Ranges []Range

// Range is indices that follow on each other, from First to Last, both counted.
type Range struct{ First, Last uint32 }

// UnmarshalText reads "5" or "100-119".
func (r *Range) UnmarshalText(text []byte) error {
	first, last, isRange := strings.Cut(string(text), "-")
	if !isRange {
		last = first
	}
	from, err := strconv.ParseUint(first, 10, 32)
	if err != nil {
		return err
	}
	to, err := strconv.ParseUint(last, 10, 32)
	if err != nil {
		return err
	}
	if to < from {
		return fmt.Errorf("range %q ends before it begins", text)
	}
	*r = Range{uint32(from), uint32(to)}
	return nil
}

// Indices returns every index, ascending.
func (r Ranges) Indices() []uint32 {
	var out []uint32
	for _, one := range r {
		for index := uint64(one.First); index <= uint64(one.Last); index++ {
			out = append(out, uint32(index))
		}
	}
	return out
}

// LoadStatus returns all vectors of index sets and additions in the order of their
// names. It fails rather than return none.
func LoadStatus() ([]Status, error) {
	return loadAll(statusFiles, "status/*.json", func(s *Status) string { return s.Name }, func(s *Status) error {
		if s.Kind != "set" && s.Kind != "additions" {
			return errors.New("neither a set nor additions")
		}
		return nil
	})
}
