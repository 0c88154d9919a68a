//go:build cgo

package pkcs11

import (
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/miekg/pkcs11"
)

// DefaultSessions is how many signatures are made at once.
const DefaultSessions = 16

var (
	// ErrModule reports a file that is no PKCS#11 library, or one that does not
	// start.
	ErrModule = errors.New("pkcs11: library does not load")
	// ErrNoToken reports that no slot holds a token of that label, or that two do.
	ErrNoToken = errors.New("pkcs11: no such token, or more than one")
	// ErrPIN reports a PIN that the token does not take. Tokens lock themselves
	// after a few: do not try on.
	ErrPIN = errors.New("pkcs11: token refuses the PIN")
	// ErrNoKey reports that the token holds no key pair of that label, or two.
	ErrNoKey = errors.New("pkcs11: no such key pair in the token, or more than one")
	// ErrKeyExists reports a label that is taken.
	ErrKeyExists = errors.New("pkcs11: token holds a key of that label already")
	// ErrUnfitKey reports a key that is not a P-256 key for signatures, or whose
	// private and public half do not belong together.
	ErrUnfitKey = errors.New("pkcs11: key cannot be used")
	// ErrGone reports a token that was removed, reset or has logged us out.
	ErrGone = errors.New("pkcs11: token is gone")
	// ErrClosed reports use of a closed token.
	ErrClosed = errors.New("pkcs11: token is closed")
)

// Options of a Token.
type Options struct {
	Module string // path of the PKCS#11 library
	Token  string // label of the token, without the blanks that pad it
	PIN    []byte // of the user; not kept
	// Sessions is how many signatures are made at once; 0 is DefaultSessions.
	Sessions int
}

// Token is a token that is logged into. It is safe for concurrent use.
type Token struct {
	context *pkcs11.Ctx
	slot    uint
	login   pkcs11.SessionHandle // held open: a login ends with the last session

	places chan struct{} // one for each session in use
	mutex  sync.Mutex
	idle   []pkcs11.SessionHandle
	closed bool
}

// Open loads the library, finds the token and logs in. Errors are [ErrModule],
// [ErrNoToken] and [ErrPIN]. A process opens a library once.
func Open(options Options) (*Token, error) {
	if options.Sessions == 0 {
		options.Sessions = DefaultSessions
	}
	if options.Module == "" || options.Token == "" || options.Sessions < 1 {
		return nil, errors.New("pkcs11: library, label of the token and at least one session are required")
	}
	if len(options.PIN) == 0 { // which libraries take in different ways
		return nil, fmt.Errorf("%w: it is empty", ErrPIN)
	}
	context := pkcs11.New(options.Module)
	if context == nil {
		return nil, fmt.Errorf("%w: %s", ErrModule, options.Module)
	}
	if err := context.Initialize(); err != nil {
		context.Destroy()
		return nil, fmt.Errorf("%w: %s: %w", ErrModule, options.Module, err)
	}
	t := &Token{context: context, places: make(chan struct{}, options.Sessions)}
	if err := t.open(options); err != nil {
		t.end()
		return nil, err
	}
	return t, nil
}

// end unloads the library. Its own error would say nothing that helps any more.
func (t *Token) end() {
	t.context.Finalize()
	t.context.Destroy()
}

func (t *Token) open(options Options) error {
	var err error
	if t.slot, err = t.find(options.Token); err != nil {
		return err
	}
	if t.login, err = t.context.OpenSession(t.slot, pkcs11.CKF_SERIAL_SESSION|pkcs11.CKF_RW_SESSION); err != nil {
		return told("open session", err)
	}
	// The conversion is a copy that cannot be cleared: the binding takes a string.
	err = t.context.Login(t.login, pkcs11.CKU_USER, string(options.PIN))
	if is(err, pkcs11.CKR_PIN_INCORRECT, pkcs11.CKR_PIN_LEN_RANGE, pkcs11.CKR_PIN_INVALID, pkcs11.CKR_PIN_LOCKED, pkcs11.CKR_PIN_EXPIRED) {
		return fmt.Errorf("%w: %w", ErrPIN, err)
	}
	if err != nil && !is(err, pkcs11.CKR_USER_ALREADY_LOGGED_IN) {
		return told("log in", err)
	}
	return nil
}

