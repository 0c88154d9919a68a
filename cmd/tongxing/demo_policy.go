package main

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"strings"

	"github.com/tongxing/tongxing/cmd/internal/files"
	"github.com/tongxing/tongxing/trustlist/publish"
)

// example is a recognition policy with its rules, a province's overlay, and people
// with what is expected of them: the policy of the demo, for people to change and
// try. `tongxing policy lint` and `eval` read them.
//
//go:embed example
var example embed.FS

// The venue of the demo's verdicts is the exit of a highway (class 14) in a province
// that issued none of the codes.
const (
	demoClass  = "14"
	demoRegion = "37"
)

// policy publishes the national policy: it is looked through, the root's keys sign
// it, and two days later it is in force.
func (d *demo) policy(ctx context.Context) error {
	for _, name := range []string{"national.json", "overlay-33.json", "people.jsonl"} {
		data, err := example.ReadFile("example/" + name)
		if err := errors.Join(err, files.Write(d.path("policy", name), data, 0o644)); err != nil {
			return err
		}
	}
	national, root, draft := d.path("policy", "national.json"), d.path("trust", "root.cose"), d.path("trust", "policy.draft")
	for _, step := range [][]string{
		{"policy", "lint", national, "--at", demoPolicyAt},
		{"policy", "eval", "--policy", national, "--overlay", d.path("policy", "overlay-33.json"), d.path("policy", "people.jsonl")},
		{"trust", "policy", national, "--root", root, "--at", demoPolicyAt, "--out", draft},
	} {
		if _, err := d.command(ctx, step...); err != nil {
			return err
		}
	}
	return d.signAndCombine(ctx, "trust", draft, d.path("trust", "policy.cose"), d.rootSigners(), "--root", root)
}

// rootSigners are the root's keys that sign what it publishes.
func (d *demo) rootSigners() []string {
	var signers []string
	for _, algorithm := range []string{"sm2", "es256"} {
		for n := range rootThreshold {
			signers = append(signers, d.path("keys", fmt.Sprintf("root-%s-%d.key", algorithm, n+1)))
		}
	}
	return signers
}

// demoRules is what a province publishes of its rules, of which the trust list has
// the hash: the nation's, in their words.
func demoRules() (string, error) {
	data, err := example.ReadFile("example/national.json")
	if err != nil {
		return "", err
	}
	policy, err := publish.ParsePolicy(data)
	if err != nil {
		return "", err
	}
	var text strings.Builder
	text.WriteString("赋码规则（演示） Rules for states (demo)\n")
	for _, r := range policy.Rules {
		text.WriteString(r.Name + ": " + r.Text + "\n")
	}
	return text.String(), nil
}
