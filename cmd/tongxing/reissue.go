package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/files"
	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/status"
	"github.com/tongxing/tongxing/issuer"
	"github.com/tongxing/tongxing/issuer/batch"
	"github.com/tongxing/tongxing/issuer/record"
	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/spec"
)

// maxReissue bounds the file of reissue in bytes. In credentials it is
// [registry.MaxOrder]: all of them are superseded by one order.
const maxReissue = 128 << 20

type reissueFlags struct {
	issueFlags
	from, reason string
	confirm      int
}

func (a *app) reissueCommand() *cobra.Command {
	var f reissueFlags
	c := a.Command("reissue", "reissue", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		return a.reissue(ctx, f)
	})
	c.Flags().StringVar(&f.from, "from", "", a.Lang.Say("flag_replacements"))
	c.Flags().StringVar(&f.reason, "reason", "", a.Lang.Say("flag_reason", a.reasonsFor(registry.Supersede, ", ")))
	c.Flags().IntVar(&f.confirm, "confirm", 0, a.Lang.Say("flag_confirm_count"))
	f.trust.add(a, c)
	c.Flags().StringVar(&f.region, "region", "", a.Lang.Say("flag_region"))
	completeFlag(c, "region", a.regions()...)
	c.Flags().StringArrayVar(&f.keys, "key", nil, a.Lang.Say("flag_key"))
	c.Flags().StringVar(&f.passphraseFile, "passphrase-file", "", a.Lang.Say("flag_passphrase"))
	f.approval.add(a, c)
	c.Flags().StringVar(&f.registry, "registry", "", a.Lang.Say("flag_registry_there"))
	c.Flags().StringVar(&f.at, "at", "", a.Lang.Say("flag_at"))
	c.Flags().StringVar(&f.out, "out", "", a.Lang.Say("flag_codes_out"))
	c.Flags().StringVar(&f.refused, "refused", "", a.Lang.Say("flag_refused"))
	c.Flags().DurationVar(&f.lifetime, "lifetime", issuer.DefaultLifetime, a.Lang.Say("flag_lifetime"))
	return c
}

// replacement is a line of the file: the credential that is superseded and the
// record for which the new one is issued.
type replacement struct {
	line   int
	old    registry.Reference
	code   []byte // of the old credential, nil where only its reference is given
	record []byte
}

// replacements are the lines of the file, with what an order needs of them.
type replacements struct {
	references
	byLine  map[int]*replacement
	ordered []*replacement
	records []byte // one a line, in the lines of the file
	hash    [sha256.Size]byte
}

// reissue issues a credential for each record and supersedes the one that it
// replaces. The new ones are committed first, as a job that is named by the file;
// a run that was killed anywhere is finished by the same command, and nobody is at
// any moment without a credential in force.
func (a *app) reissue(ctx context.Context, f reissueFlags) error {
	if f.from == "" {
		return program.Usage("flag_required", "--from")
	}
	if err := f.check(a, f.from); err != nil {
		return err
	}
	reason, err := a.reason(f.reason, registry.Supersede)
	if err != nil {
		return err
	}
	given, err := readReplacements(f.from, f.region)
	if err != nil {
		return err
	}
	reg, err := a.thereRegistry(ctx, f.registry)
	if err != nil {
		return err
	}
	defer reg.Close()
	job, at, again, err := a.reissueJob(ctx, f, given, reg)
	if err != nil {
		return err
	}
	trust, err := f.trust.load(a, at)
	if err != nil {
		return err
	}
	adverse, err := countAdverse(bytes.NewReader(given.records))
	if err != nil {
		return recordsError(f.from, err)
	}
	if err := adverse.check(f.issueFlags); err != nil {
		return err
	}
	iss, approving, err := a.issuer(f.issueFlags, trust, at, adverse)
	if err != nil {
		return err
	}
	act := &act{registry: reg, given: &given.references, template: registry.Order{Action: registry.Supersede, Reason: reason, At: at.Unix()}}
	if err := a.checkReplacements(ctx, f, act, given, again); err != nil {
		return err
	}
	if err := given.compare(ctx, iss, reason, at); err != nil {
		return aboutRegistry(f.registry, err)
	}
	if err := a.confirmAct(act, f.confirm, false); err != nil {
		return err
	}
	o := batch.Options{Issuer: iss, Registry: reg, At: at, Job: job, Parts: f.registry + partsSuffix}
	counts := countIssued(&o, trust.Policy())
	return a.runReissue(ctx, f, o, counts, act, given, approving)
}

