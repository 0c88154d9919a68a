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

func ExampleDecodeIndex() {
	x, err := status.DecodeIndex(4, []byte{0x09, 0x7e, 0x03, 0x80})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(x.Len(), x.Contains(12), x.Contains(13), x.Members(), x.Size())
	// Output: 4 true false [5 9 12 40] 64
}

func ExampleList_Lookup() {
	list, err := status.NewList(status.Sets{Revoked: []uint32{7}, Suspended: []uint32{3, 9}})
	if err != nil {
		fmt.Println(err)
		return
	}
	next, err := list.Apply(status.Change{Restored: []uint32{9}})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(next.Lookup(7), next.Lookup(3), next.Lookup(9))
	// Output: revoked suspended active
}
