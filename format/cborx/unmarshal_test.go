package cborx_test

import (
	"bytes"
	"errors"
	"math/big"
	"reflect"
	"testing"

	"github.com/fxamacker/cbor/v2"

	"github.com/tongxing/tongxing/format/cborx"
)

type inner struct {
	_    struct{} `cbor:",toarray"`
	Kind uint16
	Name string
}

type record struct {
	Issuer string   `cbor:"1,keyasint"`
	Number int64    `cbor:"4,keyasint"`
	Inner  inner    `cbor:"6,keyasint"`
	Key    [4]byte  `cbor:"7,keyasint"`
	Many   []inner  `cbor:"8,keyasint,omitempty"`
	Option *inner   `cbor:"9,keyasint,omitempty"`
	Data   []byte   `cbor:"10,keyasint,omitempty"`
	Empty  struct{} `cbor:"11,keyasint"`
}

func example1() record {
	return record{
		Issuer: "33", Number: -7, Inner: inner{Kind: 300, Name: "王*"}, Key: [4]byte{1, 2, 3, 4},
		Many: []inner{{Kind: 1}, {Kind: 2, Name: "b"}}, Option: &inner{Kind: 5}, Data: []byte{9},
	}
}

func TestWhatMarshalWritesUnmarshalReads(t *testing.T) {
	for _, want := range []record{example1(), {}, {Issuer: "00", Number: 1<<63 - 1}, {Number: -1 << 63}} {
		data, err := cborx.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		if err := cborx.Check(data); err != nil {
			t.Errorf("%x: %v", data, err)
		}
		var got record
		if err := cborx.Unmarshal(data, &got); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%+v, %v, want %+v", got, err, want)
		}
	}
}

// unread is data that no target below may take, with the reason.
func unread(tb testing.TB) map[string][]byte {
	whole, err := cborx.Marshal(example1())
	if err != nil {
		tb.Fatal(err)
	}
	return map[string][]byte{
		"empty":         {},
		"null":          {0xf6},
		"cut short":     whole[:len(whole)-1],
		"trailing":      append(bytes.Clone(whole), 0),
		"not a map":     {0x83, 1, 2, 3},
		"missing field": fromHex(tb, "a1 01 623333"),
		"unknown field": fromHex(tb, "a6 01623333 0401 06820160 074401020304 0ba0 1840 01"),
		"wrong type":    fromHex(tb, "a5 0102 0401 06820160 074401020304 0ba0"),
		"last wrong":    fromHex(tb, "a5 01623333 0401 06820160 074401020304 0b80"),
		"overflow":      fromHex(tb, "a5 01623333 0401 06821a0001000060 074401020304 0ba0"),
	}
}

func TestTargetIsUntouchedOnError(t *testing.T) {
	for name, data := range unread(t) {
		got, want := example1(), example1()
		if err := cborx.Unmarshal(data, &got); err == nil {
			t.Errorf("%s: accepted", name)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: target is now %+v", name, got)
		}
		if cborx.Check(data) != nil {
			continue
		}
		if p, err := cborx.DecodeChecked[record](data); err == nil || p != nil {
			t.Errorf("%s: DecodeChecked returns %+v, %v", name, p, err)
		}
	}
}

