package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/trustlist/fetch/layout"
)

// server is a running `tongxing bundle serve`.
type server struct {
	command *exec.Cmd
	out     *bufio.Reader
	errors  bytes.Buffer
	url     string
}

// startServer serves a folder on a free port.
func startServer(t *testing.T, folder string) *server {
	t.Helper()
	s := &server{command: exec.Command("tongxing", "bundle", "serve", folder, "--listen", "127.0.0.1:0", "--json")}
	s.command.Stderr = &s.errors
	out, err := s.command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.command.Process.Kill() })
	s.out = bufio.NewReader(out)
	line, err := s.out.ReadBytes('\n')
	if err != nil {
		s.command.Wait()
		t.Fatalf("%v: %s", err, s.errors.String())
	}
	var begun serving
	if err := json.Unmarshal(line, &begun); err != nil || begun.Dir != folder {
		t.Fatalf("%q: %v", line, err)
	}
	s.url = begun.URL
	return s
}

// address is where it listens.
func (s *server) address() string { return strings.Trim(strings.TrimPrefix(s.url, "http:"), "/") }

// stop sends a signal and returns the exit status.
func (s *server) stop(t *testing.T, signal syscall.Signal) int {
	t.Helper()
	if err := s.command.Process.Signal(signal); err != nil {
		t.Fatal(err)
	}
	io.Copy(io.Discard, s.out)
	s.command.Wait()
	return s.command.ProcessState.ExitCode()
}

func get(t *testing.T, url string) (int, []byte) {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, body
}

// publishFixture publishes the fixture's bundle into a new folder.
func publishFixture(t *testing.T) (folder string, bundle []byte) {
	t.Helper()
	made, err := fixture()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(made, "trust", "national.bundle")
	if bundle, err = os.ReadFile(path); err != nil {
		t.Fatal(err)
	}
	folder = filepath.Join(t.TempDir(), "site")
	var stdout, stderr bytes.Buffer
	a := appWith(strings.NewReader(""), &stdout, &stderr)
	if status := a.run(t.Context(), []string{"bundle", "publish", "--dir", folder, path, "--at", "2022-08-05"}); status != program.StatusOK {
		t.Fatalf("status %d: %s", status, stderr.String())
	}
	return folder, bundle
}

func TestBundleServeServesUntilItIsToldToStop(t *testing.T) {
	folder, bundle := publishFixture(t)
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		s := startServer(t, folder)
		status, pointer := get(t, s.url+"latest")
		latest, err := layout.ParsePointer(pointer)
		if status != 200 || err != nil {
			t.Fatalf("%d, %v", status, err)
		}
		if status, got := get(t, s.url+layout.BundleName(latest.Bundle.Hash)); status != 200 || !bytes.Equal(got, bundle) {
			t.Errorf("the bundle: %d, %d bytes", status, len(got))
		}
		if status, _ := get(t, s.url); status != 404 {
			t.Errorf("the folder itself: %d", status)
		}
		if got := s.stop(t, signal); got != program.StatusOK || s.errors.Len() != 0 {
			t.Errorf("%v: status %d: %s", signal, got, s.errors.String())
		}
		if c, err := net.Dial("tcp", s.address()); err == nil {
			c.Close()
			t.Errorf("%v: it still listens", signal)
		}
	}
}

// A download that is under way when the server is told to stop is finished: the
// file is larger than what waits in the connection.
func TestBundleServeFinishesADownload(t *testing.T) {
	folder, _ := publishFixture(t)
	large := make([]byte, 32<<20)
	name := layout.BundleName([32]byte{1})
	if err := os.WriteFile(filepath.Join(folder, name), large, 0o644); err != nil {
		t.Fatal(err)
	}
	s := startServer(t, folder)
	response, err := http.Get(s.url + name)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if _, err := io.ReadFull(response.Body, make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	if err := s.command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	for { // until it listens no more
		c, err := net.Dial("tcp", s.address())
		if err != nil {
			break
		}
		c.Close()
	}
	rest, err := io.Copy(io.Discard, response.Body)
	if err != nil || rest != int64(len(large))-1 {
		t.Errorf("%d bytes: %v", rest+1, err)
	}
	io.Copy(io.Discard, s.out)
	s.command.Wait()
	if status := s.command.ProcessState.ExitCode(); status != program.StatusOK {
		t.Errorf("status %d: %s", status, s.errors.String())
	}
}

func TestAnAddressInUseIsSaid(t *testing.T) {
	folder, _ := publishFixture(t)
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	var stdout, stderr bytes.Buffer
	a := appWith(strings.NewReader(""), &stdout, &stderr)
	status := a.run(t.Context(), []string{"bundle", "serve", folder, "--listen", taken.Addr().String()})
	if status != program.StatusFailed || !strings.Contains(stderr.String(), "is in use already") || stdout.Len() != 0 {
		t.Errorf("status %d: %s", status, stderr.String())
	}
}

func TestAnEmptyFolderIsServedAndSaid(t *testing.T) {
	s := startServer(t, t.TempDir())
	if status, _ := get(t, s.url+"latest"); status != 404 {
		t.Errorf("%d", status)
	}
	if status := s.stop(t, syscall.SIGTERM); status != program.StatusOK || !strings.Contains(s.errors.String(), "Nothing is published in") {
		t.Errorf("status %d: %s", status, s.errors.String())
	}
}
