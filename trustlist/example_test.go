package trustlist_test

import (
	"fmt"
	"slices"
	"time"

	"github.com/tongxing/tongxing/spec/vectors"
	"github.com/tongxing/tongxing/trustlist"
)

// A device is built with the hash of a root, and is given a bundle from
// anywhere.
func Example() {
	all, err := vectors.LoadBundles()
	if err != nil {
		fmt.Println(err)
		return
	}
	v := all[slices.IndexFunc(all, func(v vectors.Bundle) bool { return v.Name == "region-one-signer" })]
	anchor := trustlist.AnchorHash([32]byte(v.Anchor))
	trust, report, err := trustlist.Load(v.Bundle, anchor, trustlist.LoadOptions{Clock: v.Clock.Unix()})
	if err != nil {
		fmt.Println("nothing is taken:", err)
		return
	}
	fmt.Println("list", trust.ListVersion(), "not before", time.Unix(trust.Floor(), 0).UTC().Format(time.RFC3339))
	for _, region := range trust.Regions() {
		fmt.Println(region.Code, region.Name, "keys:", len(region.Keys()))
	}
	for _, fault := range report.Faults {
		fmt.Println(fault)
	}
	// Output:
	// list 1.1 not before 2022-08-09T00:00:00Z
	// 33 浙江省 keys: 0
	// 41 河南省 keys: 3
	// region 33: keyset: trustlist: signed by too few of the keys that may sign it: 1 of 2
}

// A device that is switched off keeps its bundle and its memory: the vector
// removed takes region 33 from the list, of which only the memory knows anything
// then.
func ExampleTrust_Memory() {
	all, err := vectors.LoadBundles()
	if err != nil {
		fmt.Println(err)
		return
	}
	v := all[slices.IndexFunc(all, func(v vectors.Bundle) bool { return v.Name == "removed" })]
	anchor := trustlist.AnchorHash([32]byte(v.Anchor))
	before, _, err := trustlist.Load(v.Previous, anchor, trustlist.LoadOptions{Clock: v.Clock.Unix()})
	if err != nil {
		fmt.Println(err)
		return
	}
	trust, report, err := trustlist.Load(v.Bundle, anchor, trustlist.LoadOptions{Clock: v.Clock.Unix(), Previous: before})
	if err != nil {
		fmt.Println(err)
		return
	}
	bundle, err := trust.Bundle()
	if err != nil {
		fmt.Println(err)
		return
	}
	memory := trust.Memory()
	fmt.Println("removed", report.Removed, "memory of", len(memory), "bytes")

	again, _, err := trustlist.Load(bundle, anchor, trustlist.LoadOptions{Clock: v.Clock.Unix(), Memory: memory})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("list", again.ListVersion(), "and what it knew before:", slices.Equal(again.Memory(), memory))
	// Output:
	// removed [33] memory of 348 bytes
	// list 1.2 and what it knew before: true
}

// Whoever shows a document before anybody has verified it says so.
func ExampleOpen() {
	all, err := vectors.LoadDocuments()
	if err != nil {
		fmt.Println(err)
		return
	}
	v := all[slices.IndexFunc(all, func(v vectors.Document) bool { return v.Name == "snapshot" })]
	document, err := trustlist.Open(v.Document)
	if err != nil {
		fmt.Println(err)
		return
	}
	content, err := document.UnverifiedContent()
	if err != nil {
		fmt.Println(err)
		return
	}
	if snapshot, ok := content.(*trustlist.Snapshot); ok {
		fmt.Printf("unverified: %s of region %s, version %s, names key set %s\n",
			document.Kind(), snapshot.Region, snapshot.Version, snapshot.KeySet.Version)
	}
	// Output:
	// unverified: snapshot of region 33, version 1.9, names key set 1.1
}
