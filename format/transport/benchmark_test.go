package transport_test

import (
	"testing"

	"github.com/tongxing/tongxing/format/transport"
)

// usual is the size of a credential with a status, a test and a vaccination.
const usual = 164

func BenchmarkEncode(b *testing.B) { benchmarkEncode(b, transport.Encode) }

func BenchmarkEncodeDigits(b *testing.B) { benchmarkEncode(b, transport.EncodeDigits) }

func BenchmarkDecode(b *testing.B) { benchmarkDecode(b, transport.Encode) }

func BenchmarkDecodeDigits(b *testing.B) { benchmarkDecode(b, transport.EncodeDigits) }

func benchmarkEncode(b *testing.B, encode func([]byte) string) {
	data := random(usual)
	b.ReportAllocs()
	b.SetBytes(usual)
	for b.Loop() {
		encode(data)
	}
}

func benchmarkDecode(b *testing.B, encode func([]byte) string) {
	code := encode(random(usual))
	b.ReportAllocs()
	b.SetBytes(usual)
	for b.Loop() {
		if _, err := transport.Decode(code); err != nil {
			b.Fatal(err)
		}
	}
}
