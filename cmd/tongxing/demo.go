package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/files"
	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/issuer/keys"
)

// demoAt is when the exports end: codes are issued and verified as of then.
const demoAt = "2022-08-10T08:00:00+08:00"

// demoMark is the file that tells a folder of an earlier demo, which may be
// replaced, from any other.
const demoMark = ".tongxing-demo"

// demoPictures is how many codes are read back from their pictures.
const demoPictures = 50

type demoProvince struct{ code, algorithm string }

var demoProvinces = []demoProvince{
	{"33", "SM2"},
	{"41", "ES256"},
	{"46", "SM2"},
}

// demo is one run of the demonstration. Every step is a command of this program,
// run as a user would run it.
type demo struct {
	app        *app
	folder     string
	feeds      string
	passphrase string
	began      time.Time
}

func (a *app) demoCommand() *cobra.Command {
	var out, feeds string
	c := a.Command("demo", "demo", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		return a.demo(ctx, out, feeds)
	})
	c.Flags().StringVar(&out, "out", "demo", a.Lang.Say("flag_demo_out"))
	c.Flags().StringVar(&feeds, "feeds", filepath.Join("testdata", "feeds"), a.Lang.Say("flag_demo_feeds"))
	return c
}

func (a *app) demo(ctx context.Context, out, feeds string) error {
	if info, err := os.Stat(filepath.Join(feeds, demoProvinces[0].code)); err != nil || !info.IsDir() {
		return program.Fail("demo_no_feeds", feeds)
	}
	d := &demo{app: a, folder: out, feeds: feeds, began: time.Now()}
	if err := d.prepare(); err != nil {
		return err
	}
	for _, step := range []struct {
		key string
		run func(context.Context) error
	}{
		{"demo_root", d.root},
		{"demo_policy", d.policy},
		{"demo_admit", d.admit},
		{"demo_keysets", d.keySets},
		{"demo_bundle", d.bundle},
		{"demo_import", d.importFeeds},
		{"demo_issue", d.issueAll},
		{"demo_revoke", d.revoke},
	} {
		d.tell(step.key)
		if err := step.run(ctx); err != nil {
			return err
		}
	}
	results, err := d.measure(ctx)
	if err != nil {
		return err
	}
	return d.report(results)
}

// prepare makes the folder, replacing that of an earlier demo and nothing else.
func (d *demo) prepare() error {
	entries, err := os.ReadDir(d.folder)
	switch {
	case errors.Is(err, os.ErrNotExist):
	case err != nil:
		return program.AboutFile(d.folder, errors.Unwrap(err))
	case len(entries) > 0:
		if _, err := os.Stat(filepath.Join(d.folder, demoMark)); err != nil {
			return program.Fail("demo_folder_taken", d.folder)
		}
		if err := os.RemoveAll(d.folder); err != nil {
			return err
		}
	}
	for _, sub := range []string{"", "keys", "trust", "policy", "status", "pictures"} {
		if err := os.MkdirAll(filepath.Join(d.folder, sub), 0o700); err != nil {
			return program.AboutFile(d.folder, errors.Unwrap(err))
		}
	}
	rules, err := demoRules()
	d.passphrase = d.path("keys", "passphrase.txt")
	return errors.Join(err,
		files.Write(d.path(demoMark), []byte("tongxing demo\n"), 0o600),
		files.Write(d.passphrase, []byte("a passphrase for the demo alone\n"), 0o600),
		files.Write(d.path("trust", "rules.txt"), []byte(rules), 0o644),
	)
}

func (d *demo) path(parts ...string) string {
	return filepath.Join(append([]string{d.folder}, parts...)...)
}

// tell says which step begins, and when.
func (d *demo) tell(key string) {
	if d.app.JSON {
		return
	}
	fmt.Fprintf(d.app.Stderr, "%5.1f s  %s\n", time.Since(d.began).Seconds(), d.app.Lang.Say(key))
}

// command runs a command of this program in this process and returns what it
// printed. Keys stay open from one command to the next. Status 3, some rows
// refused, is what the demo is about and no failure.
func (d *demo) command(ctx context.Context, args ...string) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if d.app.opened == nil {
		d.app.opened = map[string]*keys.PrivateKey{}
	}
	var stdout, stderr bytes.Buffer
	inner := newApp(program.Surroundings{
		Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr, Getenv: d.app.Getenv, Clock: d.app.Clock,
	})
	inner.bars, inner.opened = d.app.bars, d.app.opened
	args = append(args, "--lang", string(d.app.Lang), "--json")
	switch status := inner.run(ctx, args); status {
	case program.StatusOK, program.StatusRejects:
		return stdout.Bytes(), nil
	case program.StatusCanceled:
		return nil, context.Canceled
	}
	return nil, program.Fail("demo_step_failed", strings.Join(args[:2], " "), said(stderr.Bytes()))
}

// said returns the sentence of an error that a command reported as JSON.
func said(report []byte) string {
	var last struct {
		Error string `json:"error"`
	}
	lines := bytes.Split(bytes.TrimSpace(report), []byte("\n"))
	if err := json.Unmarshal(lines[len(lines)-1], &last); err != nil {
		return string(report)
	}
	return last.Error
}

// result runs a command and reads the JSON object that it prints.
func (d *demo) result(ctx context.Context, into any, args ...string) error {
	out, err := d.command(ctx, args...)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(out, into); err != nil {
		return fmt.Errorf("output of %s: %w", args[0], err)
	}
	return nil
}
