package trustlist_test

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"github.com/tongxing/tongxing/format/cborx"
	"github.com/tongxing/tongxing/trustlist"
)

// An empty document is one byte in a file and a slice in memory: 64 MiB of them
// would take 1.6 GB before anybody had counted them.
func TestABundleOfEmptyDocumentsIsRefusedBeforeItIsDecoded(t *testing.T) {
	const each, regions = 1 << 17, 4
	data := cborx.AppendText(cborx.AppendArray(nil, 2), "tongxing/bundle/1")
	data = cborx.AppendMap(data, 3)
	data = cborx.AppendBytes(cborx.AppendArray(cborx.AppendUint(data, 1), 1), []byte{1})
	data = cborx.AppendBytes(cborx.AppendUint(data, 2), []byte{1})
	data = cborx.AppendArray(cborx.AppendUint(data, 4), regions)
	for range regions {
		data = cborx.AppendText(cborx.AppendUint(cborx.AppendMap(data, 2), 1), "33")
		data = append(cborx.AppendArray(cborx.AppendUint(data, 5), each), bytes.Repeat([]byte{0x40}, each)...)
	}
	allocated := testing.AllocsPerRun(1, func() {
		if _, err := trustlist.ParseBundle(data); !errors.Is(err, trustlist.ErrTooLarge) {
			t.Fatal(err)
		}
	})
	if allocated > 10 {
		t.Errorf("%v allocations for a bundle that is not decoded", allocated)
	}
}

// The bound on data items is above everything that the other bounds let through.
func TestABundleAtEveryOtherBoundIsRead(t *testing.T) {
	parts := trustlist.Parts{List: []byte{1}, Policy: []byte{1}}
	for range trustlist.MaxChain {
		parts.Roots = append(parts.Roots, []byte{1})
	}
	for i := range 100 {
		region := trustlist.RegionParts{Code: fmt.Sprintf("%02d", i), KeySet: []byte{1}, Overlay: []byte{1}, Snapshot: []byte{1}}
		for range 4096 {
			region.StatusLists = append(region.StatusLists, []byte{1})
		}
		for range 64 {
			region.Deltas = append(region.Deltas, []byte{1})
		}
		parts.Regions = append(parts.Regions, region)
	}
	data, err := parts.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := trustlist.ParseBundle(data); err != nil {
		t.Error(err)
	}
}
