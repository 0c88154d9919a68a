package tokenstatus

import (
	"errors"
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

const (
	majorBytes = 2
	majorMap   = 5
)

var errOtherType = errors.New("CBOR of another type")

// isMap reports whether an item is a map: to the decoder null is an empty one.
func isMap(data []byte) bool { return len(data) > 0 && data[0]>>5 == majorMap }

// unmarshalMap is unmarshal for a map.
func unmarshalMap(data []byte, v any) error {
	if !isMap(data) {
		return errOtherType
	}
	return unmarshal(data, v)
}

// byteString is a byte string, nil where there is none: to the decoder an array of
// small integers is one too.
type byteString []byte

// UnmarshalCBOR implements [cbor.Unmarshaler].
func (b *byteString) UnmarshalCBOR(data []byte) error {
	if len(data) == 0 || data[0]>>5 != majorBytes {
		return errOtherType
	}
	return unmarshalStrict(data, (*[]byte)(b))
}
