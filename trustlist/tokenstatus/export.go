package tokenstatus

import (
	"fmt"

	"github.com/tongxing/tongxing/format/status"
)

// SubjectOf returns the URI of a status list where nobody gives it another:
// "urn:tongxing:status:33:7936".
func SubjectOf(region string, list uint32) string {
	return fmt.Sprintf("urn:tongxing:status:%s:%d", region, list)
}

// List is a status list of a region as its documents leave it: what the list and
// the deltas that follow on it say together. Times are unix seconds.
type List struct {
	Region string
	Number uint32
	Places uint64      // that the list was planned with
	Sets   status.Sets // of indices below Places
	Issued int64       // of the newest document that speaks for the list
	Due    int64       // when the next one is
}

// Token returns what the list comes to as a token: a newer one is to be looked for
// when the next issue is due, and this one runs out when two are. Errors wrap
// [ErrClaims] for a list that is not due after it was issued, [ErrPlaces] for an
// index beyond its places, and those of [status.Sets.Validate].
func (l *List) Token() (*Token, error) {
	if l.Issued <= 0 || l.Due <= l.Issued {
		return nil, fmt.Errorf("%w: list %d is issued at %d and due at %d", ErrClaims, l.Number, l.Issued, l.Due)
	}
	if err := l.Sets.Validate(); err != nil {
		return nil, err
	}
	for _, set := range [][]uint32{l.Sets.Revoked, l.Sets.Superseded, l.Sets.Suspended} {
		if n := len(set); n > 0 && uint64(set[n-1]) >= l.Places {
			return nil, fmt.Errorf("%w: index %d of %d places", ErrPlaces, set[n-1], l.Places)
		}
	}
	period := l.Due - l.Issued
	return &Token{
		Subject: SubjectOf(l.Region, l.Number), Issued: l.Issued, Expires: l.Due + period, TTL: period,
		Places: l.Places, Sets: l.Sets,
	}, nil
}
