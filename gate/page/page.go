// Package page is what the guard at a gate sees: static files that a program
// serves as they are, without a build step and without anything from elsewhere.
//
//	index.html            the page, at the root; GATE_TOKEN in it is the program's to replace
//	assets/main.js        where to begin to read: engine -> texts -> verdict
//	assets/camera.js      frames of the camera -> texts, by way of reader-worker.js
//	assets/wedge.js       keys of a USB scanner -> text
//	assets/checks.js      texts -> the engine -> verdict.js, the full screen
//	assets/engine-*.js    who judges: the program behind the page, or WASM in the page
//	assets/zxing/         the reader of QR codes, zxing-wasm 3.1.4, with its licence
//	assets/fonts/         the characters of every message and of most names, with theirs
//
// A page lives as long as a shift: it asks its engine for the state, has the guard
// pick the venue once, and from then on every code leads to one verdict on the
// whole screen, until the next code, a touch, or a minute has passed. It keeps
// venue, language and settings, and nothing of a scan.
//
//	http.Handle("/", http.FileServerFS(page.FS()))
//
// The page needs no more of a content security policy than [Policy] grants.
package page

import (
	"embed"
	"io/fs"
)

//go:embed web
var files embed.FS

// FS returns the files with index.html at the root.
func FS() fs.FS {
	sub, err := fs.Sub(files, "web")
	if err != nil {
		return files // the name is a constant: fs.Sub refuses invalid ones alone
	}
	return sub
}

// Policy is the content security policy (CSP Level 3) that the page works under, and
// PolicyInPage the same for a host that sends no headers: a policy in the page itself
// has no say about frames.
const (
	Policy       = PolicyInPage + "; frame-ancestors 'none'"
	PolicyInPage = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; style-src 'self'; " +
		"img-src 'self' blob: data:; media-src 'self' blob:; connect-src 'self'; font-src 'self'; manifest-src 'self'; " +
		"base-uri 'none'; form-action 'none'"
)
