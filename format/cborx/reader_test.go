package cborx_test

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/tongxing/tongxing/format/cborx"
)

func TestReaderReadsWhatWasAppended(t *testing.T) {
	r := rand.New(rand.NewPCG(17, 8949))
	for range 2000 {
		number, text, length := int64(r.Uint64())>>r.IntN(64), make([]byte, r.IntN(300)), r.IntN(1000)
		data := cborx.AppendMap(cborx.AppendArray(nil, length), length)
		data = cborx.AppendBytes(cborx.AppendInt(data, number), text)
		data = cborx.AppendText(data, "廖*然")
		reader := cborx.NewReader(data)
		items, pairs, gotNumber, gotText, name := reader.Array(), reader.Map(), reader.Int(), reader.Bytes(), reader.Text()
		if items != uint64(length) || pairs != uint64(length) || gotNumber != number || !bytes.Equal(gotText, text) ||
			name != "廖*然" || !reader.Done() {
			t.Fatalf("%x: %d %d %d %x %q %v", data, items, pairs, gotNumber, gotText, name, reader.Done())
		}
	}
}

var readings = map[string]func(*cborx.Reader){
	"array": func(r *cborx.Reader) { r.Array() },
	"map":   func(r *cborx.Reader) { r.Map() },
	"bytes": func(r *cborx.Reader) { r.Bytes() },
	"int":   func(r *cborx.Reader) { r.Int() },
	"text":  func(r *cborx.Reader) { r.Text() },
}

func TestReaderIsNotDoneAfterAnotherType(t *testing.T) {
	for item, data := range map[string][]byte{
		"array": {0x80}, "map": {0xa0}, "bytes": {0x42, 1, 2}, "int": {0x20},
		"text": {0x61, 'a'}, "null": {0xf6}, "tag": {0xd2, 0}, "nothing": {},
		"above 64 bits": {0x1b, 0x80, 0, 0, 0, 0, 0, 0, 0}, "below 64 bits": {0x3b, 0x80, 0, 0, 0, 0, 0, 0, 0},
	} {
		for reading, read := range readings {
			r := cborx.NewReader(data)
			read(r)
			if r.Done() != (item == reading) {
				t.Errorf("%s read as %s: done %v", item, reading, r.Done())
			}
			read(r)
			if r.Done() {
				t.Errorf("%s read as %s twice", item, reading)
			}
		}
	}
}

func TestReaderIsNotDoneBeforeTheEnd(t *testing.T) {
	r := cborx.NewReader([]byte{0x82, 1, 2})
	for want := range 3 {
		if r.Done() {
			t.Errorf("done after %d items", want)
		}
		if want == 0 {
			r.Array()
		} else {
			r.Int()
		}
	}
	if !r.Done() {
		t.Error("not done at the end")
	}
}

func TestLargestIntegersAreRead(t *testing.T) {
	for _, n := range []int64{0, 23, 24, -1, -24, -25, 1<<63 - 1, -1 << 63} {
		r := cborx.NewReader(cborx.AppendInt(nil, n))
		if got := r.Int(); got != n || !r.Done() {
			t.Errorf("%d: %d, done %v", n, got, r.Done())
		}
	}
}

// A part is cut off so that appending to it cannot reach what follows.
func TestReadBytesDoNotReachBehindTheirEnd(t *testing.T) {
	data := []byte{0x41, 1, 0x41, 2}
	r := cborx.NewReader(data)
	first := append(r.Bytes(), 0xff)
	if second := r.Bytes(); !r.Done() || !bytes.Equal(second, []byte{2}) || len(first) != 2 || data[2] != 0x41 {
		t.Errorf("%x", data)
	}
}

// Whatever has not passed Check is read without a panic.
func FuzzReader(f *testing.F) {
	for _, e := range examples(f) {
		f.Add(e.data, "abmi")
	}
	f.Fuzz(func(t *testing.T, data []byte, order string) {
		r := cborx.NewReader(data)
		size := 0
		for _, c := range order {
			switch c % 4 {
			case 0:
				r.Array()
			case 1:
				r.Map()
			case 2:
				size += len(r.Bytes())
			case 3:
				r.Int()
			}
		}
		if size > len(data) {
			t.Fatalf("%d bytes of %d", size, len(data))
		}
	})
}
