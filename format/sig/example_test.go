package sig_test

import (
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/tongxing/tongxing/format/sig"
)

// The key of the example in RFC 9679 section 5.6, by its compressed point.
func ExampleNewPublicKey() {
	point, _ := hex.DecodeString("0265eda5a12577c2bae829437fe338701a10aaa375e1bb5b5de108de439c08551d")
	key, err := sig.NewPublicKey(sig.ES256, point)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s\n%x\n%x\n", key.Algorithm(), key.Thumbprint(), key.KeyID())

	_, err = sig.NewPublicKey(sig.SM2, key.Uncompressed())
	fmt.Println(errors.Is(err, sig.ErrPoint))
	// Output:
	// ES256
	// 496bd8afadf307e5b08c64b0421bf9dc01528a344a43bda88fadd1669da253ec
	// 496bd8af
	// true
}
