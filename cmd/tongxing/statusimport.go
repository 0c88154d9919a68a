package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/files"
	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/status"
	"github.com/tongxing/tongxing/trustlist/tokenstatus"
)

type statusImportFlags struct {
	public, uri, at, index, out string
	maxPlaces                   uint64
}

func (a *app) statusImportCommand() *cobra.Command {
	var f statusImportFlags
	c := a.Command("import FILE", "status_import", cobra.ExactArgs(1), func(_ context.Context, args []string) error {
		return a.statusImport(f, args[0])
	})
	c.Flags().StringVar(&f.public, "pub", "", a.Lang.Say("flag_token_pub"))
	c.Flags().StringVar(&f.uri, "uri", "", a.Lang.Say("flag_token_asked"))
	c.Flags().StringVar(&f.at, "at", "", a.Lang.Say("flag_at"))
	c.Flags().StringVar(&f.index, "index", "", a.Lang.Say("flag_token_index"))
	c.Flags().Uint64Var(&f.maxPlaces, "max-places", tokenstatus.DefaultMaxPlaces, a.Lang.Say("flag_token_max_places"))
	c.Flags().StringVar(&f.out, "out", "", a.Lang.Say("flag_token_members"))
	return c
}

// importedView is what an import says, with the one index that was asked for.
type importedView struct {
	tokenView
	Index *uint64 `json:"index,omitempty"`
	State string  `json:"state,omitempty"`
}

// statusImport verifies a Status List Token and says what is in it.
func (a *app) statusImport(f statusImportFlags, path string) error {
	if f.public == "" {
		return program.Usage("flag_required", "--pub")
	}
	if f.out != "" {
		if err := a.needOut(f.out); err != nil {
			return err
		}
		if err := keepApart([]place{{"--out", f.out}}, []place{{path, path}, {"--pub", f.public}}); err != nil {
			return err
		}
	}
	token, size, err := a.readToken(f, path)
	if err != nil {
		return err
	}
	view := importedView{tokenView: viewToken(path, token, size)}
	if f.index != "" {
		if err := view.lookUp(f.index, token); err != nil {
			return err
		}
	}
	if f.out != "" {
		if err := a.writeOut(f.out, membersOf(token.Sets), 0o644); err != nil {
			return err
		}
	}
	if a.JSON {
		return a.PrintJSON(view)
	}
	say := a.sayBeside(f.out)
	a.tellToken(say, view.tokenView)
	if view.Index != nil {
		say("token_index", *view.Index, a.Lang.Say("status_"+view.State))
	}
	say("token_good", path)
	return nil
}

func (a *app) readToken(f statusImportFlags, path string) (*tokenstatus.Token, int, error) {
	at, err := a.at(f.at)
	if err != nil {
		return nil, 0, err
	}
	key, err := a.publicKey(f.public, "")
	if err != nil {
		return nil, 0, err
	}
	reader, err := tokenstatus.NewReader(tokenstatus.Options{Key: key, Subject: f.uri, MaxPlaces: f.maxPlaces})
	if err != nil {
		return nil, 0, program.Usage("flag_value", strconv.FormatUint(f.maxPlaces, 10))
	}
	data, err := files.Read(path, tokenstatus.MaxSize)
	if err != nil {
		return nil, 0, err
	}
	if data[0] == 'e' { // a JWT, which is text; a CWT ends with its signature
		data = bytes.TrimRight(data, "\r\n")
	}
	token, err := reader.Read(data, at.Unix())
	if err != nil {
		return nil, 0, a.tokenError(f, path, err)
	}
	return token, len(data), nil
}

// lookUp adds the state of one index.
func (v *importedView) lookUp(text string, t *tokenstatus.Token) error {
	index, err := strconv.ParseUint(text, 10, 32)
	if err != nil {
		return program.Usage("flag_value", text)
	}
	if index >= t.Places {
		return program.Fail("token_index_beyond", index, t.Places)
	}
	v.Index, v.State = &index, t.Sets.Lookup(uint32(index)).String()
	return nil
}

// membersOf writes the members of all sets as CSV, by state and index.
func membersOf(sets status.Sets) []byte {
	out := []byte("index,state\n")
	for _, group := range []struct {
		state   status.State
		members []uint32
	}{{status.Revoked, sets.Revoked}, {status.Superseded, sets.Superseded}, {status.Suspended, sets.Suspended}} {
		for _, index := range group.members {
			out = fmt.Appendf(out, "%d,%s\n", index, group.state)
		}
	}
	return out
}

// tokenError gives the faults of a Status List Token their words.
func (a *app) tokenError(f statusImportFlags, path string, err error) error {
	var other *tokenstatus.TypeError
	if errors.As(err, &other) {
		return program.FailFor(err, "token_status", path, other.Index, other.Status)
	}
	if errors.Is(err, tokenstatus.ErrSubject) {
		return program.FailFor(err, "token_subject", path, f.uri)
	}
	if errors.Is(err, tokenstatus.ErrPlaces) {
		return program.FailFor(err, "token_bomb", path, f.maxPlaces)
	}
	for _, known := range []struct {
		target error
		key    string
	}{
		{tokenstatus.ErrNotAToken, "token_malformed"},
		{tokenstatus.ErrType, "token_type"},
		{tokenstatus.ErrCritical, "token_critical"},
		{tokenstatus.ErrAlgorithm, "token_algorithm"},
		{sig.ErrSignature, "token_signature"},
		{tokenstatus.ErrClaims, "token_claims"},
		{tokenstatus.ErrStatusList, "token_claims"},
		{tokenstatus.ErrExpired, "token_expired"},
		{tokenstatus.ErrFuture, "token_future"},
		{status.ErrTooLarge, "token_claims"},
	} {
		if errors.Is(err, known.target) {
			return program.FailWith(err, known.key, path)
		}
	}
	return err
}
