package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/words"
	"github.com/tongxing/tongxing/issuer/keys"
	"github.com/tongxing/tongxing/issuer/registry"
)

// Exit statuses, as `tongxing help` lists them.
const (
	statusOK       = 0 // all done
	statusFailed   = 1 // nothing done: bad input, or the system refused
	statusUsage    = 2 // the command line is wrong
	statusRejects  = 3 // done, but rows, records or parts were refused; or doctor found something to do
	statusNotPass  = 4 // verified, and at least one code does not pass; or an implementation disagrees
	statusCanceled = 130
)

// outputSize is how much is printed at once at most.
const outputSize = 1 << 16

// app is one run of the command: its surroundings and global flags.
type app struct {
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer
	bars   io.Writer // where progress is drawn: a terminal, or nil for nowhere
	getenv func(string) string
	clock  func() time.Time

	ctx      context.Context // of the run: done when it is interrupted
	lang     words.Language
	langFlag string
	json     bool
	opened   map[string]*keys.PrivateKey
	out      *bufio.Writer
	status   int // of a run without error
}

// run runs the command line and returns the exit status.
func (a *app) run(ctx context.Context, args []string) int {
	a.lang = words.Select(langArgument(args), a.getenv("LC_ALL"), a.getenv("LC_MESSAGES"), a.getenv("LANG"))
	a.ctx, a.out = ctx, bufio.NewWriterSize(a.stdout, outputSize)
	root := a.rootCommand()
	root.SetArgs(args)
	root.SetIn(a.stdin)
	root.SetOut(a.out)
	root.SetErr(a.stderr)
	err := root.ExecuteContext(ctx)
	if flushed := a.out.Flush(); err == nil && flushed != nil {
		err = flushed
	}
	if err == nil {
		return a.status
	}
	return a.report(err)
}

// langArgument finds --lang before the flags are parsed, because help is in the
// language too.
func langArgument(args []string) string {
	for i, arg := range args {
		if value, ok := strings.CutPrefix(arg, "--lang="); ok {
			return value
		}
		if arg == "--lang" && i+1 < len(args) {
			return args[i+1]
		}
	}
	return ""
}

// report says what went wrong, once, with the next step.
func (a *app) report(err error) int {
	message, status := a.explain(err)
	if a.json {
		data, marshalErr := json.Marshal(map[string]any{"error": message, "detail": err.Error(), "status": status})
		if marshalErr == nil {
			fmt.Fprintf(a.stderr, "%s\n", data)
			return status
		}
	}
	fmt.Fprintf(a.stderr, "tongxing: %s\n", message)
	return status
}

// say prints a message and a line feed.
func (a *app) say(key string, arguments ...any) {
	fmt.Fprintln(a.out, a.lang.Say(key, arguments...))
}

// note prints a message for people to standard error.
func (a *app) note(key string, arguments ...any) {
	fmt.Fprintln(a.stderr, a.lang.Say(key, arguments...))
}

// printJSON prints one JSON value and a line feed.
func (a *app) printJSON(v any) error {
	encoder := json.NewEncoder(a.out)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(v)
}

func (a *app) rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:           "tongxing",
		Short:         a.lang.Say("help_root"),
		Long:          a.lang.Say("help_root_long"),
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          noCommand,
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.PersistentFlags().StringVar(&a.langFlag, "lang", "", a.lang.Say("flag_lang"))
	root.PersistentFlags().BoolVar(&a.json, "json", false, a.lang.Say("flag_json"))
	root.SetUsageTemplate(a.lang.Say("usage_template"))
	root.SetFlagErrorFunc(flagError)
	root.PersistentPreRunE = func(*cobra.Command, []string) error {
		if a.langFlag != "" && a.langFlag != string(words.Chinese) && a.langFlag != string(words.English) {
			return usage("lang_unknown", a.langFlag)
		}
		return nil
	}
	root.AddCommand(a.commands()...)
	root.SetHelpCommand(a.helpCommand(root))
	root.CompletionOptions.DisableDefaultCmd = true
	a.localise(root)
	return root
}

// commands returns the commands of the first level, in the order of the plan.
func (a *app) commands() []*cobra.Command {
	return []*cobra.Command{
		a.keyCommand(),
		a.rootCeremonyCommand(),
		a.trustCommand(),
		a.policyCommand(),
		a.keysetCommand(),
		a.bundleCommand(),
		a.doctorCommand(),
		a.feedCommand(),
		a.issueCommand(),
		a.orderCommand(registry.Revoke),
		a.orderCommand(registry.Suspend),
		a.orderCommand(registry.Resume),
		a.reissueCommand(),
		a.approvalCommand(),
		a.statusCommand(),
		a.qrCommand(),
		a.paperCommand(),
		a.verifyCommand(),
		a.venueCommand(),
		a.inspectCommand(),
		a.conformanceCommand(),
		a.demoCommand(),
		a.completionCommand(),
		a.versionCommand(),
	}
}

// command builds a command whose words are in the table: help_NAME for the short
// text, help_NAME_long for the long one. Arguments that do not fit are a usage
// error, and a usage error names the command whose help helps.
func (a *app) command(use, name string, args cobra.PositionalArgs, run func(ctx context.Context, args []string) error) *cobra.Command {
	c := &cobra.Command{Use: use, Short: a.lang.Say("help_" + name), Long: a.lang.Say("help_" + name + "_long")}
	c.DisableFlagsInUseLine = true // the usage template says it in the language
	c.Args = func(c *cobra.Command, given []string) error {
		if args(c, given) != nil {
			return usageOf(c, usage("arguments_wrong", len(given), c.UseLine()))
		}
		return nil
	}
	c.RunE = func(c *cobra.Command, given []string) error {
		if err := spareInputs(c, given); err != nil {
			return usageOf(c, err)
		}
		return usageOf(c, run(c.Context(), given))
	}
	return c
}

// group builds a command that only holds others.
func (a *app) group(use string, members ...*cobra.Command) *cobra.Command {
	c := &cobra.Command{Use: use, Short: a.lang.Say("help_" + use), Long: a.lang.Say("help_" + use + "_long")}
	c.Args = noCommand
	c.RunE = func(c *cobra.Command, _ []string) error { return c.Help() }
	c.AddCommand(members...)
	return c
}

func (a *app) helpCommand(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:   "help [command]",
		Short: a.lang.Say("help_help"),
		RunE: func(_ *cobra.Command, args []string) error {
			c, rest, err := root.Find(args)
			if c == nil || err != nil || len(rest) > 0 {
				return usage("command_unknown", strings.Join(args, " "))
			}
			return c.Help()
		},
	}
}

// localise gives the flag that cobra adds by itself its words.
func (a *app) localise(c *cobra.Command) {
	c.InitDefaultHelpFlag()
	if f := c.Flags().Lookup("help"); f != nil {
		f.Usage = a.lang.Say("flag_help")
	}
	for _, child := range c.Commands() {
		a.localise(child)
	}
}

// deadline of a context that ended is told apart from a fault.
func canceled(err error) bool { return errors.Is(err, context.Canceled) }
