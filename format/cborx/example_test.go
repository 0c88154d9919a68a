package cborx_test

import (
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/tongxing/tongxing/format/cborx"
)

// The example of the package comment: equal data has equal bytes, and every
// other writing of it is refused.
func Example() {
	type claims struct {
		Issuer  string `cbor:"1,keyasint"`
		Expires int64  `cbor:"4,keyasint"`
	}
	data, err := cborx.Marshal(claims{Issuer: "33", Expires: 1660089600})
	fmt.Printf("%x %v\n", data, err)

	for _, text := range []string{
		"a201623333041a62f2f500",   // as above
		"a2041a62f2f50001623333",   // exp before iss
		"bf01623333041a62f2f500ff", // a map of indefinite length
		"a2016233331804",           // 4 in two bytes
		"a101623333",               // without exp
	} {
		data, _ := hex.DecodeString(text)
		var c claims
		err := cborx.Unmarshal(data, &c)
		fmt.Println(c, err)
	}
	// Output:
	// a201623333041a62f2f500 <nil>
	// {33 1660089600} <nil>
	// { 0} cborx: map keys are not in bytewise order (at byte 7)
	// { 0} cborx: indefinite length (at byte 0)
	// { 0} cborx: integer or length is not in its shortest form (at byte 5)
	// { 0} cborx: not the structure asked for (from byte 0)
}

// An EncodingError says which rule is broken, and where.
func ExampleCheck() {
	err := cborx.Check([]byte{0x82, 0x01, 0x18, 0x01})
	var encoding *cborx.EncodingError
	if errors.As(err, &encoding) {
		fmt.Println(encoding.Offset, encoding.Fault == cborx.FaultNotShortest)
	}
	fmt.Println(err)
	// Output:
	// 2 true
	// cborx: integer or length is not in its shortest form (at byte 2)
}
