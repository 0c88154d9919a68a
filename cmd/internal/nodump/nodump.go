// Package nodump keeps the memory of a process that holds private keys out of
// files and debuggers: no core dump is written when it dies (RLIMIT_CORE 0, which
// child processes inherit), and no other process of the same user reads its
// memory or attaches to it (PR_SET_DUMPABLE 0; prctl(2)).
//
// A program calls [Process] before it opens its first key. What is swapped out is
// the system's to prevent (swapoff, or MemorySwapMax=0 in its unit).
package nodump

import "fmt"

// Process does it for this process. On systems other than Linux it does nothing.
func Process() error {
	if err := process(); err != nil {
		return fmt.Errorf("nodump: %w", err)
	}
	return nil
}
