package trustlist

import "fmt"

// RegionError reports a fault in one region's documents. It costs no other
// region anything.
type RegionError struct {
	Region string // "33"
	Err    error
}

func (e *RegionError) Error() string { return fmt.Sprintf("region %s: %v", e.Region, e.Err) }

// Unwrap returns the fault itself.
func (e *RegionError) Unwrap() error { return e.Err }
