package transport_test

import (
	"fmt"

	"github.com/tongxing/tongxing/format/transport"
)

func ExampleEncode() {
	fmt.Println(transport.Encode([]byte("base-45")))
	fmt.Println(transport.EncodeDigits([]byte("base-45")))
	// Output:
	// TX1:UJCLQE7W581
	// 86127691695964238901
}

func ExampleDecode() {
	data, err := transport.Decode("\ufeffTX1:UJCLQE7W581\r\n")
	fmt.Printf("%s %v\n", data, err)
	_, err = transport.Decode("TX1:UJCLQe7W581")
	fmt.Println(err)
	// Output:
	// base-45 <nil>
	// damaged code: lower-case letter, a code is upper case at byte 9
}
