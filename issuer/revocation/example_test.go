package revocation_test

import (
	"fmt"

	"github.com/tongxing/tongxing/issuer/revocation"
	"github.com/tongxing/tongxing/trustlist"
)

func ExampleDelta() {
	yesterday := revocation.Lists{7943: {Suspended: []uint32{734003}}}
	today := revocation.Lists{7943: {Revoked: []uint32{734003}}}
	head := trustlist.RegionalHead{Region: "33", Head: trustlist.Head{
		Version: trustlist.NewVersion(1, 2), Issued: 1660190400, Due: 1660276800,
	}}
	delta, err := revocation.Delta(yesterday, today, head)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range delta.Changes {
		fmt.Printf("list %d: +%x -%x\n", c.List, c.Additions, c.Removals)
	}
	device, err := yesterday.Apply(delta)
	fmt.Println(device[7943].Lookup(734003), err)
	_, err = revocation.Delta(today, yesterday, head)
	fmt.Println(err)
	// Output:
	// list 7943: +0448e66660 -0648e66660
	// revoked <nil>
	// revocation: list 7943: 1 credentials were published as revoked or superseded and are not any more: the registry is an old one
}
