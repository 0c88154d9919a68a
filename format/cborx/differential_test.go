package cborx_test

import (
	"bytes"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/fxamacker/cbor/v2"

	"github.com/tongxing/tongxing/format/cborx"
)

// lenient decodes whatever CBOR there is and encodes it again in core
// deterministic form: the oracle of these tests. It shares no option with the
// package under test but those that bound the data model.
type lenient struct {
	decode cbor.DecMode
	encode cbor.EncMode
}

func newLenient(tb testing.TB) lenient {
	tb.Helper()
	decode, err := cbor.DecOptions{
		TagsMd:           cbor.TagsForbidden,
		UTF8:             cbor.UTF8RejectInvalid,
		MapKeyByteString: cbor.MapKeyByteStringAllowed,
		MaxNestedLevels:  cborx.MaxDepth * 4,
	}.DecMode()
	if err != nil {
		tb.Fatal(err)
	}
	encode, err := cbor.CoreDetEncOptions().EncMode()
	if err != nil {
		tb.Fatal(err)
	}
	return lenient{decode, encode}
}

// accepts reports whether data is what core deterministic encoding makes of it,
// within the data model. known is false for a map whose keys are arrays or maps,
// which Go has no type for.
func (l lenient) accepts(data []byte) (accepted, known bool) {
	var value any
	if err := l.decode.Unmarshal(data, &value); err != nil {
		_, composite := err.(*cbor.InvalidMapKeyTypeError)
		return false, !composite
	}
	if !inModel(value, 0) {
		return false, true
	}
	again, err := l.encode.Marshal(value)
	return err == nil && bytes.Equal(again, data), true
}

// inModel reports whether value is made of integers, strings, arrays and maps,
// at most MaxDepth deep.
func inModel(value any, depth int) bool {
	switch v := value.(type) {
	case uint64, int64, big.Int, []byte, string, cbor.ByteString:
		return true
	case []any:
		for _, item := range v {
			if !inModel(item, depth+1) {
				return false
			}
		}
		return depth < cborx.MaxDepth
	case map[any]any:
		for key, item := range v {
			if !inModel(key, depth+1) || !inModel(item, depth+1) {
				return false
			}
		}
		return depth < cborx.MaxDepth
	}
	return false
}

// checkAgainst fails the test unless Check and the oracle say the same of data.
func (l lenient) checkAgainst(t *testing.T, data []byte) {
	t.Helper()
	accepted, known := l.accepts(data)
	if err := cborx.Check(data); known && accepted != (err == nil) {
		t.Fatalf("%x: Check says %v, re-encoding says %v", data, err, accepted)
	}
}

// randomItem returns the encoding of a random item: right, but for a fault here
// and there.
func randomItem(r *rand.Rand, depth int) []byte {
	if r.IntN(40) == 0 {
		return [][]byte{{0xf6}, {0xf5}, {0xf9, 0x3c, 0}, {0xc1, 0}, {0x9f, 0xff}, {0x18, 0x05}, {0x61, 0xff}, {0x1c}}[r.IntN(8)]
	}
	kinds := 6
	if depth > cborx.MaxDepth+1 {
		kinds = 4
	}
	switch r.IntN(kinds) {
	case 0:
		return cborx.AppendUint(nil, r.Uint64()>>r.IntN(64))
	case 1:
		return cborx.AppendInt(nil, -1-int64(r.Uint64()>>(1+r.IntN(63))))
	case 2:
		return cborx.AppendBytes(nil, make([]byte, r.IntN(30)))
	case 3:
		return cborx.AppendText(nil, string([]rune("王*明 ab1·é𠮷")[:r.IntN(10)]))
	case 4:
		n := r.IntN(4)
		data := cborx.AppendArray(nil, n)
		for range n {
			data = append(data, randomItem(r, depth+1)...)
		}
		return data
	default:
		return randomMap(r, depth)
	}
}

func randomMap(r *rand.Rand, depth int) []byte {
	n := r.IntN(5)
	data := cborx.AppendMap(nil, n)
	key := uint64(r.IntN(3))
	for range n {
		data = append(cborx.AppendUint(data, key), randomItem(r, depth+1)...)
		if r.IntN(20) > 0 { // else the same key again
			key += 1 + r.Uint64()>>(40+r.IntN(24))
		}
	}
	return data
}

func TestCheckAcceptsWhatReencodingLeavesUnchanged(t *testing.T) {
	l := newLenient(t)
	r := rand.New(rand.NewPCG(1, 8949))
	accepted := 0
	for range 20000 {
		data := randomItem(r, 0)
		l.checkAgainst(t, data)
		if cborx.Check(data) == nil {
			accepted++
		}
		if len(data) > 0 { // and with one byte changed
			data[r.IntN(len(data))] ^= 1 << r.IntN(8)
			l.checkAgainst(t, data)
		}
	}
	if accepted < 10000 || accepted == 20000 {
		t.Errorf("%d of 20000 accepted: the generator does not try both sides", accepted)
	}
}

func TestEveryInputOfTwoBytesIsJudgedAsReencodingDoes(t *testing.T) {
	l := newLenient(t)
	for n := range 1 << 16 {
		l.checkAgainst(t, []byte{byte(n >> 8), byte(n)})
	}
}

func FuzzCheck(f *testing.F) {
	for _, e := range examples(f) {
		f.Add(e.data)
	}
	l := newLenient(f)
	f.Fuzz(func(t *testing.T, data []byte) { l.checkAgainst(t, data) })
}
