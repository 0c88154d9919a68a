package delta_test

import (
	"fmt"

	"github.com/tongxing/tongxing/trustlist/delta"
)

// What a publisher makes and a device applies. The instructions and the bytes
// are the end of the file.
func Example() {
	old := []byte("valid until Monday; signed by three")
	new := []byte("valid until Friday; signed by three")
	file, err := delta.Make(old, new)
	if err != nil {
		fmt.Println(err)
		return
	}
	parsed, err := delta.Parse(file)
	if err != nil {
		fmt.Println(err)
		return
	}
	got, err := parsed.Apply(old)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%x\n%d instructions, %d bytes inserted: %s\n", file[len(file)-13:], parsed.Instructions(), parsed.Inserted(), got)
	// Output:
	// 054600000c0306140643467269
	// 2 instructions, 3 bytes inserted: valid until Friday; signed by three
}
