package main

import (
	"context"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/tongxing/tongxing/cmd/internal/config"
	"github.com/tongxing/tongxing/cmd/internal/device"
	"github.com/tongxing/tongxing/cmd/internal/files"
	"github.com/tongxing/tongxing/cmd/internal/nodump"
	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/cmd/internal/program/holder"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/issuer"
	"github.com/tongxing/tongxing/issuer/keys"
	"github.com/tongxing/tongxing/issuer/keys/remote"
	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/postgres"
	"github.com/tongxing/tongxing/issuer/registry/sqlite"
	"github.com/tongxing/tongxing/issuer/registry/witness"
	"github.com/tongxing/tongxing/trustlist"
)

// maxBundle bounds a bundle as a file.
const maxBundle = 64 << 20

// environmentFlags say where everything is that issuing needs: the registry, the
// keys, and the trust material that says what the keys may sign.
type environmentFlags struct {
	registry       string
	opening        registry.Opening        // of the registry
	kept           func(path string) error // whether its file is its owner's alone
	witness        string
	bundle, root   string
	region         string
	keys           []string
	signer         string // socket of tongxing-signer, in the place of keys
	passphraseFile string
	lifetime       time.Duration
}

// addRegistry adds --registry alone, for commands that sign nothing.
func (f *environmentFlags) addRegistry(a *app, c *cobra.Command) {
	f.kept = func(path string) error { return config.CheckKept(a.Program, path) }
	f.opening = holder.Opening(a.Program, func() string { return registryName(f.registry) })
	c.Flags().StringVar(&f.registry, "registry", "", a.Lang.Say("flag_registry_where"))
	c.Flags().StringVar(&f.witness, "witness", "", a.Lang.Say("flag_witness"))
}

// add adds every flag.
func (f *environmentFlags) add(a *app, c *cobra.Command) {
	f.addRegistry(a, c)
	c.Flags().StringVar(&f.bundle, "bundle", "", a.Lang.Say("flag_bundle"))
	c.Flags().StringVar(&f.root, "root", "", a.Lang.Say("flag_root"))
	c.Flags().StringVar(&f.region, "region", "", a.Lang.Say("flag_region"))
	c.Flags().StringArrayVar(&f.keys, "key", nil, a.Lang.Say("flag_key"))
	c.Flags().StringVar(&f.signer, "signer", "", a.Lang.Say("flag_signer"))
	c.Flags().StringVar(&f.passphraseFile, "passphrase-file", "", a.Lang.Say("flag_passphrase"))
	c.Flags().DurationVar(&f.lifetime, "lifetime", issuer.DefaultLifetime, a.Lang.Say("flag_lifetime"))
}

// environment is what issuing works with.
type environment struct {
	registry registry.Store
	trust    *trustlist.Trust
	region   *trustlist.Region
	issuer   *issuer.Issuer
	signer   *remote.Client // nil where the keys are files
}

// Close closes the registry and the way to the signer.
func (e *environment) Close() error {
	var err error
	if e.registry != nil {
		err = e.registry.Close()
	}
	if e.signer != nil {
		err = errors.Join(err, e.signer.Close())
	}
	return err
}

// openEnvironment opens everything, the registry last: a run that cannot sign
// does not touch it.
func (a *app) openEnvironment(ctx context.Context, f environmentFlags) (*environment, error) {
	if err := nodump.Process(); err != nil {
		return nil, err
	}
	for _, required := range []struct{ flag, value string }{
		{"--registry", f.registry}, {"--bundle", f.bundle}, {"--root", f.root}, {"--region", f.region},
	} {
		if required.value == "" {
			return nil, usage("flag_required", required.flag)
		}
	}
	switch {
	case len(f.keys) == 0 && f.signer == "":
		return nil, usage("flag_required", "--key")
	case len(f.keys) > 0 && f.signer != "":
		return nil, usage("flags_exclude", "--key", "--signer")
	}
	trust, err := loadTrust(f, a.Clock())
	if err != nil {
		return nil, err
	}
	region, listed := trust.Region(f.region)
	if !listed {
		return nil, fail("region_not_listed", f.region, f.bundle)
	}
	e := &environment{trust: trust, region: region}
	if e.issuer, err = a.newIssuer(ctx, f, e); err == nil {
		f.witness = a.witnessFor(f)
		e.registry, err = openRegistry(ctx, f)
	}
	if err != nil {
		return nil, errors.Join(err, e.Close())
	}
	return e, nil
}

