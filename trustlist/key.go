package trustlist

import (
	"slices"

	"github.com/tongxing/tongxing/format/sig"
)

// KeyState is the state of a signing key. It moves in one direction only:
// active, retired, compromised.
type KeyState uint8

// The states of a signing key.
const (
	Active      KeyState = 0
	Retired     KeyState = 1 // what it signed before Key.Since stays good
	Compromised KeyState = 2 // nothing that it signed is good, whatever its date
)

// String returns "active", "retired" or "compromised".
func (s KeyState) String() string {
	switch s {
	case Active:
		return "active"
	case Retired:
		return "retired"
	case Compromised:
		return "compromised"
	}
	return "unknown"
}

// MarshalText returns String.
func (s KeyState) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Key is a signing key of a region, as the region's key set and the national
// trust list together grant it.
type Key struct {
	Public       *sig.PublicKey
	State        KeyState
	Since        int64 // unix seconds of retirement or compromise; 0 for an active key
	SignFrom     int64 // unix seconds: the first that the key may sign at
	SignUntil    int64 // unix seconds, exclusive
	Usage        Usage
	Laboratories []uint32 // region x 65536 + n; nil: not limited
}

// AdmitsLaboratory reports whether a test from the laboratory with that number
// (region x 65536 + n) may be signed with the key.
func (k *Key) AdmitsLaboratory(number uint32) bool {
	return k.Laboratories == nil || slices.Contains(k.Laboratories, number)
}

// Laboratory is a test laboratory that a region has admitted.
type Laboratory struct {
	Number    uint16 // within the region
	Name      string
	Admitted  int64 // unix seconds
	Withdrawn int64 // unix seconds; 0: not withdrawn
}

// maySignAt reports whether what the key signed at t (unix seconds) is good.
func (k *Key) maySignAt(t int64) bool {
	return k.SignFrom <= t && t < k.SignUntil && (k.State == Active || k.State == Retired && t < k.Since)
}

// withdraw applies what the national list decides about the key: it can only
// take away.
func (k *Key) withdraw(w KeyWithdrawal) {
	switch {
	case k.State == Compromised:
	case w.State == Compromised, k.State == Active:
		k.State, k.Since = w.State, w.From
	default:
		k.Since = min(k.Since, w.From)
	}
}
