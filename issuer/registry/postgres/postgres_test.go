package postgres

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/tongxing/tongxing/internal/postgrestest"
	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/registrytest"
)

// childVariable makes the test binary play a process that is to be killed.
const childVariable = "REGISTRY_TEST_CHILD"

func TestMain(m *testing.M) {
	if address := os.Getenv(childVariable); address != "" {
		play := workingChild
		if os.Getenv("STEPS") != "" {
			play = steppingChild
		}
		if err := play(address); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(postgrestest.Main(m))
}

// testPool is the one that most tests work in.
var testPool = registry.Pool{Region: 33, Month: 83}

// database is the storage of a registry under test: its address.
type database string

// created makes a registry in the database at an address.
func created(t testing.TB, address string, plan registry.Plan) database {
	t.Helper()
	r, err := Create(t.Context(), address, plan)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	return database(address)
}

// fresh makes a registry in a database of its own.
func fresh(t testing.TB) database {
	t.Helper()
	return created(t, postgrestest.Database(t), registry.Plan{})
}

func (d database) Open(t testing.TB) registry.StateKeeper { return d.open(t) }

// open opens the registry; the caller closes it.
func (d database) open(t testing.TB) *Registry {
	t.Helper()
	r, err := Open(t.Context(), string(d))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// execute runs statements behind the program's back.
func (d database) execute(t testing.TB, statements string) error {
	t.Helper()
	connection, err := pgx.Connect(t.Context(), string(d))
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close(t.Context())
	_, err = connection.Exec(t.Context(), statements)
	return err
}

// mustExecute is execute, or the end of the test.
func (d database) mustExecute(t testing.TB, statements string) {
	t.Helper()
	if err := d.execute(t, statements); err != nil {
		t.Fatal(err)
	}
}

// TestConformance makes the registries one after the other in one database: a
// database for each costs more than most of the tests.
func TestConformance(t *testing.T) {
	d := database(postgrestest.Database(t))
	registrytest.Run(t, func(t *testing.T) registrytest.Storage {
		d.mustExecute(t, "DROP SCHEMA IF EXISTS tongxing CASCADE")
		return created(t, string(d), registry.Plan{})
	})
}

// TestTheSchemaHasNoRoomForPersonalData holds every column to a list: a new one
// is added here by someone who thought about whose data it holds.
func TestTheSchemaHasNoRoomForPersonalData(t *testing.T) {
	allowed := strings.Fields(`
		answer.digest answer.issued_at answer.position answer.signature
		approval.approver approval.at approval.authority approval.number approval.proposal
		bank.first_shard bank.id bank.leased bank.month bank.places bank.region bank.shards
		changed.position changed.sequence
		chunk.id chunk.job chunk.number
		event.first event.order_id event.positions event.successors
		issued.bank issued.entries issued.slot
		job.at job.chunks job.digest job.id job.last_month job.name job.planned_at job.records job.region
		journal.act journal.actor journal.at journal.detail journal.hash journal.object journal.outcome journal.role journal.sequence
		orders.action orders.already orders.at orders.changed orders.digest orders.id orders.key orders.last orders.mark orders.reason
		planned.job planned.number planned.plan
		program.schema program.version
		progress.chunks progress.entries progress.job progress.slot
		proposal.act proposal.adverse proposal.digest proposal.expires_at proposal.id proposal.key proposal.proposed_at proposal.region
		proposal.requester proposal.requester_authority
		proposal_use.adverse proposal_use.at proposal_use.day proposal_use.proposal proposal_use.region
		registry.id registry.places registry.purged registry.secret registry.shards registry.version
		request.key request.position
		segment.checksum segment.chunk segment.entries segment.position segment.requests
		undone.job undone.number undone.until undone.worker`)
	r := fresh(t).open(t)
	defer r.Close()
	columns, err := all(t.Context(), r.pool, func(rows pgx.Rows, column *string) error { return rows.Scan(column) },
		`SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = 'tongxing'`)
	slices.Sort(columns)
	slices.Sort(allowed)
	if err != nil || !slices.Equal(columns, allowed) {
		t.Errorf("columns are %q, error %v, want %q", columns, err, allowed)
	}
}

// [STATUS-15] Not even the program itself can take back what was recorded.
func TestWhatWasRecordedStays(t *testing.T) {
	r := fresh(t).open(t)
	defer r.Close()
	order := registrytest.Order(1, registry.Suspend, registrytest.Issue(t, r, testPool, "job", 5))
	if _, err := r.Record(t.Context(), order); err != nil {
		t.Fatal(err)
	}
	for _, table := range []string{"orders", "event", "changed", "journal", "proposal", "approval", "proposal_use"} {
		for _, statement := range []string{"DELETE FROM tongxing.%s", "TRUNCATE tongxing.%s CASCADE"} {
			_, err := r.pool.Exec(t.Context(), fmt.Sprintf(statement, table))
			if err == nil || !strings.Contains(err.Error(), "never changed or deleted") {
				t.Errorf(statement+": error %v", table, err)
			}
		}
	}
	for _, statement := range []string{"UPDATE tongxing.orders SET action = 4", "UPDATE tongxing.event SET first = 7", "UPDATE tongxing.changed SET sequence = sequence + 1"} {
		if _, err := r.pool.Exec(t.Context(), statement); err == nil || !strings.Contains(err.Error(), "never changed or deleted") {
			t.Errorf("%s: error %v", statement, err)
		}
	}
	resume := registrytest.Order(2, registry.Resume, order.References)
	if receipt, err := r.Record(t.Context(), resume); err != nil || receipt.FirstEvent != 6 {
		t.Errorf("an undo: %+v, error %v, want further events", receipt, err)
	}
}

// TestOrdersDoNotScan holds the plans of the queries of orders, events and entries
// to descents: a registry of a hundred million credentials is read where the order
// points and nowhere else.
func TestOrdersDoNotScan(t *testing.T) {
	d := fresh(t)
	for query, arguments := range map[string]string{
		selectUncommitted:                "bigint[]",
		selectNewest:                     "bigint[]",
		selectEntry:                      "bigint, bigint, bigint, bigint",
		selectEventColumns + eventsFrom:  "bigint, bigint",
		selectEventColumns + eventBefore: "bigint",
		selectMark:                       "",
		selectMarkAt:                     "bigint",
		selectOrder:                      "bytea",
		selectOrderRows:                  "bigint, bigint",
		selectAnswer:                     "bytea",
		selectPlan:                       "text, bigint",
	} {
		text, values := "PREPARE question AS "+query, ""
		if arguments != "" {
			text = "PREPARE question (" + arguments + ") AS " + query
			values = " (" + strings.Repeat("NULL, ", strings.Count(arguments, ",")) + "NULL)"
		}
		// Without statistics the planner takes small tables for large ones.
		connection, err := pgx.Connect(t.Context(), string(d))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := connection.Exec(t.Context(), "SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; SET enable_bitmapscan = off; "+text); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
		rows, err := connection.Query(t.Context(), "EXPLAIN EXECUTE question"+values, pgx.QueryExecModeSimpleProtocol)
		if err != nil {
			t.Fatal(err)
		}
		steps, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil || len(steps) == 0 {
			t.Fatalf("%s: %d steps, error %v", query, len(steps), err)
		}
		for _, step := range steps {
			if strings.Contains(step, "Seq Scan") {
				t.Errorf("%s:\n%s", query, strings.Join(steps, "\n"))
			}
		}
		connection.Close(t.Context())
	}
}
