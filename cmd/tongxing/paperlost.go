package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/files"
	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/status"
	"github.com/tongxing/tongxing/format/transport"
	"github.com/tongxing/tongxing/issuer"
	"github.com/tongxing/tongxing/issuer/batch"
	"github.com/tongxing/tongxing/issuer/record"
	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/spec"
)

// reasonLost is the reason of the table for which a lost paper is superseded.
const reasonLost = "lost"

type lostFlags struct {
	paperFlags
	issue         issueFlags
	codes, issued string
}

func (a *app) paperLostCommand() *cobra.Command {
	var f lostFlags
	c := a.Command("lost REFERENCE|CODE RECORD", "paper_lost", cobra.ExactArgs(2), func(ctx context.Context, args []string) error {
		return a.paperLost(ctx, f, args[0], args[1])
	})
	f.add(a, c)
	c.Flags().StringVar(&f.out, "out", "", a.Lang.Say("flag_paper_out"))
	c.Flags().StringVar(&f.fullName, "full-name", "", a.Lang.Say("flag_full_name"))
	c.Flags().StringVar(&f.codes, "codes", "", a.Lang.Say("flag_lost_codes"))
	c.Flags().StringVar(&f.issued, "issued", "", a.Lang.Say("flag_lost_issued"))
	c.Flags().StringVar(&f.issue.region, "region", "", a.Lang.Say("flag_region"))
	completeFlag(c, "region", a.regions()...)
	c.Flags().StringArrayVar(&f.issue.keys, "key", nil, a.Lang.Say("flag_key"))
	c.Flags().StringVar(&f.issue.passphraseFile, "passphrase-file", "", a.Lang.Say("flag_passphrase"))
	f.issue.approval.add(a, c)
	c.Flags().StringVar(&f.issue.registry, "registry", "", a.Lang.Say("flag_registry_there"))
	c.Flags().DurationVar(&f.issue.lifetime, "lifetime", issuer.DefaultLifetime, a.Lang.Say("flag_lifetime"))
	return c
}

// lost is a loss that is being made good.
type lost struct {
	flags  lostFlags
	given  *replacements
	press  *press
	issuer *issuer.Issuer
	second *approving // nil where the record restricts nobody
	act    *act       // to be: what the new credential supersedes
	job    string
	at     time.Time
}

// paperLost issues the record again, supersedes the credential whose paper is lost,
// and prints the new one. All that could keep it from being printed is found before
// anything is signed. The job is named by the reference and the record: whatever a
// run was cut short in, the same command ends it and gives the same paper.
func (a *app) paperLost(ctx context.Context, f lostFlags, old, recordPath string) error {
	f.issue.trust, f.issue.at, f.issue.out = f.trust, f.at, f.out
	if err := f.checkLost(a, old, recordPath); err != nil {
		return err
	}
	given, err := readLost(f, old, recordPath)
	if err != nil {
		return err
	}
	reg, err := a.thereRegistry(ctx, f.issue.registry)
	if err != nil {
		return err
	}
	defer reg.Close()
	l := &lost{flags: f, given: given}
	reason, _ := spec.RevocationReasonByName(reasonLost)
	l.act = &act{registry: reg, given: &given.references, template: registry.Order{Action: registry.Supersede, Reason: reason.Number}}
	if err := a.beginLost(ctx, l, reg, recordPath); err != nil {
		return err
	}
	o := batch.Options{Issuer: l.issuer, Registry: reg, At: l.at, Job: l.job, Parts: f.issue.registry + partsSuffix}
	return a.replaceLost(ctx, l, o)
}

func (f *lostFlags) checkLost(a *app, old, recordPath string) error {
	inputs := []string{recordPath}
	for _, path := range []string{old, f.codes} {
		if path != "" {
			inputs = append(inputs, path)
		}
	}
	if err := f.check(a, inputs); err != nil {
		return err
	}
	if err := f.issue.check(a, recordPath); err != nil {
		return err
	}
	if f.issued == "" {
		return nil
	}
	beside := []place{{"--out", f.out}, {recordPath, recordPath}, {"--codes", f.codes}, {"--registry", f.issue.registry},
		{"--approval", f.issue.approval.path(f.issue.out)}}
	for _, key := range f.issue.keys {
		beside = append(beside, place{"--key", key})
	}
	return keepApart([]place{{"--issued", f.issued}}, beside)
}

