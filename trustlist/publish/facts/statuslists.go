package facts

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/tongxing/tongxing/format/status"
	"github.com/tongxing/tongxing/trustlist"
)

// statusDue is after how long the next status list is due.
const statusDue = 24 * 3600

// statusKey returns the key that signs a region's status lists, as its key set has
// it.
func (m *Material) statusKey(region string, s Signers) (trustlist.Key, error) {
	signer, err := s.Status(region)
	if err != nil {
		return trustlist.Key{}, err
	}
	china := time.FixedZone("UTC+8", 8*3600)
	year := time.Unix(m.Issued, 0).In(china).Year()
	january := func(year int) int64 { return time.Date(year, 1, 1, 0, 0, 0, 0, china).Unix() }
	return trustlist.Key{
		Public: signer.PublicKey(), Usage: trustlist.UsageStatusList | trustlist.UsageSnapshot,
		SignFrom: january(max(year-1, 2020)), SignUntil: january(year + 2),
	}, nil
}

// statusLists returns the signed status lists of a region, ascending by number.
func (m *Material) statusLists(region *Region, s Signers) ([][]byte, error) {
	var documents [][]byte
	for _, number := range slices.Sorted(maps.Keys(region.StatusLists)) {
		list, err := m.statusList(region.Code, number, region.StatusLists[number])
		if err != nil {
			return nil, fmt.Errorf("status list %d: %w", number, err)
		}
		signer, err := s.Status(region.Code)
		if err != nil {
			return nil, err
		}
		document, err := signed(list, signer)
		if err != nil {
			return nil, fmt.Errorf("status list %d: %w", number, err)
		}
		documents = append(documents, document)
	}
	return documents, nil
}

func (m *Material) statusList(region string, number uint32, sets status.Sets) (*trustlist.StatusList, error) {
	if err := sets.Validate(); err != nil {
		return nil, err
	}
	list := &trustlist.StatusList{List: number}
	list.Region, list.Version, list.Issued, list.Due = region, trustlist.NewVersion(1, 1), m.Issued, m.Issued+statusDue
	for _, set := range []struct {
		members []uint32
		into    *trustlist.StatusSet
	}{{sets.Revoked, &list.Revoked}, {sets.Superseded, &list.Superseded}, {sets.Suspended, &list.Suspended}} {
		encoded, err := status.Encode(set.members)
		if err != nil {
			return nil, err
		}
		*set.into = trustlist.StatusSet{Members: uint32(len(set.members)), Encoded: encoded}
	}
	return list, nil
}
