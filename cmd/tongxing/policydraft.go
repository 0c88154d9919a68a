package main

import (
	"bytes"
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/files"
	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/publish"
	"github.com/tongxing/tongxing/verifier/policy"
	"github.com/tongxing/tongxing/verifier/policy/lint"
)

// maxPolicyFile bounds the JSON of a policy or an overlay.
const maxPolicyFile = 8 << 20

type policyFlags struct {
	roots         []string
	previous, out string
	recordFlags
}

func (a *app) trustPolicyCommand() *cobra.Command {
	var f policyFlags
	var c *cobra.Command
	c = a.Command("policy FILE", "trust_policy", cobra.ExactArgs(1), func(_ context.Context, args []string) error {
		return a.trustPolicy(f, commandOf(c), args[0])
	})
	c.Flags().StringArrayVar(&f.roots, "root", nil, a.Lang.Say("flag_root_chain"))
	c.Flags().StringVar(&f.previous, "previous", "", a.Lang.Say("flag_previous_policy"))
	f.recordFlags.add(a, c)
	c.Flags().Lookup("at").Usage = a.Lang.Say("flag_issued_at")
	c.Flags().StringVar(&f.out, "out", "", a.Lang.Say("flag_draft_out"))
	return c
}

// trustPolicy writes the draft of the policy in a JSON file: the first, or the
// one that follows on --previous.
func (a *app) trustPolicy(f policyFlags, command, path string) error {
	r, err := f.recorder(a, command)
	if err != nil {
		return err
	}
	if err := a.needOut(f.out); err != nil {
		return err
	}
	chain, err := a.rootChain(f.roots)
	if err != nil {
		return err
	}
	var previous *trustlist.Policy
	if f.previous != "" {
		var d *document
		if previous, d, err = contentAs[*trustlist.Policy](a, f.previous, trustlist.KindPolicy); err != nil {
			return err
		}
		if err := a.signedUnderOne(d, chain); err != nil {
			return err
		}
		if err := notBefore(r.at, previous.Head, f.previous); err != nil {
			return err
		}
	}
	given, err := policyFile(a, path, publish.ParsePolicy)
	if err != nil {
		return err
	}
	next, err := publish.NewPolicy(previous, given, chain[len(chain)-1], r.at.Unix())
	if err != nil {
		return a.documentError(path, err)
	}
	if _, err := publish.NewDraft(next); err != nil {
		return a.documentError(path, err) // about the file that can be corrected
	}
	if err := a.faultless(path, policy.NamesOf(next), lint.Policy(next, previous)); err != nil {
		return err
	}
	d, err := a.writeDraft(f.out, next, r)
	if err != nil {
		return err
	}
	return a.tellDraft(f.out, d)
}

// faultless refuses to draft what policy lint finds faults in, in its words.
func (a *app) faultless(path string, names policy.Names, faults []lint.Fault) error {
	if len(faults) == 0 {
		return nil
	}
	return program.FailFor(errPolicyFaults, "policy_not_drafted", path, len(faults), a.faultText(names, faults[0]))
}

// policyFile reads a policy or an overlay in JSON.
func policyFile[T any](a *app, path string, parse func([]byte) (T, error)) (T, error) {
	var none T
	data, err := files.Read(path, maxPolicyFile)
	if err != nil {
		return none, err
	}
	data = bytes.TrimPrefix(data, byteOrderMark)
	if _, faults := lint.Read(data); len(faults) > 0 && faults[0].What != lint.Syntax {
		return none, a.faultless(path, policy.Names{}, faults)
	}
	content, err := parse(data)
	if errors.Is(err, publish.ErrPolicyFile) {
		return none, program.FailWith(err, "policy_unreadable", path)
	}
	return content, err
}

type overlayFlags struct {
	who           regionalAuthority
	policy        string
	previous, out string
	recordFlags
}

func (a *app) keysetOverlayCommand() *cobra.Command {
	var f overlayFlags
	var c *cobra.Command
	c = a.Command("overlay FILE", "keyset_overlay", cobra.ExactArgs(1), func(_ context.Context, args []string) error {
		return a.keysetOverlay(f, commandOf(c), args[0])
	})
	c.Flags().StringVar(&f.who.list, "list", "", a.Lang.Say("flag_list"))
	c.Flags().StringVar(&f.who.region, "region", "", a.Lang.Say("flag_region"))
	completeFlag(c, "region", a.regions()...)
	c.Flags().StringArrayVar(&f.who.roots, "root", nil, a.Lang.Say("flag_list_root"))
	c.Flags().StringVar(&f.policy, "policy", "", a.Lang.Say("flag_national_policy"))
	c.Flags().StringVar(&f.previous, "previous", "", a.Lang.Say("flag_previous_overlay"))
	f.recordFlags.add(a, c)
	c.Flags().Lookup("at").Usage = a.Lang.Say("flag_issued_at")
	c.Flags().StringVar(&f.out, "out", "", a.Lang.Say("flag_draft_out"))
	return c
}

// keysetOverlay writes the draft of a region's overlay in a JSON file.
func (a *app) keysetOverlay(f overlayFlags, command, path string) error {
	r, err := f.recorder(a, command)
	if err != nil {
		return err
	}
	if f.who.region == "" {
		return program.Usage("flag_required", "--region")
	}
	if f.policy == "" {
		return program.Usage("flag_required", "--policy")
	}
	if err := a.needOut(f.out); err != nil {
		return err
	}
	over, err := f.who.above(a, f.who.region)
	if err != nil {
		return err
	}
	var previous *trustlist.Overlay
	if f.previous != "" {
		content, _, err := a.partOf(f.who.region, f.previous, trustlist.KindOverlay)
		if err != nil {
			return err
		}
		previous, _ = content.(*trustlist.Overlay)
		if err := notBefore(r.at, previous.Head, f.previous); err != nil {
			return err
		}
	}
	nation, err := a.nationalPolicy(f.policy, r.at.Unix())
	if err != nil {
		return err
	}
	overlay, err := policyFile(a, path, publish.ParseOverlay)
	if err != nil {
		return err
	}
	next, err := publish.NewOverlay(previous, overlay, over.entry, r.at.Unix())
	if err != nil {
		return a.documentError(path, err)
	}
	if _, err := publish.NewDraft(next); err != nil {
		return a.documentError(path, err) // about the file that can be corrected
	}
	if err := a.faultless(path, policy.NamesOf(nation), lint.Overlay(next, previous, nation)); err != nil {
		return err
	}
	d, err := a.writeDraft(f.out, next, r)
	if err != nil {
		return err
	}
	return a.tellDraft(f.out, d)
}
