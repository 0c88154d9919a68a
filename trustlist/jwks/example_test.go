package jwks_test

import (
	"fmt"

	"github.com/tongxing/tongxing/spec/vectors"
	"github.com/tongxing/tongxing/trustlist/jwks"
)

// A reader takes an export that the root has signed, and keeps what it is to hand
// in with the next.
func Example() {
	all, err := vectors.LoadExports()
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, v := range all {
		if v.Name != "good" {
			continue
		}
		root, err := rootOf(v.Root)
		if err != nil {
			fmt.Println(err)
			return
		}
		set, known, err := jwks.Verify([]byte(v.Export), root, jwks.Known{})
		if err != nil {
			fmt.Println(err)
			return
		}
		for i := range set.Regions {
			for _, key := range set.Regions[i].Keys {
				fmt.Println(set.Regions[i].Code, key.Public.Algorithm(), key.State, key.Usage)
			}
		}
		fmt.Println("the next is of list", known.List.Version, "or a later one")
	}
	// Output:
	// 33 SM2 compromised status+adverse+test+vaccination+exemption+status-list+snapshot
	// 33 SM2 active status+adverse+test+vaccination+exemption
	// 33 SM2 retired test
	// 46 ES256 active status+adverse+test+vaccination+exemption
	// 46 ES256 retired test
	// 46 ES256 compromised status+adverse+test+vaccination+exemption+status-list+snapshot
	// the next is of list 1.2 or a later one
}
