package fetch_test

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/fetch"
	"github.com/tongxing/tongxing/trustlist/trusttest"
)

// A device takes its first bundle, and starts again.
func Example() {
	const issued = 1660089600
	bundle, anchor, err := (&trusttest.Material{Issued: issued, Regions: []trusttest.Region{
		{Code: "33", Usage: trustlist.UsageStatus, Unavailable: true},
	}}).Bundle()
	if err != nil {
		fmt.Println(err)
		return
	}
	folder, err := os.MkdirTemp("", "example-*")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(folder)
	store, err := fetch.OpenStore(filepath.Join(folder, "trust.store"), fetch.StoreOptions{Anchor: anchor})
	if err != nil {
		fmt.Println(err)
		return
	}
	change, err := store.Apply(bundle, fetch.Origin{From: "national.bundle"}, issued+3600)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("changed:", change.Changed)

	state, err := store.Current(0) // the clock has stopped with the power
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("trust list:", state.Trust.ListVersion(), "from", state.Origin.From)
	fmt.Println("the time is at least:", state.Known-issued, "s after its issue")
	// Output:
	// changed: true
	// trust list: 1.1 from national.bundle
	// the time is at least: 3600 s after its issue
}
