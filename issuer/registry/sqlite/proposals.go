package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/tongxing/tongxing/issuer/registry"
)

// proposalRow is a proposal and its id in the table.
type proposalRow struct {
	registry.Proposal
	id int64
}

// Propose implements registry.Proposals.
func (r *Registry) Propose(ctx context.Context, p registry.Proposal) (registry.Proposal, error) {
	if err := registry.CheckProposal(p); err != nil {
		return registry.Proposal{}, err
	}
	proposed := p
	err := r.inTransaction(ctx, "propose to "+p.Act, func(tx *transaction) error {
		there, err := selectProposal(ctx, tx, openProposal, p.Digest[:], p.Requester, p.ProposedAt)
		if err == nil {
			proposed = there.Proposal
			return nil
		}
		if !errors.Is(err, registry.ErrNotFound) {
			return err
		}
		result, err := tx.ExecContext(ctx, `INSERT INTO proposal (key, digest, act, region, requester, requester_authority, adverse, proposed_at, expires_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
			p.ID[:], p.Digest[:], p.Act, p.Region, p.Requester, p.RequesterAuthority, p.Adverse, p.ProposedAt, p.ExpiresAt)
		if err != nil {
			return err
		}
		changed, err := result.RowsAffected()
		if err == nil && changed == 0 {
			err = fmt.Errorf("%w: another proposal has the id %x", registry.ErrInvalid, p.ID)
		}
		return err
	})
	if err != nil {
		return registry.Proposal{}, err
	}
	return proposed, nil
}

// Approve implements registry.Proposals.
func (r *Registry) Approve(ctx context.Context, id registry.ProposalID, a registry.Approval) (approved registry.Proposal, err error) {
	if err := registry.CheckApproval(id, a); err != nil {
		return registry.Proposal{}, err
	}
	err = r.inTransaction(ctx, fmt.Sprintf("approve proposal %x", id), func(tx *transaction) error {
		row, err := selectProposal(ctx, tx, proposalByKey, id[:])
		if err != nil {
			return err
		}
		if approved, err = row.Approve(a); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "INSERT INTO approval (proposal, number, approver, authority, at) VALUES (?, ?, ?, ?, ?)",
			row.id, len(approved.Approvals), a.Approver, a.Authority, a.At)
		return err
	})
	if err != nil {
		return registry.Proposal{}, err
	}
	return approved, nil
}

const selectAdverse = "SELECT ifnull(sum(adverse), 0) FROM proposal_use WHERE region = ? AND day = ?"

// Use implements registry.Proposals.
func (r *Registry) Use(ctx context.Context, id registry.ProposalID, at int64, quota int) (used registry.Proposal, err error) {
	if err := registry.CheckUse(id, at, quota); err != nil {
		return registry.Proposal{}, err
	}
	err = r.inTransaction(ctx, fmt.Sprintf("use proposal %x", id), func(tx *transaction) error {
		row, err := selectProposal(ctx, tx, proposalByKey, id[:])
		if err != nil {
			return err
		}
		day := registry.QuotaDay(at)
		var counted int
		if err := tx.QueryRowContext(ctx, selectAdverse, row.Region, day).Scan(&counted); err != nil {
			return err
		}
		if used, err = row.Use(at, counted, quota); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "INSERT INTO proposal_use (proposal, at, region, day, adverse) VALUES (?, ?, ?, ?, ?)",
			row.id, at, row.Region, day, row.Adverse)
		return err
	})
	if err != nil {
		return registry.Proposal{}, err
	}
	return used, nil
}

// Proposal implements registry.Proposals.
func (r *Registry) Proposal(ctx context.Context, id registry.ProposalID) (registry.Proposal, error) {
	if id == (registry.ProposalID{}) {
		return registry.Proposal{}, fmt.Errorf("%w: no proposal", registry.ErrInvalid)
	}
	action := fmt.Sprintf("read proposal %x", id)
	// In one transaction, or an approval could come between the two queries.
	tx, err := r.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return registry.Proposal{}, r.named(action, err)
	}
	defer tx.Rollback()
	row, err := selectProposal(ctx, tx, proposalByKey, id[:])
	if err != nil {
		return registry.Proposal{}, r.named(action, err)
	}
	return row.Proposal, nil
}

// selectProposals is followed by one of the two below it: the proposal of an id,
// or the one of a digest and requester that is open at a time.
const (
	selectProposals = `SELECT p.id, p.key, p.digest, p.act, p.region, p.requester, p.requester_authority, p.adverse, p.proposed_at, p.expires_at, ifnull(u.at, 0)
		FROM proposal p LEFT JOIN proposal_use u ON u.proposal = p.id `
	proposalByKey = "WHERE p.key = ?"
	openProposal  = "WHERE p.digest = ? AND p.requester = ? AND u.at IS NULL AND p.expires_at > ? ORDER BY p.id LIMIT 1"
)

// selectProposal returns a proposal with its approvals, or ErrNotFound.
func selectProposal(ctx context.Context, q querier, where string, arguments ...any) (p proposalRow, err error) {
	var key, digest []byte
	err = q.QueryRowContext(ctx, selectProposals+where, arguments...).Scan(&p.id, &key, &digest, &p.Act, &p.Region,
		&p.Requester, &p.RequesterAuthority, &p.Adverse, &p.ProposedAt, &p.ExpiresAt, &p.UsedAt)
	if errors.Is(err, sql.ErrNoRows) {
		err = registry.ErrNotFound
	}
	if err != nil {
		return proposalRow{}, err
	}
	copy(p.ID[:], key)
	copy(p.Digest[:], digest)
	rows, err := q.QueryContext(ctx, "SELECT approver, authority, at FROM approval WHERE proposal = ? ORDER BY number", p.id)
	if err != nil {
		return proposalRow{}, err
	}
	defer rows.Close()
	for rows.Next() {
		var a registry.Approval
		if err := rows.Scan(&a.Approver, &a.Authority, &a.At); err != nil {
			return proposalRow{}, err
		}
		p.Approvals = append(p.Approvals, a)
	}
	if err := rows.Err(); err != nil {
		return proposalRow{}, err
	}
	return p, nil
}
