package remote

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/issuer/keys"
)

// DefaultTimeout is how long one exchange may take, connecting included; one with
// many digests may take so much longer for each eachTimeout of them.
const DefaultTimeout = 5 * time.Second

// eachTimeout is how many digests a device has the timeout for.
const eachTimeout = 32

// maxIdle is how many connections a client keeps: one for each goroutine that
// signs at once, of which more than this find no core.
const maxIdle = 64

// ErrClosed reports use of a closed Client.
var ErrClosed = errors.New("remote: client is closed")

// UnavailableError reports a signer that cannot be reached, went away, or did not
// answer in time. What was to be signed is not; asking again later is right.
type UnavailableError struct {
	Path string
	Err  error
}

func (e *UnavailableError) Error() string {
	return fmt.Sprintf("remote: signer at %s is not available: %v", e.Path, e.Err)
}

// Unwrap returns why.
func (e *UnavailableError) Unwrap() error { return e.Err }

// RefusedError reports a signer that answered and did not sign.
type RefusedError struct {
	Key   *sig.PublicKey // nil when no key was asked for
	Fault Fault
}

func (e *RefusedError) Error() string {
	return fmt.Sprintf("remote: signer did not sign with %s: %s", e.Key, e.Fault)
}

// Options of a Client.
type Options struct {
	Path    string           // of the socket
	Timeout time.Duration    // of one exchange; 0 is DefaultTimeout
	Clock   func() time.Time // time.Now, for the deadlines of the connection
}

// Client signs through a signer process. It is safe for concurrent use: as many
// connections are open as goroutines sign at once.
type Client struct {
	options Options
	keys    []*Key
	single  atomic.Bool // the signer does not know requests with many digests

	mutex  sync.Mutex
	idle   []*connection
	closed bool
}

// Dial connects and asks which keys there are. Errors are *[UnavailableError],
// *[RefusedError], [ErrPeer] for a process of another user, and [ErrProtocol].
func Dial(options Options) (*Client, error) {
	if options.Path == "" || options.Clock == nil || options.Timeout < 0 {
		return nil, errors.New("remote: path of the socket, clock and a timeout of at least 0 are required")
	}
	if options.Timeout == 0 {
		options.Timeout = DefaultTimeout
	}
	c := &Client{options: options}
	a, err := c.exchange(&request{kind: kindKeys})
	if err != nil {
		return nil, errors.Join(err, c.Close())
	}
	if a.kind != kindKeys {
		return nil, errors.Join(unexpected(a, nil), c.Close())
	}
	for _, public := range a.keys {
		c.keys = append(c.keys, &Key{client: c, public: public})
	}
	return c, nil
}

// unexpected is the error for an answer of another kind than was asked for.
func unexpected(a *answer, key *sig.PublicKey) error {
	if a.kind == kindFault {
		return &RefusedError{Key: key, Fault: a.fault}
	}
	return fmt.Errorf("%w: answer of kind %d", ErrProtocol, a.kind)
}

// Keys returns the keys that the signer held when the client was made, in its
// order.
func (c *Client) Keys() []*Key { return append([]*Key(nil), c.keys...) }

// Close closes the connections. Exchanges under way end on their own.
func (c *Client) Close() error {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.closed = true
	return c.dropIdle()
}

func (c *Client) dropIdle() error {
	var errs []error
	for _, conn := range c.idle {
		errs = append(errs, conn.Close())
	}
	c.idle = nil
	return errors.Join(errs...)
}

// Key is one key of the signer; it implements [keys.DigestSigner].
type Key struct {
	client *Client
	public *sig.PublicKey
}

var _ keys.BatchSigner = (*Key)(nil)

// PublicKey implements [keys.DigestSigner].
func (k *Key) PublicKey() *sig.PublicKey { return k.public }

// SignDigest implements [keys.DigestSigner]. Errors are *[UnavailableError],
// *[RefusedError], [ErrProtocol], [ErrPeer], [ErrClosed], and [keys.ErrForm] for
// bytes that cannot be a signature.
func (k *Key) SignDigest(digest [32]byte) ([]byte, error) {
	signatures, err := k.sign(kindSign, [][32]byte{digest})
	if err != nil {
		return nil, err
	}
	return signatures[0], nil
}

// SignDigests implements [keys.BatchSigner]: up to MaxDigests go in one request. A
// signer of an older version is asked for each digest by itself. Errors are those
// of SignDigest.
func (k *Key) SignDigests(digests [][32]byte) ([][]byte, error) {
	all := make([][]byte, 0, len(digests))
	for some := range slices.Chunk(digests, MaxDigests) {
		signatures, err := k.signSome(some)
		if err != nil {
			return nil, err
		}
		all = append(all, signatures...)
	}
	return all, nil
}

