package postgrestest

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// StopImmediately ends the server as "pg_ctl stop -m immediate" does: no
// checkpoint, no farewell; the next start recovers.
func (s *Server) StopImmediately(tb testing.TB) {
	tb.Helper()
	if err := s.stop(syscall.SIGQUIT); err != nil {
		tb.Fatal(err)
	}
}

// Kill ends every process of the server with kill -9. It needs /proc.
func (s *Server) Kill(tb testing.TB) {
	tb.Helper()
	main := s.command.Process
	// Stopped, the first process cannot react to the end of the others, nor start
	// another one.
	if err := main.Signal(syscall.SIGSTOP); err != nil {
		tb.Fatal(err)
	}
	awaitState(tb, main.Pid, "T")
	children, err := childrenOf(main.Pid)
	if err != nil {
		tb.Fatal(err)
	}
	for _, child := range children {
		syscall.Kill(child, syscall.SIGKILL) // one that has ended meanwhile is as good
	}
	if err := s.stop(syscall.SIGKILL); err != nil {
		tb.Fatal(err)
	}
	// Until the last of them is gone, the memory that they share keeps a new
	// server from starting. Who takes over the orphans may leave them as zombies.
	for _, child := range children {
		awaitState(tb, child, "Z", "X", "")
	}
}

// awaitState returns when a process is in one of the states of proc(5), "" being
// that of one that is gone.
func awaitState(tb testing.TB, process int, states ...string) {
	tb.Helper()
	for begun := time.Now(); !slices.Contains(states, stateOf(process)); time.Sleep(time.Millisecond) {
		if time.Since(begun) > startLimit {
			tb.Fatalf("postgrestest: process %d is in state %q, not in one of %q", process, stateOf(process), states)
		}
	}
}

func stateOf(process int) string {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", process))
	if err != nil {
		return ""
	}
	_, rest, _ := strings.Cut(string(text), ") ") // behind the name
	return rest[:min(len(rest), 1)]
}

// Restart starts the server again on the same data and address.
func (s *Server) Restart(tb testing.TB) {
	tb.Helper()
	if err := s.start(); err != nil {
		tb.Fatal(err)
	}
}

// stop sends the server a signal that ends it and waits for its end.
func (s *Server) stop(signal syscall.Signal) error {
	if !s.Runs() {
		return nil
	}
	s.command.Process.Signal(signal) // where it has ended meanwhile, it has ended
	select {
	case <-s.ended:
		return s.watch.Close()
	case <-time.After(startLimit):
		return fmt.Errorf("postgrestest: the server does not end\n%s", s.logTail())
	}
}

// end stops the server and removes what it left.
func (s *Server) end() {
	if s.command != nil {
		s.stop(syscall.SIGQUIT)
	}
	os.RemoveAll(s.folder)
}

// watchScript waits for the end of its standard input, which the test's process
// holds open. A process that was killed cleans nothing up: then the server is
// stopped and its folder removed. "kept" says that there is nothing to do.
const watchScript = `read -r word; [ "$word" = kept ] && exit
kill -QUIT "$1" && sleep 2; rm -rf -- "$2"`

// watcher is the process that runs watchScript.
type watcher struct {
	input   io.WriteCloser
	command *exec.Cmd
}

func watchOver(server int, folder string) (io.Closer, error) {
	command := exec.Command("sh", "-c", watchScript, "sh", strconv.Itoa(server), folder)
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	input, err := command.StdinPipe()
	if err != nil {
		return nil, err
	}
	return watcher{input, command}, command.Start()
}

// Close ends the watching: the server has ended.
func (w watcher) Close() error {
	io.WriteString(w.input, "kept\n")
	return w.command.Wait()
}

// childrenOf returns the processes that a process started.
func childrenOf(process int) (children []int, err error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", process, process))
	if err != nil {
		return nil, err
	}
	for field := range strings.FieldsSeq(string(text)) {
		child, err := strconv.Atoi(field)
		if err != nil {
			return nil, err
		}
		children = append(children, child)
	}
	return children, nil
}

// ticksPerSecond is the unit of times in /proc/PID/stat (USER_HZ), which is 100
// on every Linux of our days.
const ticksPerSecond = 100

// CPU returns the processor time that the server has taken since it was started,
// by all of its processes, those that have ended included. It needs /proc.
func (s *Server) CPU(tb testing.TB) time.Duration {
	tb.Helper()
	main := s.command.Process.Pid
	children, err := childrenOf(main)
	if err != nil {
		tb.Fatal(err)
	}
	ticks, err := ticksOf(main, true)
	if err != nil {
		tb.Fatal(err)
	}
	for _, child := range children {
		n, err := ticksOf(child, false)
		if err != nil {
			continue // has ended meanwhile
		}
		ticks += n
	}
	return time.Duration(ticks) * time.Second / ticksPerSecond
}

// ticksOf returns the time that a process took, and its ended children where
// they are asked for (proc(5): utime, stime, cutime, cstime).
func ticksOf(process int, children bool) (ticks int64, err error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", process))
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(text), ") ") // behind the name, field 3 onwards
	fields := strings.Fields(rest)
	last := 13
	if children {
		last = 15
	}
	if len(fields) < last {
		return 0, fmt.Errorf("postgrestest: /proc/%d/stat has %d fields", process, len(fields))
	}
	for _, field := range fields[11:last] {
		n, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			return 0, err
		}
		ticks += n
	}
	return ticks, nil
}
