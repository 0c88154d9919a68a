package publish

import (
	"fmt"

	"github.com/tongxing/tongxing/trustlist"
)

// PackBundle returns the bundle that holds parts, after loading it as a device
// without any earlier knowledge would: anchored in the first root of the chain,
// at the time of the newest part. Regions without a key set in parts are left
// out of the bundle and are no fault, nor is a signing key that two regions name
// (a warning of [trustlist.Report]): nobody keeps others out of a bundle by
// naming their keys. Any part that a device would refuse is an error, an
// [ErrNotClean] when only a region is concerned.
func PackBundle(parts trustlist.Parts) ([]byte, error) {
	bundle, err := parts.Encode()
	if err != nil {
		return nil, err
	}
	anchor, err := trustlist.ParseAnchor(parts.Roots[0])
	if err != nil {
		return nil, err
	}
	_, report, err := trustlist.Load(bundle, anchor, trustlist.LoadOptions{Clock: newest(&parts)})
	if err != nil {
		return nil, err
	}
	present := map[string]bool{}
	for i := range parts.Regions {
		present[parts.Regions[i].Code] = true
	}
	for _, fault := range report.Faults {
		if present[fault.Region] {
			return nil, fmt.Errorf("%w: %w", ErrNotClean, fault)
		}
	}
	return bundle, nil
}

// newest returns the newest time of issue in parts, in unix seconds. Parts that
// cannot be read are Load's to refuse.
func newest(parts *trustlist.Parts) int64 {
	var latest int64
	look := func(data []byte) {
		if u, err := trustlist.Open(data); err == nil {
			if issued, err := u.UnverifiedIssued(); err == nil {
				latest = max(latest, issued)
			}
		}
	}
	for i := range parts.Regions {
		r := &parts.Regions[i]
		for _, data := range [][]byte{r.KeySet, r.Overlay, r.Snapshot} {
			look(data)
		}
		for _, data := range r.StatusLists {
			look(data)
		}
		for _, data := range r.Deltas {
			look(data)
		}
	}
	return latest
}
