package e2e

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tongxing/tongxing/gate/training"
)

// patience bounds a scenario; it matters only where something is wrong.
const patience = 5 * time.Minute

// line is what a scenario prints.
type line struct {
	Name    string  `json:"name"`
	Fault   string  `json:"fault"`
	Seconds float64 `json:"seconds"`
	Tell    string  `json:"tell"`    // something for the test to do
	Figure  float64 `json:"figure"`  // a measurement
	Samples int     `json:"samples"` // and how often it was made
}

// run runs a scenario; told answers what it asks the test to do, and its lines
// come back.
func run(t testing.TB, script string, options map[string]any, told func(what string)) []line {
	t.Helper()
	options["chromium"] = chromium(t)
	arguments, err := json.Marshal(options)
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command("node", script, string(arguments))
	var stderr bytes.Buffer
	command.Stderr = &stderr
	command.WaitDelay = patience
	input, err := command.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	output, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatalf("node: %v; run scripts/setup test", err)
	}
	overdue := time.AfterFunc(patience, func() { command.Process.Kill() })
	defer overdue.Stop()
	lines := listen(t, output, func(what string) {
		told(what)
		io.WriteString(input, "done\n")
	})
	if err := command.Wait(); err != nil {
		t.Errorf("%s: %v\n%s", script, err, stderr.Bytes())
	}
	if len(lines) == 0 {
		t.Fatalf("%s says nothing; is gate/e2e/node_modules there? Run scripts/setup test", script)
	}
	return lines
}

func listen(t testing.TB, output io.Reader, told func(string)) []line {
	var lines []line
	scanner := bufio.NewScanner(output)
	scanner.Buffer(nil, 1<<20)
	for scanner.Scan() {
		var l line
		if err := json.Unmarshal(scanner.Bytes(), &l); err != nil {
			t.Errorf("not a line of a scenario: %s", scanner.Bytes())
			continue
		}
		if l.Tell != "" {
			told(l.Tell)
			continue
		}
		lines = append(lines, l)
	}
	return lines
}

// judge makes subtests of lines.
func judge(t *testing.T, lines []line) {
	t.Helper()
	for _, l := range lines {
		t.Run(l.Name, func(t *testing.T) {
			if l.Fault != "" {
				t.Error(l.Fault)
			}
			t.Logf("%.1f s", l.Seconds)
		})
	}
}

// chromium returns the path of the browser that scripts/setup brings.
func chromium(t testing.TB) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Fatal("no Chromium; run scripts/setup test")
	return ""
}

// code is one of the training set as the scenarios take it.
type code struct {
	Name   string `json:"name"`
	Code   string `json:"code"`
	Screen string `json:"screen"`
	Reason string `json:"reason"`
	Golden string `json:"golden,omitempty"`
}

// goldens names the pictures that are compared, by the reason that they show.
var goldens = map[string]string{
	"ok": "green", "state_checked": "yellow", "restricted": "red", "revoked": "revoked", "expired": "expired",
	"signature_invalid": "forged", "damaged_text": "damaged",
}

// codes returns the training set, each reason's first with its picture.
func codes(t testing.TB) []code {
	t.Helper()
	set, err := training.Load()
	if err != nil {
		t.Fatal(err)
	}
	var all []code
	drawn := map[string]bool{}
	for _, c := range set.Codes() {
		name := c.Reason.Name()
		made := code{Name: strings.ReplaceAll(c.Label.EN, " ", ""), Code: c.Text, Screen: c.Screen, Reason: name}
		if !drawn[name] {
			made.Golden = goldens[name]
		}
		drawn[name] = true
		all = append(all, made)
	}
	return all
}

// of returns the first code with a reason.
func of(t testing.TB, all []code, reason string) code {
	t.Helper()
	for _, c := range all {
		if c.Reason == reason {
			return c
		}
	}
	t.Fatalf("no training code gives %s", reason)
	return code{}
}

// gate is a running program.
type gate struct {
	address string
	command *exec.Cmd
}

// programs is the folder of what the tests build.
var programs string

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(inFolder(m))
}

func inFolder(m *testing.M) int {
	folder, err := os.MkdirTemp("", "e2e")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(folder)
	programs = folder
	return m.Run()
}

// program returns the path of the gate, built once.
func program(t testing.TB) string {
	t.Helper()
	path, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

var built = sync.OnceValues(func() (string, error) {
	path := filepath.Join(programs, "tongxing-gate")
	if output, err := exec.Command("go", "build", "-o", path, "github.com/tongxing/tongxing/cmd/tongxing-gate").CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, output)
	}
	return path, nil
})

// material writes the training set's trust material as the files of a venue.
func material(t testing.TB) (folder string) {
	t.Helper()
	folder = t.TempDir()
	for _, name := range []string{"national.bundle", "root.cose"} {
		data, err := os.ReadFile(filepath.Join("..", "training", name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// serve starts the gate at a time with the training set's material.
func serve(t testing.TB, binary string, at time.Time) *gate {
	t.Helper()
	files := material(t)
	return begin(t, binary, at, filepath.Join(files, "root.cose"), "--watch", files)
}

// begin starts the gate at a time and returns once it listens.
func begin(t testing.TB, binary string, at time.Time, root string, more ...string) *gate {
	t.Helper()
	arguments := append([]string{
		"--listen", "127.0.0.1:0", "--store", filepath.Join(t.TempDir(), "trust.store"), "--root", root, "--at", at.Format(time.RFC3339),
	}, more...)
	command := exec.Command(binary, arguments...)
	var stderr bytes.Buffer
	command.Stderr = &stderr
	output, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		command.Process.Kill()
		command.Wait()
	})
	reader := bufio.NewReader(output)
	for {
		text, err := reader.ReadString('\n')
		if err != nil {
			t.Fatalf("the gate ended: %v\n%s", err, stderr.Bytes())
		}
		if at := strings.Index(text, "http://127.0.0.1:"); at >= 0 {
			go io.Copy(io.Discard, reader)
			return &gate{strings.Fields(text[at:])[0], command}
		}
	}
}

// end stops the program as a power cut does.
func (g *gate) end() {
	g.command.Process.Kill()
	g.command.Wait()
}
