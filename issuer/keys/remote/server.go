package remote

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/issuer/keys"
)

// maxConnections is how many clients are served at once; others wait.
const maxConnections = 256

var (
	// ErrInUse reports a socket behind which a process listens already.
	ErrInUse = errors.New("remote: another process listens on the socket")
	// ErrFolder reports a socket's folder in which others could put another
	// socket.
	ErrFolder = errors.New("remote: folder of the socket may be changed by others than its owner")
	// ErrPeer reports a process of another user at the other end.
	ErrPeer = errors.New("remote: the process at the other end is of another user")
)

// Listen listens on a unix socket of mode 0600. A socket that a killed process
// left behind is replaced; one behind which somebody listens is not (ErrInUse).
func Listen(path string) (*net.UnixListener, error) {
	if err := checkFolder(filepath.Dir(path)); err != nil {
		return nil, err
	}
	if err := removeLeft(path); err != nil {
		return nil, err
	}
	listener, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		return nil, fmt.Errorf("remote: listen: %w", err)
	}
	// Whoever connects before the mode is set is asked who he is all the same.
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, fmt.Errorf("remote: listen: %w", errors.Join(err, listener.Close()))
	}
	return listener, nil
}

func checkFolder(folder string) error {
	info, err := os.Stat(folder)
	if err != nil {
		return fmt.Errorf("remote: listen: %w", err)
	}
	if info.Mode().Perm()&0o022 != 0 && info.Mode()&fs.ModeSticky == 0 {
		return fmt.Errorf("%w: %s has mode %04o (run: chmod go-w %s)", ErrFolder, folder, info.Mode().Perm(), folder)
	}
	return nil
}

// removeLeft removes a socket that nobody listens on.
func removeLeft(path string) error {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("remote: listen: %w", err)
	}
	if info.Mode().Type() != fs.ModeSocket {
		return fmt.Errorf("remote: listen: %w: %s is no socket", fs.ErrExist, path)
	}
	if conn, err := net.Dial("unix", path); err == nil {
		return errors.Join(fmt.Errorf("%w: %s", ErrInUse, path), conn.Close())
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remote: listen: %w", err)
	}
	return nil
}

// ServerOptions of a Server.
type ServerOptions struct {
	Signers []keys.DigestSigner // 1 to MaxKeys, each key once
	Timeout time.Duration       // to finish a request that has begun; 0 is DefaultTimeout
	Clock   func() time.Time    // time.Now, for the deadlines of the connections
	// Failed, if set, is told why a key did not sign, and of strangers who
	// connect; clients are told no more than a Fault. It may be called
	// concurrently.
	Failed func(error)
}

// Server signs for clients.
type Server struct {
	options ServerOptions
	held    []byte // the answer that names the keys
	signers map[[32]byte]keys.DigestSigner
	user    int // whose processes are served
}

// NewServer returns a server over the given keys.
func NewServer(options ServerOptions) (*Server, error) {
	if n := len(options.Signers); n < 1 || n > MaxKeys || options.Clock == nil || options.Timeout < 0 {
		return nil, fmt.Errorf("remote: 1 to %d keys and a clock are required, and a timeout of at least 0", MaxKeys)
	}
	if options.Timeout == 0 {
		options.Timeout = DefaultTimeout
	}
	if options.Failed == nil {
		options.Failed = func(error) {}
	}
	s := &Server{options: options, user: os.Geteuid(), signers: map[[32]byte]keys.DigestSigner{}}
	named := answer{kind: kindKeys}
	for _, signer := range options.Signers {
		public := signer.PublicKey()
		if s.signers[public.Thumbprint()] != nil {
			return nil, fmt.Errorf("remote: key %s is given twice", public)
		}
		s.signers[public.Thumbprint()] = signer
		named.keys = append(named.keys, public)
	}
	s.held = named.append(nil)
	return s, nil
}

