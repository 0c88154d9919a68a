package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/tongxing/tongxing/issuer/registry"
)

// proposalRow is a proposal and its id in the table.
type proposalRow struct {
	registry.Proposal
	id int64
}

// decide runs a transaction about a proposal. They are decided one after the
// other: quotas count what the others did.
func (r *Registry) decide(ctx context.Context, action string, do func(pgx.Tx) (registry.Proposal, error)) (decided registry.Proposal, err error) {
	err = r.change(ctx, action, false, func(tx pgx.Tx) error {
		if err := lock(ctx, tx, gateProposals); err != nil {
			return err
		}
		decided, err = do(tx)
		return err
	})
	if err != nil {
		return registry.Proposal{}, err
	}
	return decided, nil
}

// Propose implements registry.Proposals.
func (r *Registry) Propose(ctx context.Context, p registry.Proposal) (registry.Proposal, error) {
	if err := registry.CheckProposal(p); err != nil {
		return registry.Proposal{}, err
	}
	return r.decide(ctx, "propose to "+p.Act, func(tx pgx.Tx) (registry.Proposal, error) {
		there, err := selectProposal(ctx, tx, openProposal, p.Digest[:], p.Requester, p.ProposedAt)
		if !errors.Is(err, registry.ErrNotFound) {
			return there.Proposal, err
		}
		tag, err := tx.Exec(ctx, `INSERT INTO tongxing.proposal (key, digest, act, region, requester, requester_authority, adverse, proposed_at, expires_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING`,
			p.ID[:], p.Digest[:], p.Act, p.Region, p.Requester, p.RequesterAuthority, p.Adverse, p.ProposedAt, p.ExpiresAt)
		if err == nil && tag.RowsAffected() == 0 {
			err = fmt.Errorf("%w: another proposal has the id %x", registry.ErrInvalid, p.ID)
		}
		return p, err
	})
}

// Approve implements registry.Proposals.
func (r *Registry) Approve(ctx context.Context, id registry.ProposalID, a registry.Approval) (registry.Proposal, error) {
	if err := registry.CheckApproval(id, a); err != nil {
		return registry.Proposal{}, err
	}
	return r.decide(ctx, fmt.Sprintf("approve proposal %x", id), func(tx pgx.Tx) (registry.Proposal, error) {
		row, err := selectProposal(ctx, tx, proposalByKey, id[:])
		if err != nil {
			return registry.Proposal{}, err
		}
		approved, err := row.Approve(a)
		if err != nil {
			return registry.Proposal{}, err
		}
		_, err = tx.Exec(ctx, "INSERT INTO tongxing.approval (proposal, number, approver, authority, at) VALUES ($1, $2, $3, $4, $5)",
			row.id, len(approved.Approvals), a.Approver, a.Authority, a.At)
		return approved, err
	})
}

const selectAdverse = "SELECT coalesce(sum(adverse), 0)::bigint FROM tongxing.proposal_use WHERE region = $1 AND day = $2"

// Use implements registry.Proposals.
func (r *Registry) Use(ctx context.Context, id registry.ProposalID, at int64, quota int) (registry.Proposal, error) {
	if err := registry.CheckUse(id, at, quota); err != nil {
		return registry.Proposal{}, err
	}
	return r.decide(ctx, fmt.Sprintf("use proposal %x", id), func(tx pgx.Tx) (registry.Proposal, error) {
		row, err := selectProposal(ctx, tx, proposalByKey, id[:])
		if err != nil {
			return registry.Proposal{}, err
		}
		day := registry.QuotaDay(at)
		counted, err := one[int](ctx, tx, selectAdverse, row.Region, day)
		if err != nil {
			return registry.Proposal{}, err
		}
		used, err := row.Use(at, counted, quota)
		if err != nil {
			return registry.Proposal{}, err
		}
		_, err = tx.Exec(ctx, "INSERT INTO tongxing.proposal_use (proposal, at, region, day, adverse) VALUES ($1, $2, $3, $4, $5)",
			row.id, at, row.Region, day, row.Adverse)
		return used, err
	})
}

// Proposal implements registry.Proposals.
func (r *Registry) Proposal(ctx context.Context, id registry.ProposalID) (registry.Proposal, error) {
	if id == (registry.ProposalID{}) {
		return registry.Proposal{}, fmt.Errorf("%w: no proposal", registry.ErrInvalid)
	}
	var row proposalRow
	// Of one moment, or an approval could come between the two queries.
	err := r.snapshot(ctx, fmt.Sprintf("read proposal %x", id), func(q querier) (err error) {
		row, err = selectProposal(ctx, q, proposalByKey, id[:])
		return err
	})
	if err != nil {
		return registry.Proposal{}, err
	}
	return row.Proposal, nil
}

// selectProposals is followed by one of the two below it: the proposal of an id,
// or the one of a digest and requester that is open at a time.
const (
	selectProposals = `SELECT p.id, p.key, p.digest, p.act, p.region, p.requester, p.requester_authority, p.adverse, p.proposed_at, p.expires_at, coalesce(u.at, 0)
		FROM tongxing.proposal p LEFT JOIN tongxing.proposal_use u ON u.proposal = p.id `
	proposalByKey = "WHERE p.key = $1"
	openProposal  = "WHERE p.digest = $1 AND p.requester = $2 AND u.at IS NULL AND p.expires_at > $3 ORDER BY p.id LIMIT 1"
)

// selectProposal returns a proposal with its approvals, or ErrNotFound.
func selectProposal(ctx context.Context, q querier, where string, arguments ...any) (p proposalRow, err error) {
	var key, digest []byte
	err = q.QueryRow(ctx, selectProposals+where, arguments...).Scan(&p.id, &key, &digest, &p.Act, &p.Region,
		&p.Requester, &p.RequesterAuthority, &p.Adverse, &p.ProposedAt, &p.ExpiresAt, &p.UsedAt)
	if err != nil {
		return proposalRow{}, orNotFound(err)
	}
	copy(p.ID[:], key)
	copy(p.Digest[:], digest)
	p.Approvals, err = all(ctx, q, func(rows pgx.Rows, a *registry.Approval) error {
		return rows.Scan(&a.Approver, &a.Authority, &a.At)
	}, "SELECT approver, authority, at FROM tongxing.approval WHERE proposal = $1 ORDER BY number", p.id)
	if err != nil {
		return proposalRow{}, err
	}
	return p, nil
}
