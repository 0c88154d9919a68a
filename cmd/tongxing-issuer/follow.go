package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/tongxing/tongxing/issuer"
	"github.com/tongxing/tongxing/trustlist"
)

// bundleFile is the bundle of the command line, of which one goroutine takes each
// new content.
type bundleFile struct {
	flags    environmentFlags
	modified time.Time // of the file that was read last
}

// refresh gives take the trust material of the file when that has changed: by a key
// that was stolen yesterday nothing is signed today. What is refused leaves the old
// one, and is told once.
func (b *bundleFile) refresh(at time.Time, take func(*trustlist.Trust) error) error {
	info, err := os.Stat(b.flags.bundle)
	if err != nil || info.ModTime().Equal(b.modified) {
		return err
	}
	b.modified = info.ModTime()
	trust, err := loadTrust(b.flags, at)
	if err != nil {
		return err
	}
	return take(trust)
}

// under returns an issuer under new trust material.
func under(i *issuer.Issuer, trust *trustlist.Trust) (*issuer.Issuer, error) {
	region, listed := trust.Region(i.Region())
	if !listed {
		region = nil
	}
	end, _ := trust.ProgrammeEnd()
	return i.Under(region, end, trust.Policy())
}

// follow takes new bundles every few seconds, and on SIGHUP, until ctx ends.
func (a *app) follow(ctx context.Context, s *shop) {
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	defer signal.Stop(hangup)
	ticker := time.NewTicker(maintainEvery)
	defer ticker.Stop()
	file := bundleFile{flags: s.flags.environmentFlags}
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		case <-hangup:
		}
		if err := file.refresh(a.Clock(), s.take); err != nil {
			a.warn("the new bundle is refused and the old one stays in use", "bundle_kept", s.flags.bundle, err)
		}
	}
}
