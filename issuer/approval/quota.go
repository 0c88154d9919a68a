package approval

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/issuer/registry"
)

// DefaultQuota is how many records a region may restrict a day (UTC+8) by the approval
// of one person.
const DefaultQuota = 1000

// openFor is how long, in seconds, what was counted in part may be completed.
const openFor = 24 * 3600

// Name is the name of an approver's key where people's names stand: in a journal, and
// beside what was approved.
func Name(key *sig.PublicKey) string {
	id := key.KeyID()
	return "key " + hex.EncodeToString(id[:])
}

// Count counts the adverse records of an approved job for their region and the day of
// at (seconds since 1970 UTC), among those that a service counts by its proposals: once
// a day, however often the job is begun, and before it. Beyond the quota it takes two
// approvers, each with a key of her own; with one it is registry.ErrQuota, and nothing
// is counted. by names who runs the job. A job without an adverse record is not counted.
func Count(ctx context.Context, proposals registry.Proposals, a Approval, by string, approvers []*sig.PublicKey, at int64, quota int) error {
	adverse := a.adverse()
	if adverse == 0 {
		return nil
	}
	p, err := a.proposal(by, adverse, at)
	if err != nil {
		return err
	}
	standing, err := proposals.Proposal(ctx, p.ID)
	switch {
	case errors.Is(err, registry.ErrNotFound):
		standing, err = proposals.Propose(ctx, p)
	case err == nil && standing.UsedAt != 0:
		return nil
	}
	if err != nil {
		return err
	}
	for _, key := range approvers {
		if standing, err = approve(ctx, proposals, standing, Name(key), at); err != nil {
			return err
		}
	}
	_, err = proposals.Use(ctx, standing.ID, at, quota)
	return err
}

// approve adds an approval, unless it is there already.
func approve(ctx context.Context, proposals registry.Proposals, p registry.Proposal, name string, at int64) (registry.Proposal, error) {
	if len(p.Approvals) == registry.MaxApprovals || slices.ContainsFunc(p.Approvals, func(there registry.Approval) bool { return there.Approver == name }) {
		return p, nil
	}
	return proposals.Approve(ctx, p.ID, registry.Approval{Approver: name, Authority: name, At: at})
}

// adverse is how many records restrict somebody.
func (a Approval) adverse() (n uint64) {
	for _, count := range a.Adverse {
		n += count
	}
	return n
}

// proposal is the job as something that is proposed on a day, by the same name each
// time.
func (a Approval) proposal(by string, adverse uint64, at int64) (registry.Proposal, error) {
	if err := a.check(); err != nil {
		return registry.Proposal{}, err
	}
	region, err := strconv.ParseUint(a.Region, 10, 8)
	if err != nil || adverse > math.MaxInt32 {
		return registry.Proposal{}, fmt.Errorf("%w: region %q, %d adverse records", ErrInvalid, a.Region, adverse)
	}
	h := sha256.New()
	h.Write([]byte("tongxing/approval/quota/1"))
	for _, n := range []int64{registry.QuotaDay(at), a.At, int64(adverse), int64(len(a.Job))} {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(n)))
	}
	h.Write([]byte(a.Region + a.Job))
	h.Write(a.Records[:])
	if a.Bulk != nil {
		h.Write(a.Bulk.Digest[:])
	}
	digest := [32]byte(h.Sum(nil))
	return registry.Proposal{
		ID: registry.ProposalID(digest[:16]), Digest: digest, Act: "approval", Region: uint8(region), Adverse: int(adverse),
		Requester: by, RequesterAuthority: by, ProposedAt: at, ExpiresAt: at + openFor,
	}, nil
}
