package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/trustlist"
)

func (a *app) policySignCommand() *cobra.Command {
	var f signFlags
	var l lintFlags
	var c *cobra.Command
	c = a.Command("sign DRAFT", "policy_sign", cobra.ExactArgs(1), func(_ context.Context, args []string) error {
		r, err := f.recorder(a, commandOf(c))
		if err != nil {
			return err
		}
		return a.policySign(f, l, r, args[0])
	})
	f.recordFlags.add(a, c)
	l.add(a, c)
	c.Flags().StringArrayVar(&f.keys, "key", nil, a.Lang.Say("flag_doc_key"))
	c.Flags().StringVar(&f.passphraseFile, "passphrase-file", "", a.Lang.Say("flag_passphrase"))
	c.Flags().StringVar(&f.out, "out", "", a.Lang.Say("flag_signature_out"))
	return c
}

// policySign signs the draft of a policy or an overlay that has no fault, as
// trust sign and keyset sign do.
func (a *app) policySign(f signFlags, l lintFlags, r recorder, path string) error {
	kinds := []trustlist.Kind{trustlist.KindPolicy, trustlist.KindOverlay}
	if _, err := a.readDocument(path, kinds...); err != nil {
		return err // what is in JSON is no draft yet
	}
	_, names, faults, err := a.lintFile(l, path)
	if err != nil {
		return err
	}
	if len(faults) > 0 {
		return program.Fail("policy_not_signed", path, len(faults), a.faultText(names, faults[0]))
	}
	return a.sign(f, r, path, kinds)
}
