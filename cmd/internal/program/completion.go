package program

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/logs"
)

// completionCommand writes a script that completes commands and flags in a shell.
// The scripts are cobra's own; they ask the program, which answers in the language of
// the shell.
func (p *Program) completionCommand() *cobra.Command {
	var c *cobra.Command
	c = p.Command("completion bash|zsh|fish|powershell", "completion", cobra.ExactArgs(1), func(_ context.Context, args []string) error {
		root := c.Root()
		switch args[0] {
		case "bash":
			return root.GenBashCompletionV2(p.Out, true)
		case "zsh":
			return root.GenZshCompletion(p.Out)
		case "fish":
			return root.GenFishCompletion(p.Out, true)
		case "powershell":
			return root.GenPowerShellCompletionWithDesc(p.Out)
		}
		return Usage("shell_unknown", args[0])
	})
	c.ValidArgs = []string{"bash", "zsh", "fish", "powershell"}
	return c
}

// completeFlags gives the flags of every command the values that a shell completes.
func completeFlags(root *cobra.Command) {
	for flag, values := range map[string][]string{"lang": {"zh", "en"}, "log-level": logs.Levels, "log-format": logs.Formats} {
		cobra.CheckErr(root.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp)))
	}
}
