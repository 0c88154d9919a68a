package witness

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/tongxing/tongxing/issuer/registry/registrytest"
)

// TestAWitnessOfALaterProgramIsNamedAndKept: it is not taken for a damaged one, which
// may be made anew.
func TestAWitnessOfALaterProgramIsNamedAndKept(t *testing.T) {
	s := newSite(t)
	s.work(t, func(g *Guard) { registrytest.Lease(t, g, testPool, 10) })
	good, err := os.ReadFile(s.witness)
	if err != nil {
		t.Fatal(err)
	}
	later := strings.Replace(string(good), Format, formatStart+"2", 1)
	later = strings.Replace(later, `"banks":`, `"rings":[],"banks":`, 1) // with a member that nobody knows yet
	if err := os.WriteFile(s.witness, []byte(later), 0o600); err != nil {
		t.Fatal(err)
	}
	store := s.store(t)
	defer store.Close()
	_, opened := Open(t.Context(), store, s.witness)
	_, raised := Raise(t.Context(), store, s.witness)
	for name, err := range map[string]error{"Open": opened, "Raise": raised, "Renew": Renew(t.Context(), store, s.witness, 0)} {
		if named, ok := errors.AsType[*LaterError](err); !ok || named.Path != s.witness || named.Format != formatStart+"2" {
			t.Errorf("%s: error %v, want a *LaterError", name, err)
		}
	}
	if after, err := os.ReadFile(s.witness); err != nil || string(after) != later {
		t.Errorf("the file was changed, error %v", err)
	}
}
