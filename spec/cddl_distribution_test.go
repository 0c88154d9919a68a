package spec_test

import (
	"slices"
	"testing"

	"github.com/tongxing/tongxing/spec/vectors"
)

// deltasBeyondCDDL are the requirements on deltas that CDDL cannot express; the
// head of distribution.cddl names them. DIST-8 and DIST-9 are about the bundles.
var deltasBeyondCDDL = []string{"DIST-2", "DIST-4", "DIST-5", "DIST-6", "DIST-8", "DIST-9"}

// encodingsOfDeltas are vectors of wrong encodings, which are not the subject of
// CDDL.
var encodingsOfDeltas = []string{"delta-trailing", "delta-cut", "delta-indefinite", "delta-unsorted", "delta-field-twice", "delta-size-long"}

func TestDeltasMatchTheCDDLExactlyWhenTheirStructureIsRight(t *testing.T) {
	all, err := vectors.LoadDeltas()
	if err != nil {
		t.Fatal(err)
	}
	var given []structured
	for _, v := range all {
		if !slices.Contains(encodingsOfDeltas, v.Name) {
			beyond := slices.ContainsFunc(v.Requirement, func(r string) bool { return slices.Contains(deltasBeyondCDDL, r) })
			given = append(given, structured{v.Name, v.Comment, v.Delta, v.Expect == "ok" || beyond})
		}
	}
	requireStructure(t, "distribution.cddl", given, 20, 12)
}
