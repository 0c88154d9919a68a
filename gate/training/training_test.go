package training

import (
	"slices"
	"testing"

	"github.com/tongxing/tongxing/spec"
)

func TestEveryCodeGivesWhatItsLabelSays(t *testing.T) {
	set, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, r := range set.SelfTest() {
		seen[r.Got] = true
		if !r.OK() {
			t.Errorf("code %d, %s: %s (%s), want %s (%s)", r.Number, r.Label.EN, r.Got, r.GotReason, r.Screen, r.Reason)
		}
	}
	for _, name := range []string{"pass", "check", "restricted", "unverified"} {
		if !seen[name] {
			t.Errorf("no code gives the screen %s", name)
		}
	}
}

// What a guard trains with is good nowhere else: another root does not know it.
func TestTheMaterialIsNobodysTrust(t *testing.T) {
	b, r := Material()
	if slices.Equal(b, bundle) != true || len(r) == 0 {
		t.Fatal("no material")
	}
	b[0] ^= 1
	if b[0] == bundle[0] {
		t.Error("who changes what Material returned changes the set")
	}
}

func TestADamagedTableIsRefused(t *testing.T) {
	for name, table := range map[string]string{
		"empty": "", "header": "number,zh,en,screen,reason,code\n", "quotes": "\"",
	} {
		if _, err := parse([]byte(table)); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	set, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	all := set.Codes()
	all[0].Reason = spec.ReasonExpired
	if set.Codes()[0].Reason != spec.ReasonOK {
		t.Error("who changes what Codes returned changes the set")
	}
}
