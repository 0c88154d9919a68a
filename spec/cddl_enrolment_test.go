package spec_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"testing"

	"github.com/tongxing/tongxing/format/cborx"
)

// [GATE-9] [GATE-10]
func TestEnrolmentFilesMatchTheCDDLExactlyWhenTheirStructureIsRight(t *testing.T) {
	file := func(passes, memory, salt, tag, until, sealed int) []any {
		entry := []any{make([]byte, tag), until, make([]byte, sealed)}
		return []any{"tongxing/enrolment/1", passes, memory, make([]byte, salt), []any{entry}}
	}
	other := file(3, 65536, 16, 16, 955, 284)
	other[0] = "tongxing/enrolment/2"
	var input bytes.Buffer
	want := map[string]bool{}
	for name, c := range map[string]struct {
		file  []any
		valid bool
	}{
		"usual": {file(3, 65536, 16, 16, 955, 284), true}, "most": {file(64, 262144, 16, 16, 65535, 1308), true},
		"nobody":   {[]any{"tongxing/enrolment/1", 3, 65536, make([]byte, 16), []any{}}, true},
		"too-fast": {file(2, 65536, 16, 16, 955, 284), false}, "too-slow": {file(65, 65536, 16, 16, 955, 284), false},
		"little-memory": {file(3, 65535, 16, 16, 955, 284), false}, "much-memory": {file(3, 262145, 16, 16, 955, 284), false},
		"salt": {file(3, 65536, 15, 16, 955, 284), false}, "tag": {file(3, 65536, 16, 17, 955, 284), false},
		"until": {file(3, 65536, 16, 16, 65536, 284), false}, "sealed": {file(3, 65536, 16, 16, 955, 1309), false},
		"later": {other, false},
	} {
		data, err := cborx.Marshal(c.file)
		if err != nil {
			t.Fatal(err)
		}
		want[name] = c.valid
		fmt.Fprintf(&input, "%s %s\n", name, hex.EncodeToString(data))
	}
	verdicts := runCDDL(t, "enrolment.cddl", &input)
	for name, valid := range want {
		if (verdicts[name] == "valid") != valid {
			t.Errorf("%s: %q, want valid: %t", name, verdicts[name], valid)
		}
	}
}
