package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/issuer/access"
	"github.com/tongxing/tongxing/issuer/approval"
	"github.com/tongxing/tongxing/issuer/batch"
	"github.com/tongxing/tongxing/issuer/record"
	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/spec"
)

// approvalSuffix is the end of the name of an approval beside the output.
const approvalSuffix = ".approval"

// approvalFlags are of the second person, whom adverse states need.
type approvalFlags struct {
	key, passphraseFile string
	out                 string // "" is beside the output
}

func (f *approvalFlags) add(a *app, c *cobra.Command) {
	c.Flags().StringVar(&f.key, "approver", "", a.Lang.Say("flag_approver"))
	c.Flags().StringVar(&f.passphraseFile, "approver-passphrase-file", "", a.Lang.Say("flag_approver_passphrase"))
	c.Flags().StringVar(&f.out, "approval", "", a.Lang.Say("flag_approval"))
}

// path is where the approval of what is written to out goes; "" where it has no
// place of its own.
func (f *approvalFlags) path(out string) string {
	switch {
	case f.out != "" && f.out != "-":
		return f.out
	case f.out == "" && out != "" && out != "-":
		return out + approvalSuffix
	}
	return ""
}

// adverseStates is how many records have which state that restricts somebody. Faulty
// records, which are refused in any case, do not count.
type adverseStates map[uint16]uint64

func (s adverseStates) total() (n uint64) {
	for _, count := range s {
		n += count
	}
	return n
}

// countAdverse reads records to their end, and leaves them at their start.
func countAdverse(records io.ReadSeeker) (adverseStates, error) {
	states := adverseStates{}
	for reader := record.NewReader(records); ; {
		person, err := reader.Read()
		var faulty *record.LineError
		switch {
		case err == io.EOF:
			_, err = records.Seek(0, io.SeekStart)
			return states, err
		case errors.As(err, &faulty) && !errors.Is(err, record.ErrLineTooLong):
		case err != nil:
			return nil, err
		case person.Status != nil && person.Status.State != spec.StateGreen:
			states[person.Status.State]++
		}
	}
}

// check refuses adverse states that nobody approves, before a passphrase is asked
// for and anything is issued: the same command with an approver then issues all.
func (s adverseStates) check(f issueFlags) error {
	switch {
	case len(s) == 0:
		return nil
	case f.approval.key == "":
		return program.Usage("adverse_unapproved", s.total())
	case f.approval.path(f.out) == "":
		return program.Usage("approval_to_stdout")
	}
	return nil
}

// approving is what a second person approves. nil is nothing.
type approving struct {
	states  adverseStates
	key     sig.Signer
	signing [][32]byte // thumbprints of the keys that issue, ascending
}

// approving opens the approver's key, which has to be another than those that sign.
func (a *app) approving(f issueFlags, states adverseStates, signers []sig.Signer) (*approving, error) {
	if len(states) == 0 {
		return nil, nil
	}
	key, err := a.privateKey(f.approval.key, f.approval.passphraseFile)
	if err != nil {
		return nil, err
	}
	p := &approving{states: states, key: key}
	for _, signer := range signers {
		if signer.PublicKey().Equal(key.PublicKey()) {
			return nil, program.Usage("approver_signs", f.approval.key)
		}
		p.signing = append(p.signing, signer.PublicKey().Thumbprint())
	}
	slices.SortFunc(p.signing, func(x, y [32]byte) int { return bytes.Compare(x[:], y[:]) })
	p.signing = slices.Compact(p.signing)
	return p, nil
}

// approved is an approval that has been signed and has no name yet.
type approved struct {
	output
	path, keyID string
	records     uint64
}

// approve signs what is approved of a job, and counts it for the day. Its file appears
// with the codes.
func (a *app) approve(ctx context.Context, f issueFlags, p *approving, o batch.Options, hash []byte) (*approved, error) {
	if p == nil {
		return &approved{output: nowhere{}}, nil
	}
	if err := unserved(ctx, f.registry, o.Registry); err != nil {
		return nil, err
	}
	key, err := jobKey(f.registry + jobKeySuffix)
	if err != nil {
		return nil, err
	}
	wanted := approval.Approval{
		Region: f.region, Job: o.Job, Records: approval.RecordsHash(key, hash),
		At: o.At.Unix(), Adverse: p.states, Keys: p.signing,
	}
	signed, err := approval.Sign(wanted, p.key)
	if errors.Is(err, approval.ErrInvalid) {
		return nil, program.FailFor(err, "approval_bounds")
	}
	if err != nil {
		return nil, err
	}
	path := f.approval.path(f.out)
	w, err := a.output(path, 0o600)
	if err != nil {
		return nil, err
	}
	_, err = w.Write(signed)
	if err == nil {
		err = a.count(ctx, p, o, wanted, signed)
	}
	if err != nil {
		w.Discard()
		return nil, err
	}
	id := p.key.PublicKey().KeyID()
	return &approved{output: w, path: path, keyID: hex.EncodeToString(id[:]), records: p.states.total()}, nil
}

// actsRegistry is a registry with what people did.
type actsRegistry interface {
	registry.Proposals
	registry.Journal
}

// unserved refuses to restrict anybody where a service works on the registry: there it
// is proposed to the service.
func unserved(ctx context.Context, path string, reg registry.Registry) error {
	served := false
	if acts, ok := reg.(actsRegistry); ok {
		var err error
		if served, err = access.Served(ctx, acts); err != nil {
			return aboutRegistry(path, err)
		}
	}
	if _, err := os.Lstat(path + serviceKeySuffix); err == nil || served {
		return program.Fail("adverse_by_service", path)
	}
	return nil
}

// serviceKeySuffix is of the file that a service makes beside its registry.
const serviceKeySuffix = ".service-key"

// count counts the records that restrict somebody for the day, and notes in the journal
// who approved them; both once, with the first chunk. More than the day's quota is no
// trial and no small desk.
func (a *app) count(ctx context.Context, p *approving, o batch.Options, wanted approval.Approval, signed []byte) error {
	acts, ok := o.Registry.(actsRegistry)
	if !ok {
		return nil
	}
	if _, err := o.Registry.Committed(ctx, o.Job, 0); !errors.Is(err, registry.ErrNotFound) {
		return err
	}
	key, at := p.key.PublicKey(), a.Clock().Unix()
	err := approval.Count(ctx, acts, wanted, "tongxing issue", []*sig.PublicKey{key}, at, approval.DefaultQuota)
	if errors.Is(err, registry.ErrQuota) {
		return program.FailFor(err, "adverse_over_quota", p.states.total(), approval.DefaultQuota)
	}
	if err != nil {
		return err
	}
	sum, thumbprint := sha256.Sum256(signed), key.Thumbprint()
	detail, err := json.Marshal(map[string]any{
		"approval": hex.EncodeToString(sum[:]), "key": hex.EncodeToString(thumbprint[:]), "adverse": p.states.total(),
	})
	if err != nil {
		return err
	}
	_, err = acts.Append(ctx, registry.JournalRecord{At: at, Actor: approval.Name(key), Role: string(access.Approver),
		Act: "issue approve", Object: o.Job, Outcome: "granted", Detail: detail})
	return err
}

// tell says who approved what, where anything was.
func (p *approved) tell(say func(key string, args ...any)) {
	if p.path != "" {
		say("issue_approved", p.records, p.keyID, p.path)
	}
}
