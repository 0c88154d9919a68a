package main

import (
	"context"
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/files"
	"github.com/tongxing/tongxing/cmd/internal/nodump"
	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/issuer/keys"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/publish"
)

// maxBatch is how many keys one command makes.
const maxBatch = 256

type keysetAddFlags struct {
	who                       regionalAuthority
	algorithm, usage          string
	from, until               string
	count                     int
	keys, passphraseFile, out string
	recordFlags
}

func (a *app) keysetAddCommand() *cobra.Command {
	var f keysetAddFlags
	var c *cobra.Command
	c = a.Command("add KEYSET", "keyset_add", cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		f.who.previous = args[0]
		return a.keysetAdd(ctx, f, commandOf(c))
	})
	c.Flags().StringVar(&f.who.list, "list", "", a.Lang.Say("flag_list"))
	c.Flags().StringArrayVar(&f.who.roots, "root", nil, a.Lang.Say("flag_list_root"))
	c.Flags().IntVar(&f.count, "count", 0, a.Lang.Say("flag_count"))
	c.Flags().StringVar(&f.algorithm, "alg", "SM2", a.Lang.Say("flag_alg"))
	completeFlag(c, "alg", sig.SM2.String(), sig.ES256.String())
	c.Flags().StringVar(&f.usage, "usage", "", a.Lang.Say("flag_batch_usage"))
	c.Flags().StringVar(&f.from, "from", "", a.Lang.Say("flag_batch_from"))
	c.Flags().StringVar(&f.until, "until", "", a.Lang.Say("flag_batch_until"))
	c.Flags().StringVar(&f.keys, "keys-out", "", a.Lang.Say("flag_keys_out"))
	c.Flags().StringVar(&f.passphraseFile, "passphrase-file", "", a.Lang.Say("flag_passphrase"))
	f.recordFlags.add(a, c)
	c.Flags().Lookup("at").Usage = a.Lang.Say("flag_issued_at")
	c.Flags().StringVar(&f.out, "out", "", a.Lang.Say("flag_draft_out"))
	return c
}

// keysetAdd makes a batch of signing keys, so that the compromise of one strands
// a part of the codes alone, and drafts the key set that has them.
func (a *app) keysetAdd(ctx context.Context, f keysetAddFlags, command string) error {
	r, err := f.recorder(a, command)
	if err != nil {
		return err
	}
	algorithm, bits, err := a.batchPlan(&f)
	if err != nil {
		return err
	}
	known, _, err := contentAs[*trustlist.KeySet](a, f.who.previous, trustlist.KindKeySet)
	if err != nil {
		return err
	}
	over, err := f.who.above(a, known.Region)
	if err != nil {
		return err
	}
	previous, set, err := a.nextKeySet(f.who.previous, over.entry, r.at)
	if err != nil {
		return err
	}
	from, until, err := a.period(f.from, f.until, r.at)
	if err != nil {
		return err
	}
	passphrase, err := a.passphrase(f.passphraseFile, f.keys, true)
	if err != nil {
		return err
	}
	defer clear(passphrase)
	batch, err := a.makeBatch(ctx, f, algorithm, passphrase)
	if err != nil {
		return err
	}
	defer batch.discard()
	for _, key := range batch.public {
		set.Keys = append(set.Keys, trustlist.Key{Public: key, SignFrom: from, SignUntil: until, Usage: bits})
	}
	if err := publish.CheckKeySet(set, over.list, over.root); err != nil {
		return a.documentError(f.out, err)
	}
	a.noteUngranted(set, over.entry)
	if err := batch.commit(); err != nil {
		return err
	}
	d, err := a.writeDraft(f.out, set, r)
	if err != nil {
		return errors.Join(err, batch.takeBack())
	}
	a.advise(previous, set)
	if !a.JSON {
		a.sayBeside(f.out)("batch_made", len(batch.public), algorithm, f.keys)
	}
	return a.tellDraft(f.out, d)
}

// batchPlan holds the flags to saying what they have to.
func (a *app) batchPlan(f *keysetAddFlags) (sig.Algorithm, trustlist.Usage, error) {
	for _, required := range []struct{ name, value string }{{"--usage", f.usage}, {"--keys-out", f.keys}} {
		if required.value == "" {
			return 0, 0, program.Usage("flag_required", required.name)
		}
	}
	if f.count < 1 || f.count > maxBatch {
		return 0, 0, program.Usage("count_range", f.count, maxBatch)
	}
	if (f.from == "") != (f.until == "") {
		return 0, 0, program.Usage("period_order", f.from, f.until)
	}
	algorithm, err := sig.ParseAlgorithm(strings.ToUpper(f.algorithm))
	if err != nil {
		return 0, 0, program.Usage("algorithm_unknown", f.algorithm)
	}
	bits, err := parseUsage(f.usage)
	if err != nil {
		return 0, 0, err
	}
	if err := a.needOut(f.out); err != nil {
		return 0, 0, err
	}
	if err := a.needOut(f.keys); err != nil {
		return 0, 0, err
	}
	if _, err := os.Lstat(f.keys); err == nil {
		return 0, 0, &files.PathError{Path: f.keys, Err: fs.ErrExist}
	}
	return algorithm, bits, nil
}

// keyBatch is a folder of new key files that waits for its name.
type keyBatch struct {
	temporary, folder string
	public            []*sig.PublicKey
}

// makeBatch makes the keys in a folder beside the one that they are meant for.
func (a *app) makeBatch(ctx context.Context, f keysetAddFlags, algorithm sig.Algorithm, passphrase []byte) (*keyBatch, error) {
	temporary, err := os.MkdirTemp(filepath.Dir(f.keys), ".tongxing-*")
	if err != nil {
		return nil, program.AboutFile(f.keys, err)
	}
	b := &keyBatch{temporary: temporary, folder: f.keys}
	for range f.count {
		if err := ctx.Err(); err != nil {
			b.discard()
			return nil, err
		}
		if err := b.add(algorithm, passphrase); err != nil {
			b.discard()
			return nil, err
		}
	}
	return b, nil
}

// add makes one key pair, in files that are named by the key's identifier.
func (b *keyBatch) add(algorithm sig.Algorithm, passphrase []byte) error {
	if err := nodump.Process(); err != nil {
		return err
	}
	key, err := keys.Generate(algorithm, rand.Reader)
	if err != nil {
		return err
	}
	sealed, err := key.Marshal(passphrase)
	if err != nil {
		return err
	}
	public, err := keys.MarshalPublic(key.PublicKey())
	if err != nil {
		return err
	}
	path := filepath.Join(b.temporary, viewKey(key.PublicKey()).KeyID)
	if err := keys.SaveFile(path, sealed); err != nil {
		return program.AboutFile(b.folder, err)
	}
	b.public = append(b.public, key.PublicKey())
	return files.Write(path+".pub", public, 0o644)
}

// commit gives the folder its name.
func (b *keyBatch) commit() error {
	if err := os.Rename(b.temporary, b.folder); err != nil {
		return program.AboutFile(b.folder, err)
	}
	b.temporary = ""
	return nil
}

// takeBack removes a committed folder again: no key of it was ever used.
func (b *keyBatch) takeBack() error { return os.RemoveAll(b.folder) }

// discard removes what was not committed.
func (b *keyBatch) discard() {
	if b.temporary != "" {
		os.RemoveAll(b.temporary)
	}
}
