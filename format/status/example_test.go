package status_test

import (
	"fmt"

	"github.com/tongxing/tongxing/format/status"
)

func ExampleEncode() {
	data, err := status.Encode([]uint32{5, 9, 12, 40})
	if err != nil {
		fmt.Println(err)
		return
	}
	members, err := status.Decode(4, data)
	fmt.Printf("%x %v %v\n", data, members, err)
	// Output: 097e0380 [5 9 12 40] <nil>
}

func ExampleSets_Apply() {
	before := status.Sets{Revoked: []uint32{7}, Suspended: []uint32{3, 9}}
	after, err := before.Apply(status.Change{Added: status.Sets{Revoked: []uint32{3}}, Restored: []uint32{3, 9}})
	fmt.Println(after, after.Lookup(3), after.Lookup(9), err)
	// Output: {[3 7] [] []} revoked active <nil>
}
