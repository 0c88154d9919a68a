package main

import (
	"context"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"crypto/rand"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/config"
	"github.com/tongxing/tongxing/cmd/internal/files"
	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/cmd/internal/typeface"
	"github.com/tongxing/tongxing/issuer/keys"
	"github.com/tongxing/tongxing/issuer/service"
)

// secretSuffix is the file beside an SQLite registry with the secret of the hashes
// in it.
const secretSuffix = ".service-key"

type serveFlags struct {
	environmentFlags
	access accessFlags
	http   httpFlags
	secret string
	limits service.Limits
	begun  func(url string) // told where requests are answered; may be nil
}

func (a *app) serveCommand() *cobra.Command {
	var f serveFlags
	c := a.Command("serve", "issuer_serve", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		return a.serve(ctx, f)
	})
	f.environmentFlags.add(a, c)
	f.access.add(a, c)
	f.http.add(a, c)
	c.Flags().StringVar(&f.secret, "secret-file", "", a.Lang.Say("flag_secret_file"))
	c.Flags().IntVar(&f.limits.Quota, "quota", 1000, a.Lang.Say("flag_quota"))
	c.Flags().Float64Var(&f.limits.Address, "address-rate", 5000, a.Lang.Say("flag_address_rate"))
	c.Flags().Float64Var(&f.limits.Rate, "rate", 100, a.Lang.Say("flag_rate"))
	return c
}

// serve answers requests until it is told to stop.
func (a *app) serve(ctx context.Context, f serveFlags) error {
	if err := f.http.check(); err != nil {
		return err
	}
	if err := f.checkLimits(); err != nil {
		return err
	}
	if err := a.beginService(); err != nil {
		return err
	}
	f.limits.Burst = max(1, int(2*f.limits.Rate))
	authenticator, err := f.access.open(f.http.clientCA != "")
	if err != nil {
		return err
	}
	secret, err := openSecret(f.secret, f.registry)
	if err != nil {
		return err
	}
	e, err := a.openEnvironment(ctx, f.environmentFlags)
	if err != nil {
		return err
	}
	defer e.Close()
	return a.serveWith(ctx, e, authenticator, secret, f)
}

// checkLimits refuses limits by which nothing would be answered.
func (f *serveFlags) checkLimits() error {
	for _, limit := range []struct {
		flag  string
		value float64
	}{{"--rate", f.limits.Rate}, {"--address-rate", f.limits.Address}, {"--quota", float64(f.limits.Quota)}} {
		if err := config.Limit(limit.flag, limit.value); err != nil {
			return err
		}
	}
	return nil
}

// serveWith runs the service over an environment.
func (a *app) serveWith(ctx context.Context, e *environment, who whoAsks, secret [32]byte, f serveFlags) error {
	check, err := newSourceChecker(e.trust, e.region.Code)
	if err != nil {
		return err
	}
	face, err := typeface.Load()
	if err != nil {
		return err
	}
	made, err := service.New(service.Options{
		Issuer: e.issuer, Registry: e.registry, Checker: check, Press: check, Typeface: face, Access: who.Authenticator, Secret: secret, Clock: a.Clock, After: time.After,
		Logger: a.Log, Limits: f.limits,
	})
	if err != nil {
		return err
	}
	check.follow = follower(made, e.issuer)
	served := a.answer(ctx, made, check, who, f)
	// Requests are over; what they counted is written whatever ended them.
	return errors.Join(served, made.Close(context.WithoutCancel(ctx)))
}

// openSecret reads the secret of the hashes, or makes it beside an SQLite registry
// that has none yet.
func openSecret(path, registryName string) (secret [32]byte, err error) {
	made := path == "" && !isPostgres(registryName)
	switch {
	case path == "" && registryName == "":
		return secret, usage("flag_required", "--registry")
	case path == "" && !made:
		return secret, usage("flag_required", "--secret-file")
	case made:
		path = registryName + secretSuffix
		if err := makeSecret(path); err != nil && !errors.Is(err, fs.ErrExist) {
			return secret, program.AboutFile(path, err)
		}
	}
	if info, err := os.Stat(path); err == nil && keys.CheckPermissions(path, info) != nil {
		return secret, fail("secret_permissions", path)
	}
	data, err := files.Read(path, 128)
	if err != nil {
		return secret, err
	}
	decoded, err := hex.DecodeString(strings.TrimSpace(string(data)))
	if err != nil || len(decoded) != len(secret) {
		return secret, fail("secret_damaged", path)
	}
	copy(secret[:], decoded)
	return secret, nil
}

// makeSecret writes a new secret whole or not at all, and never over another: two
// processes that begin at once have the same one.
func makeSecret(path string) error {
	var secret [32]byte
	if _, err := rand.Read(secret[:]); err != nil {
		return err
	}
	if _, err := os.Stat(path); err == nil {
		return fs.ErrExist
	}
	temporary, err := os.CreateTemp(filepath.Dir(path), ".secret-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(temporary.Name())
	_, err = temporary.WriteString(hex.EncodeToString(secret[:]) + "\n")
	if err = errors.Join(err, temporary.Sync(), temporary.Close()); err != nil {
		return err
	}
	return os.Link(temporary.Name(), path)
}
