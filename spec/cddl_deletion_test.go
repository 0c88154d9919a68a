package spec_test

import (
	"slices"
	"testing"

	"github.com/tongxing/tongxing/spec/vectors"
)

// deletionsBeyondCDDL are vectors of wrong records whose structure is right: which
// characters a text has, that signers are distinct, and who they are, CDDL does not
// see.
var deletionsBeyondCDDL = []string{"by-two-lines", "twice-signed", "payload-changed", "stranger"}

func TestRecordsOfDeletionsMatchTheCDDLExactlyWhenTheirStructureIsRight(t *testing.T) {
	all, err := vectors.LoadDeletions()
	if err != nil {
		t.Fatal(err)
	}
	var given []structured
	for _, v := range all {
		if v.Expect != "encoding" {
			right := v.Expect == "ok" || slices.Contains(deletionsBeyondCDDL, v.Name)
			given = append(given, structured{v.Name, v.Comment, v.Record, right})
		}
	}
	requireStructure(t, "deletion.cddl", given, 12, 25)
}
