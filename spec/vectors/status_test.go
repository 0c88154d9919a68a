package vectors_test

import (
	"testing"

	"github.com/fxamacker/cbor/v2"

	"github.com/tongxing/tongxing/format/status"
	"github.com/tongxing/tongxing/spec/vectors"
)

// payloadOf returns the fields of a document.
func payloadOf(t *testing.T, document []byte) map[uint64]any {
	t.Helper()
	var message [4]any
	if err := cbor.Unmarshal(document[2:], &message); err != nil {
		t.Fatal(err)
	}
	var fields map[uint64]any
	if err := cbor.Unmarshal(message[2].([]byte), &fields); err != nil {
		t.Fatal(err)
	}
	return fields
}

// The documents that are right have right sets in them: package trustlist does not
// look into sets, a device does.
func TestRightDocumentsHaveRightSets(t *testing.T) {
	all, err := vectors.LoadDocuments()
	if err != nil {
		t.Fatal(err)
	}
	sets, deltas := 0, 0
	for _, v := range all {
		if v.Expect != "ok" || v.Kind != "status" && v.Kind != "delta" {
			continue
		}
		fields := payloadOf(t, v.Document)
		if v.Kind == "status" {
			for key := uint64(6); key <= 8; key++ {
				set := fields[key].([]any)
				if _, err := status.Decode(uint32(set[0].(uint64)), set[1].([]byte)); err != nil {
					t.Errorf("%s, field %d: %v", v.Name, key, err)
				}
				sets++
			}
			continue
		}
		removals := map[uint64][]byte{}
		for _, removal := range fields[9].([]any) {
			removals[removal.([]any)[0].(uint64)] = removal.([]any)[1].([]byte)
		}
		for i, additions := range fields[8].([]any) {
			change, err := status.DecodeChange(additions.([]byte), removals[uint64(i)], status.MaxMembers)
			if err != nil || change.Empty() {
				t.Errorf("%s, list %d: %v, %v", v.Name, i, change, err)
			}
			deltas++
		}
	}
	if sets < 3 || deltas < 3 {
		t.Errorf("%d sets and %d changes", sets, deltas)
	}
}
