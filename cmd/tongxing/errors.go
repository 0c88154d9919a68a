package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/files"
	"github.com/tongxing/tongxing/format/qr"
	"github.com/tongxing/tongxing/issuer/batch"
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

func usage(key string, args ...any) error { return &usageError{key: key, args: args} }

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
		return usageOf(c, usage("command_unknown_near", given[0], near[0]))
	}
	return usageOf(c, usage("command_unknown", given[0]))
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
		return usageOf(c, usage("flag_value", value.GetValue()))
	case !errors.As(err, &named):
		return usageOf(c, &usageError{err: err})
	}
	name := "--" + named.GetSpecifiedName()
	if short := named.GetSpecifiedShortnames(); short != "" {
		name = "-" + short
	}
	if c.Flags().Lookup(named.GetSpecifiedName()) != nil {
		return usageOf(c, usage("flag_without_value", name))
	}
	return usageOf(c, usage("flag_unknown", name))
}

// userError is a failure that has a message of its own.
type userError struct {
	key  string
	args []any
	err  error // may be nil
	told bool  // the message says all that err does

	place string // where it is, or "": "codes.txt:3"
}

func (e *userError) Error() string {
	if e.err != nil {
		return e.err.Error()
	}
	return e.key
}

func (e *userError) Unwrap() error { return e.err }

func fail(key string, args ...any) error { return &userError{key: key, args: args} }

// failFor is a failure whose message leaves nothing of err to say: err, which is
// in English, is for programs alone.
func failFor(err error, key string, args ...any) error {
	return &userError{key: key, args: args, err: err, told: true}
}

// failWith is a failure whose message is followed by err as a detail.
func failWith(err error, key string, args ...any) error {
	return &userError{key: key, args: args, err: err}
}

// explanation is the message for errors that match a target.
type explanation struct {
	target error
	key    string
}

// selfContained are the explanations that say all there is to say; every other
// message takes the path, or what else is known, as its one argument.
var selfContained = []string{
	"registry_full", "output_lost", "other_records", "qr_too_long", "pipe_closed",
}

// explanations are the errors of libraries and of the system that have a message
// of their own. The first that matches is taken.
var explanations = []explanation{
	{keys.ErrWrongPassphrase, "wrong_passphrase"},
	{keys.ErrPermissions, "key_permissions"},
	{keys.ErrFolder, "key_folder"},
	{keys.ErrUnencrypted, "key_unencrypted"},
	{keys.ErrProtection, "key_protection"},
	{keys.ErrPassphrase, "passphrase_bad"},
	{keys.ErrNotAKeyFile, "not_a_key_file"},
	{keys.ErrUnsupportedKey, "unsupported_key"},
	{registry.ErrNotARegistry, "not_a_registry"},
	{registry.ErrNewerSchema, "newer_registry"},
	{registry.ErrFull, "registry_full"},
	{registry.ErrDamaged, "registry_damaged"},
	{batch.ErrOutputLost, "output_lost"},
	{batch.ErrOtherRecords, "other_records"},
	{errJobKey, "job_key_damaged"},
	{qr.ErrTooLong, "qr_too_long"},
	{files.ErrNoFolder, "out_folder_missing"},
	{files.ErrFolder, "file_is_folder"},
	{files.ErrEmpty, "file_empty"},
	{files.ErrTooLarge, "file_too_large"},
	{fs.ErrNotExist, "file_missing"},
	{fs.ErrExist, "file_exists"},
	{fs.ErrPermission, "file_denied"},
	{syscall.EISDIR, "file_is_folder"},
	{syscall.ENOTDIR, "not_a_folder"},
	{syscall.ENOSPC, "disk_full"},
	{syscall.EDQUOT, "disk_full"},
	{registry.ErrStorageFull, "disk_full"},
	{syscall.EPIPE, "pipe_closed"},
}

// explain returns the one sentence for an error, with the next step, and the
// exit status.
func (a *app) explain(err error) (string, int) {
	var wrong *usageError
	if errors.As(err, &wrong) {
		return a.explainUsage(wrong), statusUsage
	}
	if errors.Is(err, context.Canceled) {
		return a.lang.Say("canceled"), statusCanceled
	}
	var own *userError
	if errors.As(err, &own) {
		message := a.lang.Say(own.key, own.args...)
		if own.err != nil && !own.told {
			message += a.lang.Say("detail", a.cause(own.err))
		}
		if own.place != "" {
			message = own.place + ": " + message
		}
		return message, statusFailed
	}
	for _, e := range explanations {
		if !errors.Is(err, e.target) {
			continue
		}
		if slices.Contains(selfContained, e.key) {
			return a.lang.Say(e.key), statusFailed
		}
		return a.lang.Say(e.key, subject(err)), statusFailed
	}
	return a.lang.Say("failed", err), statusFailed
}

func (a *app) explainUsage(e *usageError) string {
	command := "tongxing"
	if e.command != "" {
		command = e.command
	}
	if e.key != "" {
		return a.lang.Say(e.key, e.args...) + a.lang.Say("usage_hint", command)
	}
	return a.lang.Say("usage_wrong", e.err) + a.lang.Say("usage_hint", command)
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
	var l interface{ Unwrap() error }
	if errors.As(err, &l) && err != nil {
		return fmt.Sprintf("(%v)", err)
	}
	return err.Error()
}
