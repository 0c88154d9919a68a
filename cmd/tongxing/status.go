package main

import (
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/files"
	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/issuer/revocation"
	"github.com/tongxing/tongxing/trustlist"
)

// statusCommand is `tongxing status`: what a region publishes of its revocations.
func (a *app) statusCommand() *cobra.Command {
	return a.Group("status", "status", a.statusBuildCommand(), a.statusPublishCommand(), a.statusApplyCommand(), a.statusShowCommand(),
		a.statusExportCommand(), a.statusImportCommand())
}

// folderFile is a file of a folder that is written whole.
type folderFile = files.Named

// noRef stands where a region alone is meant.
var noRef format.Ref

// writeFolder writes a folder of results that anybody may read.
func (a *app) writeFolder(path string, content []folderFile) error {
	if err := a.ctx.Err(); err != nil {
		return err
	}
	return files.WriteFolder(path, content, 0o644)
}

// issuedDue reads when a document is issued and when the next is due, life after it
// unless it is said.
func (a *app) issuedDue(atText, dueText string, life time.Duration) (at, due time.Time, err error) {
	if at, err = a.at(atText); err != nil {
		return at, due, err
	}
	due = at.Add(life)
	if dueText != "" {
		if due, err = a.at(dueText); err != nil {
			return at, due, err
		}
	}
	if !due.After(at) {
		return at, due, program.Usage("due_before_issued", clock(due.Unix()), clock(at.Unix()))
	}
	return at, due, nil
}

// regionKeySet reads the signed key set of a region.
func (a *app) regionKeySet(path, region string) (*trustlist.KeySet, error) {
	set, d, err := contentAs[*trustlist.KeySet](a, path, trustlist.KindKeySet)
	if err != nil {
		return nil, err
	}
	if len(d.message.Signatures()) == 0 {
		return nil, program.Fail("not_signed_yet", path)
	}
	if region != "" && set.Region != region {
		return nil, a.documentError(path, trustlist.ErrWrongRegion)
	}
	return set, nil
}

// statusError gives the faults of what is published their words.
func (a *app) statusError(path string, err error) error {
	var behind *revocation.BehindError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &behind):
		return program.FailFor(err, "registry_behind_list", path, behind.List, behind.Lost)
	case errors.Is(err, revocation.ErrOldRegistry):
		return program.FailFor(err, "registry_behind", path)
	case errors.Is(err, revocation.ErrTooLarge):
		return program.FailFor(err, "status_too_large", revocation.MaxLists, revocation.MaxBytes>>20, revocation.MaxMembers)
	}
	return aboutRegistry(path, err)
}

func (a *app) tellBuilt(b *statusBuilt) {
	if b.Kind == "delta" {
		a.Say("status_built_delta", b.Folder, b.Version, b.Changed, b.Bytes, b.Deltas, maxStatusDeltas)
	} else {
		a.Say("status_built_lists", b.Folder, b.Version, b.Lists, b.Bytes, a.Lang.Say("why_"+b.Why))
	}
	a.Say("status_built_counts", b.Region, b.Counts.Revoked, b.Counts.Superseded, b.Counts.Suspended, clock(b.Issued), clock(b.Due))
	a.Say("status_hash", b.Hash)
	if b.Deltas == maxStatusDeltas {
		a.Say("status_full_next")
	}
}
