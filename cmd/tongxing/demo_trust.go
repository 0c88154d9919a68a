package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/tongxing/tongxing/spec"
)

// The documents of the demo's trust material are issued in this order. What is asked
// of people is made known more than a day ahead; the list is of the morning of the
// day.
const (
	demoRootAt   = "2022-08-01T09:00:00+08:00"
	demoPolicyAt = "2022-08-04T09:00:00+08:00"
	demoListAt   = "2022-08-10T06:30:00+08:00"
	demoKeySetAt = "2022-08-10T07:00:00+08:00"
)

const (
	rootKeys      = 5
	rootThreshold = 3
)

func (d *demo) newKey(ctx context.Context, name, algorithm string) (string, error) {
	path := d.path("keys", name+".key")
	_, err := d.command(ctx, "key", "new", "--alg", algorithm, "--out", path, "--passphrase-file", d.passphrase)
	return path, err
}

// root holds the ceremony: five keys of each algorithm, three of each sign.
func (d *demo) root(ctx context.Context) error {
	var signers []string
	public := map[string][]string{}
	for _, algorithm := range []string{"SM2", "ES256"} {
		for n := range rootKeys {
			path, err := d.newKey(ctx, fmt.Sprintf("root-%s-%d", strings.ToLower(algorithm), n+1), algorithm)
			if err != nil {
				return err
			}
			public[algorithm] = append(public[algorithm], path+".pub")
			if n < rootThreshold {
				signers = append(signers, path)
			}
		}
	}
	draft := d.path("trust", "root.draft")
	if _, err := d.command(ctx, "root", "init", "--sm2", strings.Join(public["SM2"], ","),
		"--es256", strings.Join(public["ES256"], ","), "--threshold", fmt.Sprint(rootThreshold),
		"--at", demoRootAt, "--out", draft); err != nil {
		return err
	}
	return d.signAndCombine(ctx, "root", draft, d.path("trust", "root.cose"), signers)
}

// signAndCombine has every signer sign the draft on its own, as on machines of
// their own, and puts the signatures together.
func (d *demo) signAndCombine(ctx context.Context, kind, draft, out string, signers []string, more ...string) error {
	combine := append([]string{kind, "combine", draft}, more...)
	for n, key := range signers {
		signature := fmt.Sprintf("%s.%d.sig", draft, n+1)
		if _, err := d.command(ctx, kind, "sign", draft, "--key", key,
			"--passphrase-file", d.passphrase, "--out", signature); err != nil {
			return err
		}
		combine = append(combine, signature)
	}
	_, err := d.command(ctx, append(combine, "--out", out)...)
	return err
}

// admit has each province ask with proof of possession, and the operator admit
// all three.
func (d *demo) admit(ctx context.Context) error {
	admit := []string{"trust", "admit", "--root", d.path("trust", "root.cose"), "--yes",
		"--at", demoListAt, "--out", d.path("trust", "list.draft")}
	for _, p := range demoProvinces {
		region, _ := spec.RegionByNumber(p.code) // the request has its name by itself
		request := []string{"trust", "csr", "--region", p.code,
			"--authority", region.Label.ZH + "卫生健康委员会", "--appeal", "12345",
			"--rules", d.path("trust", "rules.txt"), "--threshold", "2",
			"--usage", "status,adverse,test,vaccination,exemption,status-list,snapshot",
			"--passphrase-file", d.passphrase, "--at", demoListAt, "--out", d.path("trust", p.code+".csr")}
		for n := range 2 {
			key, err := d.newKey(ctx, fmt.Sprintf("%s-authority-%d", p.code, n+1), p.algorithm)
			if err != nil {
				return err
			}
			request = append(request, "--key", key)
		}
		if _, err := d.command(ctx, request...); err != nil {
			return err
		}
		admit = append(admit, d.path("trust", p.code+".csr"))
	}
	if _, err := d.command(ctx, admit...); err != nil {
		return err
	}
	return d.signAndCombine(ctx, "trust", d.path("trust", "list.draft"), d.path("trust", "list.cose"),
		d.rootSigners(), "--root", d.path("trust", "root.cose"))
}

// keySets has each province publish a key for green codes and, apart from it, one
// that may sign adverse states, and one that signs what is published every day.
func (d *demo) keySets(ctx context.Context) error {
	for _, p := range demoProvinces {
		draft := d.path("trust", p.code+"-keyset.draft")
		create := []string{"keyset", "new", "--region", p.code, "--list", d.path("trust", "list.cose"),
			"--laboratories", d.feeds + "/laboratories.csv", "--at", demoKeySetAt, "--out", draft}
		for name, usage := range map[string]string{
			"green":   "status+test+vaccination+exemption",
			"adverse": "status+adverse+test+vaccination+exemption",
			"online":  "status-list+snapshot",
		} {
			key, err := d.newKey(ctx, p.code+"-"+name, p.algorithm)
			if err != nil {
				return err
			}
			create = append(create, "--sign-key", key+".pub:"+usage)
		}
		if _, err := d.command(ctx, create...); err != nil {
			return err
		}
		signers := []string{d.path("keys", p.code+"-authority-1.key"), d.path("keys", p.code+"-authority-2.key")}
		if err := d.signAndCombine(ctx, "keyset", draft, d.path("trust", p.code+"-keyset.cose"), signers,
			"--list", d.path("trust", "list.cose"), "--region", p.code); err != nil {
			return err
		}
	}
	return nil
}

// bundle packs what the provinces issue by; no status has been published yet.
func (d *demo) bundle(ctx context.Context) error {
	pack := []string{"bundle", "pack", "--root", d.path("trust", "root.cose"),
		"--list", d.path("trust", "list.cose"), "--policy", d.path("trust", "policy.cose"), "--out", d.path("trust", "issuing.bundle")}
	for _, p := range demoProvinces {
		pack = append(pack, "--keyset", d.path("trust", p.code+"-keyset.cose"))
	}
	_, err := d.command(ctx, pack...)
	return err
}

func (d *demo) importFeeds(ctx context.Context) error {
	for _, p := range demoProvinces {
		out, err := d.command(ctx, "feed", "import", "--region", p.code, "--at", demoAt,
			"--out", d.path(p.code+"-records.jsonl"), "--rejects", d.path(p.code+"-rejects.csv"),
			d.feeds+"/"+p.code)
		if err != nil {
			return err
		}
		if err := d.keep(p.code+"-import.json", out); err != nil {
			return err
		}
	}
	return nil
}

func (d *demo) issueAll(ctx context.Context) error {
	for _, p := range demoProvinces {
		// A second person, whose key signs no code, approves the adverse states.
		approver, err := d.newKey(ctx, p.code+"-approver", p.algorithm)
		if err != nil {
			return err
		}
		out, err := d.command(ctx, "issue", "--region", p.code, "--at", demoAt,
			"--bundle", d.path("trust", "issuing.bundle"), "--root", d.path("trust", "root.cose"),
			"--key", d.path("keys", p.code+"-green.key"), "--key", d.path("keys", p.code+"-adverse.key"),
			"--passphrase-file", d.passphrase, "--approver", approver, "--approver-passphrase-file", d.passphrase,
			"--registry", d.path(p.code+"-registry.db"),
			"--out", d.path(p.code+"-codes.jsonl"), "--refused", d.path(p.code+"-refused.csv"),
			d.path(p.code+"-records.jsonl"))
		if err != nil {
			return err
		}
		if err := d.keep(p.code+"-issue.json", out); err != nil {
			return err
		}
	}
	return nil
}
