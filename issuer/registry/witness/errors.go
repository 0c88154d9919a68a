package witness

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/tongxing/tongxing/issuer/registry"
)

// ErrOlder reports a registry that is an older copy of itself.
var ErrOlder = errors.New("witness: the registry is older than what was handed out of it (an old backup was restored)")

// Behind is a bank whose counter in the registry is below what was handed out.
type Behind struct {
	registry.Geometry
	Registry uint64 // counters handed out as the registry has it; 0 where it has no such bank
	Witness  uint64 // as the witness has it
}

// Gap is numbers that the witness has and the registry does not.
type Gap struct {
	Registry, Witness uint64 // newest number of each
}

// OlderError reports a registry that was restored from a backup older than the
// witness. errors.Is finds ErrOlder in it. Raise makes the registry usable: what
// was issued since the backup stays valid and is not in the registry.
type OlderError struct {
	Path            string   // of the witness
	Banks           []Behind // by region, month and first shard
	Events, Journal *Gap     // nil where nothing is missing
}

// Error implements error.
func (e *OlderError) Error() string {
	switch {
	case len(e.Banks) > 0:
		b := e.Banks[0]
		return fmt.Sprintf("%v: %d banks are behind %s; of region %02d and month %d, %d of %d references",
			ErrOlder, len(e.Banks), e.Path, b.Pool.Region, b.Pool.Month, b.Registry, b.Witness)
	case e.Events != nil:
		return fmt.Sprintf("%v: it does not hold event %d that %s has; its newest is %d", ErrOlder, e.Events.Witness, e.Path, e.Events.Registry)
	case e.Journal != nil:
		return fmt.Sprintf("%v: it does not hold record %d of the journal that %s has; its newest is %d", ErrOlder, e.Journal.Witness, e.Path, e.Journal.Registry)
	}
	return ErrOlder.Error()
}

// Unwrap returns ErrOlder.
func (e *OlderError) Unwrap() error { return ErrOlder }

// OtherRegistryError reports the witness of another registry. Two registries of
// one region would hand out the same references: which one is the region's is for
// its operator to say.
type OtherRegistryError struct {
	Path              string
	Witness, Registry registry.Identity
}

// Error implements error.
func (e *OtherRegistryError) Error() string {
	return fmt.Sprintf("witness: %s is of the registry %x, this is the registry %x", e.Path, e.Witness, e.Registry)
}

// MissingError reports that there is no witness of a registry that was used.
// errors.Is finds fs.ErrNotExist in it. Either the path is wrong, or the file is
// lost, or the registry was used without one so far: then Renew makes one.
type MissingError struct{ Path string }

// Error implements error.
func (e *MissingError) Error() string {
	return fmt.Sprintf("witness: there is no %s, and the registry was used already", e.Path)
}

// Unwrap returns fs.ErrNotExist.
func (e *MissingError) Unwrap() error { return fs.ErrNotExist }

// LaterError reports a witness that a later version of the program wrote. It is whole,
// as far as this one can say, and neither raised nor made anew by it.
type LaterError struct {
	Path   string
	Format string // that it says of itself, "tongxing/registry/witness/2"
}

// Error implements error.
func (e *LaterError) Error() string {
	return fmt.Sprintf("witness: %s was written by a later version: its format is %q, this program knows %q", e.Path, e.Format, Format)
}

// DamagedError reports a file that is no witness, or not as it was written. Either
// it is restored from a copy of its own (an older copy of the witness protects less
// and refuses nothing wrongly), or Renew replaces it.
type DamagedError struct {
	Path   string
	Reason error
}

// Error implements error.
func (e *DamagedError) Error() string {
	return fmt.Sprintf("witness: %s is damaged: %v", e.Path, e.Reason)
}

// Unwrap returns what is wrong.
func (e *DamagedError) Unwrap() error { return e.Reason }
