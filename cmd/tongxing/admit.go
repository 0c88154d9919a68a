package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/files"
	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/publish"
)

type admitFlags struct {
	roots        []string
	list         string
	yes          bool
	programmeEnd string
	epoch        uint32
	out          string
	recordFlags
}

func (a *app) trustAdmitCommand() *cobra.Command {
	var f admitFlags
	var c *cobra.Command
	c = a.Command("admit CSR...", "trust_admit", cobra.ArbitraryArgs, func(_ context.Context, args []string) error {
		return a.trustAdmit(f, commandOf(c), args)
	})
	c.Flags().StringArrayVar(&f.roots, "root", nil, a.Lang.Say("flag_root_chain"))
	c.Flags().StringVar(&f.list, "list", "", a.Lang.Say("flag_previous_list"))
	c.Flags().BoolVar(&f.yes, "yes", false, a.Lang.Say("flag_yes"))
	c.Flags().StringVar(&f.programmeEnd, "programme-end", "", a.Lang.Say("flag_programme_end"))
	c.Flags().Uint32Var(&f.epoch, "region-epoch", 1, a.Lang.Say("flag_region_epoch"))
	f.recordFlags.add(a, c)
	c.Flags().Lookup("at").Usage = a.Lang.Say("flag_issued_at")
	c.Flags().StringVar(&f.out, "out", "", a.Lang.Say("flag_draft_out"))
	return c
}

// trustAdmit writes the draft of the trust list that follows on --list, or of
// the first, with the regions that ask to be admitted.
func (a *app) trustAdmit(f admitFlags, command string, requests []string) error {
	r, err := f.recorder(a, command)
	if err != nil {
		return err
	}
	if err := a.needOut(f.out); err != nil {
		return err
	}
	if len(requests) == 0 && f.list == "" {
		return program.Usage("nothing_to_admit")
	}
	chain, err := a.rootChain(f.roots)
	if err != nil {
		return err
	}
	previous, err := a.signedList(f.list, chain)
	if err != nil {
		return err
	}
	list, err := a.nextList(f, r.at, chain[len(chain)-1], previous, requests)
	if err != nil {
		return err
	}
	changes := diffLists(previous, list)
	if say, told := a.sayBefore(f.out, f.yes); told {
		a.tellChanges(say, previous, list, changes)
	}
	if err := a.confirm(f.yes); err != nil {
		return err
	}
	d, err := a.writeDraft(f.out, list, r)
	if err != nil {
		return err
	}
	if a.JSON {
		return a.PrintJSON(struct {
			documentView
			Changes []listChange `json:"changes"`
		}{viewDocument(d), changes})
	}
	return a.tellDraft(f.out, d)
}

// signedList reads the list in force, which one of the roots' groups signed:
// after a change of the root it is the root before.
func (a *app) signedList(path string, chain []*trustlist.Root) (*trustlist.List, error) {
	if path == "" {
		return nil, nil
	}
	list, d, err := contentAs[*trustlist.List](a, path, trustlist.KindList)
	if err != nil {
		return nil, err
	}
	return list, a.signedUnderOne(d, chain)
}

// signedUnderOne reports whether the groups of one of the roots have signed a
// national document.
func (a *app) signedUnderOne(d *document, chain []*trustlist.Root) error {
	var refused error
	for _, root := range slices.Backward(chain) {
		groups, err := publish.CheckNational(d.message, root)
		if err == nil {
			err = publish.Complete(groups...)
		}
		if err == nil {
			return nil
		}
		refused = err
	}
	return a.documentError(d.path, refused)
}

// nextList makes the list. Nothing is asked of the regions that it has already.
func (a *app) nextList(f admitFlags, at time.Time, root *trustlist.Root, previous *trustlist.List, requests []string) (*trustlist.List, error) {
	list, err := a.followingList(f.list, previous, root, at)
	if err != nil {
		return nil, err
	}
	switch f.programmeEnd {
	case "":
	case "none":
		list.ProgrammeEnd = 0
	default:
		end, err := a.at(f.programmeEnd)
		if err != nil {
			return nil, err
		}
		list.ProgrammeEnd = end.Unix()
	}
	for _, path := range requests {
		request, err := files.Read(path, maxDocument)
		if err != nil {
			return nil, err
		}
		if list, err = a.admitOne(f, list, root, path, request); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// followingList is the list that follows on the one of a file, or the first, as it
// is before anything changes.
func (a *app) followingList(path string, previous *trustlist.List, root *trustlist.Root, at time.Time) (*trustlist.List, error) {
	if previous != nil {
		if err := notBefore(at, previous.Head, path); err != nil {
			return nil, err
		}
	}
	list, err := publish.NewList(previous, root, at.Unix())
	if err != nil {
		return nil, a.documentError(path, err)
	}
	return list, nil
}

// admitOne admits the region that one file asks for.
func (a *app) admitOne(f admitFlags, list *trustlist.List, root *trustlist.Root, path string, request []byte) (*trustlist.List, error) {
	if _, err := a.readDocument(path, trustlist.KindAdmission); err != nil {
		return nil, err
	}
	admitted, err := publish.Admit(list, root, request, f.epoch)
	if err != nil {
		return nil, a.documentError(path, err)
	}
	return admitted, nil
}

// errNotConfirmed is the answer no.
var errNotConfirmed = errors.New("not confirmed")

// sayBefore is how people are told what they are about to confirm. Programs get
// it as JSON afterwards; who is asked is told before, beside the JSON.
func (a *app) sayBefore(out string, yes bool) (say func(string, ...any), told bool) {
	if a.JSON {
		input, ok := a.Stdin.(*os.File)
		return a.Note, !yes && ok && terminal(input)
	}
	return a.sayBeside(out), true
}

// confirm asks on the terminal, unless the answer was given with the command.
func (a *app) confirm(yes bool) error {
	if yes {
		return nil
	}
	input, ok := a.Stdin.(*os.File)
	if !ok || !terminal(input) {
		return program.Usage("confirm_needed")
	}
	if err := a.Out.Flush(); err != nil {
		return err
	}
	fmt.Fprint(a.Stderr, a.Lang.Say("ask_confirm"))
	answer, err := a.answer(input, func() ([]byte, error) { return bufio.NewReader(input).ReadBytes('\n') })
	if a.ctx.Err() != nil {
		return a.ctx.Err()
	}
	if err != nil {
		return program.FailFor(fmt.Errorf("%w: %w", errNotConfirmed, err), "not_confirmed")
	}
	switch strings.ToLower(strings.TrimSpace(string(answer))) {
	case "y", "yes", "是":
		return nil
	}
	return program.FailFor(errNotConfirmed, "not_confirmed")
}
