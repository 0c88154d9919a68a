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
	"errors"
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
	return Shared(tb).Database(tb)
}

// ExampleDatabase is Database for an example, which has no test: it goes with the
// server.
func ExampleDatabase() (url string, err error) {
	server, err := start()
	if err != nil {
		return "", err
	}
	name, err := server.createDatabase()
	if err != nil {
		return "", err
	}
	return server.url(name), nil
}

// Shared returns the server of Database. It must not be stopped.
func Shared(tb testing.TB) *Server {
	tb.Helper()
	server, err := start()
	if err != nil {
		tb.Fatal(err)
	}
	return server
}

// start returns the shared server, which it starts the first time.
func start() (*Server, error) {
	shared.Lock()
	defer shared.Unlock()
	if !shared.serving {
		return nil, errors.New("postgrestest: call postgrestest.Main in TestMain")
	}
	if shared.server == nil {
		server, err := create()
		if err != nil {
			return nil, err
		}
		shared.server = server
	}
	return shared.server, nil
}
