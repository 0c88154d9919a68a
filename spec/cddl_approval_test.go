package spec_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
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
	var input bytes.Buffer
	for _, v := range all {
		if v.Expect != "encoding" {
			fmt.Fprintf(&input, "%s %s\n", v.Name, hex.EncodeToString(v.Approval))
		}
	}
	verdicts := runCDDL(t, "approval.cddl", &input)
	valid, refused := 0, 0
	for _, v := range all {
		if v.Expect == "encoding" {
			continue
		}
		right := v.Expect == "ok" || slices.Contains(approvalsBeyondCDDL, v.Name)
		if matches := verdicts[v.Name] == "valid"; matches != right {
			t.Errorf("%s: %s, want right %v (%s)", v.Name, verdicts[v.Name], right, v.Comment)
		}
		if right {
			valid++
		} else {
			refused++
		}
	}
	if valid < 12 || refused < 25 {
		t.Errorf("%d vectors match the CDDL and %d do not: too few to prove anything", valid, refused)
	}
}
