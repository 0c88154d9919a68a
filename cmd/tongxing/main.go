// Command tongxing issues, publishes and verifies health codes that every
// province reads and no server has to confirm. `tongxing help` lists what it can
// do, `tongxing demo` shows it on the exports of three provinces.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() { os.Exit(mainStatus()) }

func mainStatus() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// A reader of our output that goes away is an error like any other: the
	// program ends by itself and leaves no temporary file behind.
	signal.Ignore(syscall.SIGPIPE)
	a := &app{
		stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr,
		getenv: os.Getenv, clock: time.Now,
	}
	if terminal(os.Stderr) {
		a.bars = os.Stderr
	}
	return a.run(ctx, os.Args[1:])
}
