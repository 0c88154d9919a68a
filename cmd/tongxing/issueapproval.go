package main

import (
	"bytes"
	"encoding/hex"
	"errors"
	"io"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/issuer/approval"
	"github.com/tongxing/tongxing/issuer/record"
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

// approve signs what is approved of a job. Its file appears with the codes.
func (a *app) approve(f issueFlags, p *approving, job string, at time.Time, hash []byte) (*approved, error) {
	if p == nil {
		return &approved{output: nowhere{}}, nil
	}
	key, err := jobKey(f.registry + jobKeySuffix)
	if err != nil {
		return nil, err
	}
	signed, err := approval.Sign(approval.Approval{
		Region: f.region, Job: job, Records: approval.RecordsHash(key, hash),
		At: at.Unix(), Adverse: p.states, Keys: p.signing,
	}, p.key)
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
	if _, err := w.Write(signed); err != nil {
		w.Discard()
		return nil, err
	}
	id := p.key.PublicKey().KeyID()
	return &approved{output: w, path: path, keyID: hex.EncodeToString(id[:]), records: p.states.total()}, nil
}

// tell says who approved what, where anything was.
func (p *approved) tell(say func(key string, args ...any)) {
	if p.path != "" {
		say("issue_approved", p.records, p.keyID, p.path)
	}
}
