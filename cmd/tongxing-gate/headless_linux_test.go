package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tongxing/tongxing/gate/gatetest"
	"github.com/tongxing/tongxing/gate/training"
)

// turnstile is the program without a page.
type turnstile struct {
	in  io.WriteCloser
	out *bufio.Reader
	cmd *exec.Cmd
}

func headless(t *testing.T, folder string, flags ...string) *turnstile {
	t.Helper()
	c := exec.Command(built, append([]string{"--stdin", "--store", "trust.store", "--at", now, "--class", "3", "--region", "33"}, flags...)...)
	c.Dir, c.Stderr = folder, os.Stderr
	in, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Process.Kill(); c.Wait() })
	return &turnstile{in, bufio.NewReader(out), c}
}

func (s *turnstile) scan(t *testing.T, line string) string {
	t.Helper()
	if _, err := fmt.Fprintln(s.in, line); err != nil {
		t.Fatal(err)
	}
	return s.read(t)
}

func (s *turnstile) read(t *testing.T) string {
	t.Helper()
	answer, err := s.out.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

func (s *turnstile) end(t *testing.T) {
	t.Helper()
	s.in.Close()
	if rest, err := io.ReadAll(s.out); err != nil || len(rest) > 0 {
		t.Errorf("%q %v", rest, err)
	}
	if err := s.cmd.Wait(); err != nil {
		t.Error(err)
	}
}

// A bundle that comes while a turnstile runs is in force with one of the next codes:
// it is not started again for months.
func TestATurnstileImportsWhatComesWhileItRuns(t *testing.T) {
	folder := t.TempDir()
	bundle, root := training.Material()
	if err := write(folder, map[string]string{"root.cose": string(root), "stick/readme": ""}); err != nil {
		t.Fatal(err)
	}
	s := headless(t, folder, "--root", "root.cose", "--watch", "stick")
	code := gatetest.Codes(t)[0].Text
	if answer := s.scan(t, code); !strings.Contains(answer, `"no_trust"`) {
		t.Fatalf("%.200s", answer)
	}
	if err := write(folder, map[string]string{"stick/national.bundle": string(bundle)}); err != nil {
		t.Fatal(err)
	}
	for strings.Contains(s.scan(t, code), `"no_trust"`) { // until it is imported
	}
	if answer := s.scan(t, code); !strings.Contains(answer, `"screen":"pass"`) {
		t.Errorf("%.200s", answer)
	}
	s.end(t)
}

// A document on a turnstile's reader is matched with the next code, and where it is
// enrolled it opens its code by itself.
func TestADocumentAtATurnstileIsMatchedAndOpensItsCode(t *testing.T) {
	folder, key := stocked(t), filepath.Join(t.TempDir(), "venue.key")
	if out, err := exec.Command(built, "enrol-key", "--out", key).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	enrolment := []string{"--enrol", "people", "--enrol-key", key}
	const card = `{"document_type":"01","number":"339999196001058363"}`
	code := gatetest.Codes(t)[0].Text
	r := open(t, nil, folder, append([]string{"--store", "trust.store"}, enrolment...)...)
	if _, text := r.send(t, "POST", "/v1/enrol", fmt.Sprintf(`{"code":%q,"presented":%s}`, code, card)); !strings.Contains(text, `"enrolled":true`) {
		t.Fatal(text)
	}
	r.stop(t)
	socket := filepath.Join(folder, "reader")
	s := headless(t, folder, append(enrolment, "--reader", socket)...)
	s.scan(t, "") // it runs
	var reader net.Conn
	for err := os.ErrNotExist; err != nil; { // until it listens
		reader, err = net.Dial("unix", socket)
	}
	defer reader.Close()
	fmt.Fprintln(reader, card)
	if answer := s.read(t); !strings.Contains(answer, `"screen":"pass"`) || !strings.Contains(answer, `"name":"enrolled"`) {
		t.Errorf("%.300s", answer)
	}
	fmt.Fprintln(reader, `{"document_type":"01","number":"11010519491231002X"}`)
	if answer := s.read(t); !strings.Contains(answer, `"screen":"not_enrolled"`) {
		t.Errorf("%.300s", answer)
	}
	if answer := s.scan(t, code); !strings.Contains(answer, `"holder_mismatch"`) {
		t.Errorf("%.300s", answer)
	}
	s.end(t)
	if _, err := os.Stat(socket); err == nil {
		t.Error("the socket stays behind")
	}
}
