package cborx_test

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/fxamacker/cbor/v2"

	"github.com/tongxing/tongxing/format/cborx"
)

func TestAppendedItemsAreThoseOfTheEncoder(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 8949))
	same := func(got []byte, v any) {
		t.Helper()
		want, err := cborx.Marshal(v)
		if err != nil || !bytes.Equal(got, want) {
			t.Fatalf("%v: %x, want %x (%v)", v, got, want, err)
		}
	}
	for range 2000 {
		u := r.Uint64() >> r.IntN(64)
		same(cborx.AppendUint(nil, u), u)
		i := int64(r.Uint64()) >> r.IntN(64)
		same(cborx.AppendInt(nil, i), i)
		b := make([]byte, r.IntN(600))
		same(cborx.AppendBytes(nil, b), b)
		same(cborx.AppendText(nil, string(b)), string(b))
	}
	for _, n := range []int{0, 23, 24, 255, 256, 65535, 65536} {
		same(cborx.AppendBytes(nil, make([]byte, n)), make([]byte, n))
		same(cborx.AppendUint(nil, uint64(n)), n)
		list := make([]uint64, n)
		same(append(cborx.AppendArray(nil, n), make([]byte, n)...), list)
	}
	for _, i := range []int64{0, -1, -24, -25, -256, -257, -131585, -1 << 63, 1<<63 - 1} {
		same(cborx.AppendInt(nil, i), i)
	}
	same(cborx.AppendMap(nil, 0), map[int]int{})
}

func TestAppendedTagIsCutOffAgain(t *testing.T) {
	for _, number := range []uint64{0, 18, 23, 24, 61, 98, 255, 256, 1 << 16, 1 << 32, 1<<64 - 1} {
		data := append(cborx.AppendTag(nil, number), 0x01)
		want, err := cbor.Marshal(cbor.Tag{Number: number, Content: 1})
		if err != nil || !bytes.Equal(data, want) {
			t.Errorf("tag %d: %x, want %x (%v)", number, data, want, err)
		}
		got, content, tagged, err := cborx.CutTag(data)
		if got != number || !tagged || err != nil || !bytes.Equal(content, []byte{1}) {
			t.Errorf("tag %d: %d %x %v %v", number, got, content, tagged, err)
		}
	}
}

func TestAppendKeepsWhatStandsBefore(t *testing.T) {
	data := []byte{0x83}
	data = cborx.AppendText(cborx.AppendInt(cborx.AppendUint(data, 1), -1), "a")
	if !bytes.Equal(data, []byte{0x83, 0x01, 0x20, 0x61, 'a'}) {
		t.Errorf("%x", data)
	}
}
