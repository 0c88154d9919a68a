package trustlist

import (
	"strconv"
	"strings"
)

// Usage is a set of things that a key may sign, one bit each. A credential or a
// regional document needs every bit of what it holds, from the key and from the
// trust list's grant to the region; unknown bits grant nothing.
type Usage uint32

// The bits of a Usage.
const (
	UsageStatus      Usage = 1  // health status, state 0 (green)
	UsageAdverse     Usage = 2  // any other state, together with UsageStatus
	UsageTest        Usage = 4  // test results
	UsageVaccination Usage = 8  // vaccinations
	UsageExemption   Usage = 16 // exemptions
	UsageStatusList  Usage = 32 // status lists and status deltas
	UsageSnapshot    Usage = 64 // region snapshots
)

// UsageKnown is the set of all bits that have a meaning here.
const UsageKnown = UsageStatus | UsageAdverse | UsageTest | UsageVaccination |
	UsageExemption | UsageStatusList | UsageSnapshot

var usageNames = [...]string{"status", "adverse", "test", "vaccination", "exemption", "status-list", "snapshot"}

// Has reports whether u holds every bit of v.
func (u Usage) Has(v Usage) bool { return u&v == v }

// String names the bits, joined by "+": "status+test". No bit is "none"; a bit
// without a name is its number, as "bit9".
func (u Usage) String() string {
	if u == 0 {
		return "none"
	}
	var names []string
	for bit := range 32 {
		switch {
		case u>>bit&1 == 0:
		case bit < len(usageNames):
			names = append(names, usageNames[bit])
		default:
			names = append(names, "bit"+strconv.Itoa(bit))
		}
	}
	return strings.Join(names, "+")
}
