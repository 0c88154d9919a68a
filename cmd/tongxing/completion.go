package main

import (
	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/spec"
)

// completeFlag gives a flag the values that a shell completes, each with its
// meaning behind a tab where it has one.
func completeFlag(c *cobra.Command, flag string, values ...string) {
	fixed := cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp)
	cobra.CheckErr(c.RegisterFlagCompletionFunc(flag, fixed))
}

// regions are the provincial divisions and the national platform with their names.
func (a *app) regions() []string {
	var values []string
	for _, r := range spec.Regions() {
		values = append(values, r.Number+"\t"+r.Label.In(string(a.Lang)))
	}
	return values
}
