package main

import "golang.org/x/sys/unix"

// bound bounds a renderer that has not been given anything yet: its memory, its
// processor time, and that it writes no file at all (setrlimit(2)).
func bound(process int) error {
	for resource, limit := range map[int]uint64{
		unix.RLIMIT_AS: rendererMemory, unix.RLIMIT_CPU: uint64(pdfTime.Seconds()),
		unix.RLIMIT_FSIZE: 0, unix.RLIMIT_CORE: 0,
	} {
		if err := unix.Prlimit(process, resource, &unix.Rlimit{Cur: limit, Max: limit}, nil); err != nil {
			return err
		}
	}
	return nil
}
