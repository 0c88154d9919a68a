// Command tongxing-issuer is what a province issues with: the service that
// issues one by one, jobs and workers that issue a hundred million overnight,
// and the registry under both. `tongxing-issuer help` lists what it can do,
// `tongxing-issuer dev` starts all of it on this machine for a first try.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/tongxing/tongxing/cmd/internal/program"
)

func main() { os.Exit(mainStatus()) }

func mainStatus() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	signal.Ignore(syscall.SIGPIPE)
	return run(ctx, program.System(), os.Args[1:])
}
