package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/program"
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

// completionCommand writes a script that completes commands and flags in a
// shell. The scripts are cobra's own.
func (a *app) completionCommand() *cobra.Command {
	var c *cobra.Command
	c = a.Command("completion bash|zsh|fish|powershell", "completion", cobra.ExactArgs(1), func(_ context.Context, args []string) error {
		root := c.Root()
		switch args[0] {
		case "bash":
			return root.GenBashCompletionV2(a.Out, true)
		case "zsh":
			return root.GenZshCompletion(a.Out)
		case "fish":
			return root.GenFishCompletion(a.Out, true)
		case "powershell":
			return root.GenPowerShellCompletionWithDesc(a.Out)
		}
		return program.Usage("shell_unknown", args[0])
	})
	c.ValidArgs = []string{"bash", "zsh", "fish", "powershell"}
	return c
}
