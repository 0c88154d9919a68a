package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/files"
	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/format/cose"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/publish"
	"github.com/tongxing/tongxing/trustlist/publish/transcript"
)

const (
	// maxSignature bounds the file of a detached signature.
	maxSignature = 1 << 10
	// signatureSuffix is what files of signatures end with in a folder of them.
	signatureSuffix = ".sig"
)

// authority finds out who may sign a kind of document, and who of them has.
// Each group of commands has its own, with the flags that it needs.
type authority interface {
	kinds() []trustlist.Kind
	addFlags(a *app, c *cobra.Command)
	// check holds a document to everything that its level above says of it, and
	// returns who has signed it.
	check(a *app, d *document) ([]publish.GroupSigners, error)
}

// document is a document from a file, or the draft of one. Nothing of it is
// verified.
type document struct {
	path    string
	message *cose.Sign
	kind    trustlist.Kind
	content trustlist.Document
}

// writeRecorded writes a result and what is recorded of it: both, or neither.
func (a *app) writeRecorded(out string, data []byte, records []output) error {
	defer discardAll(records)
	w, err := a.output(out, 0o644)
	if err != nil {
		return err
	}
	defer w.Discard()
	if _, err := w.Write(data); err != nil {
		return err
	}
	return commitAll(append([]output{w}, records...)...)
}

// readDocument reads a draft or a signed document of one of the kinds.
func (a *app) readDocument(path string, kinds ...trustlist.Kind) (*document, error) {
	data, err := files.Read(path, maxDocument)
	if err != nil {
		return nil, err
	}
	message, err := publish.ParseDraft(data)
	if err != nil {
		return nil, a.documentError(path, err)
	}
	unverified, err := trustlist.FromMessage(message)
	if err != nil {
		return nil, a.documentError(path, err)
	}
	if kind := unverified.Kind(); !slices.Contains(kinds, kind) {
		return nil, program.Fail("document_other_kind", path, a.kindName(kind), a.kindName(kinds[0]))
	}
	content, err := unverified.UnverifiedContent()
	if err != nil {
		return nil, a.documentError(path, err)
	}
	return &document{path, message, unverified.Kind(), content}, nil
}

func (a *app) kindName(kind trustlist.Kind) string { return a.Lang.Say("kind_" + kind.String()) }

// contentAs is content as a document of a kind that readDocument was asked for.
func contentAs[T trustlist.Document](a *app, path string, kind trustlist.Kind) (T, *document, error) {
	var none T
	d, err := a.readDocument(path, kind)
	if err != nil {
		return none, nil, err
	}
	content, err := publish.Content[T](d.message)
	if err != nil {
		return none, nil, a.documentError(path, err)
	}
	return content, d, nil
}

// writeDraft writes the unsigned message of a document that was just made, and
// the step in which it was.
func (a *app) writeDraft(out string, made trustlist.Document, r recorder) (*document, error) {
	message, err := publish.NewDraft(made)
	if err != nil {
		return nil, a.documentError(out, err)
	}
	data, err := publish.EncodeDraft(message)
	if err != nil {
		return nil, a.documentError(out, err)
	}
	d := &document{out, message, made.Kind(), made}
	records, err := a.record(r, d, nil, false)
	if err != nil {
		return nil, err
	}
	if err := a.writeRecorded(out, data, records); err != nil {
		return nil, err
	}
	return d, nil
}

// needOut holds --out to being given, to a folder that is there, and to leaving
// room for what else is printed. It is asked before any passphrase is.
func (a *app) needOut(out string) error {
	switch {
	case out == "":
		return program.Usage("flag_required", "--out")
	case out == "-" && a.JSON:
		return program.Usage("json_and_stdout")
	case out == "-":
		return nil
	}
	folder := filepath.Dir(out)
	info, err := os.Stat(folder)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return program.Fail("out_folder_missing", folder)
	case err == nil && !info.IsDir():
		return program.Fail("not_a_folder", folder)
	}
	return nil // what else may be wrong shows when the file is made
}

// notOver refuses an output in the place of a key or a passphrase.
func notOver(out string, secrets ...string) error {
	for _, secret := range secrets {
		if secret != "" && samePath(out, secret) {
			return program.Usage("same_file", "--out", secret)
		}
	}
	return nil
}

// sayBeside prints for people, on standard error when the result itself goes to
// standard output.
func (a *app) sayBeside(out string) func(key string, arguments ...any) {
	if out == "-" {
		return a.Note
	}
	return a.Say
}

type signFlags struct {
	keys                []string
	passphraseFile, out string
	recordFlags
}

func (a *app) signCommand(kinds ...trustlist.Kind) *cobra.Command {
	var f signFlags
	var c *cobra.Command
	c = a.Command("sign DRAFT", "doc_sign", cobra.ExactArgs(1), func(_ context.Context, args []string) error {
		r, err := f.recorder(a, commandOf(c))
		if err != nil {
			return err
		}
		return a.sign(f, r, args[0], kinds)
	})
	f.recordFlags.add(a, c)
	c.Flags().StringArrayVar(&f.keys, "key", nil, a.Lang.Say("flag_doc_key"))
	c.Flags().StringVar(&f.passphraseFile, "passphrase-file", "", a.Lang.Say("flag_passphrase"))
	c.Flags().StringVar(&f.out, "out", "", a.Lang.Say("flag_signature_out"))
	return c
}

// signed is a signature with the file that it goes to.
type signed struct {
	File string  `json:"file"`
	Key  keyView `json:"key"`

	data   []byte
	public *sig.PublicKey
}

