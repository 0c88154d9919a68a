package issuer

import "time"

// Lifetime returns how long a credential lasts at most.
func (i *Issuer) Lifetime() time.Duration { return i.lifetime }
