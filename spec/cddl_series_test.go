package spec_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tongxing/tongxing/format/transport"
	"github.com/tongxing/tongxing/spec/vectors"
)

// seriesBeyondCDDL are the requirements on frames that CDDL cannot express; the
// head of series.cddl names them.
var seriesBeyondCDDL = []string{"SERIES-11", "SERIES-12", "SERIES-13", "SERIES-14"}

// wrongEncoding are vectors whose bytes are no CBOR, or CBOR of another encoding,
// which CDDL does not see.
var wrongEncoding = []string{"frame-sequence-long", "frame-indefinite", "frame-trailing", "frame-cut", "frame-not-cbor"}

func TestFramesMatchTheCDDLExactlyWhenTheirStructureIsRight(t *testing.T) {
	all, err := vectors.LoadSeries()
	if err != nil {
		t.Fatal(err)
	}
	var input bytes.Buffer
	want := map[string]bool{}
	for _, v := range all {
		if slices.Contains(wrongEncoding, v.Name) {
			continue
		}
		for i, text := range v.Texts {
			body, found := strings.CutPrefix(strings.TrimSpace(text.Text), "TXS1:")
			frame, err := transport.Decode(transport.TextPrefix + body)
			if !found || err != nil || text.Expect == "not_a_frame" {
				continue
			}
			beyond := slices.ContainsFunc(v.Requirement, func(r string) bool { return slices.Contains(seriesBeyondCDDL, r) })
			name := fmt.Sprintf("%s/%d", v.Name, i)
			want[name] = text.Expect != "damaged" || beyond
			fmt.Fprintf(&input, "%s %s\n", name, hex.EncodeToString(frame))
		}
	}
	verdicts := runCDDL(t, "series.cddl", &input)
	refused := 0
	for name, valid := range want {
		if (verdicts[name] == "valid") != valid {
			t.Errorf("%s: %s, want valid: %t", name, verdicts[name], valid)
		}
		if !valid {
			refused++
		}
	}
	if len(want) < 500 || refused < 15 {
		t.Errorf("%d frames, %d of them wrong: too few to prove anything", len(want), refused)
	}
}
