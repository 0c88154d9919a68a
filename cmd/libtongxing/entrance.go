package main

import (
	"sync"
	"sync/atomic"

	"github.com/tongxing/tongxing/verifier/binding"
)

// entrance knows which verifiers C holds. The zero value knows none. It is safe for
// concurrent use.
type entrance struct {
	open sync.Map // *binding.Instance by number
	last atomic.Uintptr
}

// add opens one and returns its number, which is not 0 and never given again.
func (e *entrance) add() uintptr {
	number := e.last.Add(1)
	e.open.Store(number, binding.New())
	return number
}

// find returns the verifier of a number, nil for none.
func (e *entrance) find(number uintptr) *binding.Instance {
	if found, ok := e.open.Load(number); ok {
		return found.(*binding.Instance)
	}
	return nil
}

// close ends one and tells whether it was open.
func (e *entrance) close(number uintptr) bool {
	_, was := e.open.LoadAndDelete(number)
	return was
}
