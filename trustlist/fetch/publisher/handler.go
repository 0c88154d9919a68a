package publisher

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"strings"

	"github.com/tongxing/tongxing/trustlist/fetch/layout"
)

// Handler serves a published folder over HTTP (DIST-40 to DIST-42). It is safe
// for concurrent use and follows the folder as it changes.
type Handler struct{ folder folder }

// NewHandler returns a handler for the folder at path, which has to be there.
// Close gives the folder back.
func NewHandler(path string) (*Handler, error) {
	f, err := openFolder(path)
	if err != nil {
		return nil, err
	}
	return &Handler{f}, nil
}

// Close ends the use of the folder.
func (h *Handler) Close() error { return h.folder.root.Close() }

// ServeHTTP answers GET and HEAD for the files of the layout at the paths of
// their names, whole or in ranges, and nothing else.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Access-Control-Allow-Origin", "*")
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		header.Set("Allow", "GET, HEAD")
		refuse(w, http.StatusMethodNotAllowed)
		return
	}
	name, rooted := strings.CutPrefix(r.URL.Path, "/")
	kind, hash, known := layout.ParseName(name)
	if !rooted || !known {
		refuse(w, http.StatusNotFound)
		return
	}
	err := h.serveFile(w, r, name, kind, hash)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		refuse(w, http.StatusNotFound)
	case err != nil:
		refuse(w, http.StatusInternalServerError)
	}
}

// serveFile answers with a file, or returns an error before anything is sent.
func (h *Handler) serveFile(w http.ResponseWriter, r *http.Request, name string, kind layout.Kind, hash [32]byte) error {
	file, err := h.folder.open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	header := w.Header()
	if kind != layout.Pointer {
		header.Set("Content-Type", "application/octet-stream")
		header.Set("Cache-Control", "public, max-age=31536000, immutable")
		header.Set("ETag", fmt.Sprintf(`"%x"`, hash))
		http.ServeContent(w, r, "", info.ModTime(), file)
		return nil
	}
	data, err := readAtMost(file, layout.MaxPointer) // one reading: the ETag is of what is sent
	if err != nil {
		return err
	}
	header.Set("Content-Type", "text/plain; charset=utf-8")
	header.Set("Cache-Control", "no-cache")
	header.Set("ETag", fmt.Sprintf(`"%x"`, sha256.Sum256(data)))
	http.ServeContent(w, r, "", info.ModTime(), bytes.NewReader(data))
	return nil
}

// refuse answers with a status that no cache keeps: what is not there now may be
// published in a moment.
func refuse(w http.ResponseWriter, status int) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	fmt.Fprintf(w, "%d %s\n", status, http.StatusText(status))
}
