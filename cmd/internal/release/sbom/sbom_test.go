package sbom_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/tongxing/tongxing/cmd/internal/release/sbom"
)

const float16 = "pkg:golang/github.com/x448/float16@v0.8.4"

func example(licenses ...string) sbom.Release {
	return sbom.Release{
		Name: "tongxing", Version: "0.1.0", Go: "go1.26.0", License: "Apache-2.0", At: time.Unix(1660089600, 0),
		Programs: []sbom.Program{{Name: "tongxing", Platform: "linux-amd64", Data: []byte("program"), Contains: []sbom.Part{
			{URL: float16, Name: "github.com/x448/float16", Version: "v0.8.4", Sum: "h1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", Licenses: licenses},
		}}},
	}
}

func TestEveryReferenceOfABillIsToOneOfItsComponents(t *testing.T) {
	data, err := sbom.Write(example("MIT"))
	if err != nil {
		t.Fatal(err)
	}
	var b struct {
		Metadata struct {
			Component struct {
				Ref string `json:"bom-ref"`
			}
		}
		Components []struct {
			Ref string `json:"bom-ref"`
		}
		Dependencies []struct {
			Ref       string
			DependsOn []string
		}
	}
	if err := json.Unmarshal(data, &b); err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{b.Metadata.Component.Ref: true}
	for _, c := range b.Components {
		if known[c.Ref] {
			t.Errorf("%s stands twice", c.Ref)
		}
		known[c.Ref] = true
	}
	if len(b.Dependencies) != 2 || len(known) != 3 {
		t.Errorf("%d dependencies, %d components", len(b.Dependencies), len(known))
	}
	for _, d := range b.Dependencies {
		for _, ref := range append(d.DependsOn, d.Ref) {
			if !known[ref] {
				t.Errorf("%s is no component", ref)
			}
		}
	}
}

func TestTheSameReleaseIsTheSameBytes(t *testing.T) {
	here, err := sbom.Write(example("MIT"))
	if err != nil {
		t.Fatal(err)
	}
	r := example("MIT")
	r.At = r.At.In(time.FixedZone("UTC+8", 8*3600))
	if there, err := sbom.Write(r); err != nil || !bytes.Equal(here, there) {
		t.Errorf("other bytes in another time zone (%v)", err)
	}
	r.Version = "0.1.1"
	if next, err := sbom.Write(r); err != nil || bytes.Equal(here[:300], next[:300]) {
		t.Errorf("another release has the same serial number (%v)", err)
	}
}

func TestAPartWithoutLicenceOrWithADamagedSumIsRefused(t *testing.T) {
	if _, err := sbom.Write(example()); err == nil {
		t.Error("without a licence")
	}
	r := example("MIT")
	r.Programs[0].Contains[0].Sum = "h1:AAAA"
	if _, err := sbom.Write(r); err == nil {
		t.Error("with a short sum")
	}
}

func ExampleWrite() {
	data, _ := sbom.Write(example("MIT"))
	var b struct{ BomFormat, SpecVersion string }
	_ = json.Unmarshal(data, &b)
	fmt.Println(b.BomFormat, b.SpecVersion)
	// Output: CycloneDX 1.6
}
