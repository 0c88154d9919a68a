//go:build !cgo

package main

import (
	"errors"

	"github.com/tongxing/tongxing/cmd/internal/program"
)

// errNoTokens reports a build without cgo, which loads no library of a token.
var errNoTokens = errors.New("built without cgo")

func openToken(tokenFlags, []byte) (tokenKeys, error) { return nil, errNoTokens }

func isGone(error) bool { return false }

func tokenError(_ tokenFlags, _ string, err error) error {
	if errors.Is(err, errNoTokens) {
		return program.FailFor(err, "signer_no_tokens")
	}
	return err
}
