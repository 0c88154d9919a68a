package facts

import (
	"fmt"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/status"
	"github.com/tongxing/tongxing/spec/vectors"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/publish"
)

// FromVector returns the trust facts of a test vector as material. The error
// names a key that is none, or a number that is too large for its place.
func FromVector(given vectors.Trust) (*Material, error) {
	m := &Material{Issued: given.Issued.Unix()}
	if !given.ProgrammeEnd.IsZero() {
		m.ProgrammeEnd = given.ProgrammeEnd.Unix()
	}
	if given.Policy != nil {
		policy, err := publish.ParsePolicy(given.Policy)
		if err != nil {
			return nil, fmt.Errorf("facts: %w", err)
		}
		m.Policy = policy
	}
	for _, r := range given.Regions {
		region := Region{Code: r.Region, Usage: trustlist.Usage(r.Usage), Unavailable: r.Unavailable}
		for _, k := range r.Keys {
			key, err := keyOf(k)
			if err != nil {
				return nil, fmt.Errorf("facts: region %s, key %x: %w", r.Region, []byte(k.KID), err)
			}
			region.Keys = append(region.Keys, key)
		}
		for _, l := range r.Laboratories {
			if l.N > 65535 {
				return nil, fmt.Errorf("facts: region %s: laboratory %d", r.Region, l.N)
			}
			laboratory := trustlist.Laboratory{Number: uint16(l.N), Name: "实验室", Admitted: l.Admitted.Unix()}
			if !l.Withdrawn.IsZero() {
				laboratory.Withdrawn = l.Withdrawn.Unix()
			}
			region.Laboratories = append(region.Laboratories, laboratory)
		}
		for _, l := range r.StatusLists {
			if region.StatusLists == nil {
				region.StatusLists = map[uint32]status.Sets{}
			}
			region.StatusLists[l.List] = status.Sets{Revoked: l.Revoked, Superseded: l.Superseded, Suspended: l.Suspended}
		}
		if r.Overlay != nil {
			overlay, err := publish.ParseOverlay(r.Overlay)
			if err != nil {
				return nil, fmt.Errorf("facts: region %s: %w", r.Region, err)
			}
			region.Overlay = overlay
		}
		m.Regions = append(m.Regions, region)
	}
	return m, nil
}

func keyOf(k vectors.Key) (trustlist.Key, error) {
	if len(k.X) != 32 || len(k.Y) != 32 {
		return trustlist.Key{}, fmt.Errorf("coordinates of %d and %d bytes", len(k.X), len(k.Y))
	}
	public, err := sig.NewPublicKey(sig.Algorithm(k.Algorithm), append(append([]byte{4}, k.X...), k.Y...))
	if err != nil {
		return trustlist.Key{}, err
	}
	out := trustlist.Key{
		Public: public, SignFrom: k.SignFrom.Unix(), SignUntil: k.SignUntil.Unix(),
		Usage: trustlist.Usage(k.Usage),
	}
	switch k.State {
	case "active":
	case "retired":
		out.State, out.Since = trustlist.Retired, k.RetiredAt.Unix()
	case "compromised":
		out.State, out.Since = trustlist.Compromised, k.SignFrom.Unix()
	default:
		return trustlist.Key{}, fmt.Errorf("state %q", k.State)
	}
	for _, n := range k.Laboratories {
		if n > 1<<32-1 {
			return trustlist.Key{}, fmt.Errorf("laboratory %d", n)
		}
		out.Laboratories = append(out.Laboratories, uint32(n))
	}
	return out, nil
}
