//go:build cgo

package main

import (
	"errors"

	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/issuer/keys"
	"github.com/tongxing/tongxing/issuer/keys/pkcs11"
)

// token is a PKCS#11 token, its keys as what this command wants of them.
type token struct{ *pkcs11.Token }

func openToken(f tokenFlags, pin []byte) (tokenKeys, error) {
	opened, err := pkcs11.Open(pkcs11.Options{Module: f.module, Token: f.label, PIN: pin})
	if err != nil {
		return nil, err
	}
	return token{opened}, nil
}

// Key implements tokenKeys.
func (t token) Key(label string) (keys.DigestSigner, error) {
	key, err := t.Token.Key(label)
	if err != nil {
		return nil, err
	}
	return key, nil
}

// Generate implements tokenKeys.
func (t token) Generate(label string) (keys.DigestSigner, error) {
	key, err := t.Token.Generate(label)
	if err != nil {
		return nil, err
	}
	return key, nil
}

// isGone reports whether err means that the token has to be opened anew.
func isGone(err error) bool { return errors.Is(err, pkcs11.ErrGone) }

// tokenError gives what can go wrong with a token its words.
func tokenError(f tokenFlags, label string, err error) error {
	switch {
	case errors.Is(err, pkcs11.ErrModule):
		return program.FailWith(err, "signer_module_bad", f.module)
	case errors.Is(err, pkcs11.ErrNoToken):
		return program.FailFor(err, "signer_token_missing", f.label)
	case errors.Is(err, pkcs11.ErrPIN):
		return program.FailFor(err, "signer_pin_refused", f.label)
	case errors.Is(err, pkcs11.ErrNoKey):
		return program.FailFor(err, "signer_key_missing", f.label, label)
	case errors.Is(err, pkcs11.ErrKeyExists):
		return program.FailFor(err, "signer_key_exists", f.label, label)
	case errors.Is(err, pkcs11.ErrUnfitKey):
		return program.FailWith(err, "signer_key_unfit", f.label, label)
	case isGone(err):
		return program.FailWith(err, "signer_token_gone", f.label)
	}
	return err
}
