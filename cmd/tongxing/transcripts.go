package main

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/files"
	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/fingerprint"
	"github.com/tongxing/tongxing/trustlist/publish"
	"github.com/tongxing/tongxing/trustlist/publish/transcript"
)

// transcriptText is what the file with a transcript in words is called beside
// that of the transcript.
const transcriptText = ".txt"

// recorder says where a step of a ceremony is recorded. The zero recorder
// records nothing.
type recorder struct {
	path    string
	command string // "root sign"
	at      time.Time
}

// recordFlags are the flags of commands that record what they do.
type recordFlags struct{ transcript, at string }

func (f *recordFlags) add(a *app, c *cobra.Command) {
	c.Flags().StringVar(&f.transcript, "transcript", "", a.Lang.Say("flag_transcript"))
	c.Flags().StringVar(&f.at, "at", "", a.Lang.Say("flag_step_at"))
}

// recorder returns the recorder that the flags ask for.
func (f *recordFlags) recorder(a *app, command string) (recorder, error) {
	at, err := a.at(f.at)
	if err != nil {
		return recorder{}, err
	}
	return recorder{f.transcript, command, at}, nil
}

// commandOf is the command as a transcript names it: "root sign".
func commandOf(c *cobra.Command) string {
	_, name, _ := strings.Cut(c.CommandPath(), " ")
	return name
}

// record returns the outputs that add a step about a document to the transcript:
// the transcript and the same in words. They are committed with the result of the
// step, or discarded with it.
func (a *app) record(r recorder, d *document, signers []transcript.Signer, complete bool) ([]output, error) {
	return a.recordView(r, viewDocument(d), d.message.Hash(), signers, complete)
}

// recordView is record for what is no document and is signed like one.
func (a *app) recordView(r recorder, view documentView, hash transcript.Hash, signers []transcript.Signer, complete bool) ([]output, error) {
	if r.path == "" {
		return nil, nil
	}
	before, err := a.transcriptAt(r.path)
	if err != nil {
		return nil, err
	}
	after, err := before.Append(transcript.Step{
		Time: r.at.In(format.ChinaTime), Command: r.command, Kind: view.Kind, Region: view.Region, Version: view.Version,
		Hash: hash, Fingerprint: view.Words, Signers: signers, Complete: complete, Tool: tool(),
	})
	if err != nil {
		return nil, a.transcriptError(r.path, err)
	}
	return a.written(
		content{r.path, after.Bytes()},
		content{r.path + transcriptText, []byte(a.transcriptWords(after))},
	)
}

// transcriptAt reads a transcript; one that is not there yet has no steps.
func (a *app) transcriptAt(path string) (*transcript.Transcript, error) {
	data, err := files.Read(path, transcript.MaxSize)
	if errors.Is(err, fs.ErrNotExist) {
		return new(transcript.Transcript), nil
	}
	if err != nil {
		return nil, err
	}
	t, err := transcript.Parse(data)
	if err != nil {
		return nil, a.transcriptError(path, err)
	}
	return t, nil
}

func (a *app) transcriptError(path string, err error) error {
	var line *transcript.LineError
	switch {
	case errors.Is(err, transcript.ErrChain) && errors.As(err, &line):
		return program.FailFor(err, "transcript_chain", path, line.Line)
	case errors.As(err, &line):
		return program.FailFor(err, "transcript_line", path, line.Line)
	case errors.Is(err, transcript.ErrFull):
		return program.FailFor(err, "transcript_full", path)
	}
	return program.FailFor(err, "not_a_transcript", path)
}

// content is a file to be written.
type content struct {
	path string
	data []byte
}

// written returns files that are written and wait to be committed.
func (a *app) written(contents ...content) ([]output, error) {
	var all []output
	for _, c := range contents {
		w, err := a.output(c.path, 0o644)
		if err == nil {
			all = append(all, w)
			_, err = w.Write(c.data)
		}
		if err != nil {
			discardAll(all)
			return nil, err
		}
	}
	return all, nil
}

func discardAll(outputs []output) {
	for _, w := range outputs {
		w.Discard()
	}
}

// tool names the program in a transcript.
func tool() string {
	return "tongxing " + program.Version()
}

// signersOf are the signers of groups for a transcript, each once with all its
// groups.
func (a *app) signersOf(groups []publish.GroupSigners) []transcript.Signer {
	views := viewGroups(groups)
	var all []transcript.Signer
	for i := range groups {
		for _, key := range groups[i].Signers {
			at := slices.IndexFunc(all, func(s transcript.Signer) bool { return s.Thumbprint == key.Thumbprint() })
			if at < 0 {
				all, at = append(all, signerOf(key)), len(all)
			}
			all[at].Groups = append(all[at].Groups, groupLabel(&views[i]))
		}
	}
	return all
}

