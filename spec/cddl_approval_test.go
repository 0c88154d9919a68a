package spec_test

import (
	"encoding/hex"
	"slices"
	"testing"

	"github.com/tongxing/tongxing/format/cborx"
	"github.com/tongxing/tongxing/format/cose"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
	"github.com/tongxing/tongxing/issuer/approval"
)

// What package approval reads matches the CDDL, and what the CDDL refuses the package
// refuses. [ISSUER-25] [ISSUER-26]
func TestApprovalsMatchTheCDDLExactlyWhenTheyAreRead(t *testing.T) {
	approver := sigtest.New(sig.ES256, "cddl-approver")
	input := newHashedInput(t)
	read := map[string]bool{}
	for name, change := range map[string]func(map[uint64]any){
		"right":          func(map[uint64]any) {},
		"one-state":      func(m map[uint64]any) { m[5] = map[uint64]any{65535: uint64(1)} },
		"no-job":         func(m map[uint64]any) { delete(m, 2) },
		"field-more":     func(m map[uint64]any) { m[7] = uint64(0) },
		"region-letters": func(m map[uint64]any) { m[1] = "ZJ" },
		"region-long":    func(m map[uint64]any) { m[1] = "330" },
		"short-hash":     func(m map[uint64]any) { m[3] = make([]byte, 31) },
		"late":           func(m map[uint64]any) { m[4] = uint64(1 << 32) },
		"time-text":      func(m map[uint64]any) { m[4] = "2022-08-10" },
		"no-state":       func(m map[uint64]any) { m[5] = map[uint64]any{} },
		"green":          func(m map[uint64]any) { m[5] = map[uint64]any{0: uint64(1)} },
		"state-large":    func(m map[uint64]any) { m[5] = map[uint64]any{65536: uint64(1)} },
		"none-of-state":  func(m map[uint64]any) { m[5] = map[uint64]any{1: uint64(0)} },
		"no-keys":        func(m map[uint64]any) { m[6] = [][]byte{} },
		"short-key":      func(m map[uint64]any) { m[6] = [][]byte{make([]byte, 4)} },
	} {
		fields := map[uint64]any{1: "33", 2: "33-7d1e5b02", 3: make([]byte, 32), 4: uint64(1_660_089_600),
			5: map[uint64]any{1: uint64(12), 2: uint64(3)}, 6: [][]byte{make([]byte, 32)}}
		change(fields)
		payload, err := cborx.Marshal(fields)
		if err != nil {
			t.Fatal(err)
		}
		message, err := cose.NewSign(approval.MediaType, payload)
		if err != nil {
			t.Fatal(err)
		}
		if message, err = message.WithSignature(approver); err != nil {
			t.Fatal(err)
		}
		data, err := message.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		input.lines.WriteString(name + " " + hex.EncodeToString(data) + "\n")
		_, _, err = approval.Parse(data, []*sig.PublicKey{approver.PublicKey()})
		read[name] = err == nil
	}
	verdicts := runCDDL(t, "approval.cddl", &input.lines)
	for name, ok := range read {
		if right := slices.Contains([]string{"right", "one-state"}, name); ok != right || (verdicts[name] == "valid") != right {
			t.Errorf("%s: read %t, by CDDL %s, want %t", name, ok, verdicts[name], right)
		}
	}
}
