package spec_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
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
	var input bytes.Buffer
	for _, v := range all {
		if v.Expect != "encoding" {
			fmt.Fprintf(&input, "%s %s\n", v.Name, hex.EncodeToString(v.Record))
		}
	}
	verdicts := runCDDL(t, "deletion.cddl", &input)
	valid, refused := 0, 0
	for _, v := range all {
		if v.Expect == "encoding" {
			continue
		}
		right := v.Expect == "ok" || slices.Contains(deletionsBeyondCDDL, v.Name)
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
