package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/tongxing/tongxing/internal/ratiotest"
	"github.com/tongxing/tongxing/verifier/binding"
	"github.com/tongxing/tongxing/verifier/binding/bindingtest"
)

const (
	// wasmLimit is what a check in the module may take, times a native one.
	wasmLimit = 15
	// benchTurns are as many as make a median, each of benchCodes checks: the
	// line to and from the other process counts for nothing.
	benchTurns, benchCodes = 41, 20
)

// BenchmarkVerifyInTheModule is a number of checks in the module in Node.js, times
// wasmLimit as many natively: 1 is the limit. Both take as long, so that other
// programs on the machine slow both alike. x-cpu is how many times the
// processor time of a native check one in the module takes, which waiting for a turn
// on the processor does not change.
func BenchmarkVerifyInTheModule(b *testing.B) {
	for _, name := range []string{"good-status-es256", "good-status-sm2"} {
		b.Run(name, func(b *testing.B) { benchmarkModule(b, caseNamed(b, name)) })
	}
}

func caseNamed(b *testing.B, name string) bindingtest.Case {
	b.Helper()
	for _, c := range bindingtest.Cases(b) {
		if c.Name == name {
			return c
		}
	}
	b.Fatalf("%s is gone", name)
	return bindingtest.Case{}
}

func benchmarkModule(b *testing.B, c bindingtest.Case) {
	folder := b.TempDir()
	load := c.Material.Load(b)
	for name, content := range map[string][]byte{"load": load, "request": c.Request} {
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o600); err != nil {
			b.Fatal(err)
		}
	}
	command := exec.Command("node", filepath.Join("test", "bench.mjs"), filepath.Join(folder, "load"), filepath.Join(folder, "request"))
	command.Dir, command.Stderr = built(b), os.Stderr
	stdin, err := command.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	stdout, err := command.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := command.Start(); err != nil {
		b.Fatal(err)
	}
	defer func() {
		stdin.Close()
		_ = command.Wait()
	}()
	answers := bufio.NewReader(stdout)
	times, err := answers.ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	native := binding.New()
	native.Call(load)
	var mine, base []float64
	ratiotest.CompareTurns(b, benchTurns, func() { mine = append(mine, ask(b, stdin, answers)) }, func() {
		begun := processorTime(b)
		for range benchCodes * wasmLimit {
			native.Call(c.Request)
		}
		base = append(base, (processorTime(b)-begun)/wasmLimit)
	}, 1)
	reportStart(b, times)
	ratio := middle(mine) / middle(base)
	b.ReportMetric(ratio, "x-cpu")
	b.Logf("%.1f times the processor time of a native check", ratio) // a benchmark that fails prints no metrics
}

// reportStart reports what the first line says. The benchmark's loop would forget
// what was reported before it.
func reportStart(b *testing.B, times string) {
	b.Helper()
	for i, text := range strings.Fields(times) {
		milliseconds, err := strconv.ParseFloat(text, 64)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(milliseconds, []string{"start-ms", "warm-ms", "first-ms"}[i])
	}
}

// ask has a turn done and returns the processor time that it took, in microseconds.
func ask(b *testing.B, stdin io.Writer, answers *bufio.Reader) float64 {
	b.Helper()
	if _, err := fmt.Fprintln(stdin, benchCodes); err != nil {
		b.Fatal(err)
	}
	answer, err := answers.ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	microseconds, err := strconv.ParseFloat(strings.TrimSpace(answer), 64)
	if err != nil {
		b.Fatal(err)
	}
	return microseconds
}

// processorTime is what this process has taken so far, in microseconds.
func processorTime(b *testing.B) float64 {
	b.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return float64(usage.Utime.Nano()+usage.Stime.Nano()) / 1e3
}

func middle(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}
