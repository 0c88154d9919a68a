package issuer_test

import (
	"testing"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/transport"
	"github.com/tongxing/tongxing/verifier"
)

func TestASpecimenIsAsLargeAsWhatIsSignedAndPassesNowhere(t *testing.T) {
	trust := usual(t)
	draft, err := newIssuer(t, trust, greenSigner, adverseSigner).Draft(person(), now)
	if err != nil {
		t.Fatal(err)
	}
	specimen, err := draft.Specimen()
	if err != nil {
		t.Fatal(err)
	}
	signed := sign(t, newIssuer(t, trust, greenSigner, adverseSigner), person(), 1<<32-1)
	if len(specimen) != len(signed.Data) {
		t.Errorf("%d bytes, what is signed has %d", len(specimen), len(signed.Data))
	}
	u, err := format.Parse(specimen)
	if err != nil || !draft.SameClaims(u.UnverifiedCredential()) || !draft.SameHolder(u.UnverifiedCredential()) {
		t.Errorf("says something else: %v", err)
	}
	v, err := verifier.New(trust, verifier.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got := v.Verify(transport.Encode(specimen), now, verifier.Context{}); got.Outcome() != verifier.Unverified {
		t.Errorf("is %v", got.Outcome())
	}
}
