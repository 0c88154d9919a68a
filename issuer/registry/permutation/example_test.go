package permutation_test

import (
	"fmt"

	"github.com/tongxing/tongxing/issuer/registry/permutation"
)

func Example() {
	var key [permutation.KeySize]byte
	for i := range key {
		key[i] = byte(i)
	}
	p, err := permutation.New(key, 1<<20)
	if err != nil {
		fmt.Println(err)
		return
	}
	for x := range uint64(3) {
		place, _ := p.Apply(x)
		back, _ := p.Invert(place)
		fmt.Println(x, place, back)
	}
	// Output:
	// 0 32651 0
	// 1 833808 1
	// 2 852362 2
}