// readReplacements reads the file: {"reference": "33-7936-734003", "record": {...}}
// a line, or {"code": "TX1:...", "record": {...}} where the old code is at hand.
func readReplacements(path, region string) (*replacements, error) {
	data, err := files.Read(path, maxReissue)
	if err != nil {
		return nil, err
	}
	r := &replacements{
		references: references{source: path, lines: map[registry.Reference]int{}, codes: map[registry.Reference][]byte{}},
		byLine:     map[int]*replacement{}, hash: sha256.Sum256(data),
	}
	number := 0
	for text := range bytes.Lines(data) {
		number++
		text = bytes.TrimSpace(bytes.TrimPrefix(text, []byte("\ufeff")))
		if len(text) > 0 && text[0] != '#' {
			if err := r.takeLine(text, number, region); err != nil {
				return nil, err
			}
		}
		r.records = append(r.records, '\n')
	}
	if len(r.all) == 0 {
		return nil, program.Fail("no_references", path)
	}
	slices.SortFunc(r.all, registry.Reference.Compare)
	return r, nil
}

// takeLine takes a line. What stands in it is a person's and not repeated.
func (r *replacements) takeLine(text []byte, number int, region string) error {
	var said struct {
		Reference string          `json:"reference"`
		Code      string          `json:"code"`
		Record    json.RawMessage `json:"record"`
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	var compact bytes.Buffer
	err := decoder.Decode(&said)
	if err == nil {
		err = json.Compact(&compact, said.Record)
	}
	if err != nil || decoder.More() || (said.Reference == "") == (said.Code == "") || len(said.Record) == 0 {
		return r.at(number, "replacement_bad")
	}
	old, code, err := parseReference(said.Reference + said.Code)
	switch {
	case err != nil || (code == nil) != (said.Code == ""):
		return r.at(number, "reference_bad")
	case !strings.HasPrefix(referenceText(old), region+"-"):
		return r.at(number, "reference_of_other", referenceText(old), region)
	case r.lines[old] != 0:
		return r.at(number, "reference_twice", referenceText(old), r.lines[old])
	case len(r.all) == registry.MaxOrder:
		return program.Fail("references_many", r.source, registry.MaxOrder)
	}
	p := &replacement{line: number, old: old, code: code, record: compact.Bytes()}
	r.lines[old], r.byLine[number], r.all, r.ordered = number, p, append(r.all, old), append(r.ordered, p)
	if code != nil {
		r.codes[old] = code
	}
	r.records = append(r.records, p.record...)
	return nil
}

func (r *references) at(line int, key string, args ...any) error {
	return &program.UserError{Key: key, Args: args, Place: r.place(line)}
}

// reissueJob names the job by the file, so that the same file is the same job, and
// finds the time of a run before this one.
func (a *app) reissueJob(ctx context.Context, f reissueFlags, given *replacements, reg registry.Registry) (job string, at time.Time, again bool, err error) {
	if at, err = a.at(f.at); err != nil {
		return "", at, false, err
	}
	key, err := jobKey(f.registry + jobKeySuffix)
	if err != nil {
		return "", at, false, err
	}
	h := hmac.New(sha256.New, key)
	fmt.Fprintf(h, "reissue %x %s %d", given.hash, f.region, f.lifetime)
	job = f.region + "-reissue-" + hex.EncodeToString(h.Sum(nil)[:16])
	entries, err := reg.Committed(ctx, job, 0)
	switch {
	case errors.Is(err, registry.ErrNotFound):
		return job, at, false, nil
	case err != nil:
		return "", at, false, aboutRegistry(f.registry, err)
	case len(entries) == 0:
		return job, at, true, nil
	}
	before := time.Unix(entries[0].IssuedAt, 0)
	if f.at != "" && before.Unix() != at.Unix() {
		return "", at, false, program.Fail("reissued_at", f.from, clock(before.Unix()))
	}
	return job, before, true, nil
}

// checkReplacements finds out whether all of the old credentials can be superseded
// before anything is signed.
func (a *app) checkReplacements(ctx context.Context, f reissueFlags, act *act, given *replacements, again bool) error {
	if err := given.checkCodes(ctx, act.registry); err != nil {
		return aboutRegistry(f.registry, err)
	}
	if err := act.preview(ctx); err != nil {
		return a.orderError(f.registry, &given.references, err)
	}
	if again || act.expected.Already == 0 {
		return nil
	}
	for _, p := range given.ordered {
		state, _, err := act.registry.State(ctx, p.old)
		if err != nil {
			return aboutRegistry(f.registry, err)
		}
		if state == status.Superseded {
			return given.at(p.line, "superseded_already", referenceText(p.old), act.expected.Already)
		}
	}
	return nil
}

// compare holds each old code that is at hand to the record: another person's is
// refused, and so is a refresh that changes nothing, unless it is the code itself
// that is to be replaced. Records that cannot be issued are the batch's to refuse.
func (r *replacements) compare(ctx context.Context, iss *issuer.Issuer, reason uint16, at time.Time) error {
	given, _ := spec.RevocationReasonByNumber(reason)
	itself := slices.Contains([]string{reasonLost, "misused", "key_replaced"}, given.Name)
	for _, p := range r.ordered {
		if p.code == nil {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		code, err := format.Parse(p.code)
		if err != nil {
			return r.at(p.line, "reference_bad")
		}
		person, err := record.NewReader(bytes.NewReader(p.record)).Read()
		if err != nil {
			continue
		}
		draft, err := iss.Draft(person, at)
		if err != nil {
			continue
		}
		switch old := code.UnverifiedCredential(); {
		case !draft.SameHolder(old):
			return r.at(p.line, "reissue_other_person", referenceText(p.old))
		case !itself && draft.SameClaims(old):
			return r.at(p.line, "reissue_same_claims", referenceText(p.old))
		}
	}
	return nil
}

// reissued is the result of reissue for programs.
type reissued struct {
	issueSummary
	Superseded *ordered `json:"superseded"` // null when nothing was issued
}

// runReissue issues, then supersedes, then lets the file of codes appear.
func (a *app) runReissue(ctx context.Context, f reissueFlags, o batch.Options, counts *issueCounts, old *act, given *replacements, approving *approving) error {
	codes, err := a.output(f.out, 0o600)
	if err != nil {
		return err
	}
	defer codes.Discard()
	refused, err := a.refusals(f.refused)
	if err != nil {
		return err
	}
	defer refused.Discard()
	approval, err := a.approve(ctx, f.issueFlags, approving, o, given.hash[:])
	if err != nil {
		return err
	}
	defer approval.Discard()
	counts.refused = refused
	var lines bytes.Buffer
	begun := time.Now()
	summary, err := batch.Run(ctx, o, bytes.NewReader(given.records), io.MultiWriter(codes, &lines))
	if err != nil {
		return aboutRegistry(f.registry, err)
	}
	seconds := time.Since(begun).Seconds()
	result := reissued{issueSummary: issueSummary{summary, o.Job, seconds, float64(summary.Issued) / seconds, counts.reasons, counts.unpublished(), counts.told(), approval.path}}
	if summary.Issued > 0 {
		act, err := old.superseding(&lines, given)
		if err != nil {
			return err
		}
		if result.Superseded, err = act.record(ctx); err != nil {
			return a.orderError(f.registry, &given.references, err)
		}
	}
	if err := commitAll(approval, codes, refused); err != nil {
		return err
	}
	if summary.Refused > 0 {
		a.Status = program.StatusRejects
	}
	if a.JSON {
		return a.PrintJSON(result)
	}
	if err := a.tellIssued(f.issueFlags, result.issueSummary, approval); err != nil || result.Superseded == nil {
		return err
	}
	return a.tellOrdered(result.Superseded)
}

// superseding is the act that supersedes what the lines of a batch replace.
func (t *act) superseding(lines io.Reader, given *replacements) (*act, error) {
	next := &act{registry: t.registry, given: &references{source: given.source, lines: given.lines}, template: t.template}
	order := t.template
	decoder := json.NewDecoder(lines)
	for decoder.More() {
		var line batch.Line
		if err := decoder.Decode(&line); err != nil {
			return nil, err
		}
		p := given.byLine[line.Line]
		if p == nil {
			return nil, batch.ErrOtherRecords
		}
		order.References = append(order.References, p.old)
		order.Successors = append(order.Successors, registry.Reference{Region: p.old.Region, List: line.List, Index: line.Index})
	}
	order.Key = orderKey(order, 0)
	next.orders = []registry.Order{order}
	next.given.all = slices.SortedFunc(slices.Values(order.References), registry.Reference.Compare)
	return next, nil
}
