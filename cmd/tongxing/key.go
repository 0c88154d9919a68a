package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/files"
	"github.com/tongxing/tongxing/cmd/internal/nodump"
	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/issuer/keys"
)

// maxKeyFile bounds a key file of either kind.
const maxKeyFile = 1 << 16

// shortPassphrase is how many characters a passphrase has that draws no warning.
// A key file can be copied, and guessed at for as long as the thief likes.
const shortPassphrase = 12

// keyView is a public key as the commands show it.
type keyView struct {
	Algorithm  string `json:"algorithm"`
	KeyID      string `json:"key_id"`
	Thumbprint string `json:"thumbprint"`
	Point      string `json:"point"` // compressed, hex
}

func viewKey(key *sig.PublicKey) keyView {
	thumbprint, id := key.Thumbprint(), key.KeyID()
	return keyView{
		Algorithm:  key.Algorithm().String(),
		KeyID:      hex.EncodeToString(id[:]),
		Thumbprint: hex.EncodeToString(thumbprint[:]),
		Point:      hex.EncodeToString(key.Compressed()),
	}
}

func (a *app) keyCommand() *cobra.Command {
	return a.Group("key", "key", a.keyNewCommand(), a.keyShowCommand())
}

func (a *app) keyNewCommand() *cobra.Command {
	var algorithm, out, passphraseFile string
	c := a.Command("new", "key_new", cobra.NoArgs, func(context.Context, []string) error {
		return a.keyNew(algorithm, out, passphraseFile)
	})
	c.Flags().StringVar(&algorithm, "alg", "SM2", a.Lang.Say("flag_alg"))
	completeFlag(c, "alg", sig.SM2.String(), sig.ES256.String())
	c.Flags().StringVar(&out, "out", "", a.Lang.Say("flag_key_out"))
	c.Flags().StringVar(&passphraseFile, "passphrase-file", "", a.Lang.Say("flag_passphrase"))
	return c
}

// keyNew makes a key pair: the private key encrypted in out, the public one
// beside it in out.pub. Neither file may be there before.
func (a *app) keyNew(algorithmName, out, passphraseFile string) error {
	algorithm, err := sig.ParseAlgorithm(strings.ToUpper(algorithmName))
	if err != nil {
		return program.Usage("algorithm_unknown", algorithmName)
	}
	if err := a.newKeyFile(out); err != nil {
		return err
	}
	passphrase, err := a.passphrase(passphraseFile, out, true)
	if err != nil {
		return err
	}
	defer clear(passphrase)
	if utf8.RuneCount(passphrase) < shortPassphrase {
		a.Note("passphrase_short", shortPassphrase)
	}
	if err := nodump.Process(); err != nil {
		return err
	}
	key, err := keys.Generate(algorithm, rand.Reader)
	if err != nil {
		return err
	}
	sealed, err := key.Marshal(passphrase)
	if err != nil {
		return err
	}
	public, err := keys.MarshalPublic(key.PublicKey())
	if err != nil {
		return err
	}
	if err := keys.SaveFile(out, sealed); err != nil {
		return program.AboutFile(out, err)
	}
	if err := files.Write(out+".pub", public, 0o644); err != nil {
		os.Remove(out) // a pair is whole or not there: this key was never used
		return err
	}
	a.remember(out, key)
	view := viewKey(key.PublicKey())
	if a.JSON {
		return a.PrintJSON(view)
	}
	a.Say("key_made", view.Algorithm, out, out+".pub", view.KeyID, view.Thumbprint)
	return nil
}

// newKeyFile refuses a place where a key pair cannot be made. It is asked before
// any passphrase is.
func (a *app) newKeyFile(out string) error {
	if out == "-" {
		return program.Usage("key_to_stdout")
	}
	if err := a.needOut(out); err != nil {
		return err
	}
	for _, path := range []string{out, out + ".pub"} {
		if _, err := os.Lstat(path); err == nil {
			return &files.PathError{Path: path, Err: fs.ErrExist}
		}
	}
	return nil
}

func (a *app) keyShowCommand() *cobra.Command {
	var passphraseFile string
	c := a.Command("show FILE", "key_show", cobra.ExactArgs(1), func(_ context.Context, args []string) error {
		key, err := a.publicKey(args[0], passphraseFile)
		if err != nil {
			return err
		}
		view := viewKey(key)
		if a.JSON {
			return a.PrintJSON(view)
		}
		a.Say("key_shown", view.Algorithm, view.KeyID, view.Thumbprint, view.Point)
		return nil
	})
	c.Flags().StringVar(&passphraseFile, "passphrase-file", "", a.Lang.Say("flag_passphrase"))
	return c
}

// publicKey reads a public key from a public key file, or from an encrypted
// private key, for which the passphrase is needed.
func (a *app) publicKey(path, passphraseFile string) (*sig.PublicKey, error) {
	data, err := files.Read(path, maxKeyFile)
	if err != nil {
		return nil, err
	}
	key, err := keys.ParsePublic(data)
	if err == nil {
		return key, nil
	}
	if !errors.Is(err, keys.ErrNotAKeyFile) {
		return nil, program.AboutFile(path, err)
	}
	private, err := a.privateKey(path, passphraseFile)
	if err != nil {
		return nil, err
	}
	return private.PublicKey(), nil
}
