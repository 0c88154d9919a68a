package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/tongxing/tongxing/cmd/internal/files"
	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/spec"
)

// Of the last codes of every province so many are lost, and one is under review.
const (
	demoLost      = 2
	demoSuspended = 1
	demoTakenBack = demoLost + demoSuspended
)

// revoke has every province take codes back and publish its status lists, and
// packs the bundle that venues have from then on.
func (d *demo) revoke(ctx context.Context) error {
	pack := []string{"bundle", "pack", "--root", d.path("trust", "root.cose"),
		"--list", d.path("trust", "list.cose"), "--policy", d.path("trust", "policy.cose"), "--out", d.path("national.bundle")}
	for _, p := range demoProvinces {
		if err := d.takeBack(ctx, p); err != nil {
			return err
		}
		folder, err := d.publishStatus(ctx, p)
		if err != nil {
			return err
		}
		pack = append(pack, "--region-folder", folder)
	}
	_, err := d.command(ctx, pack...)
	return err
}

// takeBack revokes codes of a province and suspends one, from files that somebody
// has to have written: there is no way to revoke but by reference.
func (d *demo) takeBack(ctx context.Context, p demoProvince) error {
	codes, err := readCodes(d.path(p.code + "-codes.jsonl"))
	if err != nil {
		return err
	}
	if len(codes) <= demoTakenBack {
		return program.Fail("demo_too_few", p.code, len(codes), demoTakenBack+1)
	}
	last := codes[len(codes)-demoTakenBack:]
	for _, act := range []struct {
		command, reason, file string
		codes                 []string
	}{
		{"revoke", "lost", "lost", last[:demoLost]},
		{"suspend", "under_review", "review", last[demoLost:]},
	} {
		path := d.path("status", p.code+"-"+act.file+".txt")
		if err := files.Write(path, []byte(strings.Join(act.codes, "\n")+"\n"), 0o600); err != nil {
			return err
		}
		if _, err := d.command(ctx, act.command, "--registry", d.path(p.code+"-registry.db"), "--from", path,
			"--reason", act.reason, "--confirm", fmt.Sprint(len(act.codes)), "--at", demoAt); err != nil {
			return err
		}
	}
	return d.draw(d.path("pictures", "revoked-"+p.code+".png"), last[0])
}

// publishStatus signs a province's lists and the snapshot that names them, and
// returns the folder that the national publisher packs.
func (d *demo) publishStatus(ctx context.Context, p demoProvince) (string, error) {
	lists, folder := d.path("status", p.code+"-lists"), d.path("status", p.code)
	signing := []string{"--keyset", d.path("trust", p.code+"-keyset.cose"), "--key", d.path("keys", p.code+"-online.key"),
		"--passphrase-file", d.passphrase, "--at", demoAt}
	build := append([]string{"status", "build", "--registry", d.path(p.code + "-registry.db"), "--region", p.code,
		"--out", lists}, signing...)
	if _, err := d.command(ctx, build...); err != nil {
		return "", err
	}
	_, err := d.command(ctx, append([]string{"status", "publish", lists, "--out", folder}, signing...)...)
	return folder, err
}

// takenBack counts the codes of a summary that were refused because they were
// revoked or suspended.
func takenBack(sum *verifySummary) int {
	return sum.Reasons[spec.ReasonRevoked.Name()] + sum.Reasons[spec.ReasonSuspended.Name()]
}
