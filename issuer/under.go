package issuer

import (
	"fmt"

	"github.com/tongxing/tongxing/trustlist"
)

// Under returns the Issuer under newer trust material: region as that has it, nil
// where its list names the region no more, the end of the programme in Unix seconds, 0
// for never, and the policy, nil for none. It goes on with those of its keys that the region's key set
// still has as active; what is signed from then on is what venues with the new
// material accept. With none left every record is refused (RefusedNoKey): a process
// that serves many says so rather than ends. The error is for a region that is
// another. The Issuer itself is not changed.
func (i *Issuer) Under(region *trustlist.Region, programmeEnd int64, policy *trustlist.Policy) (*Issuer, error) {
	next := &Issuer{region: i.region, lifetime: i.lifetime, programmeEnd: programmeEnd, policy: policy, check: i.check, held: i.held}
	if region == nil {
		return next, nil
	}
	if region.Code != i.region.Code {
		return nil, fmt.Errorf("issuer: the trust material is of region %s, not %s", region.Code, i.region.Code)
	}
	next.region = region
	if region.Available() != nil {
		return next, nil
	}
	for _, signer := range i.held {
		published, ok := region.Key(signer.PublicKey().KeyID())
		if ok && published.Public.Equal(signer.PublicKey()) && published.State == trustlist.Active {
			next.keys = append(next.keys, signingKey{signer, published})
		}
	}
	return next, nil
}

// Keys returns how many keys may sign: none only after [Issuer.Under].
func (i *Issuer) Keys() int { return len(i.keys) }