// Serve answers until ctx ends, closes the listener, and returns when the requests
// that had begun are answered. It returns nil then, and otherwise what is wrong
// with the listener.
func (s *Server) Serve(ctx context.Context, listener *net.UnixListener) error {
	var group sync.WaitGroup
	defer group.Wait()
	defer context.AfterFunc(ctx, func() { listener.Close() })()
	places := make(chan struct{}, maxConnections)
	for {
		places <- struct{}{}
		conn, err := listener.Accept()
		if err != nil {
			if ctx.Err() != nil {
				return nil
			}
			listener.Close()
			return fmt.Errorf("remote: accept: %w", err)
		}
		group.Go(func() {
			defer func() { <-places }()
			s.serveConn(ctx, conn)
		})
	}
}

func (s *Server) serveConn(ctx context.Context, conn net.Conn) {
	defer conn.Close()
	if err := checkPeer(conn, s.user); err != nil {
		s.options.Failed(err)
		return
	}
	// A client that waits between two requests is let go when the server ends.
	stop := context.AfterFunc(ctx, func() { conn.SetReadDeadline(time.Unix(1, 0)) })
	defer stop()
	if err := s.converse(ctx, conn); err != nil && ctx.Err() == nil {
		s.options.Failed(err)
	}
}

// converse answers requests until the client closes the connection.
func (s *Server) converse(ctx context.Context, conn net.Conn) error {
	in := bufio.NewReaderSize(conn, 512)
	// Looking at ctx comes after the deadline for a request was taken back, so
	// that an end in between is not missed.
	for ctx.Err() == nil {
		data, err := s.readRequest(conn, in)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("remote: read: %w", err)
		}
		reply, broken := s.answer(data)
		if err := conn.SetWriteDeadline(s.options.Clock().Add(s.options.Timeout)); err != nil {
			return fmt.Errorf("remote: write: %w", err)
		}
		if err := writeFrame(conn, reply); err != nil {
			return fmt.Errorf("remote: write: %w", err)
		}
		if broken != nil {
			return broken
		}
	}
	return nil
}

// readRequest waits for a request as long as it takes to begin; one that has begun
// is to be there within the timeout.
func (s *Server) readRequest(conn net.Conn, in *bufio.Reader) ([]byte, error) {
	if _, err := in.Peek(1); err != nil {
		return nil, err
	}
	if err := conn.SetReadDeadline(s.options.Clock().Add(s.options.Timeout)); err != nil {
		return nil, err
	}
	data, err := readFrame(in, maxAsked)
	if err != nil {
		return nil, err
	}
	return data, conn.SetReadDeadline(time.Time{})
}

// answer returns the reply to a request, and an error for one that is not of the
// protocol, after which the connection is of no use.
func (s *Server) answer(data []byte) ([]byte, error) {
	fault := func(f Fault) []byte { return (&answer{kind: kindFault, fault: f}).append(nil) }
	q, err := parseRequest(data)
	if err != nil {
		return fault(FaultRequest), err
	}
	if q.kind == kindKeys {
		return s.held, nil
	}
	signer := s.signers[q.key]
	if signer == nil {
		return fault(FaultKey), nil
	}
	signatures, err := signAll(signer, q.digests)
	if err != nil {
		s.options.Failed(fmt.Errorf("remote: sign with %s: %w", signer.PublicKey(), err))
		return fault(FaultDevice), nil
	}
	return (&answer{kind: q.kind, signatures: signatures}).append(nil), nil
}

// signAll signs digests, at once where the signer can.
func signAll(signer keys.DigestSigner, digests [][32]byte) (signatures [][]byte, err error) {
	if batch, ok := signer.(keys.BatchSigner); ok {
		if signatures, err = batch.SignDigests(digests); err == nil && len(signatures) != len(digests) {
			err = fmt.Errorf("%w: %d signatures for %d digests", keys.ErrForm, len(signatures), len(digests))
		}
	} else {
		signatures = make([][]byte, len(digests))
		for i := 0; i < len(digests) && err == nil; i++ {
			signatures[i], err = signer.SignDigest(digests[i])
		}
	}
	for i := 0; i < len(signatures) && err == nil; i++ {
		err = keys.CheckForm(signer.PublicKey().Algorithm(), signatures[i])
	}
	if err != nil {
		return nil, err
	}
	return signatures, nil
}

// Keys returns the public keys that the server signs with.
func (s *Server) Keys() []*sig.PublicKey {
	var all []*sig.PublicKey
	for _, signer := range s.options.Signers {
		all = append(all, signer.PublicKey())
	}
	return all
}
