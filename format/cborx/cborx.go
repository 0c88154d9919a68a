// Package cborx reads and writes CBOR in exactly one way: the core
// deterministic encoding of RFC 8949 section 4.2.1.
//
// The data model is integers, byte strings, text strings, arrays and maps.
// There are no floats, no null or undefined, no booleans and no tags (the tag
// of a COSE message is taken off with [CutTag] before its content is read), so
// equal data has equal bytes and any other bytes are refused:
//
//	{1: "33", 4: 1660089600}   a2 01 62 3333 04 1a 62f2f500   accepted
//	{4: 1660089600, 1: "33"}   a2 04 1a 62f2f500 01 62 3333   unsorted: refused
//	{1: "33", 4: 1660089600}   bf 01 62 3333 ... ff           indefinite: refused
//	1                          18 01                          not shortest: refused
//
// [Unmarshal] works in three steps, each of which would do alone on a good day:
// [Check] walks the bytes without allocating, fxamacker/cbor decodes them with
// its strict options, and the result is encoded again and compared with the
// input. The last step is the guarantee; the first gives the error its place and
// keeps hostile input from the decoder.
package cborx

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"sync"

	"github.com/fxamacker/cbor/v2"
)

// MaxItems bounds arrays and maps: the largest of the specification is a key
// set with its keys.
const MaxItems = 1 << 17

// SchemaError reports well-encoded data of another structure than the one that
// was asked for.
type SchemaError struct{ err error }

func (e *SchemaError) Error() string { return "cborx: " + e.err.Error() }

// Unwrap returns the decoder's own error.
func (e *SchemaError) Unwrap() error { return e.err }

type codec struct {
	encode cbor.UserBufferEncMode
	decode cbor.DecMode
}

// modes builds the one immutable mode. The options are constants, so that an
// error is a mistake in this file; it is returned from every call rather than
// thrown.
var modes = sync.OnceValues(func() (codec, error) {
	encOptions := cbor.CoreDetEncOptions()
	encOptions.NilContainers = cbor.NilContainerAsEmpty
	encOptions.IndefLength = cbor.IndefLengthForbidden
	encOptions.TagsMd = cbor.TagsForbidden
	encOptions.NaNConvert = cbor.NaNConvertReject
	encOptions.InfConvert = cbor.InfConvertReject
	encOptions.BigIntConvert = cbor.BigIntConvertReject
	encOptions.BinaryMarshaler = cbor.BinaryMarshalerNone
	encode, err := encOptions.UserBufferEncMode()
	if err != nil {
		return codec{}, fmt.Errorf("cborx: encoder options: %w", err)
	}
	decode, err := cbor.DecOptions{
		DupMapKey:         cbor.DupMapKeyEnforcedAPF,
		IndefLength:       cbor.IndefLengthForbidden,
		TagsMd:            cbor.TagsForbidden,
		ExtraReturnErrors: cbor.ExtraDecErrorUnknownField,
		FieldNameMatching: cbor.FieldNameMatchingCaseSensitive,
		UTF8:              cbor.UTF8RejectInvalid,
		BignumTag:         cbor.BignumTagForbidden,
		NaN:               cbor.NaNDecodeForbidden,
		Inf:               cbor.InfDecodeForbidden,
		BinaryUnmarshaler: cbor.BinaryUnmarshalerNone,
		IntDec:            cbor.IntDecConvertNone,
		MaxNestedLevels:   MaxDepth + 1,
		MaxArrayElements:  MaxItems,
		MaxMapPairs:       MaxItems,
	}.DecMode()
	if err != nil {
		return codec{}, fmt.Errorf("cborx: decoder options: %w", err)
	}
	return codec{encode, decode}, nil
})

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// Marshal returns the deterministic encoding of v. Structs take the tags of
// fxamacker/cbor (keyasint, toarray, omitempty). A value outside the data model
// is refused, among them text that is not UTF-8: nothing is written that
// [Unmarshal] would not read.
func Marshal(v any) ([]byte, error) {
	c, err := modes()
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := c.encode.MarshalToBuffer(v, &b); err != nil {
		return nil, fmt.Errorf("cborx: encode %T: %w", v, err)
	}
	if err := Check(b.Bytes()); err != nil {
		return nil, fmt.Errorf("cborx: encode %T: %w", v, err)
	}
	return b.Bytes(), nil
}

// Unmarshal decodes data, the deterministic encoding of one data item, into
// what v points to. Data of another structure gives a *[SchemaError], any other
// encoding an *[EncodingError]; on error *v is left as it was.
//
// The caller bounds len(data) first.
func Unmarshal(data []byte, v any) error {
	if err := Check(data); err != nil {
		return err
	}
	return UnmarshalChecked(data, v)
}

// UnmarshalChecked is [Unmarshal] for data that has passed [Check] already, so
// that bytes from outside are walked once.
func UnmarshalChecked(data []byte, v any) error {
	target := reflect.ValueOf(v)
	if target.Kind() != reflect.Pointer || target.IsNil() {
		return fmt.Errorf("cborx: decode into %T: not a pointer", v)
	}
	decoded := reflect.New(target.Type().Elem())
	if err := decodeInto(data, decoded.Interface()); err != nil {
		return err
	}
	target.Elem().Set(decoded.Elem())
	return nil
}

// DecodeChecked decodes data, which has passed [Check] already, into a new T.
// Errors are those of [Unmarshal]; on error it returns nil.
func DecodeChecked[T any](data []byte) (*T, error) {
	decoded := new(T)
	if err := decodeInto(data, decoded); err != nil {
		return nil, err
	}
	return decoded, nil
}

// Appender is implemented by structures on the path from scan to verdict, which
// write themselves with the Append functions: the comparison after decoding then
// costs no reflection.
type Appender interface {
	// AppendCBOR appends the deterministic encoding to dst, byte for byte what
	// [Marshal] would give, for any value of the receiver.
	AppendCBOR(dst []byte) []byte
}

// decodeInto decodes into v, encodes the result again and compares. On error *v
// may be half written.
func decodeInto(data []byte, v any) error {
	c, err := modes()
	if err != nil {
		return err
	}
	if err := c.decode.Unmarshal(data, v); err != nil {
		return &SchemaError{err}
	}
	b, _ := buffers.Get().(*bytes.Buffer)
	b.Reset()
	if appender, ok := v.(Appender); ok {
		b.Write(appender.AppendCBOR(b.AvailableBuffer()))
	} else if err := c.encode.MarshalToBuffer(v, b); err != nil {
		return fmt.Errorf("cborx: encode %T: %w", v, err)
	}
	if !bytes.Equal(b.Bytes(), data) {
		// Data that passed Check has one encoding, so what differs is the
		// structure: a field that is absent, or an array taken for bytes.
		return &SchemaError{fmt.Errorf("not the structure asked for (from byte %d)", firstDifference(b.Bytes(), data))}
	}
	buffers.Put(b)
	return nil
}

func firstDifference(a, b []byte) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}

// UnknownField reports whether err says that a map had a key that the structure
// asked for does not know.
func UnknownField(err error) bool {
	var unknown *cbor.UnknownFieldError
	return errors.As(err, &unknown)
}
