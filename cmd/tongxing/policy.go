package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/files"
	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/publish"
	"github.com/tongxing/tongxing/verifier/policy"
	"github.com/tongxing/tongxing/verifier/policy/lint"
)

func (a *app) policyCommand() *cobra.Command {
	return a.Group("policy", "policy", a.policyLintCommand(), a.policyEvalCommand(), a.policyDiffCommand(), a.policySignCommand())
}

// policyInput is a policy or an overlay from a file: JSON, a draft or a signed
// document. Exactly one of policy and overlay is there, or faults say why not.
type policyInput struct {
	path    string
	text    *lint.Text // nil for a document
	policy  *trustlist.Policy
	overlay *trustlist.Overlay
	faults  []lint.Fault
}

// byteOrderMark is what some editors put before a text in UTF-8.
var byteOrderMark = []byte("\ufeff")

// firstVersion is the version that a policy or an overlay in JSON is read under: the
// text has none, whoever signs it gives it one, and lint compares none.
var firstVersion = trustlist.NewVersion(1, 1)

// readPolicy reads a policy or an overlay. What is in JSON counts as issued at a
// time (unix seconds); a document says its own.
func (a *app) readPolicy(path string, issued int64) (*policyInput, error) {
	data, err := files.Read(path, maxPolicyFile)
	if err != nil {
		return nil, err
	}
	data = bytes.TrimPrefix(data, byteOrderMark)
	if trimmed := bytes.TrimLeft(data, " \t\r\n"); len(trimmed) > 0 && trimmed[0] != '{' && trimmed[0] != '[' {
		return a.readPolicyDocument(path)
	}
	in := &policyInput{path: path}
	if in.text, in.faults = lint.Read(data); len(in.faults) > 0 {
		return in, nil
	}
	head := trustlist.Head{Version: firstVersion, Issued: issued}
	if in.text.IsOverlay() {
		if in.overlay, err = publish.ParseOverlay(data); err == nil {
			head.Due = in.overlay.Due
			in.overlay.RegionalHead = trustlist.RegionalHead{Head: head, Region: regionIn(data)}
		}
	} else if in.policy, err = publish.ParsePolicy(data); err == nil {
		head.Due = in.policy.Due
		in.policy.Head = head
	}
	if err != nil {
		in.faults = []lint.Fault{contentFault(in.text, err)}
	}
	return in, nil
}

// contentFault is an error of the decoder, with its place in the text where that
// is known.
func contentFault(text *lint.Text, err error) lint.Fault {
	fault := lint.Fault{What: lint.Syntax, Detail: strings.TrimPrefix(err.Error(), publish.ErrPolicyFile.Error()+": "), Err: err}
	var value *json.UnmarshalTypeError
	if errors.As(err, &value) {
		fault.Path = text.PathAt(int(value.Offset))
	}
	return fault
}

// regionIn returns the region that an overlay in JSON names, "00" for none: the
// draft has that of the authority.
func regionIn(data []byte) string {
	var head struct {
		Region string `json:"region"`
	}
	if json.Unmarshal(data, &head) != nil || head.Region == "" {
		return "00"
	}
	return head.Region
}

func (a *app) readPolicyDocument(path string) (*policyInput, error) {
	d, err := a.readDocument(path, trustlist.KindPolicy, trustlist.KindOverlay)
	if err != nil {
		return nil, err
	}
	in := &policyInput{path: path}
	switch content := d.content.(type) {
	case *trustlist.Policy:
		in.policy = content
	case *trustlist.Overlay:
		in.overlay = content
	}
	return in, nil
}

// nationalPolicy reads the policy that overlays lie under.
func (a *app) nationalPolicy(path string, issued int64) (*trustlist.Policy, error) {
	in, err := a.readPolicy(path, issued)
	if err != nil {
		return nil, err
	}
	if len(in.faults) > 0 {
		return nil, program.FailFor(errPolicyFaults, "policy_file_faulty", path, a.faultText(policy.Names{}, in.faults[0]))
	}
	if in.policy == nil {
		return nil, program.Fail("document_other_kind", path, a.kindName(trustlist.KindOverlay), a.kindName(trustlist.KindPolicy))
	}
	return lint.InOrder(in.policy), nil
}

