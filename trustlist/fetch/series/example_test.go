package series_test

import (
	"fmt"
	"log"

	"github.com/tongxing/tongxing/trustlist/fetch/series"
)

func Example() {
	e, err := series.NewEncoder([]byte("tongxing 2020"), series.Options{})
	if err != nil {
		log.Fatal(err)
	}
	d := series.NewDecoder()
	for _, text := range []string{"TX1:UJCLQE7W581", e.Frame(1)} {
		p, err := d.Add(text)
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Printf("%d of %d: %s\n", p.Have, p.Need, p.File)
	}
	// Output:
	// not a frame of a series
	// 1 of 1: tongxing 2020
}
