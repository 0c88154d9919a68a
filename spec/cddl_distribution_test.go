package spec_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
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
	var input bytes.Buffer
	for _, v := range all {
		if !slices.Contains(encodingsOfDeltas, v.Name) {
			fmt.Fprintf(&input, "%s %s\n", v.Name, hex.EncodeToString(v.Delta))
		}
	}
	verdicts := runCDDL(t, "distribution.cddl", &input)
	valid, refused := 0, 0
	for _, v := range all {
		verdict, given := verdicts[v.Name]
		if !given {
			continue
		}
		beyond := slices.ContainsFunc(v.Requirement, func(r string) bool { return slices.Contains(deltasBeyondCDDL, r) })
		right := v.Expect == "ok" || beyond
		if (verdict == "valid") != right {
			t.Errorf("%s: %s (%s)", v.Name, verdict, v.Comment)
		}
		if right {
			valid++
		} else {
			refused++
		}
	}
	if valid < 20 || refused < 12 {
		t.Errorf("%d vectors match the CDDL and %d do not: too few to prove anything", valid, refused)
	}
}
