package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/files"
	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/format/cose"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/publish"
)

// trustCommand is `tongxing trust`: how a province is admitted to the national
// trust list, and how the list is signed.
func (a *app) trustCommand() *cobra.Command {
	kinds := (&nationalAuthority{}).kinds()
	shown := []trustlist.Kind{trustlist.KindList, trustlist.KindPolicy, trustlist.KindAdmission}
	return a.Group("trust", "trust",
		a.trustCSRCommand(),
		a.trustAdmitCommand(),
		a.trustWithdrawCommand(),
		a.trustRemoveCommand(),
		a.trustPolicyCommand(),
		a.trustDiffCommand(),
		a.signCommand(kinds...),
		a.combineCommand(&nationalAuthority{}),
		a.verifyDocumentCommand(&nationalAuthority{}),
		a.showDocumentCommand(shown...),
		a.trustExportCommand(),
		a.trustImportCommand(),
	)
}

// nationalAuthority is who signs the trust list and the policy: the groups of
// the root in force, the last of a chain. A request for admission is signed by
// the keys in it, each of them.
type nationalAuthority struct{ roots []string }

func (n *nationalAuthority) kinds() []trustlist.Kind {
	return []trustlist.Kind{trustlist.KindList, trustlist.KindPolicy, trustlist.KindAdmission}
}

func (n *nationalAuthority) addFlags(a *app, c *cobra.Command) {
	c.Flags().StringArrayVar(&n.roots, "root", nil, a.Lang.Say("flag_root_chain"))
}

func (n *nationalAuthority) check(a *app, d *document) ([]publish.GroupSigners, error) {
	if d.kind == trustlist.KindAdmission {
		group, err := publish.CheckAdmission(d.message)
		if err != nil {
			return nil, a.documentError(d.path, err)
		}
		return []publish.GroupSigners{group}, nil
	}
	chain, err := a.rootChain(n.roots)
	if err != nil {
		return nil, err
	}
	root := chain[len(chain)-1]
	if err := publish.CheckUnder(root, d.content); err != nil {
		return nil, a.documentError(d.path, err)
	}
	groups, err := publish.CheckNational(d.message, root)
	if err != nil {
		return nil, a.documentError(d.path, err)
	}
	return groups, nil
}

type csrFlags struct {
	region, name, authority, appeal string
	rules, usage                    string
	threshold                       int
	keys, publicKeys                []string
	passphraseFile, out             string
	recordFlags
}

func (a *app) trustCSRCommand() *cobra.Command {
	var f csrFlags
	var c *cobra.Command
	c = a.Command("csr", "trust_csr", cobra.NoArgs, func(context.Context, []string) error {
		return a.trustCSR(f, commandOf(c))
	})
	c.Flags().StringVar(&f.region, "region", "", a.Lang.Say("flag_region"))
	completeFlag(c, "region", a.regions()...)
	c.Flags().StringVar(&f.name, "name", "", a.Lang.Say("flag_region_name"))
	c.Flags().StringVar(&f.authority, "authority", "", a.Lang.Say("flag_authority"))
	c.Flags().StringVar(&f.appeal, "appeal", "", a.Lang.Say("flag_appeal"))
	c.Flags().StringVar(&f.rules, "rules", "", a.Lang.Say("flag_rules"))
	c.Flags().StringVar(&f.usage, "usage", "", a.Lang.Say("flag_usage"))
	c.Flags().IntVar(&f.threshold, "threshold", 0, a.Lang.Say("flag_authority_threshold"))
	c.Flags().StringArrayVar(&f.keys, "key", nil, a.Lang.Say("flag_authority_key"))
	c.Flags().StringArrayVar(&f.publicKeys, "public-key", nil, a.Lang.Say("flag_authority_public"))
	c.Flags().StringVar(&f.passphraseFile, "passphrase-file", "", a.Lang.Say("flag_passphrase"))
	f.recordFlags.add(a, c)
	c.Flags().Lookup("at").Usage = a.Lang.Say("flag_issued_at")
	c.Flags().StringVar(&f.out, "out", "", a.Lang.Say("flag_csr_out"))
	return c
}

// trustCSR writes a province's request to be admitted, signed by each of its
// authority keys as proof that they are held: by those that are here, and then,
// where they are, by those whose public keys are given.
func (a *app) trustCSR(f csrFlags, command string) error {
	r, err := f.recorder(a, command)
	if err != nil {
		return err
	}
	plan, err := a.planCSR(f, r.at)
	if err != nil {
		return err
	}
	if err := notOver(f.out, append(slices.Concat(f.keys, f.publicKeys), f.passphraseFile, f.rules)...); err != nil {
		return err
	}
	signers, err := a.signers(f.keys, f.passphraseFile)
	if err != nil {
		return err
	}
	all, err := a.authorityKeys(signers, f.publicKeys)
	if err != nil {
		return err
	}
	if f.threshold > len(all) {
		return program.Usage("threshold_range", f.threshold, f.region, len(all))
	}
	message, err := publish.DraftAdmission(plan, all...)
	if err != nil {
		return a.documentError(f.out, err)
	}
	if message, err = publish.Sign(message, signers...); err != nil {
		return a.documentError(f.out, err)
	}
	return a.writeRequest(f.out, message, signers, r)
}

