package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/files"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/issuer/approval"
	"github.com/tongxing/tongxing/issuer/batch"
	"github.com/tongxing/tongxing/issuer/keys"
	"github.com/tongxing/tongxing/issuer/record"
	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/trustlist"
)

// approverRole is the role, in the journal, of who approved a job.
const approverRole = "approver"

// approvalFlags are of the second person, whom a job needs where no service works on
// the registry.
type approvalFlags struct {
	key, passphraseFile string
	file                string // the approval
	suffix              string // of the approval beside the registry
}

// secondApproval is the suffix of what a further person approves.
const secondApproval = ".second.approval"

// addSecond adds the flags of a further person, whom a job needs beyond the day's quota.
func (f *approvalFlags) addSecond(a *app, c *cobra.Command) {
	f.suffix = secondApproval
	c.Flags().StringVar(&f.key, "second-approver", "", a.Lang.Say("flag_second_approver"))
	c.Flags().StringVar(&f.passphraseFile, "second-approver-passphrase-file", "", a.Lang.Say("flag_approver_passphrase"))
	c.Flags().StringVar(&f.file, "second-approval", "", a.Lang.Say("flag_second_approval"))
}

func (f *approvalFlags) add(a *app, c *cobra.Command) {
	f.suffix = ".approval"
	c.Flags().StringVar(&f.key, "approver", "", a.Lang.Say("flag_job_approver"))
	c.Flags().StringVar(&f.passphraseFile, "approver-passphrase-file", "", a.Lang.Say("flag_approver_passphrase"))
	c.Flags().StringVar(&f.file, "approval", "", a.Lang.Say("flag_job_approval"))
}

// path is where the approval of a job is; "" where it has to be named.
func (f *approvalFlags) path(registryName, job string) string {
	if f.file != "" || isPostgres(registryName) {
		return f.file
	}
	return registryName + "." + job + f.suffix
}

// approver is who approves: her key, or, where the approval was made elsewhere, the
// public one alone.
type approver struct {
	public *sig.PublicKey
	signer sig.Signer // nil for a public key
	flags  approvalFlags
}

// openApprover opens the key file, which has to be of none of the keys that sign.
func (a *app) openApprover(f approvalFlags, signing [][32]byte) (*approver, error) {
	data, err := files.Read(f.key, keys.MaxFileSize)
	if err != nil {
		return nil, err
	}
	who := &approver{flags: f}
	if who.public, err = keys.ParsePublic(data); errors.Is(err, keys.ErrNotAKeyFile) {
		var private *keys.PrivateKey
		if private, err = a.privateKey(f.key, f.passphraseFile); err == nil {
			who.public, who.signer = private.PublicKey(), private
		}
	}
	if err != nil {
		return nil, err
	}
	if slices.Contains(signing, who.public.Thumbprint()) {
		return nil, usage("approver_signs", f.key)
	}
	return who, nil
}

// name is the approver in the journal.
func (w *approver) name() string { return approval.Name(w.public) }

// keyID is the short name of her key, for texts that have their own word for a key.
func (w *approver) keyID() string {
	id := w.public.KeyID()
	return hex.EncodeToString(id[:])
}

// activeKeys are the thumbprints, ascending, of the keys that the region publishes as
// active: with each of them a worker may sign.
func activeKeys(region *trustlist.Region) (all [][32]byte) {
	for _, key := range region.Keys() {
		if key.State == trustlist.Active {
			all = append(all, key.Public.Thumbprint())
		}
	}
	slices.SortFunc(all, func(x, y [32]byte) int { return bytes.Compare(x[:], y[:]) })
	return all
}

// survey is what an approval says of a file of records.
type survey struct {
	hash    []byte // SHA-256
	adverse map[uint16]uint64
	faulty  uint64 // lines that are no record, which the job refuses
}

// total is how many records restrict somebody.
func (s survey) total() (n uint64) {
	for _, count := range s.adverse {
		n += count
	}
	return n
}

// surveyInput reads a file of records to its end. A line that is no record is refused
// later; a file without one record is batch.ErrNoRecords, for nobody approves that.
func surveyInput(path string) (survey, error) {
	input, err := files.Open(path)
	if err != nil {
		return survey{}, err
	}
	defer input.Close()
	hash, s, records := sha256.New(), survey{adverse: map[uint16]uint64{}}, 0
	for reader := record.NewReader(io.TeeReader(input, hash)); ; {
		r, err := reader.Read()
		var line *record.LineError
		switch {
		case errors.Is(err, io.EOF) && records == 0:
			return survey{}, batch.ErrNoRecords
		case errors.Is(err, io.EOF):
			s.hash = hash.Sum(nil)
			return s, nil
		case errors.As(err, &line) && !errors.Is(err, record.ErrLineTooLong):
			s.faulty++
			continue
		case err != nil:
			return survey{}, err
		case r.Status != nil && r.Status.State != spec.StateGreen:
			s.adverse[r.Status.State]++
		}
		records++
	}
}

