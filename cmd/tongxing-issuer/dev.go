package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"crypto/rand"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/config"
	"github.com/tongxing/tongxing/cmd/internal/files"
	"github.com/tongxing/tongxing/cmd/internal/nodump"
	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/issuer"
	"github.com/tongxing/tongxing/issuer/access"
	"github.com/tongxing/tongxing/issuer/keys"
	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/sqlite"
	"github.com/tongxing/tongxing/issuer/service"
	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/publish/facts"
)

// devUsage is everything that a region may be granted.
const devUsage = trustlist.UsageStatus | trustlist.UsageAdverse | trustlist.UsageTest | trustlist.UsageVaccination | trustlist.UsageExemption

// devPeriod is how long the keys and tokens of a trial are good for.
const devPeriod = 24 * time.Hour

type devFlags struct{ dir, listen, region string }

func (a *app) devCommand() *cobra.Command {
	var f devFlags
	c := a.Command("dev", "issuer_dev", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		return a.dev(ctx, f)
	})
	c.Flags().StringVar(&f.dir, "dir", "", a.Lang.Say("flag_dev_dir"))
	c.Flags().StringVar(&f.listen, "listen", "127.0.0.1:8080", a.Lang.Say("flag_issuer_listen"))
	c.Flags().StringVar(&f.region, "region", "33", a.Lang.Say("flag_region"))
	return c
}

// dev starts the service on loopback with keys that nobody trusts, and says how to
// ask it for a first code. What it makes goes with it, unless --dir keeps it.
func (a *app) dev(ctx context.Context, f devFlags) (err error) {
	if !config.Loopback(f.listen) {
		return usage("dev_loopback", f.listen)
	}
	if _, known := spec.RegionByNumber(f.region); !known {
		return usage("flag_value", f.region)
	}
	if err := nodump.Process(); err != nil {
		return err
	}
	if f.dir == "" {
		if f.dir, err = os.MkdirTemp("", "tongxing-dev-"); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(f.dir)) }()
	} else if err := makeTrialFolder(f.dir); err != nil {
		return err
	}
	e, serve, err := a.devEnvironment(ctx, f)
	if err != nil {
		return err
	}
	defer e.Close()
	who, err := a.devAccess(f.dir)
	if err != nil {
		return err
	}
	if err := a.writeTrial(f.dir); err != nil {
		return err
	}
	var secret [32]byte
	if _, err := rand.Read(secret[:]); err != nil {
		return err
	}
	serve.begun = func(url string) { a.tellTrial(f.dir, url, serve) }
	return a.serveWith(ctx, e, whoAsks{Authenticator: who}, secret, serve)
}

// makeTrialFolder makes the folder of a trial, which must not be there: nothing is
// mixed with what is.
func makeTrialFolder(dir string) error { return aboutNew(dir, os.Mkdir(dir, 0o700)) }

// devEnvironment makes a nation with one region, and its registry.
func (a *app) devEnvironment(ctx context.Context, f devFlags) (*environment, serveFlags, error) {
	serve := serveFlags{http: httpFlags{listen: f.listen}, limits: service.Limits{Rate: 10_000, Burst: 10_000}}
	serve.bundle, serve.region = filepath.Join(f.dir, "national.bundle"), f.region
	serve.registry = filepath.Join(f.dir, f.region+".registry")
	key, err := keys.Generate(sig.SM2, rand.Reader)
	if err != nil {
		return nil, serve, err
	}
	bundle, root, err := devNation(f.region, key.PublicKey(), a.Clock())
	if err == nil {
		err = files.Write(serve.bundle, bundle, 0o644)
	}
	if err != nil {
		return nil, serve, err
	}
	serve.root = hex.EncodeToString(root[:])
	trust, err := loadTrust(serve.environmentFlags, a.Clock())
	if err != nil {
		return nil, serve, err
	}
	region, _ := trust.Region(f.region)
	e := &environment{trust: trust, region: region}
	if e.issuer, err = issuer.New(issuer.Options{Region: region, Keys: []sig.Signer{key}, Policy: trust.Policy(), Check: a.check}); err != nil {
		return nil, serve, err
	}
	e.registry, err = sqlite.CreateBy(ctx, serve.registry, registry.Plan{}, registry.Opening{Program: program.Version()})
	return e, serve, err
}

// devNation makes trust material: a root of two keys, a policy with rules, and a region
// with the key.
// It returns the bundle and the hash of the root.
func devNation(region string, key *sig.PublicKey, at time.Time) (bundle []byte, root [32]byte, err error) {
	made := map[string]sig.Signer{}
	for name, algorithm := range map[string]sig.Algorithm{"sm2": sig.SM2, "es256": sig.ES256, "authority": sig.ES256} {
		if made[name], err = keys.Generate(algorithm, rand.Reader); err != nil {
			return nil, root, err
		}
	}
	day := format.Day(at.Unix())
	material := facts.Material{Issued: at.Unix(), Policy: devPolicy(at), Regions: []facts.Region{{Code: region, Usage: devUsage, Keys: []trustlist.Key{{
		Public: key, Usage: devUsage, SignFrom: format.DayStart(day), SignUntil: format.DayStart(day + 2),
	}}}}}
	bundle, _, err = material.Bundle(facts.Signers{
		Root:      []sig.Signer{made["sm2"], made["es256"]},
		Authority: func(string) (sig.Signer, error) { return made["authority"], nil },
	})
	if err != nil {
		return nil, root, err
	}
	parts, err := trustlist.ParseBundle(bundle)
	if err != nil {
		return nil, root, err
	}
	opened, err := trustlist.Open(parts.Roots[0])
	if err != nil {
		return nil, root, err
	}
	return bundle, opened.Hash(), nil
}

// devAccess makes an identity service of one key and writes a header file for
// each role, as curl reads it.
func (a *app) devAccess(dir string) (access.Authenticator, error) {
	identity, err := newDevIdentity()
	if err != nil {
		return nil, err
	}
	for _, role := range access.AllRoles() {
		token, err := identity.token(role, a.Clock().Add(devPeriod))
		if err != nil {
			return nil, err
		}
		header := "Authorization: Bearer " + token + "\n"
		if err := files.Write(filepath.Join(dir, string(role)+".header"), []byte(header), 0o600); err != nil {
			return nil, err
		}
	}
	return access.NewTokens(access.TokenOptions{
		Keys: identity.set, Issuer: devIssuer, Audience: "tongxing-issuer", Leeway: tokenLeeway,
	})
}

// writeTrial writes a request for a person that there is not.
func (a *app) writeTrial(dir string) error {
	determined := a.Clock().Add(-time.Hour).In(format.ChinaTime)
	body := fmt.Sprintf(`{"record":{"name":"陈梓","document_type":"01","document_number":"469999198104010408",`+
		`"status":{"state":0,"rule":0,"determined":%q,"until":%q}}}`+"\n",
		determined.Format(time.RFC3339), determined.Add(72*time.Hour).Format(time.RFC3339))
	return files.Write(filepath.Join(dir, "record.json"), []byte(body), 0o600)
}

// tellTrial says how to ask for a first code, and how to verify it.
func (a *app) tellTrial(dir, url string, serve serveFlags) {
	if a.JSON {
		return
	}
	a.say("dev_begun", dir)
	a.say("dev_try", dir, dir, url)
	a.say("dev_verify", serve.bundle, serve.root)
}
