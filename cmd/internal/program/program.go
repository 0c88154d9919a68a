// Package program is what the commands of the house have in common beside their
// words: global flags, help in two languages, exit statuses, and one sentence for
// an error.
//
//	func main() { program.Main(run) }
//
//	func run(ctx context.Context, s program.Surroundings, args []string) int {
//		p := program.New("tongxing-issuer", s, args)
//		root := p.Root("issuer_root", p.Command("check FILE", "check", cobra.ExactArgs(1), check))
//		return p.Run(ctx, root, args)
//	}
//
// Messages are keys of package words; `program.Fail("file_missing", path)` makes an
// error that is told as that message, in the language of the run.
package program

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/logs"
	"github.com/tongxing/tongxing/cmd/internal/words"
)

// Exit statuses.
const (
	StatusOK       = 0 // all done
	StatusFailed   = 1 // nothing done: bad input, or the system refused
	StatusUsage    = 2 // the command line is wrong
	StatusRejects  = 3 // done, but something was refused or is to be done
	StatusCanceled = 130
)

// Surroundings are what a run reads and writes beside files.
type Surroundings struct {
	Stdin  io.Reader
	Stdout io.Writer
	Stderr io.Writer
	Getenv func(string) string
	// Environ lists what Getenv knows, as os.Environ does; nil is an environment
	// whose names nobody knows.
	Environ func() []string
	Clock   func() time.Time
}

// outputSize is how much is printed at once at most.
const outputSize = 1 << 16

// System returns the surroundings of the process.
func System() Surroundings {
	return Surroundings{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Getenv: getenv, Environ: os.Environ, Clock: time.Now}
}

// Main runs a command in the surroundings of the process and ends the process with
// its exit status. An interrupt or a request to end is the end of the context.
func Main(run func(ctx context.Context, s Surroundings, args []string) int) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// A reader of our output that goes away is an error like any other: the
	// program ends by itself and leaves no temporary file behind.
	signal.Ignore(syscall.SIGPIPE)
	status := run(ctx, System(), os.Args[1:])
	stop()
	os.Exit(status)
}

// Program is one run of a command: its surroundings and global flags. Out is
// buffered and flushed when the run ends.
type Program struct {
	Surroundings
	Name   string
	Lang   words.Language
	JSON   bool
	Out    *bufio.Writer
	Status int // of a run without error
	// Explanations are the errors of libraries that have a message of their
	// own, beside those that every command has. The first that matches is taken.
	Explanations []Explanation
	// Cause says what is behind a failure, in the language of the run; nil says
	// it in the error's own words.
	Cause func(error) string
	// Formats are what version says that the program reads and writes.
	Formats []Format
	// Before is called before every command with what it was given; its error is
	// that of the command. It may be nil.
	Before func(c *cobra.Command, args []string) error
	// Settings give flags that are not given their values; nil gives none.
	Settings Settings
	// Log is where a service says what happens, by the settings of the run from when
	// its command begins. LogFormat is the form where none is set.
	Log       *slog.Logger
	LogFormat string

	langFlag string
	logFlags logs.Options
}

// Settings give the flags of a command that are not given the values that they have
// on this machine.
type Settings interface {
	Apply(c *cobra.Command) error
}

// New returns a program for one run with the arguments.
func New(name string, s Surroundings, args []string) *Program {
	p := &Program{Surroundings: s, Name: name, Out: bufio.NewWriterSize(s.Stdout, outputSize), Log: slog.New(slog.DiscardHandler), LogFormat: "text"}
	p.SelectLanguage(args)
	return p
}

