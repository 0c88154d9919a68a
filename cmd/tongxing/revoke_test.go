package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"path/filepath"
	"slices"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/issuer/batch"
	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/sqlite"
)

// TestNothingIsOrderedButByReference: an order names credentials one by one, from a
// file. There is no flag for an area, a name, a pattern, a query, a job or a range,
// and no argument.
func TestNothingIsOrderedButByReference(t *testing.T) {
	allowed := []string{"at", "confirm", "from", "help", "reason", "registry"}
	issuing := []string{"approval", "approver", "approver-passphrase-file", "bundle", "key", "lifetime", "out", "passphrase-file", "refused", "region", "root", "store"}
	a := newApp(program.Surroundings{Getenv: func(string) string { return "" }})
	root := a.rootCommand()
	for name, allowed := range map[string][]string{
		"revoke": allowed, "suspend": allowed, "resume": allowed, "reissue": slices.Concat(allowed, issuing),
	} {
		c, rest, err := root.Find([]string{name})
		if err != nil || len(rest) != 0 || c.Name() != name {
			t.Fatalf("no command %s: %v", name, err)
		}
		c.InitDefaultHelpFlag()
		var flags []string
		c.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) { flags = append(flags, f.Name) })
		slices.Sort(flags)
		slices.Sort(allowed)
		if !slices.Equal(flags, allowed) {
			t.Errorf("%s takes %v, want exactly %v", name, flags, allowed)
		}
		if c.HasSubCommands() || cobra.NoArgs(c, []string{"33"}) == nil || c.Args(c, []string{"33"}) == nil {
			t.Errorf("%s takes arguments", name)
		}
	}
}

// codeLines are the lines of a file as issue writes it.
func codeLines(t *testing.T, data []byte) []batch.Line {
	t.Helper()
	var lines []batch.Line
	for decoder := json.NewDecoder(bytes.NewReader(data)); decoder.More(); {
		var line batch.Line
		if err := decoder.Decode(&line); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, line)
	}
	return lines
}

// TestAnActOfSeveralOrdersGoesOnWhereItWasCut: a file above MaxOrder is several
// orders to the registry, and one act to whoever gives it.
func TestAnActOfSeveralOrdersGoesOnWhereItWasCut(t *testing.T) {
	const more = 100
	reg, given := largeRegistry(t, registry.MaxOrder+more)
	template := registry.Order{Action: registry.Suspend, Reason: 15, At: 1660089600}
	begin := func() *act {
		t.Helper()
		a := &act{registry: reg, given: given, template: template}
		if err := a.preview(t.Context()); err != nil {
			t.Fatal(err)
		}
		return a
	}
	cut := begin()
	if len(cut.orders) != 2 || cut.expected.Changed != len(given.all) {
		t.Fatalf("%d orders that change %d", len(cut.orders), cut.expected.Changed)
	}
	if _, err := reg.Record(t.Context(), cut.orders[0]); err != nil { // and then it is killed
		t.Fatal(err)
	}
	for _, want := range []struct{ changed, already int }{{more, registry.MaxOrder}, {0, registry.MaxOrder + more}} {
		done, err := begin().record(t.Context())
		if err != nil || done.Changed != want.changed || done.Already != want.already {
			t.Errorf("%+v, %v, want %+v", done, err, want)
		}
	}
	template.Action, template.Reason = registry.Resume, 16
	if done, err := begin().record(t.Context()); err != nil || done.Changed != len(given.all) {
		t.Errorf("resumed: %+v, %v", done, err)
	}
	// A second suspension is not the first one repeated.
	template.Action, template.Reason = registry.Suspend, 15
	if done, err := begin().record(t.Context()); err != nil || done.Changed != len(given.all) || done.Repeated {
		t.Errorf("suspended again: %+v, %v", done, err)
	}
}

// TestARefusalCountsTheWholeFile: what is wrong in a file of several orders is
// counted in all of them.
func TestARefusalCountsTheWholeFile(t *testing.T) {
	reg, given := largeRegistry(t, 2)
	known := given.all[0]
	for n := range uint32(registry.MaxOrder + 9) {
		given.all = append(given.all, registry.Reference{Region: known.Region, List: known.List + 1, Index: n})
	}
	act := &act{registry: reg, given: given, template: registry.Order{Action: registry.Revoke, Reason: 3, At: 1660089600}}
	var unknown *registry.UnknownReferencesError
	if err := act.preview(t.Context()); !errors.As(err, &unknown) || unknown.Total != registry.MaxOrder+9 {
		t.Errorf("%v", err)
	}
	// The first kind of fault is told, and any other error at once.
	impossible := &registry.TransitionError{Total: 2}
	if sum, further := countedRefusal(impossible, unknown); sum != error(impossible) || !further {
		t.Errorf("%v, %v", sum, further)
	}
	if sum, _ := countedRefusal(impossible, &registry.TransitionError{Total: 3}); sum.(*registry.TransitionError).Total != 5 || impossible.Total != 2 {
		t.Errorf("%+v, %+v", sum, impossible)
	}
	if sum, further := countedRefusal(impossible, errors.ErrUnsupported); !errors.Is(sum, errors.ErrUnsupported) || further {
		t.Errorf("%v, %v", sum, further)
	}
}

// largeRegistry has n credentials, and references to all of them.
func largeRegistry(t *testing.T, n int) (registry.StateKeeper, *references) {
	t.Helper()
	reg, err := sqlite.Create(t.Context(), filepath.Join(t.TempDir(), "large.db"), registry.Plan{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { reg.Close() })
	given := &references{source: "refs.txt", lines: map[registry.Reference]int{}}
	for number := uint32(0); len(given.all) < n; number++ {
		leased, err := reg.Lease(t.Context(), registry.Pool{Region: 33, Month: 31}, min(registry.MaxLease, n-len(given.all)))
		if err != nil {
			t.Fatal(err)
		}
		chunk := registry.Chunk{Job: "large", Number: number}
		for i := range leased.Len() {
			reference, _ := leased.At(i)
			chunk.Entries = append(chunk.Entries, registry.Entry{
				Reference: reference, Hash: [32]byte{1}, IssuedAt: 1660089600, ExpiresAt: 1660694400, State: registry.Issued,
			})
			given.all = append(given.all, reference)
		}
		if _, err := reg.Commit(t.Context(), chunk); err != nil {
			t.Fatal(err)
		}
	}
	slices.SortFunc(given.all, registry.Reference.Compare)
	return reg, given
}
