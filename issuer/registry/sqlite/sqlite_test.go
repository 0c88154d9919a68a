package sqlite

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/packed"
	"github.com/tongxing/tongxing/issuer/registry/registrytest"
)

// file is the storage of a registry under test.
type file string

func newFile(t testing.TB, plan registry.Plan) file {
	t.Helper()
	path := filepath.Join(t.TempDir(), "33.registry")
	r, err := Create(t.Context(), path, plan)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	return file(path)
}

func (f file) Open(t testing.TB) registry.StateKeeper { return f.open(t) }

func (f file) open(t testing.TB) *Registry {
	t.Helper()
	r, err := Open(t.Context(), string(f))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestConformance(t *testing.T) {
	registrytest.Run(t, func(t *testing.T) registrytest.Storage { return newFile(t, registry.Plan{}) })
}

// TestTheSchemaHasNoRoomForPersonalData holds every column to a list: a new one
// is added here by someone who thought about whose data it holds.
func TestTheSchemaHasNoRoomForPersonalData(t *testing.T) {
	allowed := []string{
		"answer.digest", "answer.issued_at", "answer.position", "answer.signature",
		"approval.approver", "approval.at", "approval.authority", "approval.number", "approval.proposal", // names of the province's own staff
		"bank.first_shard", "bank.id", "bank.issued", "bank.leased", "bank.month", "bank.places", "bank.region", "bank.shards",
		"changed.position", "changed.sequence",
		"chunk.id", "chunk.job", "chunk.number",
		"event.first", "event.order_id", "event.positions", "event.successors",
		"job.at", "job.chunks", "job.committed", "job.digest", "job.id", "job.issued", "job.last_month", "job.name", "job.planned_at", "job.records", "job.region",
		"journal.act", "journal.actor", "journal.at", "journal.detail", "journal.hash", "journal.object", "journal.outcome", "journal.role", "journal.sequence",
		"orders.action", "orders.already", "orders.at", "orders.changed", "orders.digest", "orders.id", "orders.key", "orders.last", "orders.mark", "orders.reason",
		"planned.job", "planned.number", "planned.plan",
		"program.schema", "program.version",
		"proposal.act", "proposal.adverse", "proposal.digest", "proposal.expires_at", "proposal.id", "proposal.key", "proposal.proposed_at", "proposal.region", "proposal.requester", "proposal.requester_authority",
		"proposal_use.adverse", "proposal_use.at", "proposal_use.day", "proposal_use.proposal", "proposal_use.region",
		"registry.id", "registry.places", "registry.purged", "registry.secret", "registry.shards",
		"request.key", "request.position",
		"segment.checksum", "segment.chunk", "segment.entries", "segment.position", "segment.requests",
		"undone.job", "undone.number", "undone.until", "undone.worker",
	}
	r := newFile(t, registry.Plan{}).open(t)
	defer r.Close()
	rows, err := r.read.Query("SELECT m.name || '.' || c.name FROM sqlite_schema m, pragma_table_info(m.name) c WHERE m.type = 'table' ORDER BY 1")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var columns []string
	for rows.Next() {
		var column string
		if err := rows.Scan(&column); err != nil {
			t.Fatal(err)
		}
		columns = append(columns, column)
	}
	if err := rows.Err(); err != nil || !slices.Equal(columns, allowed) {
		t.Errorf("columns are %q, error %v, want %q", columns, err, allowed)
	}
	if want := 1 + len(registry.KeyID{}) + 4 + 4 + 32; packed.EntrySize != want || packed.RequestSize != len(registry.RequestKey{}) {
		t.Errorf("an entry has %d bytes, want %d", packed.EntrySize, want)
	}
}

// [STATUS-15] Not even the program itself can take back what was recorded.
func TestWhatWasRecordedStays(t *testing.T) {
	r := newFile(t, registry.Plan{}).open(t)
	defer r.Close()
	order := registrytest.Order(1, registry.Suspend, registrytest.Issue(t, r, testPool, "job", 5))
	if _, err := r.Record(t.Context(), order); err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{
		"DELETE FROM orders", "DELETE FROM event", "DELETE FROM changed WHERE sequence = 3",
		"UPDATE orders SET action = 4", "UPDATE event SET first = 7", "UPDATE changed SET sequence = sequence + 1",
		"INSERT OR REPLACE INTO event SELECT * FROM event",
	} {
		if _, err := r.write.Exec("PRAGMA foreign_keys = 0; " + statement); err == nil || !strings.Contains(err.Error(), "are never") {
			t.Errorf("%s: error %v", statement, err)
		}
	}
	if _, err := r.Append(t.Context(), registrytest.Record(0)); err != nil {
		t.Fatal(err)
	}
	p := registrytest.Propose(1)
	_, proposed := r.Propose(t.Context(), p)
	_, approved := r.Approve(t.Context(), p.ID, registry.Approval{Approver: "chief", Authority: "CDC", At: p.ProposedAt})
	_, used := r.Use(t.Context(), p.ID, p.ProposedAt+1, 10)
	if err := errors.Join(proposed, approved, used); err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{
		"DELETE FROM journal", "UPDATE journal SET act = 'nothing'", "UPDATE journal SET sequence = 5",
		"INSERT OR REPLACE INTO journal SELECT sequence, at + 1, actor, role, act, object, outcome, detail, hash FROM journal",
		"DELETE FROM proposal", "UPDATE proposal SET adverse = 0", "DELETE FROM approval", "UPDATE approval SET approver = 'b'",
		"DELETE FROM proposal_use", "UPDATE proposal_use SET adverse = 0",
	} {
		if _, err := r.write.Exec("PRAGMA foreign_keys = 0; " + statement); err == nil || !strings.Contains(err.Error(), "never") && !strings.Contains(err.Error(), "no gaps") {
			t.Errorf("%s: error %v", statement, err)
		}
	}
	resume := registrytest.Order(2, registry.Resume, order.References)
	if receipt, err := r.Record(t.Context(), resume); err != nil || receipt.FirstEvent != 6 {
		t.Errorf("an undo: %+v, error %v, want further events", receipt, err)
	}
}

// TestQueriesDoNotScan holds the plans of the queries of orders, events, jobs,
// answers and acts to descents: a registry of a hundred million credentials is read where the order
// points and nowhere else.
func TestQueriesDoNotScan(t *testing.T) {
	r := newFile(t, registry.Plan{}).open(t)
	defer r.Close()
	for _, query := range []string{
		selectUncommitted, selectNewest, selectEventColumns + eventsFrom, selectEventColumns + eventBefore,
		selectMark, selectMarkAt, selectOrder, selectOrderRows,
		selectPlan, selectClaimable, selectAnswer, deleteAnswers, selectAdverse, deleteEmptyChunk,
		selectProposals + proposalByKey, selectProposals + openProposal, selectOpen,
	} {
		arguments := []any{1, 1, 1}[:strings.Count(query, "?")]
		rows, err := r.read.Query("EXPLAIN QUERY PLAN "+query, arguments...)
		if err != nil {
			t.Fatalf("%s: %v", query, err)
		}
		steps := 0
		for ; rows.Next(); steps++ {
			var id, parent, unused int
			var detail string
			if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
				t.Fatal(err)
			}
			if strings.HasPrefix(detail, "SCAN") && !strings.Contains(detail, "json_each") && query != selectMark {
				t.Errorf("%s: %s", query, detail)
			}
		}
		if err := rows.Close(); err != nil || steps == 0 {
			t.Errorf("%s: %d steps, error %v", query, steps, err)
		}
	}
}
