package spec_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/fxamacker/cbor/v2"

	"github.com/tongxing/tongxing/spec/vectors"
)

// tokensLikeExports are right tokens that differ from an export by nothing that
// CDDL sees. Other right ones are what readers take beyond it.
var tokensLikeExports = []string{
	"good-none", "good-unsorted", "good-long-heads", "subject-asked-for",
	"cwt-last-second", "cwt-early", "jwt-last-second", "jwt-early",
}

// structuralTokens are the classes of faults that CDDL sees, but for the vectors
// of tokensBeyondCDDL.
var structuralTokens = []string{"type", "critical", "algorithm", "claims"}

// tokensBeyondCDDL are vectors of those classes whose structure is right, or
// becomes right when the decoder of the tool has read it.
var tokensBeyondCDDL = []string{
	"cwt-alg-sm2", "cwt-exp-2-63", "cwt-other-algorithm-key", "cwt-sub-empty", "cwt-iat-float", "cwt-claim-twice", "cwt-claims-trailing",
	"jwt-exp-twice", "jwt-claims-trailing", "jwt-iat-fraction",
}

func TestStatusTokensMatchTheCDDLExactlyWhenTheyAreAsAnExportIsWritten(t *testing.T) {
	all, err := vectors.LoadStatusTokens()
	if err != nil {
		t.Fatal(err)
	}
	var input bytes.Buffer
	for _, v := range all {
		for i, part := range partsOfToken(v) {
			fmt.Fprintf(&input, "%s/%d %s\n", v.Name, i, hex.EncodeToString(part))
		}
	}
	wrong, given := map[string]bool{}, map[string]bool{}
	for name, verdict := range runCDDL(t, "statustoken.cddl", &input) {
		vector, _, _ := strings.Cut(name, "/")
		given[vector] = true
		wrong[vector] = wrong[vector] || verdict != "valid"
	}
	valid, refused := 0, 0
	for _, v := range all {
		if !given[v.Name] {
			continue
		}
		like := v.Written || slices.Contains(tokensLikeExports, v.Name)
		switch structural := slices.Contains(structuralTokens, v.Expect) && !slices.Contains(tokensBeyondCDDL, v.Name); {
		case like && wrong[v.Name]:
			t.Errorf("%s: refused by the CDDL (%s)", v.Name, v.Comment)
		case structural && !wrong[v.Name]:
			t.Errorf("%s: the CDDL admits it (%s)", v.Name, v.Comment)
		case like:
			valid++
		case structural:
			refused++
		}
	}
	if valid < 12 || refused < 35 {
		t.Errorf("%d vectors match the CDDL and %d do not: too few to prove anything", valid, refused)
	}
}

// partsOfToken returns a CWT as it is, and the two JSON texts of a JWT as CBOR,
// which the tool reads.
func partsOfToken(v vectors.StatusToken) [][]byte {
	if v.Format == "cwt" {
		return [][]byte{v.CWT}
	}
	var parts [][]byte
	texts := strings.Split(v.JWT, ".")
	for _, part := range texts[:min(2, len(texts))] {
		d := json.NewDecoder(strings.NewReader(decoded(part)))
		d.UseNumber()
		var value any
		if d.Decode(&value) != nil {
			continue
		}
		if encoded, err := cbor.Marshal(integers(value)); err == nil {
			parts = append(parts, encoded)
		}
	}
	return parts
}