// checkLifetime bounds how long credentials are valid.
func checkLifetime(d time.Duration) error {
	if d < time.Minute || d > issuer.MaxLifetime {
		return usage("lifetime_range", d)
	}
	return nil
}

// newIssuer makes the issuer from the published trust material and the keys at
// hand.
func (a *app) newIssuer(ctx context.Context, f environmentFlags, e *environment) (*issuer.Issuer, error) {
	end, ends := e.trust.ProgrammeEnd()
	if ends && max(a.Clock().Unix(), e.trust.Floor()) >= end {
		return nil, fail("programme_over", time.Unix(end, 0).UTC().Format(time.RFC3339))
	}
	if err := checkLifetime(f.lifetime); err != nil {
		return nil, err
	}
	signers, err := a.signers(ctx, f, e)
	if err != nil {
		return nil, err
	}
	made, err := issuer.New(issuer.Options{Region: e.region, Keys: signers, Lifetime: f.lifetime, ProgrammeEnd: end, Policy: e.trust.Policy(), Check: a.check})
	if err != nil {
		return nil, failWith(err, "cannot_issue", f.region)
	}
	return made, nil
}

// signers opens the keys, or the way to the process that holds them, and holds
// each to the region's key set.
func (a *app) signers(ctx context.Context, f environmentFlags, e *environment) ([]sig.Signer, error) {
	if f.signer != "" {
		return a.remoteSigners(f, e)
	}
	var all []sig.Signer
	for _, path := range f.keys {
		if err := ctx.Err(); err != nil {
			return nil, err // between two keys, each of which takes its time
		}
		key, err := a.privateKey(path, f.passphraseFile)
		if err != nil {
			return nil, err
		}
		published, ok := e.region.Key(key.PublicKey().KeyID())
		switch {
		case e.region.Available() != nil: // issuer.New says so
		case !ok || !published.Public.Equal(key.PublicKey()):
			return nil, fail("key_not_in_set", path, f.region)
		case published.State != trustlist.Active:
			return nil, fail("key_not_active", path)
		}
		all = append(all, key)
	}
	return all, nil
}

// remoteSigners are the keys of the signer that the region publishes as active:
// it may hold others, in reserve or retired.
func (a *app) remoteSigners(f environmentFlags, e *environment) ([]sig.Signer, error) {
	client, err := remote.Dial(remote.Options{Path: f.signer, Clock: time.Now})
	if err != nil {
		return nil, failWith(err, "signer_unavailable", f.signer)
	}
	e.signer = client
	var all []sig.Signer
	for _, key := range client.Keys() {
		published, ok := e.region.Key(key.PublicKey().KeyID())
		if ok && published.Public.Equal(key.PublicKey()) && published.State == trustlist.Active {
			all = append(all, keys.Messages(key))
		}
	}
	if len(all) == 0 {
		return nil, fail("key_not_in_set", f.signer, f.region)
	}
	return all, nil
}

// privateKey opens an encrypted key file.
func (a *app) privateKey(path, passphraseFile string) (*keys.PrivateKey, error) {
	if err := nodump.Process(); err != nil {
		return nil, err
	}
	data, err := keys.LoadFile(path)
	if err != nil {
		return nil, program.AboutFile(path, err)
	}
	passphrase, err := a.passphrase(passphraseFile, path)
	if err != nil {
		return nil, err
	}
	key, err := keys.Parse(data, passphrase)
	clear(passphrase)
	if err != nil {
		return nil, program.AboutFile(path, err)
	}
	return key, nil
}

