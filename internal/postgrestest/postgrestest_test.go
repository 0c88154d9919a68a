package postgrestest

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// childVariable makes the test binary play a process that is killed while its
// server runs.
const childVariable = "POSTGRESTEST_CHILD"

func TestMain(m *testing.M) { os.Exit(Main(m)) }

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	connection, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	return connection
}

func TestEveryDatabaseIsEmptyAndDurable(t *testing.T) {
	for range 2 {
		c := connect(t, Database(t))
		var synchronous, fsync string
		var tables int
		err := c.QueryRow(t.Context(), "SELECT current_setting('synchronous_commit'), current_setting('fsync'), (SELECT count(*) FROM pg_tables WHERE schemaname = 'public')").
			Scan(&synchronous, &fsync, &tables)
		if err != nil || synchronous != "on" || fsync != "on" || tables != 0 {
			t.Errorf("synchronous_commit %s, fsync %s, %d tables, error %v", synchronous, fsync, tables, err)
		}
		if _, err := c.Exec(t.Context(), "CREATE TABLE something (id int)"); err != nil {
			t.Error(err)
		}
	}
}

func TestWhatWasCommittedIsThereAfterACrash(t *testing.T) {
	s := Start(t, "max_connections=10")
	url := s.Database(t)
	c := connect(t, url)
	if _, err := c.Exec(t.Context(), "CREATE TABLE something (id int)"); err != nil {
		t.Fatal(err)
	}
	for i, crash := range []func(testing.TB){s.StopImmediately, s.Kill} {
		if _, err := c.Exec(t.Context(), "INSERT INTO something VALUES (1)"); err != nil {
			t.Fatal(err)
		}
		crash(t)
		if s.Runs() || c.Ping(t.Context()) == nil {
			t.Fatal("the server runs after it was stopped")
		}
		s.Restart(t)
		c = connect(t, url)
		var n int
		if err := c.QueryRow(t.Context(), "SELECT count(*) FROM something").Scan(&n); err != nil || n != i+1 {
			t.Errorf("%d rows, error %v, want %d", n, err, i+1)
		}
	}
	if s.CPU(t) <= 0 {
		t.Error("a server that took no time")
	}
}

// TestTheServerDiesWithTheTest kills a process whose server runs.
func TestTheServerDiesWithTheTest(t *testing.T) {
	if os.Getenv(childVariable) != "" {
		fmt.Println("server", Start(t).command.Process.Pid)
		select {}
	}
	child := exec.Command(os.Args[0], "-test.run", "^TestTheServerDiesWithTheTest$")
	child.Env = append(os.Environ(), childVariable+"=1")
	output, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	var server int
	for lines := bufio.NewScanner(output); server == 0 && lines.Scan(); {
		fmt.Sscanf(lines.Text(), "server %d", &server)
	}
	child.Process.Kill()
	child.Wait()
	if server == 0 {
		t.Fatal("the child started no server")
	}
	for begun := time.Now(); running(server); time.Sleep(20 * time.Millisecond) {
		if time.Since(begun) > startLimit {
			t.Fatalf("server %d still runs", server)
		}
	}
}

// running reports whether a server runs. One that has ended may still have an
// entry, until somebody asks how it ended, but has no children.
func running(server int) bool {
	children, err := childrenOf(server)
	return err == nil && len(children) > 0
}
