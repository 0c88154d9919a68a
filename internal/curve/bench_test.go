package curve

import (
	"math/big"
	"testing"

	"github.com/tongxing/tongxing/internal/ratiotest"
)

// BenchmarkVerify is a check here, times the library's: with the key's table at
// hand, and with a key that is met for the first time. In WebAssembly:
//
//	GOOS=js GOARCH=wasm go test -exec "$(go env GOROOT)/lib/wasm/go_js_wasm_exec" -run '^$' -bench . ./internal/curve
func BenchmarkVerify(b *testing.B) {
	for _, s := range subjects() {
		m := s.valid(big.NewInt(12345), new(big.Int).Rsh(s.curve.n, 3), new(big.Int).Sub(s.curve.n, power(200)))
		signature := m.signature()
		ours := func() {
			if !s.curve.Verify(&m.point, &m.digest, signature) {
				b.Fatal("refused")
			}
		}
		first := func() {
			clear(s.curve.cache[:])
			ours()
		}
		key, der := m.forLibrary(b, s.library)
		theirs := func() {
			if !s.libraryVerify(key, m.digest[:], der) {
				b.Fatal("refused by the library")
			}
		}
		b.Run(s.name+"/known", func(b *testing.B) { ratiotest.Compare(b, ours, theirs, 100) })
		b.Run(s.name+"/first", func(b *testing.B) { ratiotest.Compare(b, first, theirs, 100) })
	}
}

func BenchmarkField(b *testing.B) {
	f := ES256().field
	x := f.rr
	b.Run("mul", func(b *testing.B) {
		for b.Loop() {
			f.mul(&x, &x, &f.rr)
		}
	})
	b.Run("square", func(b *testing.B) {
		for b.Loop() {
			f.square(&x, &x)
		}
	})
	b.Run("norm", func(b *testing.B) {
		for b.Loop() {
			f.norm(&x)
		}
	})
}
