package postgrestest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// startLimit is how long a server may take to start or to stop, recovery after a
// crash included, on a machine that does much else.
const startLimit = time.Minute

// Server is one server of PostgreSQL. Its methods are for one goroutine at a
// time, Database aside.
type Server struct {
	binaries  string // folder
	folder    string // of this server: data, socket, log
	account   *syscall.Credential
	command   *exec.Cmd
	ended     chan struct{} // closed when command ended
	watch     io.Closer     // its closing makes the watcher kill the server
	databases atomic.Int64
}

// Start starts a server that ends with the test. Settings ("max_connections=20")
// are added to those of every server.
func Start(tb testing.TB, settings ...string) *Server {
	tb.Helper()
	s, err := create(settings...)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(s.end)
	return s
}

// create makes a server's folder and data and starts it.
func create(settings ...string) (*Server, error) {
	binaries, err := findBinaries()
	if err != nil {
		return nil, err
	}
	account, err := unprivileged()
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "postgrestest")
	if err != nil {
		return nil, err
	}
	s := &Server{binaries: binaries, folder: folder, account: account}
	if err := s.initialise(settings); err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	if err := s.start(); err != nil {
		s.end()
		return nil, err
	}
	return s, nil
}

// initialise makes the data folder. Its files are not synced: a machine that
// fails during the test leaves nothing to keep.
func (s *Server) initialise(settings []string) error {
	if s.account != nil {
		if err := os.Chown(s.folder, int(s.account.Uid), int(s.account.Gid)); err != nil {
			return err
		}
	}
	output, err := s.run("initdb", "--pgdata", s.data(), "--username=postgres", "--auth=trust",
		"--encoding=UTF8", "--no-locale", "--no-sync", "--no-instructions").CombinedOutput()
	if err != nil {
		return fmt.Errorf("postgrestest: initdb: %w\n%s", err, output)
	}
	lines := append([]string{
		"listen_addresses=''", "unix_socket_directories='" + s.folder + "'",
		"fsync=on", "synchronous_commit=on", "full_page_writes=on",
		"shared_buffers=64MB", "max_connections=100",
	}, settings...)
	file, err := os.OpenFile(filepath.Join(s.data(), "postgresql.conf"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = file.WriteString(strings.Join(lines, "\n") + "\n")
	return errors.Join(err, file.Close())
}

func (s *Server) data() string { return filepath.Join(s.folder, "data") }
func (s *Server) log() string  { return filepath.Join(s.folder, "log") }

// run returns a command of the server's folder of programs, run by its account.
func (s *Server) run(name string, arguments ...string) *exec.Cmd {
	command := exec.Command(filepath.Join(s.binaries, name), arguments...)
	command.Dir = s.folder
	// A group of its own: an interrupt of the terminal is for the test, which
	// then stops the server.
	command.SysProcAttr = &syscall.SysProcAttr{Credential: s.account, Setpgid: true}
	return command
}

// start starts the server and waits until it answers.
func (s *Server) start() error {
	log, err := os.OpenFile(s.log(), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	command := s.run("postgres", "-D", s.data())
	command.Stdout, command.Stderr = log, log
	if err := command.Start(); err != nil {
		return err
	}
	ended := make(chan struct{})
	s.command, s.ended = command, ended
	go func() {
		command.Wait() // how it ended is in its log
		close(ended)
	}()
	if s.watch, err = watchOver(command.Process.Pid, s.folder); err != nil {
		return err
	}
	return s.wait()
}

// wait returns when the server answers.
func (s *Server) wait() error {
	ctx, cancel := context.WithTimeout(context.Background(), startLimit)
	defer cancel()
	for {
		connection, err := pgx.Connect(ctx, s.url("postgres"))
		if err == nil {
			return connection.Close(ctx)
		}
		select {
		case <-s.ended:
			return fmt.Errorf("postgrestest: the server did not start:\n%s", s.logTail())
		case <-ctx.Done():
			return fmt.Errorf("postgrestest: the server does not answer: %w\n%s", err, s.logTail())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// logTail returns the end of the server's log.
func (s *Server) logTail() []byte {
	text, err := os.ReadFile(s.log())
	if err != nil {
		return []byte(err.Error())
	}
	return text[max(0, len(text)-4096):]
}

// url returns the address of a database.
func (s *Server) url(database string) string {
	address := url.URL{
		Scheme: "postgres", User: url.User("postgres"), Path: "/" + database,
		RawQuery: url.Values{"host": {s.folder}}.Encode(),
	}
	return address.String()
}

// Database makes an empty database and returns its URL. It goes with the test.
func (s *Server) Database(tb testing.TB) (url string) {
	tb.Helper()
	name, err := s.createDatabase()
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if !s.Runs() {
			return // it goes with the server
		}
		if err := s.execute("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)"); err != nil {
			tb.Errorf("postgrestest: %v", err)
		}
	})
	return s.url(name)
}

func (s *Server) createDatabase() (name string, err error) {
	name = fmt.Sprintf("test%d", s.databases.Add(1))
	if err := s.execute("CREATE DATABASE " + name); err != nil {
		return "", fmt.Errorf("postgrestest: %w", err)
	}
	return name, nil
}

func (s *Server) execute(statement string) error {
	ctx, cancel := context.WithTimeout(context.Background(), startLimit)
	defer cancel()
	connection, err := pgx.Connect(ctx, s.url("postgres"))
	if err != nil {
		return err
	}
	_, err = connection.Exec(ctx, statement)
	return errors.Join(err, connection.Close(ctx))
}

// Runs reports whether the server has been started and not stopped.
func (s *Server) Runs() bool {
	select {
	case <-s.ended:
		return false
	default:
		return true
	}
}
