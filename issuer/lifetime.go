package issuer

import (
	"fmt"
	"time"
)

// Lifetime returns how long a credential lasts at most.
func (i *Issuer) Lifetime() time.Duration { return i.lifetime }

// WithLifetime returns an issuer that is as i, with the same keys and the same
// Check, but for how long its credentials last.
func (i *Issuer) WithLifetime(lifetime time.Duration) (*Issuer, error) {
	if lifetime < time.Minute || lifetime > MaxLifetime {
		return nil, fmt.Errorf("issuer: lifetime %v is not between one minute and 366 days", lifetime)
	}
	other := *i
	other.lifetime = lifetime
	return &other, nil
}
