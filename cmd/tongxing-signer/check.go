package main

import (
	"context"
	"encoding/hex"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/files"
	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/issuer/keys"
	"github.com/tongxing/tongxing/issuer/keys/remote"
	"github.com/tongxing/tongxing/trustlist/publish"
)

// keyView is a key as check shows it.
type keyView struct {
	Algorithm  string `json:"algorithm"`
	KeyID      string `json:"key"`
	Thumbprint string `json:"thumbprint"`
}

func viewOf(key *sig.PublicKey) keyView {
	id, thumbprint := key.KeyID(), key.Thumbprint()
	return keyView{key.Algorithm().String(), hex.EncodeToString(id[:]), hex.EncodeToString(thumbprint[:])}
}

func (a *app) checkCommand() *cobra.Command {
	var socket string
	c := a.Command("check", "signer_check", cobra.NoArgs, func(context.Context, []string) error {
		if socket == "" {
			return program.Usage("flag_required", "--socket")
		}
		return a.check(socket)
	})
	c.Flags().StringVar(&socket, "socket", "", a.Lang.Say("flag_signer_socket"))
	return c
}

// check has every key of a running signer sign, and both implementations verify
// it.
func (a *app) check(socket string) error {
	client, err := remote.Dial(remote.Options{Path: socket, Clock: a.Clock})
	if err != nil {
		return socketError(socket, err)
	}
	defer client.Close()
	var all []keyView
	for _, key := range client.Keys() {
		message := []byte("tongxing-signer check")
		signature, err := keys.Messages(key).Sign(message)
		if err != nil {
			return socketError(socket, err)
		}
		if err := publish.CheckSignature(key.PublicKey(), message, signature); err != nil {
			return program.FailWith(err, "signer_wrong", key.PublicKey())
		}
		all = append(all, viewOf(key.PublicKey()))
	}
	if a.JSON {
		return a.PrintJSON(all)
	}
	for _, v := range all {
		a.Say("signer_good", v.Algorithm, v.KeyID, v.Thumbprint)
	}
	return nil
}

func (a *app) generateCommand() *cobra.Command {
	var f tokenFlags
	var label, out string
	c := a.Command("generate", "signer_generate", cobra.NoArgs, func(context.Context, []string) error {
		for _, required := range []struct{ flag, value string }{{"--token-key", label}, {"--out", out}} {
			if required.value == "" {
				return program.Usage("flag_required", required.flag)
			}
		}
		return a.generate(f, label, out)
	})
	c.Flags().StringVar(&label, "token-key", "", a.Lang.Say("flag_signer_new_label"))
	c.Flags().StringVar(&out, "out", "", a.Lang.Say("flag_signer_public"))
	f.add(a, c)
	return c
}

// generate makes a key pair in the token. The file is opened first, for a key whose
// public half cannot be written is of no use. What is there stays: it may be the one
// copy of another key's public half outside of the token.
func (a *app) generate(f tokenFlags, label, out string) error {
	if _, err := os.Lstat(out); err == nil {
		return &files.PathError{Path: out, Err: fs.ErrExist}
	}
	token, err := a.openToken(f)
	if err != nil {
		return err
	}
	defer token.Close()
	w, err := files.Create(out, 0o644)
	if err != nil {
		return err
	}
	defer w.Discard()
	key, err := token.Generate(label)
	if err != nil {
		return tokenError(f, label, err)
	}
	public, err := keys.MarshalPublic(key.PublicKey())
	if err != nil {
		return err
	}
	if _, err := w.Write(public); err != nil {
		return err
	}
	if err := w.Commit(); err != nil {
		return err
	}
	view := viewOf(key.PublicKey())
	if a.JSON {
		return a.PrintJSON(view)
	}
	a.Say("signer_generated", label, out, view.KeyID)
	return nil
}
