package main

import (
	"slices"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tongxing/tongxing/cmd/internal/words"
)

// TestNothingIsOrderedButByReference: an order names credentials one by one, from a
// file. There is no flag for an area, a name, a pattern, a query, a job or a range,
// and no argument.
func TestNothingIsOrderedButByReference(t *testing.T) {
	allowed := []string{"at", "confirm", "from", "help", "reason", "registry"}
	issuing := []string{"bundle", "key", "lifetime", "out", "passphrase-file", "refused", "region", "root", "store"}
	a := &app{lang: words.English}
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