func signerOf(key *sig.PublicKey) transcript.Signer {
	return transcript.Signer{Algorithm: key.Algorithm().String(), Thumbprint: key.Thumbprint()}
}

// groupLabel names a group in a transcript, which has one language.
func groupLabel(g *groupView) string {
	if g.Root == "" {
		return g.Group
	}
	return g.Group + " of root " + g.Root
}

// ownGroups names the groups of a root that a key of it is in.
func ownGroups(content trustlist.Document, key *sig.PublicKey) []string {
	root, ok := content.(*trustlist.Root)
	if !ok {
		return nil
	}
	var names []string
	for _, g := range root.Groups {
		for _, point := range g.Keys {
			if g.Algorithm == key.Algorithm() && string(point) == string(key.Compressed()) {
				names = append(names, g.Name+" of root "+root.Version.String())
			}
		}
	}
	return names
}

func (a *app) transcriptCommand() *cobra.Command {
	return a.Command("transcript FILE", "transcript", cobra.ExactArgs(1), func(_ context.Context, args []string) error {
		data, err := files.Read(args[0], transcript.MaxSize)
		if err != nil {
			return err
		}
		t, err := transcript.Parse(data)
		if err != nil {
			return a.transcriptError(args[0], err)
		}
		if a.JSON {
			return a.PrintJSON(struct {
				Steps []transcript.Step `json:"steps"`
				Head  transcript.Hash   `json:"head"`
				Words string            `json:"head_fingerprint"`
			}{t.Steps(), t.Head(), fingerprint.Words(t.Head())})
		}
		_, err = a.Out.WriteString(a.transcriptWords(t))
		return err
	})
}

// transcriptWords is a transcript for people to read and to print.
func (a *app) transcriptWords(t *transcript.Transcript) string {
	var b strings.Builder
	line := func(key string, arguments ...any) { b.WriteString(a.Lang.Say(key, arguments...) + "\n") }
	line("transcript_head", len(t.Steps()))
	for _, s := range t.Steps() {
		name := a.Lang.Say("kind_" + s.Kind)
		if s.Region != "" {
			name += " " + s.Region
		}
		line("transcript_step", s.Number, s.Time.In(format.ChinaTime).Format("2006-01-02 15:04:05"), s.Command, name, s.Version,
			hexHash(s.Hash), s.Fingerprint)
		for _, signer := range s.Signers {
			line("transcript_signer", signer.Algorithm, hexHash(signer.Thumbprint), strings.Join(signer.Groups, ", "))
		}
		if s.Complete {
			line("transcript_complete")
		}
		line("transcript_tool", s.Tool)
	}
	line("transcript_end", hexHash(t.Head()), fingerprint.Words(t.Head()))
	return b.String()
}

// checkTranscripts holds the signers of a document against what was recorded.
func (a *app) checkTranscripts(paths []string, d *document, groups []publish.GroupSigners) error {
	if len(paths) == 0 {
		return nil
	}
	var all []*transcript.Transcript
	for _, path := range paths {
		data, err := files.Read(path, transcript.MaxSize)
		if err != nil {
			return err
		}
		t, err := transcript.Parse(data)
		if err != nil {
			return a.transcriptError(path, err)
		}
		all = append(all, t)
	}
	view := viewDocument(d)
	about := transcript.Document{Kind: view.Kind, Region: view.Region, Version: view.Version, Hash: d.message.Hash()}
	for _, signer := range a.signersOf(groups) {
		about.Signers = append(about.Signers, signer.Thumbprint)
	}
	findings := transcript.Check(about, all...)
	switch {
	case findings.Absent:
		return program.Fail("transcript_absent", d.path, strings.Join(paths, ", "))
	case !findings.Good():
		return program.Fail("transcript_unrecorded", d.path, keyList(findings.Unrecorded))
	}
	if len(findings.Unused) > 0 {
		a.Note("transcript_unused", keyList(findings.Unused))
	}
	for _, other := range findings.Others {
		a.Note("transcript_other", other.Number, other.Command, hexHash(other.Hash))
	}
	for _, step := range findings.Backwards {
		a.Note("transcript_backwards", step.Number, step.Time.In(format.ChinaTime).Format("2006-01-02 15:04:05"))
	}
	return nil
}

// keyList names keys by their identifiers.
func keyList(thumbprints []transcript.Hash) string {
	var names []string
	for _, t := range thumbprints {
		names = append(names, hexHash(t)[:2*sig.KeyIDSize])
	}
	return strings.Join(names, ", ")
}
