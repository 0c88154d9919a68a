package trustlist

import "slices"

// Report says what [Load] did not take as it was given. None of it keeps the
// other regions from working.
type Report struct {
	Faults    []*RegionError `json:"faults,omitempty"`     // what was refused, by region
	Warnings  []*RegionError `json:"warnings,omitempty"`   // what was taken and people should look into, by region
	HeldAside []HeldAside    `json:"held_aside,omitempty"` // what is not yet taken
	Kept      []string       `json:"kept,omitempty"`       // regions whose older part stays in force
	Removed   []string       `json:"removed,omitempty"`    // regions that were listed before and are no longer
}

// HeldAside is a regional document that was issued more than [HoldAside] after
// the effective time. It is not wrong; the clock may be.
type HeldAside struct {
	Region string
	Kind   Kind
	Issued int64 // unix seconds
}

func (r *Report) fault(region string, kind Kind, err error) *RegionError {
	if kind != 0 {
		err = &DocumentError{kind, err}
	}
	e := &RegionError{region, err}
	r.Faults = append(r.Faults, e)
	return e
}

// warn reports what is no fault: see [SharedKeyError].
func (r *Report) warn(region string, kind Kind, err error) {
	r.Warnings = append(r.Warnings, &RegionError{region, &DocumentError{kind, err}})
}

func (r *Report) hold(h HeldAside) {
	if !slices.Contains(r.HeldAside, h) {
		r.HeldAside = append(r.HeldAside, h)
	}
}

func (r *Report) add(other *Report) {
	r.Faults = append(r.Faults, other.Faults...)
	r.HeldAside = append(r.HeldAside, other.HeldAside...)
	r.Warnings = append(r.Warnings, other.Warnings...)
	r.Kept = append(r.Kept, other.Kept...)
}

// Clean reports whether everything was taken, with warnings or without.
func (r *Report) Clean() bool { return len(r.Faults) == 0 && len(r.HeldAside) == 0 }