// beginLost finds everything that could go wrong, and whether an earlier run has
// begun.
func (a *app) beginLost(ctx context.Context, l *lost, reg registry.Registry, recordPath string) error {
	f := reissueFlags{issueFlags: l.flags.issue, from: recordPath}
	job, at, again, err := a.reissueJob(ctx, f, l.given, reg)
	if err != nil {
		return err
	}
	l.job, l.at, l.act.template.At = job, at, at.Unix()
	if l.press, err = a.press(l.flags.paperFlags, at); err != nil {
		return err
	}
	adverse, err := countAdverse(bytes.NewReader(l.given.records))
	if err != nil {
		return recordsError(recordPath, err)
	}
	if err := adverse.check(l.flags.issue); err != nil {
		return err
	}
	if l.issuer, l.second, err = a.issuer(l.flags.issue, l.press.trust, at, adverse); err != nil {
		return err
	}
	if err := l.checkState(ctx); err != nil {
		return err
	}
	if err := l.given.checkCodes(ctx, reg); err != nil {
		return aboutRegistry(f.registry, err)
	}
	if err := l.act.preview(ctx); err != nil {
		return a.orderError(f.registry, &l.given.references, err)
	}
	if !again && l.act.expected.Already > 0 {
		return a.lostAlready(ctx, l)
	}
	return a.proveLost(l)
}

// checkState refuses to print anew what is not in force: a code under review would
// be in force again by the loss of its paper.
func (l *lost) checkState(ctx context.Context) error {
	old, path := l.given.all[0], l.flags.issue.registry
	state, _, err := l.act.registry.State(ctx, old)
	switch {
	case errors.Is(err, registry.ErrNotFound):
		return program.FailFor(err, "lost_unknown", referenceText(old), path)
	case err != nil:
		return aboutRegistry(path, err)
	case state == status.Suspended:
		return program.Fail("lost_suspended", referenceText(old))
	case state == status.Revoked:
		return program.Fail("lost_revoked", referenceText(old))
	}
	return nil
}

// lostAlready says what took the place of a credential that has been superseded.
func (a *app) lostAlready(ctx context.Context, l *lost) error {
	old := l.given.all[0]
	state, event, err := l.act.registry.State(ctx, old)
	switch {
	case err != nil:
		return aboutRegistry(l.flags.issue.registry, err)
	case state == status.Superseded && event.HasSuccessor:
		return program.Fail("lost_succeeded", referenceText(old), referenceText(event.Successor))
	}
	return program.Fail("lost_superseded", referenceText(old))
}

// proveLost holds the record to the old code, where that is at hand, and lays the
// paper out as it will be.
func (a *app) proveLost(l *lost) error {
	p := l.given.ordered[0]
	person, err := record.NewReader(bytes.NewReader(p.record)).Read()
	if err != nil {
		return recordsError(l.given.source, err)
	}
	draft, err := l.issuer.Draft(person, l.at)
	if err != nil {
		return a.lostRefused(err)
	}
	if p.code == nil {
		a.Note("lost_unchecked", referenceText(p.old))
	} else if code, err := format.Parse(p.code); err != nil || !draft.SameHolder(code.UnverifiedCredential()) {
		return program.Fail("reissue_other_person", referenceText(p.old))
	}
	specimen, err := draft.Specimen()
	if err != nil {
		return a.lostRefused(err)
	}
	if _, err := l.press.printer.Prepare(transport.Encode(specimen), l.press.source(l.flags.issue.region)); err != nil {
		return a.printFault(err, l.press.printer.Layout())
	}
	return nil
}

func (a *app) lostRefused(err error) error {
	var refusal *issuer.RefusalError
	if errors.As(err, &refusal) {
		return program.FailFor(err, "lost_refused", a.Lang.Say("refusal_"+string(refusal.Refusal)))
	}
	return err
}

// readLost reads which credential is lost and for which record it is issued again.
func readLost(f lostFlags, old, recordPath string) (*replacements, error) {
	reference, code, err := parseReference(codeOfLine(strings.TrimSpace(old)))
	switch {
	case err != nil:
		return nil, program.FailFor(err, "lost_reference")
	case referenceText(reference)[:2] != f.issue.region:
		return nil, program.Fail("reference_of_other", referenceText(reference), f.issue.region)
	}
	if f.codes != "" && code == nil {
		if code, err = issuedCode(f.codes, reference); err != nil {
			return nil, err
		}
	}
	text, err := readOneRecord(recordPath)
	if err != nil {
		return nil, err
	}
	r := &replacements{
		references: references{source: recordPath, lines: map[registry.Reference]int{reference: 1}, codes: map[registry.Reference][]byte{}},
		records:    append(bytes.Clone(text), '\n'),
	}
	p := &replacement{line: 1, old: reference, code: code, record: text}
	r.all, r.ordered, r.byLine = []registry.Reference{reference}, []*replacement{p}, map[int]*replacement{1: p}
	if code != nil {
		r.codes[reference] = code
	}
	h := sha256.New()
	fmt.Fprintf(h, "lost %s\n%s", referenceText(reference), text)
	h.Sum(r.hash[:0])
	return r, nil
}

