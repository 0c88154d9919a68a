package series

import (
	"fmt"
	"log"
)

// The reader of the package's comment, who comes when the first two frames of four
// have been shown.
func ExampleDecoder_Add() {
	e := newEncoder([]byte("tongxing 2020"), 4)
	d := NewDecoder()
	for n := uint32(2); ; n++ {
		p, err := d.Add(e.Frame(n))
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("frame %d  %04b  rank %d\n", n, appendRow(nil, p.Session, n, p.Need)[0]>>4, p.Have)
		if p.File != nil {
			fmt.Printf("%s\n", p.File)
			break
		}
	}
	// Output:
	// frame 2  0010  rank 1
	// frame 3  0001  rank 2
	// frame 4  1010  rank 3
	// frame 5  0001  rank 3
	// frame 6  0011  rank 3
	// frame 7  0001  rank 3
	// frame 8  0110  rank 4
	// tongxing 2020
}
