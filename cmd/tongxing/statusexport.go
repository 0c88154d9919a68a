package main

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/status"
	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/revocation"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/publish"
	"github.com/tongxing/tongxing/trustlist/tokenstatus"
)

type statusExportFlags struct {
	region, list, keySet string
	format, uri          string
	places               uint64
	key, passphraseFile  string
	out                  string
}

func (a *app) statusExportCommand() *cobra.Command {
	var f statusExportFlags
	c := a.Command("export FILE|BUNDLE|FOLDER...", "status_export", cobra.MinimumNArgs(1), func(_ context.Context, args []string) error {
		return a.statusExport(f, args)
	})
	c.Flags().StringVar(&f.region, "region", "", a.Lang.Say("flag_region"))
	c.Flags().StringVar(&f.list, "list", "", a.Lang.Say("flag_token_list"))
	c.Flags().StringVar(&f.keySet, "keyset", "", a.Lang.Say("flag_status_keyset"))
	c.Flags().StringVar(&f.format, "format", "cwt", a.Lang.Say("flag_token_format"))
	completeFlag(c, "format", "cwt", "jwt")
	c.Flags().StringVar(&f.uri, "uri", "", a.Lang.Say("flag_token_uri"))
	c.Flags().Uint64Var(&f.places, "places", registry.DefaultPlaces, a.Lang.Say("flag_token_places"))
	c.Flags().StringVar(&f.key, "key", "", a.Lang.Say("flag_status_key"))
	c.Flags().StringVar(&f.passphraseFile, "passphrase-file", "", a.Lang.Say("flag_passphrase"))
	c.Flags().StringVar(&f.out, "out", "", a.Lang.Say("flag_token_out"))
	return c
}

// tokenView is a Status List Token for programs. Times are unix seconds.
type tokenView struct {
	File    string            `json:"file"`
	Subject string            `json:"sub"`
	Issued  int64             `json:"iat"`
	Expires int64             `json:"exp,omitempty"`
	TTL     int64             `json:"ttl,omitempty"`
	Places  uint64            `json:"places"`
	Counts  revocation.Counts `json:"counts"`
	Bytes   int               `json:"bytes"`
}

func viewToken(path string, t *tokenstatus.Token, size int) tokenView {
	return tokenView{path, t.Subject, t.Issued, t.Expires, t.TTL, t.Places, revocation.CountsOf(t.Sets), size}
}

func (a *app) tellToken(say func(string, ...any), v tokenView) {
	say("token_head", v.Subject, clock(v.Issued), clockOrNone(v.Expires), v.Places)
	say("token_counts", v.Counts.Revoked, v.Counts.Superseded, v.Counts.Suspended)
}

func tokenFormat(name string) (tokenstatus.Format, error) {
	for _, f := range []tokenstatus.Format{tokenstatus.CWT, tokenstatus.JWT} {
		if strings.EqualFold(name, f.String()) {
			return f, nil
		}
	}
	return 0, program.Usage("token_format", name)
}

// statusExport writes one list of a region, with the deltas after it, as a Status
// List Token. What the region signs again is first held to its key set.
func (a *app) statusExport(f statusExportFlags, paths []string) error {
	for _, required := range []place{{"--list", f.list}, {"--keyset", f.keySet}, {"--key", f.key}} {
		if required.path == "" {
			return program.Usage("flag_required", required.flag)
		}
	}
	if err := a.needOut(f.out); err != nil {
		return err
	}
	form, err := tokenFormat(f.format)
	if err != nil {
		return err
	}
	inputs := []place{{"--keyset", f.keySet}, {"--key", f.key}}
	for _, path := range paths {
		inputs = append(inputs, place{path, path})
	}
	if err := keepApart([]place{{"--out", f.out}}, inputs); err != nil {
		return err
	}
	list, err := a.listToExport(f, paths)
	if err != nil {
		return err
	}
	token, err := list.Token()
	if err != nil {
		return a.exportedError(list, err)
	}
	if f.uri != "" {
		token.Subject = f.uri
	}
	signer, err := a.statusSigner(f, list)
	if err != nil {
		return err
	}
	data, err := token.Sign(form, twiceChecked{signer})
	if err != nil {
		return a.exportedError(list, err)
	}
	if err := a.writeOut(f.out, data, 0o644); err != nil {
		return err
	}
	return a.tellExported(f, signer.PublicKey(), viewToken(f.out, token, len(data)))
}

