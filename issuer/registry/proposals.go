package registry

import (
	"context"
	"errors"
	"fmt"
	"math"
)

// MaxApprovals is the largest number of approvals of a proposal.
const MaxApprovals = 2

var (
	// ErrSameHand reports an approval by the requester, or by who approved before.
	ErrSameHand = errors.New("registry: approved by the requester or by the same hand again")
	// ErrSameAuthority reports a second approval by the authority of the first. It
	// would add nothing, and take the place of the one that is needed beyond a quota.
	ErrSameAuthority = errors.New("registry: approved by the same authority again")
	// ErrProposalOver reports a proposal that nobody can approve or use any more:
	// its time is over.
	ErrProposalOver = errors.New("registry: the proposal's time is over")
	// ErrProposalUsed reports a proposal that was used: it is good for one act.
	ErrProposalUsed = errors.New("registry: the proposal was used already")
	// ErrNotApproved reports the use of a proposal that nobody approved.
	ErrNotApproved = errors.New("registry: the proposal is not approved")
	// ErrQuota reports the use of a proposal that would bring the adverse changes
	// of its region beyond the day's quota, and that only one authority approved.
	ErrQuota = errors.New("registry: beyond the day's quota; a second approval by another authority is needed")
)

// ProposalID is the name of a proposal, drawn at random by who proposes.
type ProposalID = [16]byte

// Proposal is an act that needs a second person: what is to be done, by digest,
// who asked for it, and who agreed.
//
//	proposed -> approved (once or twice) -> used
//	        \-------------------\-> over, at ExpiresAt
type Proposal struct {
	ID ProposalID // not zero
	// Digest is a keyed hash of all of what is to be done; not zero.
	Digest [32]byte
	// Act, Requester and RequesterAuthority are as CheckName says.
	Act                           string
	Region                        uint8 // GB/T 2260, 0 to 99
	Requester, RequesterAuthority string
	Adverse                       int // adverse changes that it makes, 0 to 2^31-1
	ProposedAt                    int64
	Approvals                     []Approval // in their order, at most MaxApprovals
	UsedAt                        int64      // 0 while it is not used
	ExpiresAt                     int64
}

// Approval is somebody's agreement to a proposal. Names are as CheckName says.
type Approval struct {
	Approver, Authority string
	At                  int64 // seconds since 1970 UTC
}

// Proposals keeps proposals. What was proposed, approved and used is added and
// never changed or deleted. Errors of an unknown id are ErrNotFound.
type Proposals interface {
	// Propose records a proposal without approvals. While a proposal of the same
	// digest by the same requester is neither used nor over at ProposedAt, that one
	// is returned instead. An id that another proposal has is ErrInvalid.
	Propose(ctx context.Context, proposal Proposal) (Proposal, error)
	// Approve adds an approval and returns the proposal with it. Errors are
	// ErrProposalUsed, ErrProposalOver at ExpiresAt or with MaxApprovals there
	// already, ErrSameHand and ErrSameAuthority.
	Approve(ctx context.Context, id ProposalID, approval Approval) (Proposal, error)
	// Use marks a proposal used at a time (seconds since 1970 UTC, not 0), and
	// counts its adverse changes for its region and day (UTC+8), both or neither.
	// quota is the most adverse changes of a region and day that proposals of one
	// approving authority may make; beyond it two approvals by different
	// authorities are needed. Errors are, in this order, ErrProposalUsed,
	// ErrProposalOver, ErrNotApproved and ErrQuota.
	Use(ctx context.Context, id ProposalID, at int64, quota int) (Proposal, error)
	// Proposal returns a proposal as it is.
	Proposal(ctx context.Context, id ProposalID) (Proposal, error)
}

// QuotaDay returns the day, at UTC+8 since 1970, that adverse changes at a time
// are counted for.
func QuotaDay(at int64) int64 { return (at + 8*3600) / 86400 }

