// Package postgrestest starts real servers of PostgreSQL for tests and
// benchmarks: those of the system's own package, on a socket in a temporary
// folder, with the durability that an operator has (fsync and synchronous_commit
// on). A package of tests has one server, started when it is first asked for:
//
//	func TestMain(m *testing.M) { os.Exit(postgrestest.Main(m)) }
//
//	func TestSomething(t *testing.T) {
//		pool, err := pgxpool.New(t.Context(), postgrestest.Database(t))
//		...
//	}
//
// A test that kills the server starts one of its own (Start). A server ends with
// its test, and when the process of the test is killed.
package postgrestest

import (
	"sync"
	"testing"
)

// shared is the server of Database.
var shared struct {
	sync.Mutex
	serving bool // Main runs
	server  *Server
}

// Main runs the tests of a package, stops the server that they shared, and
// returns the status to exit with.
func Main(m *testing.M) (status int) {
	shared.Lock()
	shared.serving = true
	shared.Unlock()
	status = m.Run()
	shared.Lock()
	defer shared.Unlock()
	if shared.server != nil {
		shared.server.end()
	}
	return status
}

// Database makes an empty database on the server that the package's tests share
// and returns its URL (postgres://…). It goes with the test. Without a
// PostgreSQL on the machine, or without Main, the test fails.
func Database(tb testing.TB) (url string) {
	tb.Helper()
	return sharedServer(tb).Database(tb)
}

func sharedServer(tb testing.TB) *Server {
	tb.Helper()
	shared.Lock()
	defer shared.Unlock()
	if !shared.serving {
		tb.Fatal("postgrestest: call postgrestest.Main in TestMain")
	}
	if shared.server == nil {
		server, err := create()
		if err != nil {
			tb.Fatal(err)
		}
		shared.server = server
	}
	return shared.server
}

// Shared returns the server of Database. It must not be stopped.
func Shared(tb testing.TB) *Server {
	tb.Helper()
	return sharedServer(tb)
}
