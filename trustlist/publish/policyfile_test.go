package publish_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/internal/nation"
	"github.com/tongxing/tongxing/trustlist/publish"
)

// fullPolicy has something in every field.
func fullPolicy() *trustlist.Policy {
	floor := trustlist.Demand{Pass: []uint16{0}, Check: []uint16{1}, Restrict: []uint16{2}, NoStatus: trustlist.NoStatusPass, NoList: trustlist.NoListPass,
		Requirement: &trustlist.Requirement{Op: trustlist.AnyOf, Of: []trustlist.Requirement{
			{Op: trustlist.Test, Arguments: []uint32{1, 172800}}, {Op: trustlist.Doses, Arguments: []uint32{3}},
			{Op: trustlist.AllOf, Of: []trustlist.Requirement{
				{Op: trustlist.SinceDose, Arguments: []uint32{14}}, {Op: trustlist.Exempt, Arguments: []uint32{1}}}},
		}}}
	return &trustlist.Policy{
		Head: trustlist.Head{Version: trustlist.NewVersion(1, 1), Issued: nation.Now, Due: nation.Now + 86400},
		Editions: []trustlist.Edition{{EffectiveFrom: nation.Now, EmergencyUntil: nation.Now + 60, Ladder: &trustlist.DefaultLadder,
			Classes: []trustlist.ClassPolicy{{Class: 1, Floor: floor, Ceiling: floor}}}},
		Rules: []trustlist.Rule{{Number: 101, Name: "黄码", Text: "7 天内", States: []uint16{1}, Longest: 604800, From: nation.Now, Until: nation.Now + 1}},
		Names: []trustlist.CodeName{{Table: trustlist.TableProducts, Number: 7, Chinese: "新疫苗", English: "new vaccine"}},
	}
}

func TestAPolicyThatIsShownIsReadBack(t *testing.T) {
	want := fullPolicy()
	shown, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	got, err := publish.ParsePolicy(shown)
	if err != nil {
		t.Fatal(err)
	}
	got.Version, got.Issued = want.Version, want.Issued
	if hashOf(t, got) != hashOf(t, want) {
		again, _ := json.Marshal(got)
		t.Errorf("%s comes back as %s", shown, again)
	}
	overlay := &trustlist.Overlay{RegionalHead: trustlist.RegionalHead{Head: want.Head, Region: "33"},
		Editions: []trustlist.OverlayEdition{{EffectiveFrom: nation.Now, EmergencyUntil: nation.Now + 60,
			Classes: []trustlist.ClassDemand{{Class: 1, Demand: want.Editions[0].Classes[0].Floor}}}}}
	if shown, err = json.Marshal(overlay); err != nil {
		t.Fatal(err)
	}
	read, err := publish.ParseOverlay(shown)
	if err != nil {
		t.Fatal(err)
	}
	read.Version, read.Issued, read.Region = overlay.Version, overlay.Issued, overlay.Region
	if hashOf(t, read) != hashOf(t, overlay) {
		t.Errorf("%s comes back as another", shown)
	}
}

func hashOf(t *testing.T, d trustlist.Document) [32]byte {
	t.Helper()
	return draft(t, d).Hash()
}

func TestAPolicyThatSaysSomethingElseIsRefused(t *testing.T) {
	data, err := json.Marshal(fullPolicy())
	if err != nil {
		t.Fatal(err)
	}
	good := string(data)
	change := func(old, with string) string {
		if !strings.Contains(good, old) {
			t.Fatalf("no %q in %s", old, good)
		}
		return strings.Replace(good, old, with, 1)
	}
	for name, text := range map[string]string{
		"nothing": "", "text": "policy", "a list": "[]", "cut": good[:len(good)-1], "two": good + good,
		"a field of another name": change(`"floor"`, `"flor"`), "a field in capitals": change(`"floor"`, `"Floor"`),
		"a field twice":                      change(`"rules":`, `"names":[],"rules":`),
		"an unknown op":                      change(`"any_of"`, `"some_of"`),
		"an unknown outcome":                 change(`"no_status":"pass"`, `"no_status":"restrict"`),
		"an unknown word for a missing list": change(`"no_list":"pass"`, `"no_list":"restrict"`),
		"a time in words":                    change(`"effective_from":"`, `"effective_from":"soon `),
		"a number too large":                 change(`172800`, `99999999999`),
		"a negative number":                  change(`172800`, `-1`),
	} {
		if p, err := publish.ParsePolicy([]byte(text)); p != nil || !errors.Is(err, publish.ErrPolicyFile) {
			t.Errorf("%s: %v", name, err)
		}
		if o, err := publish.ParseOverlay([]byte(text)); o != nil || !errors.Is(err, publish.ErrPolicyFile) {
			t.Errorf("%s as an overlay: %v", name, err)
		}
	}
}

func FuzzParsePolicy(f *testing.F) {
	data, err := json.Marshal(fullPolicy())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte(`{"editions":[{"effective_from":"2022-08-04T00:00:00+08:00"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, err := range []error{second(publish.ParsePolicy(data)), second(publish.ParseOverlay(data))} {
			if err != nil && !errors.Is(err, publish.ErrPolicyFile) {
				t.Fatal(err)
			}
		}
	})
}

func second[T any](_ T, err error) error { return err }
