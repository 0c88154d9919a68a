package main

import (
	"context"

	"github.com/spf13/cobra"
)

// completionCommand writes a script that completes commands and flags in a
// shell. The scripts are cobra's own.
func (a *app) completionCommand() *cobra.Command {
	var c *cobra.Command
	c = a.command("completion bash|zsh|fish|powershell", "completion", cobra.ExactArgs(1), func(_ context.Context, args []string) error {
		root := c.Root()
		switch args[0] {
		case "bash":
			return root.GenBashCompletionV2(a.out, true)
		case "zsh":
			return root.GenZshCompletion(a.out)
		case "fish":
			return root.GenFishCompletion(a.out, true)
		case "powershell":
			return root.GenPowerShellCompletionWithDesc(a.out)
		}
		return usage("shell_unknown", args[0])
	})
	c.ValidArgs = []string{"bash", "zsh", "fish", "powershell"}
	return c
}