var errPolicyFaults = errors.New("the policy has faults")

type lintFlags struct{ policy, previous, at string }

func (f *lintFlags) add(a *app, c *cobra.Command) {
	c.Flags().StringVar(&f.policy, "policy", "", a.Lang.Say("flag_national_policy"))
	c.Flags().StringVar(&f.previous, "previous", "", a.Lang.Say("flag_previous_of_kind"))
}

func (a *app) policyLintCommand() *cobra.Command {
	var f lintFlags
	c := a.Command("lint FILE...", "policy_lint", cobra.MinimumNArgs(1), func(_ context.Context, args []string) error {
		return a.policyLint(f, args)
	})
	f.add(a, c)
	c.Flags().StringVar(&f.at, "at", "", a.Lang.Say("flag_issued_at"))
	return c
}

// lintedFile is what policy lint says of a file, for programs.
type lintedFile struct {
	File   string      `json:"file"`
	Faults []faultView `json:"faults"`
}

type faultView struct {
	What    lint.What `json:"what"`
	Path    string    `json:"path,omitempty"`
	Line    int       `json:"line,omitempty"`
	Column  int       `json:"column,omitempty"`
	Message string    `json:"message"`
}

func (a *app) policyLint(f lintFlags, paths []string) error {
	var all []lintedFile
	for _, path := range paths {
		in, names, faults, err := a.lintFile(f, path)
		if err != nil {
			return err
		}
		file := lintedFile{path, []faultView{}}
		for _, fault := range faults {
			view := faultView{What: fault.What, Path: fault.Path, Message: a.faultText(names, fault)}
			if in.text != nil {
				p := in.text.Position(fault.Path)
				view.Line, view.Column = p.Line, p.Column
			}
			file.Faults = append(file.Faults, view)
			a.Status = program.StatusRejects
		}
		all = append(all, file)
	}
	if a.JSON {
		return a.PrintJSON(all)
	}
	for _, file := range all {
		a.tellLinted(&file)
	}
	return nil
}

func (a *app) tellLinted(file *lintedFile) {
	for _, v := range file.Faults {
		if v.Line > 0 {
			a.Say("lint_at", file.File, v.Line, v.Column, v.Message)
		} else {
			a.Say("lint_in", file.File, v.Message)
		}
	}
	if len(file.Faults) == 0 {
		a.Say("lint_clean", file.File)
	}
}

// lintFile returns the faults of a file, and the names that there are under its
// policy.
func (a *app) lintFile(f lintFlags, path string) (*policyInput, policy.Names, []lint.Fault, error) {
	var names policy.Names
	at, err := a.at(f.at)
	if err != nil {
		return nil, names, nil, err
	}
	in, err := a.readPolicy(path, at.Unix())
	if err != nil || len(in.faults) > 0 {
		return in, names, in.faultsOrNone(), err
	}
	previous := &policyInput{}
	if f.previous != "" {
		if previous, err = a.readPolicy(f.previous, at.Unix()); err != nil {
			return nil, names, nil, err
		}
		if len(previous.faults) > 0 || (previous.policy == nil) != (in.policy == nil) {
			return nil, names, nil, program.Fail("policy_previous_other", f.previous, path)
		}
	}
	if in.policy != nil {
		return in, policy.NamesOf(lint.InOrder(in.policy)), lint.Policy(in.policy, previous.policy), nil
	}
	if f.policy == "" {
		return nil, names, nil, program.Usage("flag_required", "--policy")
	}
	nation, err := a.nationalPolicy(f.policy, at.Unix())
	if err != nil {
		return nil, names, nil, err
	}
	return in, policy.NamesOf(nation), lint.Overlay(in.overlay, previous.overlay, nation), nil
}

func (in *policyInput) faultsOrNone() []lint.Fault {
	if in == nil {
		return nil
	}
	return in.faults
}