func TestFormerContentOfTheTargetDoesNotShowThrough(t *testing.T) {
	got := example1()
	var want record
	data, err := cborx.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	if err := cborx.Unmarshal(data, &got); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestDecodedValueSharesNothingWithTheInput(t *testing.T) {
	data, err := cborx.Marshal(example1())
	if err != nil {
		t.Fatal(err)
	}
	var got record
	if err := cborx.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	clear(data)
	if !reflect.DeepEqual(got, example1()) {
		t.Errorf("%+v", got)
	}
}

// coercion is data that fxamacker/cbor decodes into the target although it is
// not what the target encodes to.
type coercion struct {
	name   string
	hex    string
	target any
	fault  bool // found by Check already
}

var coercions = []coercion{
	{"array into byte string", "83010203", new([]byte), false},
	{"array into byte array", "83010203", new([3]byte), false},
	{"short byte string into byte array", "420102", new([4]byte), false},
	{"long byte string into byte array", "450102030405", new([4]byte), false},
	{"short array into array", "820102", new([3]uint64), false},
	{"long array into array", "84010203 04", new([3]uint64), false},
	{"missing field", "a1 01 61 61", new(struct {
		A string `cbor:"1,keyasint"`
		B uint64 `cbor:"2,keyasint"`
	}), false},
	{"zero where the field is omitted", "a2 01 00 02 01", new(struct {
		A uint64 `cbor:"1,keyasint,omitempty"`
		B uint64 `cbor:"2,keyasint"`
	}), false},
	{"empty list where the field is omitted", "a1 01 80", new(struct {
		A []uint64 `cbor:"1,keyasint,omitempty"`
	}), false},
	{"null into a pointer", "f6", new(*uint64), true},
	{"null into a number", "f6", new(uint64), true},
	{"null into a list", "f6", new([]uint64), true},
	{"null into a map", "f6", new(map[uint64]uint64), true},
	{"null into a field", "a1 01 f6", new(struct {
		A []byte `cbor:"1,keyasint"`
	}), true},
	{"undefined into a string", "f7", new(string), true},
	{"float into a number", "f93c00", new(float64), true},
	{"number into a float", "01", new(float64), false},
	{"bignum into a number", "c24101", new(uint64), true},
	{"boolean", "f5", new(bool), true},
	{"tagged number", "d90100 01", new(uint64), true},
}

func TestCoercionsOfTheDecoderAreRefused(t *testing.T) {
	for _, c := range coercions {
		data := fromHex(t, c.hex)
		if err := cbor.Unmarshal(data, c.target); err != nil {
			t.Errorf("%s: the decoder refuses it alone (%v): the case proves nothing", c.name, err)
		}
		err := cborx.Unmarshal(data, c.target)
		var encoding *cborx.EncodingError
		var schema *cborx.SchemaError
		if errors.As(err, &encoding) != c.fault || errors.As(err, &schema) == c.fault {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestFieldNamesMatchInTheirOwnCaseAlone(t *testing.T) {
	var v struct {
		Name string `cbor:"name"`
	}
	if err := cborx.Unmarshal(fromHex(t, "a1 64 4e616d65 61 61"), &v); !cborx.UnknownField(err) {
		t.Errorf("%v", err)
	}
}

func TestUnknownKeyIsToldFromOtherFaults(t *testing.T) {
	for name, data := range unread(t) {
		if got := cborx.UnknownField(cborx.Unmarshal(data, new(record))); got != (name == "unknown field") {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestOnlyAPointerIsATarget(t *testing.T) {
	for _, target := range []any{nil, record{}, (*record)(nil), 1} {
		if err := cborx.Unmarshal([]byte{0xa0}, target); err == nil {
			t.Errorf("%T is a target", target)
		}
	}
}

func TestMarshalRefusesWhatIsOutsideTheDataModel(t *testing.T) {
	for _, v := range []any{
		1.5, float32(0), true, nil, (*record)(nil), "\xff", map[string]any{"a": []any{nil}},
		map[float64]int{0: 0}, cbor.Tag{Number: 1, Content: 1}, cbor.SimpleValue(99), cbor.RawMessage{0x18, 0x01},
		make(chan int), func() {}, struct{ C chan int }{}, new(big.Int).Lsh(big.NewInt(1), 64),
		nestedLists(cborx.MaxDepth + 1),
	} {
		if data, err := cborx.Marshal(v); err == nil || data != nil {
			t.Errorf("%T gives %x", v, data)
		}
	}
	if _, err := cborx.Marshal(nestedLists(cborx.MaxDepth)); err != nil {
		t.Error(err)
	}
}

func nestedLists(levels int) any {
	list := []any{}
	for range levels - 1 {
		list = []any{list}
	}
	return list
}

func TestNilListIsTheEmptyList(t *testing.T) {
	type lists struct {
		_    struct{} `cbor:",toarray"`
		Data []byte
		Many []inner
		Map  map[uint64]uint64
	}
	data, err := cborx.Marshal(lists{})
	if err != nil || !bytes.Equal(data, []byte{0x83, 0x40, 0x80, 0xa0}) {
		t.Errorf("%x, %v", data, err)
	}
	if err := cborx.Unmarshal(data, new(lists)); err != nil {
		t.Error(err)
	}
}

func TestMapsAreWrittenSorted(t *testing.T) {
	data, err := cborx.Marshal(map[any]uint64{"b": 1, "a": 2, int64(-1): 3, uint64(1000): 4, uint64(2): 5, "aa": 6})
	if want := fromHex(t, "a6 02 05 1903e8 04 20 03 6161 02 6162 01 626161 06"); err != nil || !bytes.Equal(data, want) {
		t.Errorf("%x, %v, want %x", data, err, want)
	}
}

// FuzzUnmarshal holds the three laws of Unmarshal for any bytes and targets of
// every shape: what is read encodes to the input, the input passes Check, and an
// error leaves the target alone.
func FuzzUnmarshal(f *testing.F) {
	for _, e := range examples(f) {
		f.Add(e.data)
	}
	for _, data := range unread(f) {
		f.Add(data)
	}
	for _, c := range coercions {
		f.Add(fromHex(f, c.hex))
	}
	whole, err := cborx.Marshal(example1())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	f.Fuzz(func(t *testing.T, data []byte) {
		unmarshal(t, data, example1())
		unmarshal(t, data, inner{Kind: 7})
		unmarshal(t, data, []byte{7})
		unmarshal(t, data, [4]byte{7})
		unmarshal(t, data, "seven")
		unmarshal(t, data, int64(7))
		unmarshal(t, data, []uint16{7})
		unmarshal(t, data, map[int64]cbor.RawMessage{7: {7}})
	})
}

func unmarshal[T any](t *testing.T, data []byte, before T) {
	t.Helper()
	got := before
	if err := cborx.Unmarshal(data, &got); err != nil {
		if !reflect.DeepEqual(got, before) {
			t.Fatalf("%x: %T is %+v after %v", data, got, got, err)
		}
		return
	}
	again, err := cborx.Marshal(got)
	if err != nil || !bytes.Equal(again, data) || cborx.Check(data) != nil {
		t.Fatalf("%x: read as %+v, which is %x (%v)", data, got, again, err)
	}
}
