package main

import (
	"os"

	"golang.org/x/term"
)

// answer returns what read reads of a person at a terminal. Reading cannot be
// interrupted itself: on Ctrl-C the person is waited for no longer, and the
// terminal is as it was before.
func (a *app) answer(input *os.File, read func() ([]byte, error)) ([]byte, error) {
	before, err := term.GetState(int(input.Fd()))
	if err != nil {
		return nil, err
	}
	type line struct {
		data []byte
		err  error
	}
	answered := make(chan line, 1)
	go func() {
		data, err := read()
		answered <- line{data, err}
	}()
	select {
	case l := <-answered:
		return l.data, l.err
	case <-a.ctx.Done():
		_ = term.Restore(int(input.Fd()), before)
		return nil, a.ctx.Err()
	}
}