// approvalOf is what has to be approved of a job.
func approvalOf(job registry.Job, s survey, key batch.Key, lifetime time.Duration, signing [][32]byte) approval.Approval {
	return approval.Approval{
		Region: fmt.Sprintf("%02d", job.Region), Job: job.Name, Records: approval.RecordsHash(key[:], s.hash),
		At: job.At, Adverse: s.adverse, Keys: signing,
		Bulk: &approval.Bulk{Digest: job.Digest, Records: job.Records, Lifetime: uint32(lifetime / time.Second)},
	}
}

// approve returns the approval of a job: the one that is in the file, or one that the
// approver signs now, which is in the file then.
func (w *approver) approve(wanted approval.Approval, path string) ([]byte, error) {
	data, err := files.Read(path, approval.MaxSize)
	if err == nil {
		return data, w.holds(data, wanted, path)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if w.signer == nil {
		return nil, failFor(err, "approval_missing", path)
	}
	data, err = approval.Sign(wanted, w.signer)
	if errors.Is(err, approval.ErrInvalid) {
		return nil, failFor(err, "approval_bounds")
	}
	if err != nil {
		return nil, err
	}
	return data, files.Write(path, data, 0o600)
}

// holds holds an approval that was made before to the job.
func (w *approver) holds(data []byte, wanted approval.Approval, path string) error {
	said, _, err := approval.Parse(data, []*sig.PublicKey{w.public})
	switch {
	case errors.Is(err, approval.ErrSignature):
		return failFor(err, "approval_unsigned", path)
	case errors.Is(err, approval.ErrOwnKey):
		return failFor(err, "approval_own_key", path)
	case err != nil:
		return failFor(err, "approval_unreadable", path)
	case !said.Same(wanted):
		return fail("approval_other_job", path, wanted.Job)
	}
	return nil
}

// approvedByKey is the agreement of a second person by a signed document, and beyond
// the day's quota of a third.
type approvedByKey struct {
	*app
	shop  *shop
	who   []*approver // none is nobody
	input string
	by    string
}

// agree implements agreement.
func (g *approvedByKey) agree(ctx context.Context, job registry.Job, at int64) error {
	if len(g.who) == 0 {
		return usage("job_unapproved")
	}
	s, err := surveyInput(g.input)
	if err != nil {
		return err
	}
	wanted := approvalOf(job, s, g.shop.key, g.shop.flags.lifetime, activeKeys(g.shop.region))
	var keys []*sig.PublicKey
	for _, who := range g.who {
		if err := g.approved(ctx, who, wanted, at); err != nil {
			return err
		}
		keys = append(keys, who.public)
	}
	quota := g.shop.flags.approve.quota
	err = approval.Count(ctx, g.shop.store, wanted, g.by, keys, at, quota)
	if errors.Is(err, registry.ErrQuota) {
		return failFor(err, "job_over_quota", s.total(), quota)
	}
	return err
}

// approved has one person approve, or holds what she signed to the job, and notes it.
func (g *approvedByKey) approved(ctx context.Context, who *approver, wanted approval.Approval, at int64) error {
	path := who.flags.path(g.shop.flags.registry, wanted.Job)
	data, err := who.approve(wanted, path)
	if err != nil {
		return err
	}
	sum, thumbprint := sha256.Sum256(data), who.public.Thumbprint()
	detail, err := json.Marshal(struct {
		Approval string `json:"approval"` // SHA-256
		Key      string `json:"key"`      // thumbprint
		Records  uint64 `json:"records"`
		Adverse  uint64 `json:"adverse"`
	}{hex.EncodeToString(sum[:]), hex.EncodeToString(thumbprint[:]), wanted.Bulk.Records, survey{adverse: wanted.Adverse}.total()})
	if err != nil {
		return err
	}
	_, err = g.shop.store.Append(ctx, registry.JournalRecord{At: at, Actor: who.name(), Role: approverRole,
		Act: actApprove, Object: wanted.Job, Outcome: outcomeGranted, Detail: detail})
	if err == nil && !g.JSON {
		g.say("job_approved_by", wanted.Job, who.keyID(), path)
	}
	return err
}
