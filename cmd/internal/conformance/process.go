package conformance

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"sync"
	"time"
	"unicode/utf8"
)

// maxAnswer bounds a line of an implementation.
const maxAnswer = 65536

// Process is an implementation that runs as a command. It serves one caller at a
// time; after an error it is of no further use and has to be stopped.
type Process struct {
	command *exec.Cmd
	stdin   io.WriteCloser
	stdout  *bufio.Reader
	limit   time.Duration
	wait    func() error // for the end of the command; any number of times
}

// Start starts the command, whose first element is looked up on the path. limit
// is how long one answer may take. The caller ends with [Process.Close] or
// [Process.Stop].
func Start(ctx context.Context, command []string, limit time.Duration, stderr io.Writer) (*Process, error) {
	c := exec.CommandContext(ctx, command[0], command[1:]...)
	c.Stderr = stderr
	c.WaitDelay = limit // for what the command itself has started and left behind
	stdin, err := c.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := c.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := c.Start(); err != nil {
		return nil, err
	}
	return &Process{command: c, stdin: stdin, stdout: bufio.NewReader(stdout), limit: limit, wait: sync.OnceValue(c.Wait)}, nil
}

// within runs f, which reads or writes, and returns its error, or ErrSilent, or
// that of ctx. f may go on when it is not awaited: stopping the command ends it.
func (p *Process) within(ctx context.Context, f func() error) error {
	done := make(chan error, 1)
	go func() { done <- f() }()
	timer := time.NewTimer(p.limit)
	defer timer.Stop()
	select {
	case err := <-done:
		if canceled := ctx.Err(); canceled != nil {
			return canceled // the command was killed, which is not its own end
		}
		return err
	case <-timer.C:
		return fmt.Errorf("%w (%v)", ErrSilent, p.limit)
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Reason implements [Implementation].
func (p *Process) Reason(ctx context.Context, r *Request) (string, error) {
	line, err := json.Marshal(r)
	if err != nil {
		return "", err
	}
	answer, err := p.ask(ctx, line)
	if err != nil {
		return "", err
	}
	if answer.ID != r.ID {
		return "", fmt.Errorf("%w: its id is %d, not %d", ErrRubbish, answer.ID, r.ID)
	}
	return answer.Reason, nil
}

// ask sends a line and reads the answer.
func (p *Process) ask(ctx context.Context, line []byte) (*Answer, error) {
	var answer *Answer
	err := p.within(ctx, func() error {
		// A command that no longer reads has ended or is about to: what there
		// is to read says more.
		_, _ = p.stdin.Write(append(line, '\n'))
		text, err := p.readLine()
		if err != nil {
			return err
		}
		answer, err = parseAnswer(text)
		return err
	})
	if errors.Is(err, ErrEnded) {
		if status := p.within(ctx, p.wait); status != nil {
			err = fmt.Errorf("%w: %w", ErrEnded, status)
		}
	}
	if err != nil {
		return nil, err
	}
	return answer, nil
}

// readLine reads a line without its line feed.
func (p *Process) readLine() ([]byte, error) {
	var line []byte
	for {
		part, err := p.stdout.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case len(line) > maxAnswer:
			return nil, fmt.Errorf("%w: longer than %d bytes", ErrRubbish, maxAnswer)
		case err == nil:
			return bytes.TrimSuffix(line, []byte("\n")), nil
		case errors.Is(err, bufio.ErrBufferFull):
		case len(line) > 0:
			return nil, fmt.Errorf("%w: %s", ErrRubbish, shown(line))
		default:
			return nil, ErrEnded
		}
	}
}

func parseAnswer(line []byte) (*Answer, error) {
	var given struct {
		ID     *uint64 `json:"id"`
		Reason *string `json:"reason"`
	}
	if err := json.Unmarshal(line, &given); err != nil || given.ID == nil || given.Reason == nil {
		return nil, fmt.Errorf("%w: %s", ErrRubbish, shown(line))
	}
	return &Answer{*given.ID, shown([]byte(*given.Reason))}, nil
}

// shown is the beginning of what a stranger wrote, fit for a terminal.
func shown(text []byte) string {
	const most = 60
	cut := text[:min(len(text), most)]
	for _, c := range string(cut) {
		if c < ' ' || c > '~' || c == utf8.RuneError {
			return fmt.Sprintf("%q", cut)
		}
	}
	if len(text) > most {
		return string(cut) + "..."
	}
	return string(cut)
}

// Close tells the command that there is no more to come and waits for its end.
// The error wraps ErrSilent for one that does not end, ErrRubbish for one that
// writes more, and ErrEnded for a status other than 0.
func (p *Process) Close(ctx context.Context) error {
	err := p.within(ctx, func() error {
		if err := p.stdin.Close(); err != nil {
			return fmt.Errorf("%w: %w", ErrEnded, err)
		}
		switch rest, err := p.readLine(); {
		case err == nil:
			return fmt.Errorf("%w: %s", ErrRubbish, shown(rest))
		case !errors.Is(err, ErrEnded):
			return err
		}
		if err := p.wait(); err != nil {
			return fmt.Errorf("%w: %w", ErrEnded, err)
		}
		return nil
	})
	if err != nil && !errors.Is(err, ErrEnded) {
		p.Stop()
	}
	return err
}

// Stop kills the command and waits until it is gone.
func (p *Process) Stop() {
	_ = p.command.Process.Kill() // it may have ended by itself
	_ = p.wait()                 // its status is known to be of no use
}
