package publish

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/tongxing/tongxing/format/cose"
	"github.com/tongxing/tongxing/trustlist"
)

// RotationError reports a root that nobody could follow the one before it with:
// the document would need more signatures than one holds.
type RotationError struct{ Signatures, Most int }

func (e *RotationError) Error() string {
	return fmt.Sprintf("publish: rotation needs %d signatures, a document holds %d", e.Signatures, e.Most)
}

// checkRotation refuses a root whose groups and those of the root before it (nil:
// none) have thresholds that 16 signatures cannot meet.
func checkRotation(previous, next *trustlist.Root) error {
	if previous == nil {
		return nil
	}
	if needed := fewestSigners(previous.Groups, next.Groups); needed > cose.MaxSignatures {
		return &RotationError{needed, cose.MaxSignatures}
	}
	return nil
}

// fewestSigners is the least number of keys that meet the thresholds of the
// groups of two roots. A key that is in both counts for a group of each, so that
// it is the sum of all thresholds less the largest flow from the groups of one
// root to those of the other, through the keys that they share. Groups of
// unknown algorithms count too: a device that knows them asks for their signers.
func fewestSigners(old, fresh []trustlist.Group) int {
	f := flow{shared: make([][]int, len(old)), into: make([]int, len(fresh))}
	signers := 0
	for i := range old {
		signers += int(old[i].Threshold)
		f.shared[i] = make([]int, len(fresh))
		for j := range fresh {
			f.shared[i][j] = sharedKeys(&old[i], &fresh[j])
		}
	}
	for j := range fresh {
		signers += int(fresh[j].Threshold)
		f.into[j] = int(fresh[j].Threshold)
	}
	f.used = make([][]int, len(old))
	for i := range f.used {
		f.used[i] = make([]int, len(fresh))
	}
	for i := range old {
		for range old[i].Threshold {
			if f.push(i, make([]bool, len(old))) {
				signers--
			}
		}
	}
	return signers
}

func sharedKeys(a, b *trustlist.Group) int {
	if a.Algorithm != b.Algorithm {
		return 0
	}
	n := 0
	for _, point := range a.Keys {
		if slices.ContainsFunc(b.Keys, func(other []byte) bool { return bytes.Equal(point, other) }) {
			n++
		}
	}
	return n
}

// flow is a flow from the groups of one root, by their index, to those of
// another.
type flow struct {
	shared [][]int // keys in both groups
	used   [][]int // of them, those that count for both
	into   []int   // what each group of the other root still lacks
}

// push counts one more key of group i twice, moving others over if it has to. It
// looks at no group that was seen.
func (f *flow) push(i int, seen []bool) bool {
	if seen[i] {
		return false
	}
	seen[i] = true
	for j := range f.into {
		if f.used[i][j] == f.shared[i][j] {
			continue
		}
		if f.into[j] > 0 {
			f.used[i][j]++
			f.into[j]--
			return true
		}
		for other := range f.used {
			if f.used[other][j] > 0 && f.push(other, seen) {
				f.used[other][j]--
				f.used[i][j]++
				return true
			}
		}
	}
	return false
}
