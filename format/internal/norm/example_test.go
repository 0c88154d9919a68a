package norm_test

import (
	"fmt"

	"github.com/tongxing/tongxing/format/internal/norm"
)

func Example() {
	fmt.Printf("%+q\n", norm.NFC("E\u0301ric"))
	fmt.Println(norm.NFKC("１２Ｘ"))
	// Output:
	// "\u00c9ric"
	// 12X
}
