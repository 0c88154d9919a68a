package qr_test

import (
	"io"
	"testing"

	"github.com/skip2/go-qrcode"

	"github.com/tongxing/tongxing/format/qr"
	"github.com/tongxing/tongxing/format/transport"
)

// usual is the text of a credential with a status, a test and a vaccination.
var usual = transport.Encode(random(164))

func BenchmarkEncode(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := qr.Encode(usual); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkBaseline is the library that the own encoder is compared with.
func BenchmarkBaseline(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		symbol, err := qrcode.New(usual, qrcode.Medium)
		if err != nil {
			b.Fatal(err)
		}
		symbol.Bitmap()
	}
}

func BenchmarkVersion(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := qr.Version(usual); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkWritePNG(b *testing.B) {
	benchmarkWrite(b, func(s *qr.Symbol) error { return s.WritePNG(io.Discard, qr.Options{}) })
}

func BenchmarkWriteSVG(b *testing.B) {
	benchmarkWrite(b, func(s *qr.Symbol) error { return s.WriteSVG(io.Discard, qr.Options{}) })
}

func benchmarkWrite(b *testing.B, write func(*qr.Symbol) error) {
	symbol := encode(b, usual)
	b.ReportAllocs()
	for b.Loop() {
		if err := write(symbol); err != nil {
			b.Fatal(err)
		}
	}
}
