package verifier_test

import (
	"testing"

	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/spec/vectors"
	"github.com/tongxing/tongxing/trustlist/publish/facts"
	"github.com/tongxing/tongxing/trustlist/trusttest"
	"github.com/tongxing/tongxing/verifier"
)

// verifierFor returns a verifier for the facts of a vector; nil is one that trusts
// nothing.
func verifierFor(t testing.TB, given *vectors.Trust) *verifier.Verifier {
	t.Helper()
	if given == nil {
		return nil
	}
	m, err := facts.FromVector(*given)
	if err != nil {
		t.Fatal(err)
	}
	return verifierWith(t, trusttest.Material(*m), verifier.Options{StatusListRequired: given.StatusListRequired})
}

// The vectors are written from the specification by a program that shares no
// code with this one.
func TestEveryVectorGivesItsReason(t *testing.T) {
	all, err := vectors.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, vector := range all {
		t.Run(vector.Name, func(t *testing.T) {
			verdict := verifierFor(t, vector.Trust).Verify(vector.Text, vector.Time, contextOf(vector))
			if verdict.Reason() != vector.Expect {
				t.Errorf("reason %s (%v), want %s: %s", verdict.Reason(), verdict.Err(), vector.Expect, vector.Comment)
			}
			leftToTheVenue := vector.Expect == spec.ReasonStateUnknown || vector.Expect == spec.ReasonNoStatusList || vector.Expect == spec.ReasonTrustStale
			if verdict.Verified() != vector.Good() && !leftToTheVenue {
				t.Errorf("verified %v, want %v", verdict.Verified(), vector.Good())
			}
			if _, readable := verdict.Credential(); readable != verdict.Verified() {
				t.Errorf("credential readable %v, verified %v", readable, verdict.Verified())
			}
		})
	}
}

// contextOf is what the person of a vector presents, and where.
func contextOf(v vectors.Vector) verifier.Context {
	var context verifier.Context
	if p := v.Presented; p != nil {
		context = verifier.Presented(p.DocumentType, p.Number, p.Name)
	}
	if v.Venue != nil {
		context.Class, context.Region = v.Venue.Class, v.Venue.Region
	}
	return context
}
