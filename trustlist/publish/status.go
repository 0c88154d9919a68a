package publish

import (
	"github.com/tongxing/tongxing/format/cose"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/trustlist"
)

// NewStatusHead returns the head of a region's next status lists, all of one
// version, or of its next delta: the first (previous nil), or that which follows on
// previous, be it of lists or of a delta. The epoch is that of the key set. Errors
// are [trustlist.ErrEpoch], [ErrIssuedBefore] and [ErrLastCounter].
func NewStatusHead(previous *trustlist.Head, set *trustlist.KeySet, issued, due int64) (trustlist.RegionalHead, error) {
	version, err := next(previous, set.Version.Epoch, issued)
	if err != nil {
		return trustlist.RegionalHead{}, err
	}
	return trustlist.RegionalHead{
		Head: trustlist.Head{Version: version, Issued: issued, Due: due}, Region: set.Region,
	}, nil
}

// CheckOnline reports whether a key of the set that may sign with usage has signed
// m, which was issued at the given time in unix seconds. Both implementations check
// the signatures. The error is [trustlist.ErrNoSigner] or [ErrSecondOpinion].
func CheckOnline(set *trustlist.KeySet, m *cose.Sign, usage trustlist.Usage, issued int64) error {
	var keys []*sig.PublicKey
	for i := range set.Keys {
		if public := set.Keys[i].Public; public != nil && CheckSigner(set, public, usage, issued) == nil {
			keys = append(keys, public)
		}
	}
	signed, err := signers(m, keys)
	if err != nil {
		return err
	}
	if len(signed) == 0 {
		return trustlist.ErrNoSigner
	}
	return nil
}
