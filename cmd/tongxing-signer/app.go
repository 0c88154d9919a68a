package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/config"
	"github.com/tongxing/tongxing/cmd/internal/nodump"
	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/cmd/internal/program/holder"
	"github.com/tongxing/tongxing/issuer/keys"
)

// app is one run of the command.
type app struct{ *program.Program }

// run runs the command line and returns the exit status.
func run(ctx context.Context, s program.Surroundings, args []string) int {
	a := &app{program.New("tongxing-signer", s, args)}
	a.Explanations = holder.Explanations
	a.LogFormat = "json"
	settings := config.Attach(a.Program, args)
	return a.Run(ctx, a.rootCommand(settings.Command()), args)
}

func (a *app) rootCommand(more ...*cobra.Command) *cobra.Command {
	return a.Root("signer_root", append([]*cobra.Command{a.serveCommand(), a.checkCommand(), a.generateCommand()}, more...)...)
}

// keyFlags say where the keys are.
type keyFlags struct {
	files          []string
	passphraseFile string
	token          tokenFlags
	labels         []string
}

// tokenFlags name a token. Its PIN is only ever in a file: an argument would be in
// the list of processes.
type tokenFlags struct{ module, label, pinFile string }

func (f *tokenFlags) add(a *app, c *cobra.Command) {
	c.Flags().StringVar(&f.module, "module", "", a.Lang.Say("flag_signer_module"))
	c.Flags().StringVar(&f.label, "token", "", a.Lang.Say("flag_signer_token"))
	c.Flags().StringVar(&f.pinFile, "pin-file", "", a.Lang.Say("flag_signer_pin"))
}

// check reports the first flag of a token that is missing.
func (f *tokenFlags) check() error {
	for _, required := range []struct{ flag, value string }{
		{"--module", f.module}, {"--token", f.label}, {"--pin-file", f.pinFile},
	} {
		if required.value == "" {
			return program.Usage("flag_required", required.flag)
		}
	}
	return nil
}

func (f *keyFlags) add(a *app, c *cobra.Command) {
	c.Flags().StringArrayVar(&f.files, "key", nil, a.Lang.Say("flag_key"))
	c.Flags().StringVar(&f.passphraseFile, "passphrase-file", "", a.Lang.Say("flag_signer_passphrase"))
	c.Flags().StringArrayVar(&f.labels, "token-key", nil, a.Lang.Say("flag_signer_label"))
	f.token.add(a, c)
}

// held are the keys of a run. Close closes the token, if one is open.
type held struct {
	signers []keys.DigestSigner
	token   tokenKeys // may be nil
}

// tokenKeys are the keys of an open token.
type tokenKeys interface {
	Key(label string) (keys.DigestSigner, error)
	Generate(label string) (keys.DigestSigner, error)
	Close() error
}

// Close closes the token.
func (h *held) Close() error {
	if h.token == nil {
		return nil
	}
	return h.token.Close()
}

// open opens every key, in the order of the flags, files first.
func (a *app) open(ctx context.Context, f *keyFlags) (*held, error) {
	if len(f.files) == 0 && len(f.labels) == 0 {
		return nil, program.Usage("signer_no_key")
	}
	if len(f.labels) == 0 && f.token != (tokenFlags{}) {
		return nil, program.Usage("flag_required", "--token-key")
	}
	if len(f.files) > 0 && f.passphraseFile == "" {
		return nil, program.Usage("flag_required", "--passphrase-file")
	}
	if err := nodump.Process(); err != nil {
		return nil, err
	}
	h := &held{}
	for _, path := range f.files {
		if err := ctx.Err(); err != nil {
			return nil, err // between two keys, each of which takes its time
		}
		key, err := openFile(path, f.passphraseFile)
		if err != nil {
			return nil, err
		}
		h.signers = append(h.signers, key)
	}
	if len(f.labels) == 0 {
		return h, nil
	}
	return h, a.openLabels(h, f)
}

func (a *app) openLabels(h *held, f *keyFlags) error {
	token, err := a.openToken(f.token)
	if err != nil {
		return err
	}
	for _, label := range f.labels {
		key, err := token.Key(label)
		if err != nil {
			token.Close()
			return tokenError(f.token, label, err)
		}
		h.signers = append(h.signers, key)
	}
	h.token = token
	return nil
}

func openFile(path, passphraseFile string) (*keys.PrivateKey, error) {
	data, err := keys.LoadFile(path)
	if err != nil {
		return nil, program.AboutFile(path, err)
	}
	passphrase, err := keys.LoadSecret(passphraseFile)
	if err != nil {
		return nil, program.AboutFile(passphraseFile, err)
	}
	defer clear(passphrase)
	key, err := keys.Parse(data, passphrase)
	if err != nil {
		return nil, program.AboutFile(path, err)
	}
	return key, nil
}

// openToken opens the token that the flags name.
func (a *app) openToken(f tokenFlags) (tokenKeys, error) {
	if err := f.check(); err != nil {
		return nil, err
	}
	pin, err := keys.LoadSecret(f.pinFile)
	if err != nil {
		return nil, program.AboutFile(f.pinFile, err)
	}
	defer clear(pin)
	token, err := openToken(f, pin)
	if err != nil {
		return nil, tokenError(f, "", err)
	}
	return token, nil
}