// find returns the one slot whose token has the label.
func (t *Token) find(label string) (uint, error) {
	slots, err := t.context.GetSlotList(true)
	if err != nil {
		return 0, told("list slots", err)
	}
	found := 0
	var slot uint
	for _, s := range slots {
		info, err := t.context.GetTokenInfo(s)
		if err == nil && strings.TrimRight(info.Label, " \x00") == label {
			slot, found = s, found+1
		}
	}
	if found != 1 {
		return 0, fmt.Errorf("%w: %q is the label of %d tokens", ErrNoToken, label, found)
	}
	return slot, nil
}

// Close logs out and unloads the library when the signatures under way are made.
func (t *Token) Close() error {
	t.mutex.Lock()
	if t.closed {
		t.mutex.Unlock()
		return nil
	}
	t.closed = true
	t.mutex.Unlock()
	for range cap(t.places) {
		t.places <- struct{}{} // until nobody has one
	}
	err := t.context.CloseAllSessions(t.slot)
	t.end()
	for range cap(t.places) {
		<-t.places // who waits for one now finds the token closed
	}
	return told("close sessions", err)
}

// with runs use with a session of its own. A session that the token no longer
// knows is replaced once.
func (t *Token) with(use func(pkcs11.SessionHandle) error) error {
	t.places <- struct{}{}
	defer func() { <-t.places }()
	session, kept, err := t.session()
	if err != nil {
		return err
	}
	err = use(session)
	if kept && is(err, pkcs11.CKR_SESSION_HANDLE_INVALID, pkcs11.CKR_SESSION_CLOSED) {
		if session, err = t.newSession(); err != nil {
			return err
		}
		err = use(session)
	}
	if err != nil {
		t.context.CloseSession(session) // in whatever state it is
		return err
	}
	t.mutex.Lock()
	defer t.mutex.Unlock()
	t.idle = append(t.idle, session)
	return nil
}

func (t *Token) session() (session pkcs11.SessionHandle, kept bool, err error) {
	t.mutex.Lock()
	if t.closed {
		t.mutex.Unlock()
		return 0, false, ErrClosed
	}
	if n := len(t.idle); n > 0 {
		session, t.idle = t.idle[n-1], t.idle[:n-1]
		t.mutex.Unlock()
		return session, true, nil
	}
	t.mutex.Unlock()
	session, err = t.newSession()
	return session, false, err
}

func (t *Token) newSession() (pkcs11.SessionHandle, error) {
	session, err := t.context.OpenSession(t.slot, pkcs11.CKF_SERIAL_SESSION)
	return session, told("open session", err)
}

// is reports whether err is one of the library's codes.
func is(err error, codes ...uint) bool {
	var code pkcs11.Error
	if !errors.As(err, &code) {
		return false
	}
	for _, c := range codes {
		if uint(code) == c {
			return true
		}
	}
	return false
}

// told names the operation in an error of the library, and marks those after which
// nothing works before the token is opened anew.
func told(operation string, err error) error {
	switch {
	case err == nil:
		return nil
	case is(err, pkcs11.CKR_DEVICE_REMOVED, pkcs11.CKR_TOKEN_NOT_PRESENT, pkcs11.CKR_TOKEN_NOT_RECOGNIZED,
		pkcs11.CKR_USER_NOT_LOGGED_IN, pkcs11.CKR_SLOT_ID_INVALID, pkcs11.CKR_CRYPTOKI_NOT_INITIALIZED,
		// A handle that was good names nothing any more: private keys are not
		// there for whoever is not logged in.
		pkcs11.CKR_KEY_HANDLE_INVALID, pkcs11.CKR_OBJECT_HANDLE_INVALID):
		return fmt.Errorf("%w: %s: %w", ErrGone, operation, err)
	}
	return fmt.Errorf("pkcs11: %s: %w", operation, err)
}
