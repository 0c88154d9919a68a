package trustlist_test

import (
	"errors"
	"testing"

	"github.com/tongxing/tongxing/format/cborx"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/internal/nation"
)

// [TRUST-101]
func TestAFileThatIsTooLargeIsRefusedBeforeItIsRead(t *testing.T) {
	n := nation.New(t, "33")
	anchor := n.Anchor()
	huge := append(n.Bundle(), make([]byte, trustlist.MaxBundle)...)
	allocated := testing.AllocsPerRun(1, func() {
		if _, _, err := trustlist.Load(huge, anchor, trustlist.LoadOptions{}); !errors.Is(err, trustlist.ErrTooLarge) {
			t.Fatal(err)
		}
	})
	if allocated > 10 {
		t.Errorf("%v allocations for a file that is not read", allocated)
	}
	if _, err := trustlist.Open(make([]byte, 32<<20)); !errors.Is(err, trustlist.ErrTooLarge) {
		t.Error(err)
	}
	if _, err := trustlist.ParseAnchor(make([]byte, 32<<20)); !errors.Is(err, trustlist.ErrTooLarge) {
		t.Error(err)
	}
	bundle := trustlist.Parts{Roots: [][]byte{{0}}, List: make([]byte, trustlist.MaxBundle)}
	if _, err := bundle.Encode(); !errors.Is(err, trustlist.ErrTooLarge) {
		t.Error(err)
	}
}

// A head can promise more than a file holds.
func TestAPromiseOfMuchDataAllocatesNothing(t *testing.T) {
	magic := cborx.AppendText(cborx.AppendArray(nil, 2), "tongxing/bundle/1")
	for name, rest := range map[string][]byte{
		"list of 2^32 bytes":  {0xa2, 1, 0x81, 0x40, 2, 0x5b, 0, 0, 0, 1, 0, 0, 0, 0},
		"chain of 2^32 roots": {0xa2, 1, 0x9b, 0, 0, 0, 1, 0, 0, 0, 0},
		"map of 2^32 fields":  {0xbb, 0, 0, 0, 1, 0, 0, 0, 0},
	} {
		data := append(append([]byte{}, magic...), rest...)
		allocated := testing.AllocsPerRun(10, func() {
			if _, err := trustlist.ParseBundle(data); !errors.Is(err, trustlist.ErrNotABundle) {
				t.Fatalf("%s: %v", name, err)
			}
		})
		if allocated > 50 {
			t.Errorf("%s: %v allocations", name, allocated)
		}
	}
}

func TestAPayloadAboveItsBoundIsNotWritten(t *testing.T) {
	policy := samplePolicy(t)
	text := ""
	for range 4096 {
		text += "x"
	}
	policy.Rules = nil
	for i := range 1000 {
		policy.Rules = append(policy.Rules, trustlist.Rule{Number: uint16(i + 1), Name: "x", Text: text, States: []uint16{1}, Longest: 1, From: now})
	}
	if _, err := trustlist.NewMessage(policy); !errors.Is(err, trustlist.ErrTooLarge) {
		t.Error(err)
	}
}
