package main

import (
	"context"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/files"
	"github.com/tongxing/tongxing/issuer/access"
)

// accessFlags say whose requests are answered.
type accessFlags struct {
	tokenKeys, tokenIssuer, tokenAudience string
	callers                               string
}

func (f *accessFlags) add(a *app, c *cobra.Command) {
	c.Flags().StringVar(&f.tokenKeys, "token-keys", "", a.Lang.Say("flag_token_keys"))
	c.Flags().StringVar(&f.tokenIssuer, "token-issuer", "", a.Lang.Say("flag_token_issuer"))
	c.Flags().StringVar(&f.tokenAudience, "token-audience", "tongxing-issuer", a.Lang.Say("flag_token_audience"))
	c.Flags().StringVar(&f.callers, "callers", "", a.Lang.Say("flag_callers"))
}

// tokenLeeway is how far the clock of the identity service may be off.
const tokenLeeway = 30 * time.Second

// maxCallersFile bounds the list of callers, in bytes.
const maxCallersFile = 1 << 20

// whoAsks knows callers, by files that change while the service runs.
type whoAsks struct {
	access.Authenticator
	files []followed
}

// followed is a file that is read anew when it has changed.
type followed interface {
	name() string
	refresh() error
}

// open makes the authenticators that the flags ask for; one at least.
func (f *accessFlags) open(certificates bool) (whoAsks, error) {
	var all access.Any
	var who whoAsks
	if f.tokenKeys != "" {
		source, err := f.keySource(&who)
		if err != nil {
			return whoAsks{}, err
		}
		if f.tokenIssuer == "" {
			return whoAsks{}, usage("flag_required", "--token-issuer")
		}
		tokens, err := access.NewTokens(access.TokenOptions{
			Keys: source, Issuer: f.tokenIssuer, Audience: f.tokenAudience, Leeway: tokenLeeway,
		})
		if err != nil {
			return whoAsks{}, err
		}
		all = append(all, tokens)
	}
	switch {
	case f.callers != "" && !certificates:
		return whoAsks{}, usage("flag_required", "--client-ca")
	case f.callers != "":
		file, err := follow(f.callers, maxCallersFile, "callers_damaged", access.ParseCertificates)
		if err != nil {
			return whoAsks{}, err
		}
		all, who.files = append(all, callersFile{file}), append(who.files, file)
	}
	if len(all) == 0 {
		return whoAsks{}, usage("access_needed")
	}
	who.Authenticator = all
	return who, nil
}

// keySource is a JWK Set from an address or a file.
func (f *accessFlags) keySource(who *whoAsks) (access.KeySource, error) {
	if strings.Contains(f.tokenKeys, "://") {
		remote, err := access.NewRemote(f.tokenKeys, keyClient())
		if err != nil {
			return nil, failWith(err, "token_keys_refused", f.tokenKeys)
		}
		return remote, nil
	}
	file, err := follow(f.tokenKeys, access.MaxKeySetSize+1, "token_keys_refused", access.ParseKeySet)
	if err != nil {
		return nil, err
	}
	who.files = append(who.files, file)
	return keysFile{file}, nil
}

// followedFile is what a file says now, or said when it was whole the last time: who
// is taken out of it, or the key that is, is nobody's with the next look.
type followedFile[T any] struct {
	path    string
	limit   int64
	problem string // words for what does not parse
	parse   func([]byte) (*T, error)
	current atomic.Pointer[T]
	seen    fileState // when it was read last, by one goroutine
}

// follow reads a file for the first time.
func follow[T any](path string, limit int64, problem string, parse func([]byte) (*T, error)) (*followedFile[T], error) {
	f := &followedFile[T]{path: path, limit: limit, problem: problem, parse: parse}
	if info, err := os.Stat(path); err == nil { // reading says better what is wrong
		f.seen = fileState{info.ModTime(), info.Size()}
	}
	return f, f.read()
}

func (f *followedFile[T]) name() string { return f.path }

// refresh reads the file when it has changed. What it cannot read is told once.
func (f *followedFile[T]) refresh() error {
	var now fileState // of a file that is gone
	info, err := os.Stat(f.path)
	if err == nil {
		now = fileState{info.ModTime(), info.Size()}
	}
	if now == f.seen {
		return nil
	}
	f.seen = now
	if err != nil {
		return err
	}
	return f.read()
}

func (f *followedFile[T]) read() error {
	data, err := files.Read(f.path, f.limit)
	if err != nil {
		return err
	}
	content, err := f.parse(data)
	if err != nil {
		return failWith(err, f.problem, f.path)
	}
	f.current.Store(content)
	return nil
}

// keysFile is a KeySource.
type keysFile struct{ *followedFile[access.KeySet] }

// Keys implements access.KeySource.
func (f keysFile) Keys(context.Context, time.Time, bool) (*access.KeySet, error) {
	return f.current.Load(), nil
}

// callersFile is an Authenticator.
type callersFile struct {
	*followedFile[access.Certificates]
}

// Authenticate implements access.Authenticator.
func (f callersFile) Authenticate(r *http.Request, at time.Time) (access.Caller, error) {
	return f.current.Load().Authenticate(r, at)
}