// Variables are the names of the environment, sorted.
func (p *Program) Variables() (names []string) {
	if p.Environ == nil {
		return nil
	}
	for _, one := range p.Environ() {
		name, _, _ := strings.Cut(one, "=")
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// SelectLanguage makes the language that which the arguments name, else that of
// the environment. It has to be known before the commands are built, whose help is
// in it.
func (p *Program) SelectLanguage(args []string) {
	p.Lang = words.Select(langArgument(args), p.Getenv("LC_ALL"), p.Getenv("LC_MESSAGES"), p.Getenv("LANG"))
}

// langArgument finds --lang.
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

// Run runs the command line and returns the exit status.
func (p *Program) Run(ctx context.Context, root *cobra.Command, args []string) int {
	if len(args) > 0 && args[0] == "--version" { // as programs elsewhere are asked
		args = append([]string{"version"}, args[1:]...)
	}
	root.SetArgs(args)
	root.SetIn(p.Stdin)
	root.SetOut(p.Out)
	root.SetErr(p.Stderr)
	err := root.ExecuteContext(ctx)
	if flushed := p.Out.Flush(); err == nil && flushed != nil {
		err = flushed
	}
	if err == nil {
		return p.Status
	}
	return p.report(err)
}

// report says what went wrong, once, with the next step.
func (p *Program) report(err error) int {
	message, status := p.Explain(err)
	if p.JSON {
		data, marshalErr := json.Marshal(map[string]any{"error": message, "detail": err.Error(), "status": status})
		if marshalErr == nil {
			fmt.Fprintf(p.said(), "%s\n", data)
			return status
		}
	}
	fmt.Fprintf(p.said(), "%s: %s\n", p.Name, message)
	return status
}

// Say prints a message and a line feed.
func (p *Program) Say(key string, arguments ...any) {
	fmt.Fprintln(p.Out, p.Lang.Say(key, arguments...))
}

// Note prints a message for people to standard error.
func (p *Program) Note(key string, arguments ...any) {
	fmt.Fprintln(p.said(), p.Lang.Say(key, arguments...))
}

// said is standard error, which a log is copied from.
func (p *Program) said() io.Writer {
	if second := logs.Copy(); second != nil {
		return io.MultiWriter(p.Stderr, second)
	}
	return p.Stderr
}

// PrintJSON prints one JSON value and a line feed.
func (p *Program) PrintJSON(v any) error {
	encoder := json.NewEncoder(p.Out)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(v)
}

// Root builds the command of the first level; its words are help_NAME and
// help_NAME_long. To the members it adds the commands that every program has:
// completion, version, and man for whoever makes packages.
func (p *Program) Root(name string, members ...*cobra.Command) *cobra.Command {
	root := p.holder(p.Name, name, members...)
	root.AddCommand(p.completionCommand(), p.versionCommand(), p.manCommand())
	root.SilenceErrors, root.SilenceUsage = true, true
	root.PersistentFlags().StringVar(&p.langFlag, "lang", "", p.Lang.Say("flag_lang"))
	root.PersistentFlags().BoolVar(&p.JSON, "json", false, p.Lang.Say("flag_json"))
	root.SetUsageTemplate(p.Lang.Say("usage_template"))
	p.sayDefaults(root)
	root.SetFlagErrorFunc(flagError)
	root.PersistentFlags().String("config", "", p.Lang.Say("flag_config"))
	root.PersistentFlags().StringVar(&p.logFlags.Level, "log-level", "info", p.Lang.Say("flag_log_level"))
	root.PersistentFlags().StringVar(&p.logFlags.Format, "log-format", p.LogFormat, p.Lang.Say("flag_log_format"))
	completeFlags(root)
	root.PersistentPreRunE = func(c *cobra.Command, _ []string) error { return usageOf(c, p.begin(c)) }
	root.SetHelpCommand(p.helpCommand(root))
	root.CompletionOptions.DisableDefaultCmd = true
	p.localise(root)
	return root
}

// begin makes of a command's flags what holds for every command.
func (p *Program) begin(c *cobra.Command) (err error) {
	if p.Settings != nil {
		if err := p.Settings.Apply(c); err != nil {
			return err
		}
	}
	if p.langFlag != "" && p.langFlag != string(words.Chinese) && p.langFlag != string(words.English) {
		return Usage("lang_unknown", p.langFlag)
	}
	p.Log, err = logs.New(p.Stderr, p.logFlags)
	switch {
	case errors.Is(err, logs.ErrLevel):
		return Usage("log_level_unknown", p.logFlags.Level, strings.Join(logs.Levels, ", "))
	case errors.Is(err, logs.ErrFormat):
		return Usage("log_format_unknown", p.logFlags.Format, strings.Join(logs.Formats, ", "))
	}
	if err == nil {
		p.Log.Debug("a command begins", "operation", c.CommandPath())
	}
	return err
}

// Command builds a command whose words are help_NAME for the short text and
// help_NAME_long for the long one. Arguments that do not fit are a usage error,
// and a usage error names the command whose help helps.
func (p *Program) Command(use, name string, args cobra.PositionalArgs, run func(ctx context.Context, args []string) error) *cobra.Command {
	c := &cobra.Command{Use: use, Short: p.Lang.Say("help_" + name), Long: p.Lang.Say("help_" + name + "_long")}
	c.DisableFlagsInUseLine = true // the usage template says it in the language
	c.Args = func(c *cobra.Command, given []string) error {
		if args(c, given) != nil {
			return usageOf(c, Usage("arguments_wrong", len(given), c.UseLine()))
		}
		return nil
	}
	c.RunE = func(c *cobra.Command, given []string) error {
		if p.Before != nil {
			if err := p.Before(c, given); err != nil {
				return usageOf(c, err)
			}
		}
		return usageOf(c, run(c.Context(), given))
	}
	return c
}

// Group builds a command that only holds others, with the words of name.
func (p *Program) Group(use, name string, members ...*cobra.Command) *cobra.Command {
	return p.holder(use, name, members...)
}

func (p *Program) holder(use, name string, members ...*cobra.Command) *cobra.Command {
	c := &cobra.Command{Use: use, Short: p.Lang.Say("help_" + name), Long: p.Lang.Say("help_" + name + "_long")}
	c.Args = noCommand
	c.RunE = func(c *cobra.Command, _ []string) error { return c.Help() }
	c.AddCommand(members...)
	return c
}

func (p *Program) helpCommand(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:   "help [command]",
		Short: p.Lang.Say("help_help"),
		RunE: func(_ *cobra.Command, args []string) error {
			c, rest, err := root.Find(args)
			if c == nil || err != nil || len(rest) > 0 {
				return Usage("command_unknown", strings.Join(args, " "))
			}
			return c.Help()
		},
	}
}

// localise gives the flag that cobra adds by itself its words.
func (p *Program) localise(c *cobra.Command) {
	c.InitDefaultHelpFlag()
	if f := c.Flags().Lookup("help"); f != nil {
		f.Usage = p.Lang.Say("flag_help")
	}
	for _, child := range c.Commands() {
		p.localise(child)
	}
}