// sign signs a draft with every key, each on its own: one key into a file,
// several into a folder with one file each.
func (a *app) sign(f signFlags, r recorder, path string, kinds []trustlist.Kind) error {
	if err := a.needOut(f.out); err != nil {
		return err
	}
	if len(f.keys) == 0 {
		return program.Usage("flag_required", "--key")
	}
	if len(f.keys) > 1 && f.out == "-" {
		return program.Usage("signatures_to_stdout")
	}
	if err := notOver(f.out, append(f.keys, f.passphraseFile)...); err != nil {
		return err
	}
	if err := notOver(f.transcript, append(f.keys, f.passphraseFile, f.out, path)...); err != nil {
		return err
	}
	if isExport(path, kinds) {
		return a.signExport(f, r, path)
	}
	d, err := a.readDocument(path, kinds...)
	if err != nil {
		return err
	}
	if err := a.notFromTheFuture(d, r.at); err != nil {
		return err
	}
	all, err := a.signatures(f, d.path, func(signer sig.Signer) (*publish.Detached, error) {
		return publish.SignDetached(d.message, signer)
	})
	if err != nil {
		return err
	}
	var signers []transcript.Signer
	for _, s := range all {
		signer := signerOf(s.public)
		signer.Groups = ownGroups(d.content, s.public)
		signers = append(signers, signer)
	}
	records, err := a.record(r, d, signers, false)
	if err != nil {
		return err
	}
	if err := a.writeSignatures(f, all, records); err != nil {
		return err
	}
	if a.JSON {
		return a.PrintJSON(struct {
			documentView
			Signatures []signed `json:"signatures"`
		}{viewDocument(d), all})
	}
	say := a.sayBeside(f.out)
	a.tellHead(say, d)
	for _, s := range all {
		say("doc_signed", s.Key.Algorithm, s.Key.KeyID, s.File)
	}
	return nil
}

// notFromTheFuture refuses to sign what was issued after the clock of who signs,
// but for an hour that clocks may differ by. A national document that devices
// have taken moves their clocks to its time for good; a slip in a year would end
// every code in the country.
func (a *app) notFromTheFuture(d *document, at time.Time) error {
	unverified, err := trustlist.FromMessage(d.message)
	if err != nil {
		return a.documentError(d.path, err)
	}
	issued, err := unverified.UnverifiedIssued()
	if err != nil {
		return a.documentError(d.path, err)
	}
	if issued > at.Add(time.Hour).Unix() {
		return program.Fail("document_from_future", d.path, clock(issued), clock(at.Unix()))
	}
	return nil
}

// signatures are those of every key, each named once, as sign makes them.
func (a *app) signatures(f signFlags, draft string, sign func(sig.Signer) (*publish.Detached, error)) ([]signed, error) {
	var all []signed
	seen := map[[sha256.Size]byte]bool{}
	for _, path := range f.keys {
		key, err := a.privateKey(path, f.passphraseFile)
		if err != nil {
			return nil, err
		}
		if seen[key.PublicKey().Thumbprint()] {
			continue
		}
		seen[key.PublicKey().Thumbprint()] = true
		detached, err := sign(key)
		if err != nil {
			return nil, a.documentError(draft, err)
		}
		data, err := detached.Encode()
		if err != nil {
			return nil, a.documentError(draft, err)
		}
		s := signed{File: f.out, Key: viewKey(key.PublicKey()), data: data, public: key.PublicKey()}
		if len(f.keys) > 1 {
			s.File = filepath.Join(f.out, s.Key.KeyID+signatureSuffix)
		}
		all = append(all, s)
	}
	return all, nil
}

// writeSignatures writes every file before the first appears.
func (a *app) writeSignatures(f signFlags, all []signed, records []output) error {
	defer discardAll(records)
	if len(f.keys) > 1 {
		if err := os.Mkdir(f.out, 0o755); err == nil {
			defer os.Remove(f.out) // which leaves it unless it is still empty
		} else if !errors.Is(err, os.ErrExist) {
			return program.AboutFile(f.out, errors.Unwrap(err))
		}
	}
	var outputs []output
	for _, s := range all {
		w, err := a.output(s.File, 0o644)
		if err != nil {
			return err
		}
		defer w.Discard()
		if _, err := w.Write(s.data); err != nil {
			return err
		}
		outputs = append(outputs, w)
	}
	return commitAll(append(outputs, records...)...)
}

// detached is a signature from a file.
type detached struct {
	path      string
	signature *publish.Detached
}

// readSignatures reads files of signatures, and all those of folders.
func (a *app) readSignatures(paths []string) ([]detached, error) {
	var all []detached
	for _, path := range paths {
		names := []string{path}
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			if names, err = signaturesIn(path); err != nil {
				return nil, err
			}
		}
		for _, name := range names {
			data, err := files.Read(name, maxSignature)
			if errors.Is(err, files.ErrTooLarge) {
				return nil, program.FailWith(err, "not_a_signature", name)
			}
			if err != nil {
				return nil, err
			}
			signature, err := publish.ParseDetached(data)
			if err != nil {
				return nil, a.documentError(name, err)
			}
			all = append(all, detached{name, signature})
		}
	}
	return all, nil
}

func signaturesIn(folder string) ([]string, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, program.AboutFile(folder, errors.Unwrap(err))
	}
	var names []string
	for _, entry := range entries {
		if !entry.IsDir() && strings.HasSuffix(entry.Name(), signatureSuffix) {
			names = append(names, filepath.Join(folder, entry.Name()))
		}
	}
	if len(names) == 0 {
		return nil, program.Fail("folder_without_signatures", folder)
	}
	return names, nil
}

// hexHash is a hash for people and programs.
func hexHash(hash [sha256.Size]byte) string { return hex.EncodeToString(hash[:]) }
