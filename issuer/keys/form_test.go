package keys

import (
	"bytes"
	"errors"
	"testing"

	"github.com/tongxing/tongxing/format/sig"
)

func TestWhatCannotBeASignatureIsRefused(t *testing.T) {
	forEachAlgorithm(t, func(t *testing.T, algorithm sig.Algorithm) {
		good, err := generate(t, algorithm).Sign([]byte("message"))
		if err != nil {
			t.Fatal(err)
		}
		if err := CheckForm(algorithm, good); err != nil {
			t.Error(err)
		}
		zero, over := make([]byte, 32), bytes.Repeat([]byte{0xff}, 32)
		for name, bad := range map[string][]byte{
			"none": nil, "63 bytes": good[:63], "65 bytes": append(bytes.Clone(good), 0),
			"r = 0": append(bytes.Clone(zero), good[32:]...), "s = 0": append(bytes.Clone(good[:32]), zero...),
			"r over": append(bytes.Clone(over), good[32:]...), "s over": append(bytes.Clone(good[:32]), over...),
		} {
			if err := CheckForm(algorithm, bad); !errors.Is(err, ErrForm) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
	if err := CheckForm(-9, make([]byte, 64)); !errors.Is(err, sig.ErrUnknownAlgorithm) {
		t.Error(err)
	}
}
