package spec_test

import (
	"strings"
	"testing"

	"github.com/tongxing/tongxing/spec"
)

// TestARefusedPersonIsToldAnotherWay holds every problem that leaves a person
// without a code to name what is open to him nevertheless. [ISSUER-20]
func TestARefusedPersonIsToldAnotherWay(t *testing.T) {
	all, err := spec.Problems()
	if err != nil || len(all) < 40 {
		t.Fatalf("%d problems, error %v", len(all), err)
	}
	for _, p := range all {
		if !p.Person {
			continue
		}
		open := map[string][]string{
			p.Next.ZH: {"无健康码通道", "不得限制", "不再需要", "同样有效", "继续有效", "直接签发新码"},
			p.Next.EN: {"manual channel", "Do not restrict", "No code is needed", "valid", "new one issued"},
		}
		for text, ways := range open {
			named := false
			for _, way := range ways {
				named = named || strings.Contains(text, way)
			}
			if !named {
				t.Errorf("%s: %q names no other way", p.Name, text)
			}
		}
	}
}

func TestAProblemIsFoundByItsName(t *testing.T) {
	if p, ok := spec.ProblemByName("no_claim"); !ok || p.Status != 422 {
		t.Errorf("no_claim is %+v, %v", p, ok)
	}
	if _, ok := spec.ProblemByName("unheard_of"); ok {
		t.Error("a name that there is not is found")
	}
}
