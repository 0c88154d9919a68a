package main

import (
	"context"
	"errors"
	"io/fs"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/config"
	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/issuer/keys/remote"
)

func (a *app) serveCommand() *cobra.Command {
	var f keyFlags
	var socket string
	c := a.Command("serve", "signer_serve", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		if socket == "" {
			return program.Usage("flag_required", "--socket")
		}
		return a.serve(ctx, socket, &f)
	})
	c.Flags().StringVar(&socket, "socket", "", a.Lang.Say("flag_signer_socket"))
	f.add(a, c)
	return c
}

// serve signs until the run is interrupted, or until a token is gone: whoever
// started us starts us again, with the PIN at hand.
func (a *app) serve(ctx context.Context, socket string, f *keyFlags) (err error) {
	if err := config.CheckFolders(a.Program); err != nil {
		return err
	}
	h, err := a.open(ctx, f)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.Close()) }()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	server, err := remote.NewServer(remote.ServerOptions{
		Signers: h.signers, Clock: a.Clock,
		Failed: func(err error) {
			a.Log.Warn("not signed, or not let in", "error", err)
			if isGone(err) {
				cancel(tokenError(f.token, "", err))
			}
		},
	})
	if err != nil {
		return program.FailWith(err, "signer_cannot_serve")
	}
	listener, err := remote.Listen(socket)
	if err != nil {
		return socketError(socket, err)
	}
	a.Log.Info("signing begins", "count", len(h.signers), "file", socket)
	for _, key := range server.Keys() {
		a.Log.Info("a key is held", "key", key.String())
	}
	if err := server.Serve(ctx, listener); err != nil {
		return program.FailWith(err, "signer_cannot_serve")
	}
	if cause := context.Cause(ctx); !errors.Is(cause, context.Canceled) {
		return cause
	}
	a.Log.Info("signing ended; every request that had begun is answered")
	return nil
}

// socketError gives what can be wrong with the socket its words.
func socketError(socket string, err error) error {
	switch {
	case errors.Is(err, remote.ErrInUse):
		return program.FailFor(err, "signer_in_use", socket)
	case errors.Is(err, remote.ErrFolder):
		return program.FailFor(err, "signer_socket_folder", socket)
	case errors.Is(err, remote.ErrPeer):
		return program.FailFor(err, "signer_other_user", socket)
	}
	var away *remote.UnavailableError
	if errors.As(err, &away) {
		return program.FailWith(away.Err, "signer_away", socket)
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return program.FailFor(err, "signer_socket_no_folder", socket)
	case errors.Is(err, fs.ErrExist):
		return program.FailFor(err, "signer_socket_taken", socket)
	}
	return program.FailWith(err, "signer_socket_bad", socket)
}
