package deletion_test

import (
	"fmt"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
	"github.com/tongxing/tongxing/issuer/deletion"
	"github.com/tongxing/tongxing/issuer/registry"
)

// An operator purges a registry; an auditor reads the record with the region's keys.
func Example() {
	key := sigtest.New(sig.SM2, "the province's key")
	data, err := deletion.Sign(deletion.Record{
		Act: deletion.Purge, Object: "4bf4f0d96af950d9dc74795ac4645178", At: 1795305600, By: "operator 3",
		Before: 1793462400, Counts: map[string]uint64{"entries": 1000},
		Journal: registry.JournalHead{Sequence: 812, Hash: [32]byte{0x5f, 0x0c}},
	}, key)
	if err != nil {
		fmt.Println(err)
		return
	}
	record, signers, err := deletion.Parse(data, []*sig.PublicKey{key.PublicKey()})
	fmt.Println(record.By, record.Counts["entries"], len(signers), err)
	// Output: operator 3 1000 1 <nil>
}
