package verifier_test

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/transport"
	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/verifier"
)

// Codes that restrict, and that are to be checked, are damaged in transport and
// changed on purpose: nobody is restricted or held up because of what they became.
func TestTenThousandDamagedCodesNeverRestrictOrCheck(t *testing.T) {
	var codes [][]byte
	var v *verifier.Verifier
	var s *scene
	for _, state := range []uint16{2, 7} {
		s = ruled()
		s.signer = newScene(sig.ES256).signer
		s.key = signingKey(s.signer)
		s.red(60)
		s.credential.Status.State = state
		v = s.verifier(t)
		if got := s.verdict(t); got.Outcome() != verifier.Restricted && got.Outcome() != verifier.Check {
			t.Fatalf("undamaged: %s", got.Reason())
		}
		codes = append(codes, s.data(t))
	}
	random := rand.New(rand.NewPCG(72, 70))
	reasons := map[spec.Reason]int{}
	for range 10_000 {
		data := damage(random, codes)
		verdict := v.VerifyBytes(data, at(s), s.context)
		if random.IntN(2) == 0 {
			text := []byte(transport.Encode(data))
			text[random.IntN(len(text))] ^= 1 << random.IntN(8)
			if got, err := transport.Decode(string(text)); err == nil && (bytes.Equal(got, codes[0]) || bytes.Equal(got, codes[1])) {
				continue
			}
			verdict = v.Verify(string(text), at(s), s.context)
		}
		requireClosed(t, verdict, "%x", data)
		reasons[verdict.Reason()]++
	}
	if len(reasons) < 6 || reasons[spec.ReasonSignatureInvalid] < 1000 {
		t.Errorf("reasons %v: too few to prove anything", reasons)
	}
}

// damage returns one of the codes changed: bits, bytes, a part of another, an end
// that is lost or repeated.
func damage(random *rand.Rand, codes [][]byte) []byte {
	data, other := bytes.Clone(codes[random.IntN(2)]), codes[random.IntN(2)]
	i := random.IntN(len(data))
	switch random.IntN(5) {
	case 0:
		data = data[:i]
	case 1:
		data = append(data, data[i:]...)
	case 2:
		end := min(len(data), i+random.IntN(40), len(other))
		if i < end {
			copy(data[i:end], other[i:end])
		}
	case 3:
		data[i] = byte(random.Uint32())
	}
	if bytes.Equal(data, codes[0]) || bytes.Equal(data, codes[1]) {
		data[i] ^= 1 << random.IntN(8)
	}
	return data
}
