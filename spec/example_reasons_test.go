package spec_test

import (
	"fmt"

	"github.com/tongxing/tongxing/spec"
)

func ExampleReason() {
	r := spec.ReasonExpired
	fmt.Println(uint16(r), r.Name())
	fmt.Println(r.Text("zh"))
	fmt.Println(r.NextStep("en"))
	// Output:
	// 50 expired
	// 码已过期
	// Ask the holder to refresh the code and scan again. If that is not possible: use the manual channel.
}