// readOneRecord reads a file with the record of one person. What stands in it is
// not repeated.
func readOneRecord(path string) ([]byte, error) {
	data, err := files.Read(path, record.MaxLineBytes)
	if err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff"))))
	var value json.RawMessage
	var compact bytes.Buffer
	if err = decoder.Decode(&value); err == nil {
		err = json.Compact(&compact, value)
	}
	if err != nil || decoder.Decode(&value) != io.EOF || compact.Bytes()[0] != '{' {
		return nil, program.Fail("lost_record", path)
	}
	return compact.Bytes(), nil
}

// issuedCode finds a credential by its reference in the output of issue.
func issuedCode(path string, wanted registry.Reference) (code []byte, err error) {
	fault := program.Fail("lost_not_listed", referenceText(wanted), path)
	err = eachIssued(path, func(_ int64, line *batch.Line) error {
		if line.List != wanted.List || line.Index != wanted.Index {
			return nil
		}
		if reference, data, err := parseReference(line.Code); err == nil && reference == wanted {
			code, fault = data, nil
		}
		return nil
	})
	if err == nil {
		err = fault
	}
	return code, err
}

// replacedPaper is the result of paper lost for programs.
type replacedPaper struct {
	Old        string   `json:"old"` // references
	New        string   `json:"new"`
	Expires    int64    `json:"expires"`
	File       string   `json:"file"`
	Pages      int      `json:"pages"`
	Repeated   bool     `json:"repeated"` // all of it had been done before
	Superseded *ordered `json:"superseded"`
	Approval   string   `json:"approval,omitempty"` // file, of an adverse state
}

// replaceLost issues and prints, supersedes, and then lets the files appear.
func (a *app) replaceLost(ctx context.Context, l *lost, o batch.Options) error {
	issued, err := a.besideOutput(l.flags.issued, 0o600)
	if err != nil {
		return err
	}
	defer issued.Discard()
	out, err := a.output(l.flags.out, 0o600)
	if err != nil {
		return err
	}
	defer out.Discard()
	approval, err := a.approve(ctx, l.flags.issue, l.second, o, l.given.hash[:])
	if err != nil {
		return err
	}
	defer approval.Discard()
	text, line, err := a.issueLost(ctx, l, o)
	if err != nil {
		return err
	}
	if _, err := issued.Write(text); err != nil {
		return err
	}
	pages, err := a.printLost(l, line.Code, out)
	if err != nil {
		return err
	}
	if err := errors.Join(approval.Seal(), out.Seal(), issued.Seal()); err != nil {
		return err
	}
	next, err := l.act.superseding(bytes.NewReader(text), l.given)
	if err != nil {
		return err
	}
	done, err := next.record(ctx)
	if err != nil {
		return a.orderError(l.flags.issue.registry, &l.given.references, err)
	}
	if err := commitAll(approval, out, issued); err != nil {
		return err
	}
	successor := registry.Reference{Region: l.given.all[0].Region, List: line.List, Index: line.Index}
	return a.tellLost(replacedPaper{
		Old: referenceText(l.given.all[0]), New: referenceText(successor), Expires: line.Expires,
		File: l.flags.out, Pages: pages, Repeated: done.Repeated, Superseded: done, Approval: approval.path,
	}, approval)
}

// issueLost issues the new credential, or finds the one that a run before this one
// has issued, and returns its line as issue writes it.
func (a *app) issueLost(ctx context.Context, l *lost, o batch.Options) (text []byte, line batch.Line, err error) {
	var lines bytes.Buffer
	summary, err := batch.Run(ctx, o, bytes.NewReader(l.given.records), &lines)
	switch {
	case err != nil:
		return nil, line, aboutRegistry(l.flags.issue.registry, err)
	case summary.Issued != 1:
		return nil, line, program.Fail("lost_record", l.given.source)
	}
	err = json.Unmarshal(lines.Bytes(), &line)
	return lines.Bytes(), line, err
}

// printLost prints the new code into what has no name yet.
func (a *app) printLost(l *lost, code string, out output) (pages int, err error) {
	entry, err := l.press.prepare(&scanned{text: code})
	if err != nil {
		return 0, a.printFault(err, l.press.printer.Layout())
	}
	document, err := l.press.papers(l.flags.out, out)
	if err != nil {
		return 0, err
	}
	err = errors.Join(document.Add(entry), document.Close())
	return document.Pages(), err
}

func (a *app) tellLost(r replacedPaper, approval *approved) error {
	say := a.Say
	switch {
	case a.JSON:
		return a.PrintJSON(r)
	case r.File == "-":
		say = a.Note
	}
	say("lost_done", r.Old, r.New, clock(r.Expires), r.File, r.Pages)
	if r.Repeated {
		say("lost_repeated")
	}
	approval.tell(say)
	say("lost_next")
	return nil
}