func (a *app) tellExported(f statusExportFlags, key *sig.PublicKey, view tokenView) error {
	if key.Algorithm() == sig.SM2 {
		a.Note("token_sm2")
	}
	if a.JSON {
		return a.PrintJSON(view)
	}
	say := a.sayBeside(f.out)
	a.tellToken(say, view)
	say("token_written", f.out, view.Bytes)
	return nil
}

// twiceChecked is a signer that gives no signature away before both
// implementations have verified it, as signed documents have theirs.
type twiceChecked struct{ sig.Signer }

// Sign implements [sig.Signer].
func (s twiceChecked) Sign(message []byte) ([]byte, error) {
	signature, err := s.Signer.Sign(message)
	if err != nil {
		return nil, err
	}
	if err := publish.CheckSignature(s.PublicKey(), message, signature); err != nil {
		return nil, err
	}
	return signature, nil
}

// statusSigner opens the key, which has to be one that may sign the list now.
func (a *app) statusSigner(f statusExportFlags, list *tokenstatus.List) (sig.Signer, error) {
	set, err := a.regionKeySet(f.keySet, list.Region)
	if err != nil {
		return nil, err
	}
	signer, err := a.privateKey(f.key, f.passphraseFile)
	if err != nil {
		return nil, err
	}
	if err := publish.CheckSigner(set, signer.PublicKey(), trustlist.UsageStatusList, list.Issued); err != nil {
		return nil, a.documentError(f.key, err)
	}
	return signer, nil
}

// listToExport reads one list of one region with what its deltas make of it.
func (a *app) listToExport(f statusExportFlags, paths []string) (*tokenstatus.List, error) {
	number, err := strconv.ParseUint(f.list, 10, 32)
	if err != nil {
		return nil, program.Usage("flag_value", f.list)
	}
	s, err := a.regionToExport(f, paths)
	if err != nil {
		return nil, err
	}
	set, err := a.regionKeySet(f.keySet, s.code)
	if err != nil {
		return nil, err
	}
	if err := s.check(set); err != nil {
		return nil, a.documentError(program.Subject(err), errors.Unwrap(err))
	}
	lists, err := s.apply()
	if err != nil {
		return nil, program.FailWith(err, "status_does_not_follow", s.code)
	}
	sets, there := lists[uint32(number)]
	if !there {
		return nil, program.Fail("token_no_list", s.code, number)
	}
	newest := s.newest()
	return &tokenstatus.List{
		Region: s.code, Number: uint32(number), Places: f.places, Sets: sets, Issued: newest.Issued, Due: newest.Due,
	}, nil
}

// regionToExport is the region that --region names, or the only one.
func (a *app) regionToExport(f statusExportFlags, paths []string) (*regionStatus, error) {
	regions, err := a.readStatus(paths)
	if err != nil {
		return nil, err
	}
	if f.region == "" && len(regions) > 1 {
		return nil, program.Usage("flag_required", "--region")
	}
	i := slices.IndexFunc(regions, func(s *regionStatus) bool { return f.region == "" || s.code == f.region })
	if i < 0 {
		return nil, program.Fail("token_no_region", f.region)
	}
	return regions[i], nil
}

// exportedError gives the faults of a list that is exported their words.
func (a *app) exportedError(list *tokenstatus.List, err error) error {
	switch largest := largestIndex(list.Sets); {
	case errors.Is(err, tokenstatus.ErrPlaces) && uint64(largest) >= list.Places:
		return program.FailFor(err, "token_places", list.Number, list.Places, largest)
	case errors.Is(err, tokenstatus.ErrPlaces):
		return program.Usage("flag_value", strconv.FormatUint(list.Places, 10))
	case errors.Is(err, tokenstatus.ErrClaims):
		return program.FailWith(err, "token_claims_out")
	case errors.Is(err, tokenstatus.ErrTooLarge):
		return program.FailFor(err, "token_too_large", tokenstatus.MaxSize>>20)
	}
	return err
}

func largestIndex(sets status.Sets) (largest uint32) {
	for _, set := range [][]uint32{sets.Revoked, sets.Superseded, sets.Suspended} {
		if n := len(set); n > 0 {
			largest = max(largest, set[n-1])
		}
	}
	return largest
}
