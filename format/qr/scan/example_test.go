package scan_test

import (
	"bytes"
	"fmt"

	"github.com/tongxing/tongxing/format/qr"
	"github.com/tongxing/tongxing/format/qr/scan"
)

func ExampleTexts() {
	symbol, err := qr.Encode("TX1:UJCLQE7W581")
	if err != nil {
		fmt.Println(err)
		return
	}
	var file bytes.Buffer
	if err := symbol.WritePNG(&file, qr.Options{ModuleSize: 4}); err != nil {
		fmt.Println(err)
		return
	}
	picture, err := scan.Decode(&file)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(scan.Texts(picture))
	// Output:
	// [TX1:UJCLQE7W581] <nil>
}
