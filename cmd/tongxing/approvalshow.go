package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/files"
	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/issuer/approval"
)

type approvalShowFlags struct {
	public            []string
	records, registry string
}

// approvalView is an approval for programs.
type approvalView struct {
	Approver       string            `json:"approver"` // key identifier, hex
	Region         string            `json:"region"`
	Job            string            `json:"job"`
	At             int64             `json:"at"`
	Adverse        map[uint16]uint64 `json:"adverse"` // records by state
	Signing        []string          `json:"signing"` // thumbprints, hex
	RecordsMatched bool              `json:"records_matched"`
	Bulk           *bulkView         `json:"bulk,omitempty"`
}

// bulkView is what a bulk job is, for programs.
type bulkView struct {
	Digest   string `json:"digest"` // as the registry and the journal have it
	Records  uint64 `json:"records"`
	Lifetime uint32 `json:"lifetime"` // seconds
}

func (a *app) approvalCommand() *cobra.Command {
	var f approvalShowFlags
	c := a.Command("approval FILE", "approval", cobra.ExactArgs(1), func(_ context.Context, args []string) error {
		return a.showApproval(f, args[0])
	})
	c.Flags().StringArrayVar(&f.public, "approver", nil, a.Lang.Say("flag_approval_approver"))
	c.Flags().StringVar(&f.records, "records", "", a.Lang.Say("flag_approval_records"))
	c.Flags().StringVar(&f.registry, "registry", "", a.Lang.Say("flag_approval_registry"))
	return c
}

// showApproval verifies an approval with the keys of those who may approve, and
// holds a file to it where one is given.
func (a *app) showApproval(f approvalShowFlags, path string) error {
	switch {
	case len(f.public) == 0:
		return program.Usage("flag_required", "--approver")
	case f.records != "" && f.registry == "":
		return program.Usage("flag_required", "--registry")
	}
	var approvers []*sig.PublicKey
	for _, name := range f.public {
		key, err := a.publicKey(name, "")
		if err != nil {
			return err
		}
		approvers = append(approvers, key)
	}
	data, err := files.Read(path, approval.MaxSize)
	if err != nil {
		return err
	}
	said, by, err := approval.Parse(data, approvers)
	switch {
	case errors.Is(err, approval.ErrSignature):
		return program.FailFor(err, "approval_unsigned", path)
	case errors.Is(err, approval.ErrOwnKey):
		return program.FailFor(err, "approval_own_key", path)
	case err != nil:
		return program.FailFor(err, "approval_unreadable", path)
	}
	if f.records != "" {
		if err := sameRecords(f, said); err != nil {
			return err
		}
	}
	return a.tellApproval(said, by, f.records)
}

// sameRecords refuses a file that is not the one that was approved.
func sameRecords(f approvalShowFlags, said approval.Approval) error {
	records, err := files.Open(f.records)
	if err != nil {
		return err
	}
	defer records.Close()
	hash, _, err := scanRecords(records)
	if err != nil {
		return recordsError(f.records, err)
	}
	key, err := files.Read(f.registry+jobKeySuffix, jobKeySize)
	if err != nil {
		return err
	}
	if approval.RecordsHash(key, hash) != said.Records {
		return program.Fail("approval_other_records", f.records)
	}
	return nil
}

func (a *app) tellApproval(said approval.Approval, by *sig.PublicKey, records string) error {
	id := by.KeyID()
	view := approvalView{Approver: hex.EncodeToString(id[:]), Region: said.Region, Job: said.Job, At: said.At,
		Adverse: said.Adverse, RecordsMatched: records != ""}
	if bulk := said.Bulk; bulk != nil {
		view.Bulk = &bulkView{hex.EncodeToString(bulk.Digest[:]), bulk.Records, bulk.Lifetime}
	}
	for _, key := range said.Keys {
		view.Signing = append(view.Signing, hex.EncodeToString(key[:]))
	}
	if a.JSON {
		return a.PrintJSON(view)
	}
	a.Say("approval_by", view.Approver, said.Region, clock(said.At), said.Job)
	if view.Bulk != nil {
		a.Say("approval_bulk", view.Bulk.Records, time.Duration(view.Bulk.Lifetime)*time.Second)
	}
	for _, state := range slices.Sorted(maps.Keys(said.Adverse)) {
		a.Say("approval_state", fmt.Sprint(state), said.Adverse[state])
	}
	if records != "" {
		a.Say("approval_records", records)
	}
	return nil
}
