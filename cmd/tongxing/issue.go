package main

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/config"
	"github.com/tongxing/tongxing/cmd/internal/files"
	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/cmd/internal/program/holder"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/issuer"
	"github.com/tongxing/tongxing/issuer/batch"
	"github.com/tongxing/tongxing/issuer/record"
	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/sqlite"
	"github.com/tongxing/tongxing/trustlist"
)

type issueFlags struct {
	trust          trustFlags
	region         string
	keys           []string
	passphraseFile string
	registry       string
	at, out, job   string
	refused        string
	approval       approvalFlags
	lifetime       time.Duration
	plan           registry.Plan // of a registry that is made; what is 0 is left to it
}

func (a *app) issueCommand() *cobra.Command {
	var f issueFlags
	c := a.Command("issue RECORDS", "issue", cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		return a.issue(ctx, f, args[0])
	})
	f.trust.add(a, c)
	c.Flags().StringVar(&f.region, "region", "", a.Lang.Say("flag_region"))
	completeFlag(c, "region", a.regions()...)
	c.Flags().StringArrayVar(&f.keys, "key", nil, a.Lang.Say("flag_key"))
	c.Flags().StringVar(&f.passphraseFile, "passphrase-file", "", a.Lang.Say("flag_passphrase"))
	f.approval.add(a, c)
	c.Flags().StringVar(&f.registry, "registry", "", a.Lang.Say("flag_registry"))
	c.Flags().StringVar(&f.at, "at", "", a.Lang.Say("flag_at"))
	c.Flags().StringVar(&f.out, "out", "", a.Lang.Say("flag_codes_out"))
	c.Flags().StringVar(&f.refused, "refused", "", a.Lang.Say("flag_refused"))
	c.Flags().StringVar(&f.job, "job", "", a.Lang.Say("flag_job"))
	c.Flags().DurationVar(&f.lifetime, "lifetime", issuer.DefaultLifetime, a.Lang.Say("flag_lifetime"))
	c.Flags().Uint16Var(&f.plan.Shards, "lists", 0, a.Lang.Say("flag_lists", registry.MaxShards))
	c.Flags().Uint32Var(&f.plan.Places, "places", 0, a.Lang.Say("flag_places", registry.DefaultPlaces))
	return c
}

func (a *app) issue(ctx context.Context, f issueFlags, recordsPath string) error {
	at, err := a.at(f.at)
	if err != nil {
		return err
	}
	if err := f.check(a, recordsPath); err != nil {
		return err
	}
	records, err := files.Open(recordsPath)
	if err != nil {
		return err
	}
	defer records.Close()
	hash, lines, err := scanRecords(records)
	if err != nil {
		return recordsError(recordsPath, err)
	}
	trust, err := f.trust.load(a, at)
	if err != nil {
		return err
	}
	adverse, err := countAdverse(records)
	if err != nil {
		return recordsError(recordsPath, err)
	}
	if err := adverse.check(f); err != nil {
		return err
	}
	iss, approving, err := a.issuer(f, trust, at, adverse)
	if err != nil {
		return err
	}
	o := batch.Options{Issuer: iss, At: at, Parts: f.registry + partsSuffix}
	counts := countIssued(&o, trust.Policy())
	err = a.runBatch(ctx, f, o, counts, batchInput{records, hash, lines, approving})
	return recordsError(recordsPath, err)
}

// checkLifetime bounds how long credentials are valid.
func checkLifetime(d time.Duration) error {
	if d < time.Minute || d > issuer.MaxLifetime {
		return program.Usage("lifetime_range", d)
	}
	return nil
}

// check holds the flags to what issuing needs, before any file is opened.
func (f *issueFlags) check(a *app, recordsPath string) error {
	for _, required := range []place{{"--region", f.region}, {"--registry", f.registry}, {"--out", f.out}} {
		if required.path == "" {
			return program.Usage("flag_required", required.flag)
		}
	}
	switch {
	case len(f.keys) == 0:
		return program.Usage("flag_required", "--key")
	case f.out == "-" && a.JSON:
		return program.Usage("json_and_stdout")
	}
	if err := checkLifetime(f.lifetime); err != nil {
		return err
	}
	if _, err := f.plan.Check(); err != nil {
		return program.Usage("plan_range", registry.MaxShards, registry.DefaultPlaces, uint64(registry.MaxPlaces))
	}
	outputs := []place{{"--out", f.out}, {"--refused", f.refused}, {"--registry", f.registry}, {"--approval", f.approval.path(f.out)}}
	inputs := []place{{recordsPath, recordsPath}, {"--bundle", f.trust.bundle}, {"--store", f.trust.store},
		{"--root", f.trust.root}, {"--passphrase-file", f.passphraseFile},
		{"--approver", f.approval.key}, {"--approver-passphrase-file", f.approval.passphraseFile}}
	for _, key := range f.keys {
		inputs = append(inputs, place{"--key", key})
	}
	return keepApart(outputs, inputs)
}

