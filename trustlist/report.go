package trustlist

import "slices"

// Report says what [Load] did not take as it was given. None of it keeps the
// other regions from working.
type Report struct {
	Faults    []*RegionError // what was refused, by region
	HeldAside []HeldAside    // what is not yet taken
	Kept      []string       // regions whose older part stays in force
	Removed   []string       // regions that were listed before and are no longer
}

// HeldAside is a regional document that was issued more than [HoldAside] after
// the effective time. It is not wrong; the clock may be.
type HeldAside struct {
	Region string `json:"region"`
	Kind   Kind   `json:"kind"`
	Issued int64  `json:"issued"` // unix seconds
}

func (r *Report) fault(region string, kind Kind, err error) *RegionError {
	if kind != 0 {
		err = &DocumentError{kind, err}
	}
	e := &RegionError{region, err}
	r.Faults = append(r.Faults, e)
	return e
}

func (r *Report) hold(h HeldAside) {
	if !slices.Contains(r.HeldAside, h) {
		r.HeldAside = append(r.HeldAside, h)
	}
}

// Clean reports whether everything was taken.
func (r *Report) Clean() bool { return len(r.Faults) == 0 && len(r.HeldAside) == 0 }
