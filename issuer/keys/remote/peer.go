package remote

import (
	"fmt"
	"net"
)

// checkPeer reports whether the process at the other end is of the given user.
func checkPeer(conn net.Conn, user int) error {
	theirs, err := peerUser(conn)
	if err != nil {
		return fmt.Errorf("%w, or cannot be asked: %w", ErrPeer, err)
	}
	if theirs != user {
		return fmt.Errorf("%w: user %d, here %d", ErrPeer, theirs, user)
	}
	return nil
}
