package witness

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/tongxing/tongxing/issuer/registry"
)

// Report tells what a Raise did, and what the registry has lost.
type Report struct {
	// Banks are those that were behind, with the counters that they had; their
	// counters are now those of the witness.
	Banks []Behind
	// Events and Journal are what is missing in the registry, nil where nothing is.
	// Orders that were recorded since the backup are to be recorded again: their
	// revocations are in the status lists that were published and no longer in the
	// registry.
	Events, Journal *Gap
}

// Raise brings a registry that was restored from an old backup to where its witness
// is, so that it hands out nothing again, and the witness to the events and journal
// that the registry now has. On a registry that is not behind it changes nothing.
// Errors are *MissingError, *DamagedError, *LaterError and *OtherRegistryError.
//
// Credentials issued since the backup are not in the registry and cannot be looked
// up or revoked there; jobs that were run since are not known to it.
func Raise(ctx context.Context, store registry.Store, path string) (report Report, err error) {
	err = locked(path, func() error {
		witness, there, err := read(path)
		if err != nil {
			return err
		}
		if !there {
			return &MissingError{Path: path}
		}
		now, err := stateOf(ctx, store)
		if err != nil {
			return err
		}
		var older *OlderError
		if err := compare(ctx, path, witness, now, store); err != nil && !errors.As(err, &older) {
			return err
		}
		if older == nil {
			return nil
		}
		report = Report{Banks: older.Banks, Events: older.Events, Journal: older.Journal}
		if _, err := store.Raise(ctx, witness.banks); err != nil {
			return err
		}
		return merge(witness, now).write(path)
	})
	if err != nil {
		return Report{}, err
	}
	return report, nil
}

// Renew writes the witness of a registry anew, also where none is or a damaged one,
// and lets every pool skip references before: margin, 0 to 2^32, of each. It is for
// an operator who knows that the registry is the newest, or how far it can be
// behind. An intact witness of a registry that is behind stays: *OlderError, for
// Raise is the remedy; so do that of another registry, *OtherRegistryError, and that of
// a later version, *LaterError.
func Renew(ctx context.Context, store registry.Store, path string, margin uint64) error {
	if margin > math.MaxUint32+1 {
		return fmt.Errorf("%w: margin of %d references", registry.ErrInvalid, margin)
	}
	return locked(path, func() error {
		witness, there, err := read(path)
		if _, damaged := errors.AsType[*DamagedError](err); err != nil && !damaged {
			return err
		}
		now, err := stateOf(ctx, store)
		if err != nil {
			return err
		}
		if there {
			if err := compare(ctx, path, witness, now, store); err != nil {
				return err
			}
		}
		if _, err := store.Raise(ctx, skip(now.banks, margin)); err != nil {
			return err
		}
		if now, err = stateOf(ctx, store); err != nil {
			return err
		}
		return now.write(path)
	})
}

// skip returns the counters of banks, by region, month and first shard, with the
// newest of each pool raised by margin, over as many further banks as that takes
// and there are.
func skip(banks []registry.BankCount, margin uint64) []registry.BankCount {
	var raised []registry.BankCount
	for i, b := range banks {
		if i+1 < len(banks) && banks[i+1].Pool == b.Pool {
			continue
		}
		left := margin
		for {
			take := min(left, b.Size()-b.Leased)
			b.Leased, left = b.Leased+take, left-take
			raised = append(raised, b)
			if left == 0 {
				break
			}
			next, err := b.Geometry.Next()
			if err != nil {
				break // the pool is full: nothing is leased there any more
			}
			b = registry.BankCount{Geometry: next}
		}
	}
	return raised
}
