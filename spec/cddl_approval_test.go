package spec_test

import (
	"slices"
	"testing"

	"github.com/tongxing/tongxing/spec/vectors"
)

// approvalsBeyondCDDL are vectors of wrong approvals whose structure is right: which
// characters a name has, the order of keys, sums, and who signed, CDDL does not see.
var approvalsBeyondCDDL = []string{"job-two-lines", "keys-descending", "keys-twice", "bulk-adverse-beyond-count",
	"payload-changed", "stranger", "own-key"}

func TestApprovalsMatchTheCDDLExactlyWhenTheirStructureIsRight(t *testing.T) {
	all, err := vectors.LoadApprovals()
	if err != nil {
		t.Fatal(err)
	}
	var given []structured
	for _, v := range all {
		if v.Expect != "encoding" {
			right := v.Expect == "ok" || slices.Contains(approvalsBeyondCDDL, v.Name)
			given = append(given, structured{v.Name, v.Comment, v.Approval, right})
		}
	}
	requireStructure(t, "approval.cddl", given, 12, 25)
}
