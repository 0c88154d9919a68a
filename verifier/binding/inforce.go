package binding

import "github.com/tongxing/tongxing/verifier"

// Verifier returns the verifier over what is in force now. Without trust it is nil,
// which answers every code with no_trust. It is for a module in Go that puts more
// around an Instance than other languages need.
func (i *Instance) Verifier() *verifier.Verifier { return i.verifier() }
