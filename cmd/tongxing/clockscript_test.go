package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/tongxing/tongxing/cmd/internal/program"
)

// clockSays runs the program in this process under a clock that says what it is
// told, and checks its exit status: where the device's clock is wrong nobody gives
// --at, which takes the times of codes alone. Files are named from $WORK:
//
//	clock 1970-01-01T00:05:00+08:00 4 verify --store $WORK/gate.store $WORK/green.txt
func clockSays(ts *testscript.TestScript, negated bool, args []string) {
	if negated || len(args) < 3 {
		ts.Fatalf("usage: clock TIME STATUS ARGUMENT...")
	}
	says, err := time.Parse(time.RFC3339, args[0])
	ts.Check(err)
	var stdout, stderr bytes.Buffer
	a := newApp(program.Surroundings{
		Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr,
		Getenv: ts.Getenv, Clock: func() time.Time { return says },
	})
	status := a.run(context.Background(), args[2:])
	_, err = io.Copy(ts.Stdout(), &stdout)
	ts.Check(err)
	_, err = io.Copy(ts.Stderr(), &stderr)
	ts.Check(err)
	if fmt.Sprint(status) != args[1] {
		ts.Fatalf("exit status %d, want %s", status, args[1])
	}
}
