// Command tongxing issues, publishes and verifies health codes that every
// province reads and no server has to confirm. `tongxing help` lists what it can
// do, `tongxing demo` shows it on the exports of three provinces.
package main

import (
	"context"
	"os"

	"github.com/tongxing/tongxing/cmd/internal/program"
)

func main() { program.Main(run) }

func run(ctx context.Context, s program.Surroundings, args []string) int {
	a := newApp(s)
	if terminal(os.Stderr) {
		a.bars = s.Stderr
	}
	return a.run(ctx, args)
}
