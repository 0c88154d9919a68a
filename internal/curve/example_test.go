package curve_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/tongxing/tongxing/internal/curve"
)

// The signature of "sample" in RFC 6979 appendix A.2.5.
func ExampleScheme_Verify() {
	key, _ := hex.DecodeString("60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6" +
		"7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299")
	signature, _ := hex.DecodeString("efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716" +
		"f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8")
	digest := sha256.Sum256([]byte("sample"))
	fmt.Println(curve.ES256().Verify((*[64]byte)(key), &digest, signature))
	digest = sha256.Sum256([]byte("Sample"))
	fmt.Println(curve.ES256().Verify((*[64]byte)(key), &digest, signature))
	// Output:
	// true
	// false
}
