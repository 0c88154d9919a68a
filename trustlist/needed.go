package trustlist

import (
	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/spec"
)

// UsageNeeded returns what a key, and the trust list for its region, must allow
// for a credential to be signed and accepted whole: every claim counts, and a
// state other than green needs the right to adverse states besides.
func UsageNeeded(c *format.Credential) Usage {
	var usage Usage
	if c.Status != nil {
		usage |= UsageStatus
		if c.Status.State != spec.StateGreen {
			usage |= UsageAdverse
		}
	}
	if len(c.Tests) > 0 {
		usage |= UsageTest
	}
	if len(c.Vaccinations) > 0 {
		usage |= UsageVaccination
	}
	if len(c.Exemptions) > 0 {
		usage |= UsageExemption
	}
	return usage
}
