package issuer

import (
	"slices"

	"github.com/tongxing/tongxing/format"
)

// SameHolder reports whether c is of the draft's person, as far as a credential
// can tell: see [format.Credential.Matches]. Whoever supersedes c by the draft has
// to be sure of it.
func (d *Draft) SameHolder(c *format.Credential) bool { return c.Matches(d.document) }

// SameClaims reports whether the draft says what c says: masked name, state and
// rule, tests by their report, vaccinations and exemptions. Times of issue and
// expiry, and when the same state was determined anew, make no difference: such a
// draft is a routine refresh of c, which supersedes nothing.
func (d *Draft) SameClaims(c *format.Credential) bool {
	if d.name != c.Holder.Name || (d.credential.Status == nil) != (c.Status == nil) {
		return false
	}
	if s := d.credential.Status; s != nil && (s.State != c.Status.State || s.Rule != c.Status.Rule) {
		return false
	}
	return sameTests(&d.credential, c) &&
		sameMembers(d.credential.Vaccinations, c.Vaccinations) && sameMembers(d.credential.Exemptions, c.Exemptions)
}

// sameMembers reports whether two lists without duplicates have the same members.
func sameMembers[T comparable](x, y []T) bool {
	return len(x) == len(y) && !slices.ContainsFunc(x, func(member T) bool { return !slices.Contains(y, member) })
}

// sameTests reports whether both have the same tests. A credential tells the
// minutes from a report to its issue, so that the moments that two tell of one
// report are less than a minute apart.
func sameTests(x, y *format.Credential) bool {
	return len(x.Tests) == len(y.Tests) && !slices.ContainsFunc(x.Tests, func(t format.Test) bool {
		return !slices.ContainsFunc(y.Tests, func(u format.Test) bool {
			apart := (x.IssuedAt - 60*int64(t.Minutes)) - (y.IssuedAt - 60*int64(u.Minutes))
			return t.Kind == u.Kind && t.Result == u.Result && t.Laboratory == u.Laboratory && -60 < apart && apart < 60
		})
	})
}
