package tokenstatus_test

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"slices"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
	"github.com/tongxing/tongxing/format/status"
	"github.com/tongxing/tongxing/trustlist/tokenstatus"
)

func Example() {
	signer := sigtest.New(sig.ES256, "status 33")
	token := &tokenstatus.Token{
		Subject: tokenstatus.SubjectOf("33", 7936), Issued: 1660176000, Expires: 1660348800, TTL: 86400,
		Places: 8, Sets: status.Sets{Revoked: []uint32{1}, Superseded: []uint32{6}, Suspended: []uint32{5}},
	}
	data, err := token.Sign(tokenstatus.CWT, signer)
	if err != nil {
		fmt.Println(err)
		return
	}
	reader, err := tokenstatus.NewReader(tokenstatus.Options{Key: signer.PublicKey(), Subject: "urn:tongxing:status:33:7936"})
	if err != nil {
		fmt.Println(err)
		return
	}
	read, err := reader.Read(data, 1660200000)
	fmt.Println(read.Sets, read.Places, err)
	_, err = reader.Read(data, 1660348800)
	fmt.Println(err)
	// Output:
	// {[1] [6] [5]} 8 <nil>
	// tokenstatus: token has expired: at 1660348800
}

func ExampleNewStatusList() {
	statuses := []tokenstatus.Type{0, 1, 0, 0, 0, 2, 3, 0}
	all := func(yield func(uint32, tokenstatus.Type) bool) {
		for i, s := range slices.All(statuses) {
			if !yield(uint32(i), s) {
				return
			}
		}
	}
	list, err := tokenstatus.NewStatusList(2, 8, all)
	if err != nil {
		fmt.Println(err)
		return
	}
	array, err := zlib.NewReader(bytes.NewReader(list.Compressed))
	if err != nil {
		fmt.Println(err)
		return
	}
	inflated, err := io.ReadAll(array)
	fmt.Printf("%x %v\n", inflated, err)
	// Output: 0438 <nil>
}