func (k *Key) signSome(digests [][32]byte) ([][]byte, error) {
	if !k.client.single.Load() {
		signatures, err := k.sign(kindMany, digests)
		var refused *RefusedError
		if !errors.As(err, &refused) || refused.Fault != FaultRequest {
			return signatures, err
		}
		k.client.single.Store(true)
	}
	all := make([][]byte, len(digests))
	for i, digest := range digests {
		var err error
		if all[i], err = k.SignDigest(digest); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func (k *Key) sign(kind int64, digests [][32]byte) ([][]byte, error) {
	a, err := k.client.exchange(&request{kind: kind, key: k.public.Thumbprint(), digests: digests})
	if err != nil {
		return nil, err
	}
	if a.kind != kind {
		return nil, unexpected(a, k.public)
	}
	if len(a.signatures) != len(digests) {
		return nil, fmt.Errorf("%w: %d signatures for %d digests", ErrProtocol, len(a.signatures), len(digests))
	}
	for _, signature := range a.signatures {
		if err := keys.CheckForm(k.public.Algorithm(), signature); err != nil {
			return nil, fmt.Errorf("remote: %w", err)
		}
	}
	return a.signatures, nil
}

// exchange sends a request and returns its answer. A connection that was kept and
// turns out dead is replaced once.
func (c *Client) exchange(q *request) (*answer, error) {
	deadline := c.options.Clock().Add(c.options.Timeout * time.Duration(1+len(q.digests)/eachTimeout))
	conn, kept, err := c.connect(deadline)
	if err != nil {
		return nil, err
	}
	a, err := c.exchangeOver(conn, q, deadline)
	if err == nil || !kept || errors.Is(err, ErrProtocol) || errors.Is(err, os.ErrDeadlineExceeded) {
		return a, c.told(err)
	}
	c.mutex.Lock()
	c.dropIdle() // as dead as the one just met; closing them cannot fail in a way that matters
	c.mutex.Unlock()
	if conn, err = c.dial(deadline); err != nil {
		return nil, err
	}
	a, err = c.exchangeOver(conn, q, deadline)
	return a, c.told(err)
}

// told makes an error of the connection one that callers can act on.
func (c *Client) told(err error) error {
	if err == nil || errors.Is(err, ErrProtocol) {
		return err
	}
	return &UnavailableError{Path: c.options.Path, Err: err}
}

// exchangeOver keeps the connection when all went well, and closes it otherwise:
// an answer that comes late must not be taken for the next one's.
func (c *Client) exchangeOver(conn *connection, q *request, deadline time.Time) (*answer, error) {
	a, err := talk(conn, q, deadline)
	if err != nil {
		conn.Close()
		return nil, err
	}
	c.keep(conn)
	return a, nil
}

func talk(conn *connection, q *request, deadline time.Time) (*answer, error) {
	if err := conn.SetDeadline(deadline); err != nil {
		return nil, err
	}
	if err := writeFrame(conn, q.append(nil)); err != nil {
		return nil, err
	}
	data, err := readFrame(conn.in, maxFrame)
	if err != nil {
		return nil, err
	}
	return parseAnswer(data)
}

// connection is one connection to the signer.
type connection struct {
	net.Conn
	in *bufio.Reader
}

// connect returns a connection that was kept, or a new one.
func (c *Client) connect(deadline time.Time) (conn *connection, kept bool, err error) {
	c.mutex.Lock()
	if c.closed {
		c.mutex.Unlock()
		return nil, false, ErrClosed
	}
	if n := len(c.idle); n > 0 {
		conn, c.idle = c.idle[n-1], c.idle[:n-1]
		c.mutex.Unlock()
		return conn, true, nil
	}
	c.mutex.Unlock()
	conn, err = c.dial(deadline)
	return conn, false, err
}

func (c *Client) keep(conn *connection) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.closed || len(c.idle) >= maxIdle {
		conn.Close()
		return
	}
	c.idle = append(c.idle, conn)
}

// dial connects and looks who is there: a socket that another user put in the
// signer's place would be given digests, and would answer nonsense.
func (c *Client) dial(deadline time.Time) (*connection, error) {
	dialer := net.Dialer{Deadline: deadline}
	conn, err := dialer.Dial("unix", c.options.Path)
	if err != nil {
		return nil, &UnavailableError{Path: c.options.Path, Err: err}
	}
	if err := checkPeer(conn, os.Geteuid()); err != nil {
		conn.Close()
		return nil, err
	}
	return &connection{conn, bufio.NewReaderSize(conn, 256)}, nil
}