// Approve returns the proposal with an approval added, or the error that
// Proposals.Approve returns. The argument stays as it was.
func (p Proposal) Approve(a Approval) (Proposal, error) {
	if p.UsedAt != 0 {
		return Proposal{}, ErrProposalUsed
	}
	if a.At >= p.ExpiresAt {
		return Proposal{}, ErrProposalOver
	}
	if a.Approver == p.Requester {
		return Proposal{}, ErrSameHand
	}
	for _, earlier := range p.Approvals {
		if a.Approver == earlier.Approver {
			return Proposal{}, ErrSameHand
		}
	}
	if len(p.Approvals) >= MaxApprovals {
		return Proposal{}, ErrProposalOver
	}
	for _, earlier := range p.Approvals {
		if a.Authority == earlier.Authority {
			return Proposal{}, ErrSameAuthority
		}
	}
	p.Approvals = append(append(make([]Approval, 0, MaxApprovals), p.Approvals...), a)
	return p, nil
}

// Use returns the proposal as used, or the error that Proposals.Use returns.
// counted is how many adverse changes its region and day have without it.
func (p Proposal) Use(at int64, counted, quota int) (Proposal, error) {
	if p.UsedAt != 0 {
		return Proposal{}, ErrProposalUsed
	}
	if at >= p.ExpiresAt {
		return Proposal{}, ErrProposalOver
	}
	if len(p.Approvals) == 0 {
		return Proposal{}, ErrNotApproved
	}
	if p.Adverse > 0 && counted+p.Adverse > quota && !p.approvedByTwo() {
		return Proposal{}, fmt.Errorf("%w: %d adverse changes after %d, quota %d", ErrQuota, p.Adverse, counted, quota)
	}
	p.UsedAt = at
	return p, nil
}

func (p Proposal) approvedByTwo() bool {
	for _, a := range p.Approvals {
		if a.Authority != p.Approvals[0].Authority {
			return true
		}
	}
	return false
}

// CheckProposal returns ErrInvalid for a proposal that cannot be proposed.
func CheckProposal(p Proposal) error {
	if p.ID == (ProposalID{}) || p.Digest == [32]byte{} {
		return fmt.Errorf("%w: proposal without id or digest", ErrInvalid)
	}
	for _, field := range [...]struct{ what, text string }{
		{"act", p.Act}, {"requester", p.Requester}, {"authority of the requester", p.RequesterAuthority},
	} {
		if err := CheckName(field.what, field.text); err != nil {
			return err
		}
	}
	switch {
	case p.Region > 99:
		return fmt.Errorf("%w: region %d, want 0 to 99", ErrInvalid, p.Region)
	case p.Adverse < 0 || p.Adverse > math.MaxInt32:
		return fmt.Errorf("%w: %d adverse changes", ErrInvalid, p.Adverse)
	case len(p.Approvals) != 0 || p.UsedAt != 0:
		return fmt.Errorf("%w: proposal is approved or used already", ErrInvalid)
	case p.ExpiresAt <= p.ProposedAt:
		return fmt.Errorf("%w: proposed at %d, over at %d", ErrInvalid, p.ProposedAt, p.ExpiresAt)
	case CheckTime(p.ProposedAt) != nil:
		return CheckTime(p.ProposedAt)
	}
	return CheckTime(p.ExpiresAt)
}

// CheckApproval returns ErrInvalid for an approval that is out of bounds.
func CheckApproval(id ProposalID, a Approval) error {
	if id == (ProposalID{}) {
		return fmt.Errorf("%w: no proposal", ErrInvalid)
	}
	if err := CheckName("approver", a.Approver); err != nil {
		return err
	}
	if err := CheckName("authority of the approver", a.Authority); err != nil {
		return err
	}
	return CheckTime(a.At)
}

// CheckUse returns ErrInvalid for arguments of Use that are out of bounds.
func CheckUse(id ProposalID, at int64, quota int) error {
	if id == (ProposalID{}) || at == 0 || quota < 0 || quota > math.MaxInt32 {
		return fmt.Errorf("%w: use of proposal %x at %d with quota %d", ErrInvalid, id, at, quota)
	}
	return CheckTime(at)
}