// authorityKeys are the keys of signers and of public key files, each once.
func (a *app) authorityKeys(signers []sig.Signer, publicFiles []string) ([]*sig.PublicKey, error) {
	var all []*sig.PublicKey
	for _, signer := range signers {
		all = append(all, signer.PublicKey())
	}
	for _, path := range publicFiles {
		key, err := readPublicKey(path)
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(all, key.Equal) {
			all = append(all, key)
		}
	}
	return all, nil
}

// writeRequest writes a request, as a draft while nobody has signed it, and says
// what it asks for and what to do with it.
func (a *app) writeRequest(out string, message *cose.Sign, signers []sig.Signer, r recorder) error {
	content, err := publish.Content[*trustlist.Admission](message)
	if err != nil {
		return a.documentError(out, err)
	}
	encode := func() ([]byte, error) { return publish.EncodeDraft(message) }
	if len(signers) > 0 {
		encode = message.Marshal
	}
	data, err := encode()
	if err != nil {
		return a.documentError(out, err)
	}
	group, err := publish.CheckAdmission(message)
	if err != nil {
		return a.documentError(out, err)
	}
	d := &document{out, message, trustlist.KindAdmission, content}
	records, err := a.record(r, d, a.signersOf([]publish.GroupSigners{group}), group.Met())
	if err != nil {
		return err
	}
	if err := a.writeRecorded(out, data, records); err != nil {
		return err
	}
	if a.JSON {
		return a.PrintJSON(shownDocument{viewDocument(d), false, viewSignatures(message), content})
	}
	say := a.sayBeside(out)
	a.tellHead(say, d)
	entry := content.Entry(1)
	a.tellEntry(say, &entry)
	if !group.Met() {
		say("csr_open", out, keyNamesOf(viewKeys(group.Missing)))
		return nil
	}
	say("csr_written", out)
	return nil
}

// planCSR holds the flags to being there and to saying what they have to.
func (a *app) planCSR(f csrFlags, at time.Time) (publish.AdmissionPlan, error) {
	var none publish.AdmissionPlan
	for _, required := range []struct{ name, value string }{
		{"--region", f.region}, {"--authority", f.authority}, {"--appeal", f.appeal},
		{"--rules", f.rules}, {"--usage", f.usage},
	} {
		if strings.TrimSpace(required.value) == "" {
			return none, program.Usage("flag_required", required.name)
		}
	}
	if err := a.needOut(f.out); err != nil {
		return none, err
	}
	switch {
	case len(f.keys)+len(f.publicKeys) == 0:
		return none, program.Usage("flag_required", "--key")
	case f.threshold == 0:
		return none, program.Usage("flag_required", "--threshold")
	case f.threshold < 0:
		return none, program.Usage("threshold_range", f.threshold, f.region, len(f.keys)+len(f.publicKeys))
	}
	asked, err := parseUsage(f.usage)
	if err != nil {
		return none, err
	}
	if err := regionFlag(f.region); err != nil {
		return none, err
	}
	region, _ := spec.RegionByNumber(f.region)
	f.name = cmp.Or(f.name, region.Label.ZH)
	rules, err := hashFile(f.rules)
	if err != nil {
		return none, err
	}
	return publish.AdmissionPlan{
		Region: f.region, Name: f.name, Authority: f.authority, Appeal: f.appeal,
		RulesHash: rules, Usage: asked, Threshold: f.threshold, Issued: at.Unix(),
	}, nil
}

// regionFlag holds a region to being one that may issue.
func regionFlag(code string) error {
	var within *publish.SubProvincialError
	err := publish.CheckRegionCode(code)
	switch {
	case errors.As(err, &within):
		return program.Usage("region_sub_provincial", code, within.Province)
	case err != nil:
		return program.Usage("region_form", code)
	}
	return nil
}

// signers opens private keys, each once however often it is named.
func (a *app) signers(paths []string, passphraseFile string) ([]sig.Signer, error) {
	var signers []sig.Signer
	seen := map[[sha256.Size]byte]bool{}
	for _, path := range paths {
		key, err := a.privateKey(path, passphraseFile)
		if err != nil {
			return nil, err
		}
		if !seen[key.PublicKey().Thumbprint()] {
			seen[key.PublicKey().Thumbprint()] = true
			signers = append(signers, key)
		}
	}
	return signers, nil
}

// hashFile returns the SHA-256 of a file of any size.
func hashFile(path string) ([sha256.Size]byte, error) {
	var sum [sha256.Size]byte
	r, err := files.Open(path)
	if err != nil {
		return sum, err
	}
	defer r.Close()
	h := sha256.New()
	size, err := io.Copy(h, r)
	switch {
	case err != nil:
		return sum, program.AboutFile(path, err)
	case size == 0:
		return sum, program.AboutFile(path, files.ErrEmpty)
	}
	return [sha256.Size]byte(h.Sum(nil)), nil
}
