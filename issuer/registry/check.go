package registry

import (
	"fmt"
	"math"
)

// CheckPool returns ErrInvalid for a pool outside the bounds of its fields.
func CheckPool(pool Pool) error {
	if pool.Region > 99 {
		return fmt.Errorf("%w: region %d, want 0 to 99", ErrInvalid, pool.Region)
	}
	return nil
}

// CheckLease returns ErrInvalid for arguments of Lease that are out of bounds.
func CheckLease(pool Pool, n int) error {
	if n < 1 || n > MaxLease {
		return fmt.Errorf("%w: lease of %d references, want 1 to %d", ErrInvalid, n, MaxLease)
	}
	return CheckPool(pool)
}

// CheckJob returns ErrInvalid for a name that is not a job's.
func CheckJob(job string) error {
	if job == "" || len(job) > MaxJobLength {
		return fmt.Errorf("%w: name of a job has %d bytes, want 1 to %d", ErrInvalid, len(job), MaxJobLength)
	}
	for i := range len(job) {
		switch c := job[i]; {
		case '0' <= c && c <= '9', 'A' <= c && c <= 'Z', 'a' <= c && c <= 'z':
		case c == '.', c == '_', c == ':', c == '-':
		default:
			return fmt.Errorf("%w: name of a job has %q at byte %d", ErrInvalid, c, i)
		}
	}
	return nil
}

// CheckChunk returns ErrInvalid for a chunk that is out of bounds. It does not
// know which references are leased.
func CheckChunk(chunk Chunk) error {
	if err := CheckJob(chunk.Job); err != nil {
		return err
	}
	if len(chunk.Entries) > MaxChunk {
		return fmt.Errorf("%w: chunk of %d entries, want at most %d", ErrInvalid, len(chunk.Entries), MaxChunk)
	}
	for i := range chunk.Entries {
		if err := checkEntry(&chunk.Entries[i]); err != nil {
			return fmt.Errorf("entry %d: %w", i, err)
		}
	}
	return nil
}

func checkEntry(e *Entry) error {
	switch {
	case e.Reference.Region > 99:
		return fmt.Errorf("%w: region %d, want 0 to 99", ErrInvalid, e.Reference.Region)
	case e.Hash == [32]byte{}:
		return fmt.Errorf("%w: no hash", ErrInvalid)
	case e.State != Issued:
		return fmt.Errorf("%w: state %d, want %d (issued)", ErrInvalid, e.State, Issued)
	case e.IssuedAt < 0 || e.ExpiresAt <= e.IssuedAt || e.ExpiresAt > math.MaxUint32:
		return fmt.Errorf("%w: issued at %d, expires at %d", ErrInvalid, e.IssuedAt, e.ExpiresAt)
	}
	return nil
}
