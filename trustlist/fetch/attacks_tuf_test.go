package fetch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/fetch/layout"
	"github.com/tongxing/tongxing/trustlist/internal/nation"
)

// repository is a published folder at a path of a site, and its client. The
// artifact of TUF is the bundle, which the pointer names by its hash; the pointer
// is signed by nobody, and what it leads to is verified as if there were none.
type repository struct {
	t      *testing.T
	nation *nation.Nation
	web    *site
	client *device
	source *HTTP
	path   string
}

func newRepository(t *testing.T, path string) *repository {
	r := &repository{t: t, nation: day(t, 1), web: newSite(t), path: path}
	r.client = newDevice(t, r.nation)
	r.source = source(t, r.web.URL+path, HTTPOptions{Attempts: 1})
	return r
}

// publish publishes the nation as it is.
func (r *repository) publish() (bundle []byte, latest *layout.Latest) {
	r.t.Helper()
	bundle = r.nation.Bundle()
	latest = publish(r.t, r.web, bundle)
	for name, data := range r.web.files {
		if rest, ok := strings.CutPrefix(name, "/trust/"); ok && r.path != "/trust/" {
			r.web.files[r.path+rest] = data
		}
	}
	return bundle, latest
}

// downloads imports, and holds the client to a bundle, as it was before if want
// is an error.
func (r *repository) downloads(bundle []byte, want error) {
	r.t.Helper()
	_, err := r.source.Import(context.Background(), r.client.store, now)
	if !errors.Is(err, want) {
		r.t.Errorf("%v, want %v", err, want)
	}
	state, err := r.client.store.Current(now)
	if bundle == nil && !errors.Is(err, ErrNoStore) || bundle != nil && (err != nil || !bytes.Equal(state.Source, bundle)) {
		r.t.Errorf("something else is there: %v", err)
	}
}

// substitute puts other content under the name of a bundle.
func (r *repository) substitute(latest *layout.Latest, data []byte) {
	r.web.files[r.path+layout.BundleName(latest.Bundle.Hash)] = data
}

// pointer replaces the pointer.
func (r *repository) pointer(format string, arguments ...any) {
	r.web.files[r.path+layout.PointerName] = fmt.Appendf(nil, format, arguments...)
}

// The cases of test_file_download.py, and those of test_basic.py of files that are
// not there, of theupdateframework/tuf-conformance.
func TestDownloadsOfTheConformanceSuiteOfTUF(t *testing.T) {
	for _, c := range []struct {
		original, path string
		run            func(r *repository)
	}{
		{"test_client_downloads_expected_file", "/trust/", func(r *repository) {
			bundle, _ := r.publish()
			r.downloads(bundle, nil)
		}},
		{"test_client_downloads_expected_file_in_sub_dir", "/path/to/a/trust/", func(r *repository) {
			bundle, _ := r.publish()
			r.downloads(bundle, nil)
		}},
		{"test_repository_substitutes_target_file", "/trust/", substituted},
		{"test_multiple_changes_to_target", "/trust/", changedOften},
		{"test_download_with_hash_algorithms[sha256]", "/trust/", func(r *repository) {
			bundle, latest := r.publish()
			r.pointer("tongxing/latest/1\nbundle %x %d\n", latest.Bundle.Hash, latest.Bundle.Size)
			r.downloads(bundle, nil)
		}},
		// SHA-256 is the one that names a file: a pointer with another is none.
		{"test_download_with_hash_algorithms[sha512], [sha256, sha512]", "/trust/", func(r *repository) {
			_, latest := r.publish()
			r.pointer("tongxing/latest/1\nbundle %x%x %d\n", latest.Bundle.Hash, latest.Bundle.Hash, latest.Bundle.Size)
			r.downloads(nil, layout.ErrNotAPointer)
		}},
		{"test_download_with_unknown_hash_algorithm", "/trust/", func(r *repository) {
			_, latest := r.publish()
			r.pointer("tongxing/latest/1\nbundle unknown-hash:%x %d\n", latest.Bundle.Hash, latest.Bundle.Size)
			r.downloads(nil, layout.ErrNotAPointer)
		}},
		{"test_timestamp_404", "/trust/", func(r *repository) { missing(r, layout.PointerName) }},
		{"test_snapshot_404, test_targets_404", "/trust/", func(r *repository) { missing(r, layout.Bundle.Folder()) }},
	} {
		t.Run(c.original, func(t *testing.T) { c.run(newRepository(t, c.path)) })
	}
}

// substituted serves something else than the pointer names: junk, a genuine bundle
// of another day, a forged one.
func substituted(r *repository) {
	first, latest := r.publish()
	r.downloads(first, nil)
	next(r.nation)
	_, latest = r.publish()
	old, forged := day(r.t, 1), day(r.t, 1)
	next(old)
	next(old)
	forged.Replacements["list"] = forged.Document(old.List, forged.RootSigners[0])
	for _, malicious := range [][]byte{[]byte("malicious data - should not download"), first, old.Bundle(), forged.Bundle()} {
		r.substitute(latest, malicious)
		_, err := r.source.Import(context.Background(), r.client.store, now)
		if !errors.Is(err, ErrWrongContent) && !errors.Is(err, ErrBadAnswer) {
			r.t.Errorf("%d bytes: %v", len(malicious), err)
		}
		if state := current(r.t, r.client.store); !bytes.Equal(state.Source, first) {
			r.t.Error("something else is in force")
		}
	}
}

// changedOften publishes eleven times, of which the client sees every fifth, and
// something else in its place afterwards.
func changedOften(r *repository) {
	for i := range 11 {
		next(r.nation)
		bundle, latest := r.publish()
		if i%5 != 0 {
			continue
		}
		r.downloads(bundle, nil)
		r.substitute(latest, fmt.Appendf(nil, "malicious contents %d", i))
		r.downloads(bundle, nil) // the client has what the pointer names
		next(r.nation)
		_, latest = r.publish()
		r.substitute(latest, bytes.Repeat([]byte{0}, int(latest.Bundle.Size)))
		r.downloads(bundle, ErrWrongContent)
	}
}

// missing takes away what the client asks for.
func missing(r *repository, what string) {
	first, _ := r.publish()
	r.downloads(first, nil)
	next(r.nation)
	r.publish()
	for name := range r.web.files {
		if strings.HasPrefix(name, r.path+what) {
			delete(r.web.files, name)
		}
	}
	_, err := r.source.Import(context.Background(), r.client.store, now)
	var status *StatusError
	if !errors.As(err, &status) || status.Code != 404 {
		r.t.Errorf("%v, want 404", err)
	}
	if state := current(r.t, r.client.store); !bytes.Equal(state.Source, first) || state.Trust.ListVersion() != trustlist.NewVersion(1, 1) {
		r.t.Error("something else is in force")
	}
}
