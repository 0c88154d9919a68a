package vectors_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/spec/vectors"
)

// what a good vector is an example of, as texts.
func covers(v vectors.Vector, c *format.Credential, algorithm string) []string {
	form := "text"
	if strings.HasPrefix(strings.TrimSpace(v.Text), "861") {
		form = fmt.Sprintf("digits tail %d", len(v.CBOR)%7)
	}
	out := []string{
		"region " + c.Issuer, "algorithm " + algorithm, fmt.Sprintf("class %d", c.Holder.Class), form,
		fmt.Sprintf("name of %d bytes", len(c.Holder.Name)), fmt.Sprintf("index %d", c.Ref.Index),
		fmt.Sprintf("list %d", c.Ref.List), fmt.Sprintf("shard %d", c.Ref.List%256),
	}
	if c.Status != nil {
		out = append(out, "status with "+algorithm, fmt.Sprintf("status minutes %d", c.Status.Minutes))
	}
	for _, test := range c.Tests {
		out = append(out, "test with "+algorithm, fmt.Sprintf("test minutes %d", test.Minutes))
	}
	if len(c.Vaccinations) > 0 {
		out = append(out, "vaccination with "+algorithm, fmt.Sprintf("%d vaccinations", len(c.Vaccinations)))
	}
	if len(c.Exemptions) > 0 {
		out = append(out, "exemption with "+algorithm, fmt.Sprintf("%d exemptions", len(c.Exemptions)))
	}
	if c.Origin != nil {
		out = append(out, "origin")
	}
	if hasExtension(v) {
		out = append(out, "extension")
	}
	return append(out, fmt.Sprintf("%d tests", len(c.Tests)))
}

// Good vectors are there for every claim, class, region, algorithm, transport and
// boundary, so that nobody's reader passes that refuses a right code.
func TestGoodVectorsCoverEveryClaimClassRegionAlgorithmTransportAndBoundary(t *testing.T) {
	seen := map[string]bool{}
	for _, v := range load(t) {
		if !v.Good() {
			continue
		}
		_, _, unverified := parseReason(t, v.Text)
		if unverified == nil {
			t.Fatalf("%s does not parse", v.Name)
		}
		for _, what := range covers(v, unverified.UnverifiedCredential(), unverified.Algorithm().String()) {
			seen[what] = true
		}
	}
	want := []string{
		"text", "origin", "extension", "algorithm SM2", "algorithm ES256",
		"name of 1 bytes", "name of 13 bytes", "name of 24 bytes",
		"status minutes 0", "status minutes 43200", "test minutes 0", "test minutes 43200",
		"index 0", "index 4294967295", "list 0", "list 264703", "shard 0", "shard 255",
		"4 tests", "6 vaccinations", "4 exemptions",
	}
	for _, algorithm := range []string{"SM2", "ES256"} {
		for _, claim := range []string{"status", "test", "vaccination", "exemption"} {
			want = append(want, claim+" with "+algorithm)
		}
	}
	for tail := range 7 {
		want = append(want, fmt.Sprintf("digits tail %d", tail))
	}
	for _, region := range spec.Regions() {
		want = append(want, "region "+region.Number)
	}
	for _, document := range spec.DocumentTypes() {
		want = append(want, fmt.Sprintf("class %d", document.Class))
	}
	for _, what := range want {
		if !seen[what] {
			t.Errorf("no good vector with %s", what)
		}
	}
}
