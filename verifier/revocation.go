package verifier

import (
	"fmt"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/status"
	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/trustlist"
)

// Revocation says what a device knows of the revocation of one code. The zero
// value says that it was not asked.
type Revocation struct {
	Asked   bool   // the checks came as far as this
	Covered bool   // the device has the list; if not, the code was not checked for revocation
	List    uint32 // that the code names: months since 2020-01 x 256 + shard
	AsOf    int64  // unix seconds: how old the knowledge is
	Due     int64  // unix seconds: when newer knowledge was to be there
	Overdue bool   // Due was before the effective time
	Behind  bool   // the region has published newer lists than these
}

var revocationReasons = [...]spec.Reason{
	status.Active:     0,
	status.Revoked:    spec.ReasonRevoked,
	status.Superseded: spec.ReasonSuperseded,
	status.Suspended:  spec.ReasonSuspended,
}

// checkRevocation looks the code up by its reference in the lists of its region.
// Signature and form of the code are no part of that: a twin signature is revoked
// with its credential. A list that is not there revokes nothing, and the evidence
// says that it is not.
func (c *checking) checkRevocation(region *trustlist.Region, ref format.Ref) (spec.Reason, error) {
	known := region.Status(ref.List, ref.Index)
	c.evidence.Revocation = Revocation{Asked: true, Covered: known.Covered, List: ref.List}
	if !known.Covered {
		return 0, nil
	}
	c.evidence.Revocation = Revocation{
		Asked: true, Covered: true, List: ref.List,
		AsOf: known.AsOf, Due: known.Due, Overdue: known.Due < c.now, Behind: known.Behind,
	}
	if known.State == status.Active {
		return 0, nil
	}
	return revocationReasons[known.State], fmt.Errorf("%s by list %d of region %s, as of %s", known.State, ref.List, region.Code, rfc3339(known.AsOf))
}

// Month returns the month of the list, that in which the code expires, as
// "2022-08".
func (r Revocation) Month() string {
	months := r.List >> 8
	return fmt.Sprintf("%d-%02d", 2020+months/12, months%12+1)
}

// detail says what the code was looked up in, how old that is and whether there is
// newer, or the region and month that have no list here.
func (r *Revocation) detail(region, lang string) string {
	switch {
	case !r.Asked:
		return ""
	case !r.Covered:
		return region + ", " + r.Month()
	}
	text := fmt.Sprintf("%d (%s … %s)", r.List, rfc3339(r.AsOf), rfc3339(r.Due))
	if r.Overdue {
		text += "; " + spec.Phrase("list_overdue", lang, rfc3339(r.Due))
	}
	if r.Behind {
		text += "; " + spec.Phrase("list_behind", lang)
	}
	return text
}