// passphrase returns the first line of the named file, or asks on the terminal.
func (a *app) passphrase(file, what string) ([]byte, error) {
	if file != "" {
		line, err := keys.LoadSecret(file)
		if errors.Is(err, keys.ErrPassphrase) {
			return nil, failFor(err, "passphrase_empty", file)
		}
		if err != nil {
			return nil, program.AboutFile(file, err)
		}
		return line, nil
	}
	input, ok := a.Stdin.(*os.File)
	if !ok || !term.IsTerminal(int(input.Fd())) {
		return nil, usage("passphrase_needed")
	}
	a.note("ask_passphrase", what)
	line, err := term.ReadPassword(int(input.Fd()))
	if err != nil {
		return nil, err
	}
	if len(line) == 0 {
		return nil, fail("passphrase_empty", what)
	}
	return line, nil
}

// loadTrust loads the bundle from the root that --root names: a document, or the
// hash of one.
func loadTrust(f environmentFlags, at time.Time) (*trustlist.Trust, error) {
	anchor, err := device.Anchor(f.root)
	if err != nil {
		return nil, err
	}
	data, err := files.Read(f.bundle, maxBundle)
	if err != nil {
		return nil, err
	}
	trust, _, err := trustlist.Load(data, anchor, trustlist.LoadOptions{Clock: at.Unix()})
	if err != nil {
		return nil, device.TrustFault(f.bundle, err)
	}
	return trust, nil
}

// isPostgres tells a connection string from the name of a file.
func isPostgres(name string) bool {
	return strings.HasPrefix(name, "postgres://") || strings.HasPrefix(name, "postgresql://")
}

// openRegistry opens a registry that there is, behind its witness where one is
// named. One that is missing is not made: that is a command of its own, so that a
// mistyped name does not begin to hand out references a second time.
func openRegistry(ctx context.Context, f environmentFlags) (registry.Store, error) {
	if f.registry == "" {
		return nil, usage("flag_required", "--registry")
	}
	var store registry.Store
	var err error
	if isPostgres(f.registry) {
		store, err = postgres.OpenBy(ctx, f.registry, f.opening)
	} else {
		if err := f.kept(f.registry); err != nil {
			return nil, err
		}
		store, err = sqlite.OpenBy(ctx, f.registry, f.opening)
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, failFor(err, "registry_missing", registryName(f.registry))
	case err != nil:
		return nil, holder.RegistryFault(registryName(f.registry), err)
	case f.witness == "":
		return store, nil
	}
	guard, err := witness.Open(ctx, store, f.witness)
	if err != nil {
		return nil, errors.Join(witnessError(f, err), store.Close())
	}
	return guard, nil
}

// witnessOf returns the witness that is named, or the one beside a registry in a
// file: whoever restores the file from a backup and not the witness is told so.
func witnessOf(f environmentFlags) string {
	if f.witness != "" || f.registry == "" || isPostgres(f.registry) {
		return f.witness
	}
	return f.registry + ".witness"
}

// witnessThere is witnessOf for what gives nothing out: a registry that only tongxing
// issue works on has no witness, and one that is there is asked.
func witnessThere(f environmentFlags) string {
	name := witnessOf(f)
	if _, err := os.Lstat(name); f.witness == "" && err != nil {
		return ""
	}
	return name
}

// witnessFor is witnessOf for who changes the registry: where there is none, it says
// so. A database has no place beside it, and the place of one process is not that of
// the next, so none is made up: a witness that half of them write would refuse the
// registry to the other half.
func (a *app) witnessFor(f environmentFlags) string {
	name := witnessOf(f)
	if name == "" && f.registry != "" {
		a.warn("no witness is named", "witness_none", registryName(f.registry))
	}
	return name
}

// registryName is a registry's name without what may be secret in it.
func registryName(name string) string {
	if !isPostgres(name) {
		return name
	}
	u, err := url.Parse(name)
	if err != nil {
		return "postgres"
	}
	return u.Redacted()
}