// issuer makes the issuer from the published trust material and the keys at hand,
// and opens the key of who approves the adverse states.
func (a *app) issuer(f issueFlags, trust *trustlist.Trust, at time.Time, adverse adverseStates) (*issuer.Issuer, *approving, error) {
	end, ends := trust.ProgrammeEnd()
	if ends && max(at.Unix(), trust.Floor()) >= end {
		return nil, nil, program.Fail("programme_over", clock(end))
	}
	region, listed := trust.Region(f.region)
	if !listed {
		return nil, nil, program.Fail("region_not_listed", f.region, f.trust.source)
	}
	var signers []sig.Signer
	for _, path := range f.keys {
		key, err := a.privateKey(path, f.passphraseFile)
		if err != nil {
			return nil, nil, err
		}
		published, ok := region.Key(key.PublicKey().KeyID())
		switch {
		case region.Available() != nil: // said below
		case !ok || !published.Public.Equal(key.PublicKey()):
			return nil, nil, program.Fail("key_not_in_set", path, f.region)
		case published.State != trustlist.Active:
			return nil, nil, program.Fail("key_not_active", path)
		}
		signers = append(signers, key)
	}
	iss, err := issuer.New(issuer.Options{Region: region, Keys: signers, Lifetime: f.lifetime, ProgrammeEnd: end, Policy: trust.Policy()})
	if err != nil {
		return nil, nil, program.FailWith(err, "cannot_issue", f.region)
	}
	second, err := a.approving(f, adverse, signers)
	if err != nil {
		return nil, nil, err
	}
	return iss, second, nil
}

// openRegistry opens the registry, or makes it when there is none yet. The plan of
// one that is there never changes: to ask for another is an error.
func (a *app) openRegistry(ctx context.Context, path string, plan registry.Plan) (*sqlite.Registry, error) {
	by := holder.Opening(a.Program, func() string { return path })
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		folder := filepath.Dir(path)
		if _, err := os.Stat(folder); errors.Is(err, os.ErrNotExist) {
			return nil, &files.PathError{Path: folder, Err: files.ErrNoFolder}
		}
		reg, err := sqlite.CreateBy(ctx, path, plan, by)
		if err != nil {
			return nil, program.AboutFile(path, err)
		}
		a.Note("registry_made", path)
		return reg, nil
	}
	if err := config.CheckKept(a.Program, path); err != nil {
		return nil, err
	}
	reg, err := sqlite.OpenBy(ctx, path, by)
	if err != nil {
		return nil, holder.RegistryFault(path, err)
	}
	made := reg.Plan()
	if plan.Shards != 0 && plan.Shards != made.Shards || plan.Places != 0 && plan.Places != made.Places {
		reg.Close()
		return nil, program.Fail("plan_fixed", path, made.Shards, made.Places)
	}
	return reg, nil
}

// batchInput is what a batch issues for.
type batchInput struct {
	records   io.Reader
	hash      []byte // SHA-256
	lines     int64
	approving *approving // nil where nothing is adverse
}

func (a *app) runBatch(ctx context.Context, f issueFlags, o batch.Options, counts *issueCounts, in batchInput) error {
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
	// The registry comes last: a run that cannot begin does not make one.
	reg, err := a.openRegistry(ctx, f.registry, f.plan)
	if err != nil {
		return err
	}
	defer reg.Close()
	o.Registry = reg
	if o.Job, err = jobName(f, in.hash, o.At); err != nil {
		return err
	}
	approval, err := a.approve(ctx, f, in.approving, o, in.hash)
	if err != nil {
		return err
	}
	defer approval.Discard()
	bar := a.progressOf("progress_issue", "unit_codes")
	defer bar.end()
	counts.refused = refused
	o.Progress = func(done int) { bar.set(int64(done), in.lines) }
	begun := time.Now()
	summary, err := batch.Run(ctx, o, in.records, codes)
	bar.end()
	if err != nil {
		return aboutRegistry(f.registry, err)
	}
	if err := commitAll(approval, codes, refused); err != nil {
		return err
	}
	if summary.Refused > 0 {
		a.Status = program.StatusRejects
	}
	seconds := time.Since(begun).Seconds()
	result := issueSummary{summary, o.Job, seconds, float64(summary.Issued) / seconds, counts.reasons, counts.unpublished(), counts.told(), approval.path}
	if a.JSON {
		return a.PrintJSON(result)
	}
	return a.tellIssued(f, result, approval)
}

// aboutRegistry names the registry in an error that names no file: it is the one
// thing that a batch works on.
func aboutRegistry(path string, err error) error {
	var line *record.LineError
	var file *fs.PathError
	if errors.As(err, &line) || errors.As(err, &file) {
		return err
	}
	return program.AboutFile(path, err)
}
