// Command release makes what is handed out: the programs for every platform with
// licences, manual pages and completions, packages for Debian, a bill of materials,
// and the digests of all of it.
//
//	go run ./cmd/internal/release --out dist --commit "$(git rev-parse HEAD)" --epoch "$(git log -1 --format=%ct)"
//
//	dist/tongxing-0.1.0-linux-amd64.tar.gz    …-windows-arm64.zip, six in all
//	dist/tongxing_0.1.0_amd64.deb
//	dist/tongxing-0.1.0.cdx.json
//	dist/SHA256SUMS
//
// The same sources, commit and epoch are the same bytes with the same Go, whoever
// builds, where and when.
package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/tongxing/tongxing/cmd/internal/files"
	"github.com/tongxing/tongxing/cmd/internal/program"
)

// options are the command line.
type options struct {
	out       string
	commit    string
	epoch     int64
	platforms string
	root      string
}

func main() {
	var o options
	flag.StringVar(&o.out, "out", "", "folder to write, which must not be there")
	flag.StringVar(&o.commit, "commit", "", "the commit that the sources are of")
	flag.Int64Var(&o.epoch, "epoch", 0, "the time of everything, in seconds since 1970 (SOURCE_DATE_EPOCH)")
	flag.StringVar(&o.platforms, "platforms", "", "these alone, for trying: linux-amd64,windows-arm64")
	flag.StringVar(&o.root, "root-filesystem", "", "write the root of a container instead of the archives")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, o)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

// run makes the release or the root of a container.
func run(ctx context.Context, o options) error {
	work, err := os.MkdirTemp("", "tongxing-release")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	m := &maker{work: work, version: program.Version(), commit: o.commit, at: time.Unix(o.epoch, 0).UTC()}
	if o.root != "" {
		return m.container(ctx, o.root)
	}
	if o.out == "" || o.epoch <= 0 {
		return errors.New("--out and --epoch are needed; scripts/release knows both")
	}
	wanted, err := choose(o.platforms)
	if err != nil {
		return err
	}
	if err := m.make(ctx, wanted); err != nil {
		return err
	}
	return write(o.out, m.made)
}

// choose returns the platforms of that list, or all.
func choose(list string) ([]platform, error) {
	if list == "" {
		return platforms, nil
	}
	var chosen []platform
	for name := range strings.SplitSeq(list, ",") {
		i := slices.IndexFunc(platforms, func(p platform) bool { return p.String() == name })
		if i < 0 {
			return nil, fmt.Errorf("no platform %q; there are %v", name, platforms)
		}
		chosen = append(chosen, platforms[i])
	}
	return chosen, nil
}

// write writes the folder with the digests of the files, whole or not at all.
func write(folder string, made map[string][]byte) error {
	var all []files.Named
	var sums strings.Builder
	names := make([]string, 0, len(made))
	for name := range made {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		fmt.Fprintf(&sums, "%x  %s\n", sha256.Sum256(made[name]), name)
		all = append(all, files.Named{Name: name, Data: made[name]})
	}
	all = append(all, files.Named{Name: "SHA256SUMS", Data: []byte(sums.String())})
	return files.WriteFolder(filepath.Clean(folder), all, 0o644)
}
