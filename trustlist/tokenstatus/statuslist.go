package tokenstatus

import (
	"encoding/json"
	"fmt"

	"github.com/tongxing/tongxing/format/cborx"
)

// AppendCBOR appends the StatusList map (draft section 4.3) in deterministic CBOR.
func (l *StatusList) AppendCBOR(dst []byte) []byte {
	members := 2
	if l.AggregationURI != "" {
		members++
	}
	dst = cborx.AppendMap(dst, members)
	dst = cborx.AppendBytes(cborx.AppendText(dst, "lst"), l.Compressed)
	dst = cborx.AppendUint(cborx.AppendText(dst, "bits"), uint64(l.Bits))
	if l.AggregationURI != "" {
		dst = cborx.AppendText(cborx.AppendText(dst, "aggregation_uri"), l.AggregationURI)
	}
	return dst
}

// DecodeStatusListCBOR reads a StatusList map. The array is not inflated. The
// error wraps [ErrStatusList].
func DecodeStatusListCBOR(data []byte) (*StatusList, error) {
	var w struct {
		Bits           *uint64    `cbor:"bits"`
		Compressed     byteString `cbor:"lst"`
		AggregationURI *string    `cbor:"aggregation_uri"`
	}
	if !isMap(data) {
		return nil, fmt.Errorf("%w: %w", ErrStatusList, errOtherType)
	}
	if err := unmarshalStrict(data, &w); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrStatusList, err)
	}
	return newRead(w.Bits, w.Compressed, w.AggregationURI)
}

func newRead(bits *uint64, compressed []byte, aggregation *string) (*StatusList, error) {
	switch {
	case bits == nil || *bits > 8:
		return nil, fmt.Errorf("%w: bits", ErrStatusList)
	case compressed == nil:
		return nil, fmt.Errorf("%w: no lst", ErrStatusList)
	}
	if err := checkBits(int(*bits)); err != nil {
		return nil, err
	}
	l := &StatusList{Bits: int(*bits), Compressed: compressed}
	if aggregation != nil {
		l.AggregationURI = *aggregation
	}
	return l, nil
}

// statusListJSON is the status_list object, its members in the order in which
// they are written.
type statusListJSON struct {
	AggregationURI string `json:"aggregation_uri,omitempty"`
	Bits           int    `json:"bits"`
	Compressed     string `json:"lst"` // base64url
}

func (l *StatusList) forJSON() statusListJSON {
	return statusListJSON{l.AggregationURI, l.Bits, encode64(l.Compressed)}
}

// EncodeJSON returns the status_list object (draft section 4.2).
func (l *StatusList) EncodeJSON() ([]byte, error) { return json.Marshal(l.forJSON()) }

// DecodeStatusListJSON reads a status_list object. The array is not inflated. The
// error wraps [ErrStatusList].
func DecodeStatusListJSON(data []byte) (*StatusList, error) {
	o, err := readObject(data)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrStatusList, err)
	}
	bits, err := o.integer("bits")
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrStatusList, err)
	}
	text, err := o.text("lst")
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrStatusList, err)
	}
	compressed, err := decode64(text)
	if err != nil {
		return nil, fmt.Errorf("%w: lst: %w", ErrStatusList, err)
	}
	var aggregation *string
	if o.has("aggregation_uri") {
		uri, err := o.text("aggregation_uri")
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrStatusList, err)
		}
		aggregation = &uri
	}
	if bits < 0 {
		return nil, fmt.Errorf("%w: bits", ErrStatusList)
	}
	n := uint64(bits)
	return newRead(&n, compressed, aggregation)
}
