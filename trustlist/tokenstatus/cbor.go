package tokenstatus

import (
	"fmt"
	"sync"

	"github.com/fxamacker/cbor/v2"
)

// decoders read CBOR of other issuers, whose maps may be in any order and whose
// heads longer than they need: the draft's own examples are not deterministic. So
// it is not package cborx that reads it.
type decoders struct {
	tagged   cbor.DecMode // for what is passed over
	untagged cbor.DecMode // for what has a meaning: a tag would be another one
}

var modes = sync.OnceValues(func() (decoders, error) {
	options := cbor.DecOptions{
		DupMapKey:         cbor.DupMapKeyEnforcedAPF,
		IndefLength:       cbor.IndefLengthForbidden,
		FieldNameMatching: cbor.FieldNameMatchingCaseSensitive,
		MaxNestedLevels:   8,
		MaxArrayElements:  maxMembers,
		MaxMapPairs:       maxMembers,
	}
	tagged, err := options.DecMode()
	if err != nil {
		return decoders{}, fmt.Errorf("tokenstatus: decoder options: %w", err)
	}
	options.TagsMd = cbor.TagsForbidden
	untagged, err := options.DecMode()
	if err != nil {
		return decoders{}, fmt.Errorf("tokenstatus: decoder options: %w", err)
	}
	return decoders{tagged, untagged}, nil
})

// unmarshal reads one item with nothing behind it. Tags may stand where v keeps
// the item as it is.
func unmarshal(data []byte, v any) error {
	d, err := modes()
	if err != nil {
		return err
	}
	return d.tagged.Unmarshal(data, v)
}

// unmarshalStrict is unmarshal for an item without any tag.
func unmarshalStrict(data []byte, v any) error {
	d, err := modes()
	if err != nil {
		return err
	}
	return d.untagged.Unmarshal(data, v)
}
