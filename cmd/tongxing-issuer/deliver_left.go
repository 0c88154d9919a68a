package main

import (
	"crypto/sha256"
	"encoding/hex"
	"path/filepath"

	"github.com/tongxing/tongxing/cmd/internal/files"
	"github.com/tongxing/tongxing/issuer/registry"
)

// deliveryOwner names the unfinished files of the deliveries of a job, so that one that
// was killed leaves no codes behind when the job is delivered into the folder again.
func deliveryOwner(store registry.Identified, job string) string {
	identity := store.Identity()
	sum := sha256.Sum256(append(identity[:], job...))
	return hex.EncodeToString(sum[:8])
}

// tidy removes what killed deliveries of the job left where this one writes.
func (f *deliverFlags) tidy(owner string) error {
	paths := []string{f.out, f.refuse}
	if f.into != "" {
		paths = append(paths, filepath.Join(f.into, sumsName))
	}
	for _, path := range paths {
		if path == "" {
			continue
		}
		if _, err := files.Tidy(path, owner); err != nil {
			return err
		}
	}
	return nil
}

// sumsName is the list of hashes of a folder.
const sumsName = "SHA256SUMS"

// writeSums writes the list of hashes, as a file of the delivery.
func (d *deliveryTarget) writeSums() error {
	w, err := files.CreateOwned(filepath.Join(d.into, sumsName), 0o600, d.owner)
	if err != nil {
		return err
	}
	defer w.Discard()
	if _, err := w.Write(d.sums); err != nil {
		return err
	}
	return w.Commit()
}
