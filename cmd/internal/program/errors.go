package program

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/files"
)

// UsageError is a command line that is wrong.
type UsageError struct {
	Key  string // of the message, or "" for the words of Err
	Args []any  // of the message
	Err  error  // may be nil

	command string // whose help helps
}

func (e *UsageError) Error() string {
	if e.Err != nil {
		return e.Err.Error()
	}
	return e.Key
}

// Usage is the error of a command line that is wrong: exit status 2.
func Usage(key string, args ...any) error { return &UsageError{Key: key, Args: args} }

// usageOf completes a usage error with the command that it is about; any other
// error comes back as it is.
func usageOf(c *cobra.Command, err error) error {
	var wrong *UsageError
	if errors.As(err, &wrong) && wrong.command == "" {
		wrong.command = c.CommandPath()
	}
	return err
}

// noCommand is for commands that only hold others: an argument is the name of a
// command that there is not.
func noCommand(c *cobra.Command, given []string) error {
	if len(given) == 0 {
		return nil
	}
	c.SuggestionsMinimumDistance = 2 // letters; otherwise only beginnings are suggested
	if near := c.SuggestionsFor(given[0]); len(near) > 0 {
		return usageOf(c, Usage("command_unknown_near", given[0], near[0]))
	}
	return usageOf(c, Usage("command_unknown", given[0]))
}

// flagError gives the faults that the flag parser finds their words. Its error
// types are told apart by what they can say.
func flagError(c *cobra.Command, err error) error {
	var value interface{ GetValue() string }
	var named interface {
		GetSpecifiedName() string
		GetSpecifiedShortnames() string
	}
	switch {
	case errors.As(err, &value):
		return usageOf(c, Usage("flag_value", value.GetValue()))
	case !errors.As(err, &named):
		return usageOf(c, &UsageError{Err: err})
	}
	name := "--" + named.GetSpecifiedName()
	if short := named.GetSpecifiedShortnames(); short != "" {
		name = "-" + short
	}
	if c.Flags().Lookup(named.GetSpecifiedName()) != nil {
		return usageOf(c, Usage("flag_without_value", name))
	}
	return usageOf(c, Usage("flag_unknown", name))
}

// UserError is a failure that has a message of its own.
type UserError struct {
	Key   string // of the message
	Args  []any  // of the message
	Err   error  // may be nil
	Told  bool   // the message says all that Err does
	Place string // where it is, before the message, or "": "codes.txt:3"
}

func (e *UserError) Error() string {
	if e.Err != nil {
		return e.Err.Error()
	}
	return e.Key
}

func (e *UserError) Unwrap() error { return e.Err }

// Fail is a failure that is told as the message.
func Fail(key string, args ...any) error { return &UserError{Key: key, Args: args} }

// FailFor is a failure whose message leaves nothing of err to say: err, which is
// in English, is for programs alone.
func FailFor(err error, key string, args ...any) error {
	return &UserError{Key: key, Args: args, Err: err, Told: true}
}

// FailWith is a failure whose message is followed by err as a detail.
func FailWith(err error, key string, args ...any) error {
	return &UserError{Key: key, Args: args, Err: err}
}

// Explanation is the message for errors that match a target.
type Explanation struct {
	Target error
	Key    string
	Alone  bool // the message takes no argument; any other takes what the error is about
}

// explanations are those that every command has.
var explanations = []Explanation{
	{Target: files.ErrNoFolder, Key: "out_folder_missing"},
	{Target: files.ErrFolder, Key: "file_is_folder"},
	{Target: files.ErrEmpty, Key: "file_empty"},
	{Target: files.ErrTooLarge, Key: "file_too_large"},
	{Target: fs.ErrNotExist, Key: "file_missing"},
	{Target: fs.ErrExist, Key: "file_exists"},
	{Target: fs.ErrPermission, Key: "file_denied"},
	{Target: syscall.EISDIR, Key: "file_is_folder"},
	{Target: syscall.ENOTDIR, Key: "not_a_folder"},
	{Target: syscall.ENOSPC, Key: "disk_full"},
	{Target: syscall.EDQUOT, Key: "disk_full"},
	{Target: syscall.EPIPE, Key: "pipe_closed", Alone: true},
}

// Explain returns the one sentence for an error, with the next step, and the
// exit status.
func (p *Program) Explain(err error) (string, int) {
	var wrong *UsageError
	if errors.As(err, &wrong) {
		return p.explainUsage(wrong), StatusUsage
	}
	if errors.Is(err, context.Canceled) {
		return p.Lang.Say("canceled"), StatusCanceled
	}
	var own *UserError
	if errors.As(err, &own) {
		return p.explainOwn(own), StatusFailed
	}
	known, ok := first(slices.Concat(p.Explanations, explanations), err)
	switch {
	case !ok:
		return p.Lang.Say("failed", err), StatusFailed
	case known.Alone:
		return p.Lang.Say(known.Key), StatusFailed
	}
	return p.Lang.Say(known.Key, Subject(err)), StatusFailed
}

// Common is the explanation of err among those that every command has, if it has
// one there: it is of a file or of the system.
func Common(err error) (Explanation, bool) { return first(explanations, err) }

// first is the first that explains err.
func first(all []Explanation, err error) (Explanation, bool) {
	i := slices.IndexFunc(all, func(e Explanation) bool { return errors.Is(err, e.Target) })
	if i < 0 {
		return Explanation{}, false
	}
	return all[i], true
}

func (p *Program) explainOwn(e *UserError) string {
	message := p.Lang.Say(e.Key, e.Args...)
	switch {
	case e.Err == nil || e.Told:
	case p.Cause != nil:
		message += p.Lang.Say("detail", p.Cause(e.Err))
	default:
		message += p.Lang.Say("detail", e.Err)
	}
	if e.Place != "" {
		message = e.Place + ": " + message
	}
	return message
}

func (p *Program) explainUsage(e *UsageError) string {
	command := p.Name
	if e.command != "" {
		command = e.command
	}
	if e.Key != "" {
		return p.Lang.Say(e.Key, e.Args...) + p.Lang.Say("usage_hint", command)
	}
	return p.Lang.Say("usage_wrong", e.Err) + p.Lang.Say("usage_hint", command)
}

// Subject names what an error is about: the path, where one is known.
func Subject(err error) string {
	var path *files.PathError
	if errors.As(err, &path) {
		return path.Path
	}
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Path
	}
	var wrapped interface{ Unwrap() error }
	if errors.As(err, &wrapped) {
		return fmt.Sprintf("(%v)", err)
	}
	return err.Error()
}

// AboutFile names the file in an error that names none.
func AboutFile(path string, err error) error {
	var known *files.PathError
	if err == nil || errors.As(err, &known) {
		return err
	}
	return &files.PathError{Path: path, Err: err}
}
