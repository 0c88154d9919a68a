package vectors_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/transport"
	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/spec/vectors"
)

func textReason(err error) spec.Reason {
	switch {
	case errors.Is(err, transport.ErrNotACode):
		return spec.ReasonNotACode
	case errors.Is(err, transport.ErrLaterVersion):
		return spec.ReasonLaterVersion
	}
	return spec.ReasonDamagedText
}

func bytesReason(err error) spec.Reason {
	var fault *format.ParseError
	if !errors.As(err, &fault) {
		return spec.ReasonNotChecked
	}
	switch fault.Class {
	case format.FaultEncoding:
		return spec.ReasonEncoding
	case format.FaultEnvelope:
		return spec.ReasonEnvelope
	case format.FaultAlgorithm:
		return spec.ReasonAlgorithmUnknown
	case format.FaultClaims:
		return spec.ReasonClaims
	}
	return spec.ReasonNotChecked
}

func loadDerived(t *testing.T) *vectors.Derived {
	t.Helper()
	d, err := vectors.LoadDerived()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// [CRED-90] [CRED-91] [CRED-92] [CRED-93]
func TestNamesMaskAsTheVectorsSay(t *testing.T) {
	for _, c := range loadDerived(t).Names {
		got, err := format.MaskName(c.Name)
		if (err != nil) != (c.Masked == "") || got != c.Masked {
			t.Errorf("MaskName(%+q) = %+q, %v, want %+q", c.Name, got, err, c.Masked)
		}
	}
}

// [CRED-81] [CRED-82] [CRED-83] [CRED-84]
func TestNumbersNormaliseAsTheVectorsSay(t *testing.T) {
	for _, c := range loadDerived(t).Numbers {
		d, err := format.NewDocument(uint8(c.Class), c.Number)
		if (err != nil) != (c.Normalised == "") || d.Number() != c.Normalised {
			t.Errorf("NewDocument(%d, %+q) = %+q, %v, want %+q", c.Class, c.Number, d.Number(), err, c.Normalised)
			continue
		}
		if err == nil && d.LastTwo() != c.LastTwo {
			t.Errorf("last two of %+q: %+q, want %+q", c.Number, d.LastTwo(), c.LastTwo)
		}
	}
}

// [CRED-85]
func TestTagsAreThoseOfTheVectors(t *testing.T) {
	for _, c := range loadDerived(t).Tags {
		d, err := format.NewDocument(uint8(c.Class), c.Number)
		if err != nil {
			t.Errorf("%+q: %v", c.Number, err)
			continue
		}
		tag := format.HolderTag(c.Issuer, format.Ref{List: uint32(c.List), Index: uint32(c.Index)}, d)
		if !bytes.Equal(tag[:], c.Tag) {
			t.Errorf("tag of %+q in %s/%d/%d: %x, want %x", c.Number, c.Issuer, c.List, c.Index, tag, []byte(c.Tag))
		}
	}
}

// [SIG-20] [SIG-21]
func TestThumbprintsAreThoseOfTheVectors(t *testing.T) {
	for _, c := range loadDerived(t).Thumbprints {
		key := publicKey(t, vectors.Key{Algorithm: c.Algorithm, X: c.X, Y: c.Y, KID: c.KID})
		if got := key.Thumbprint(); !bytes.Equal(got[:], c.Thumbprint) {
			t.Errorf("thumbprint %x, want %x", got, []byte(c.Thumbprint))
		}
	}
}
