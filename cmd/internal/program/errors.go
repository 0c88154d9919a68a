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
	"github.com/tongxing/tongxing/issuer/keys"
	"github.com/tongxing/tongxing/issuer/registry"
)

// usageError is a command line that is wrong.
type usageError struct {
	key     string // message, or "" for the words of err
	args    []any
	err     error
	command string
}

func (e *usageError) Error() string {
	if e.err != nil {
		return e.err.Error()
	}
	return e.key
}

// Usage is the error of a command line that is wrong: exit status 2.
func Usage(key string, args ...any) error { return &usageError{key: key, args: args} }

// usageOf completes a usage error with the command that it is about; any other
// error comes back as it is.
func usageOf(c *cobra.Command, err error) error {
	var wrong *usageError
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
		return usageOf(c, &usageError{err: err})
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

// userError is a failure that has a message of its own.
type userError struct {
	key  string
	args []any
	err  error // may be nil
	told bool  // the message says all that err does
}

func (e *userError) Error() string {
	if e.err != nil {
		return e.err.Error()
	}
	return e.key
}

func (e *userError) Unwrap() error { return e.err }

// Fail is a failure that is told as the message.
func Fail(key string, args ...any) error { return &userError{key: key, args: args} }

// FailFor is a failure whose message leaves nothing of err to say: err, which is
// in English, is for programs alone.
func FailFor(err error, key string, args ...any) error {
	return &userError{key: key, args: args, err: err, told: true}
}

// FailWith is a failure whose message is followed by err as a detail.
func FailWith(err error, key string, args ...any) error {
	return &userError{key: key, args: args, err: err}
}

// Explanation is the message for errors that match a target.
type Explanation struct {
	Target error
	Key    string
	Alone  bool // the message takes no argument; any other takes what the error is about
}

// explanations are those that every command has.
var explanations = []Explanation{
	{Target: keys.ErrWrongPassphrase, Key: "wrong_passphrase"},
	{Target: keys.ErrPermissions, Key: "key_permissions"},
	{Target: keys.ErrFolder, Key: "key_folder"},
	{Target: keys.ErrUnencrypted, Key: "key_unencrypted"},
	{Target: keys.ErrProtection, Key: "key_protection"},
	{Target: keys.ErrPassphrase, Key: "passphrase_bad"},
	{Target: keys.ErrNotAKeyFile, Key: "not_a_key_file"},
	{Target: keys.ErrUnsupportedKey, Key: "unsupported_key"},
	{Target: registry.ErrNotARegistry, Key: "not_a_registry"},
	{Target: registry.ErrNewerSchema, Key: "newer_registry"},
	{Target: registry.ErrFull, Key: "registry_full", Alone: true},
	{Target: registry.ErrDamaged, Key: "registry_damaged"},
	{Target: registry.ErrBusy, Key: "registry_busy"},
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
	{Target: registry.ErrStorageFull, Key: "disk_full"},
	{Target: syscall.EPIPE, Key: "pipe_closed", Alone: true},
}

// Explain returns the one sentence for an error, with the next step, and the
// exit status.
func (p *Program) Explain(err error) (string, int) {
	var wrong *usageError
	if errors.As(err, &wrong) {
		return p.explainUsage(wrong), StatusUsage
	}
	if errors.Is(err, context.Canceled) {
		return p.Lang.Say("canceled"), StatusCanceled
	}
	var own *userError
	if errors.As(err, &own) {
		message := p.Lang.Say(own.key, own.args...)
		if own.err != nil && !own.told {
			message += p.Lang.Say("detail", own.err)
		}
		return message, StatusFailed
	}
	for _, e := range slices.Concat(p.Explanations, explanations) {
		switch {
		case !errors.Is(err, e.Target):
		case e.Alone:
			return p.Lang.Say(e.Key), StatusFailed
		default:
			return p.Lang.Say(e.Key, subject(err)), StatusFailed
		}
	}
	return p.Lang.Say("failed", err), StatusFailed
}

func (p *Program) explainUsage(e *usageError) string {
	command := p.Name
	if e.command != "" {
		command = e.command
	}
	if e.key != "" {
		return p.Lang.Say(e.key, e.args...) + p.Lang.Say("usage_hint", command)
	}
	return p.Lang.Say("usage_wrong", e.err) + p.Lang.Say("usage_hint", command)
}

// subject names what an error is about: the path, where one is known.
func subject(err error) string {
	var path *files.PathError
	if errors.As(err, &path) {
		return path.Path
	}
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Path
	}
	return fmt.Sprintf("(%v)", err)
}

// AboutFile names the file in an error that names none.
func AboutFile(path string, err error) error {
	var known *files.PathError
	if err == nil || errors.As(err, &known) {
		return err
	}
	return &files.PathError{Path: path, Err: err}
}
