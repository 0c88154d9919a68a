package verifier_test

import (
	"testing"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/spec/vectors"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/trusttest"
	"github.com/tongxing/tongxing/verifier"
)

// material turns the facts of a vector into trust material.
func material(t testing.TB, facts vectors.Trust) *trusttest.Material {
	t.Helper()
	m := &trusttest.Material{Issued: facts.Issued.Unix()}
	if !facts.ProgrammeEnd.IsZero() {
		m.ProgrammeEnd = facts.ProgrammeEnd.Unix()
	}
	for _, r := range facts.Regions {
		region := trusttest.Region{Code: r.Region, Usage: trustlist.Usage(r.Usage), Unavailable: r.Unavailable}
		for _, k := range r.Keys {
			region.Keys = append(region.Keys, key(t, k))
		}
		for _, l := range r.Laboratories {
			laboratory := trustlist.Laboratory{Number: uint16(l.N), Name: "实验室", Admitted: l.Admitted.Unix()}
			if !l.Withdrawn.IsZero() {
				laboratory.Withdrawn = l.Withdrawn.Unix()
			}
			region.Laboratories = append(region.Laboratories, laboratory)
		}
		m.Regions = append(m.Regions, region)
	}
	return m
}

func key(t testing.TB, k vectors.Key) trustlist.Key {
	t.Helper()
	point := append(append([]byte{4}, k.X...), k.Y...)
	public, err := sig.NewPublicKey(sig.Algorithm(k.Algorithm), point)
	if err != nil {
		t.Fatalf("key %x: %v", k.KID, err)
	}
	out := trustlist.Key{
		Public: public, SignFrom: k.SignFrom.Unix(), SignUntil: k.SignUntil.Unix(),
		Usage: trustlist.Usage(k.Usage),
	}
	switch k.State {
	case "retired":
		out.State, out.Since = trustlist.Retired, k.RetiredAt.Unix()
	case "compromised":
		out.State, out.Since = trustlist.Compromised, k.SignFrom.Unix()
	}
	for _, n := range k.Laboratories {
		out.Laboratories = append(out.Laboratories, uint32(n))
	}
	return out
}

// verifierFor returns a verifier for the facts of a vector.
func verifierFor(t testing.TB, facts vectors.Trust) *verifier.Verifier {
	t.Helper()
	return verifierOf(t, *material(t, facts))
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
			verdict := verifierFor(t, vector.Trust).Verify(vector.Text, vector.Time, verifier.Context{})
			if verdict.Reason() != vector.Expect {
				t.Errorf("reason %s (%v), want %s: %s", verdict.Reason(), verdict.Err(), vector.Expect, vector.Comment)
			}
			if verdict.Verified() != vector.Good() && vector.Expect.Name() != "state_unknown" {
				t.Errorf("verified %v, want %v", verdict.Verified(), vector.Good())
			}
			if _, readable := verdict.Credential(); readable != verdict.Verified() {
				t.Errorf("credential readable %v, verified %v", readable, verdict.Verified())
			}
		})
	}
}
