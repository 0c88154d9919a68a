package main

import (
	"bytes"
	"context"
	"errors"
	"image"
	"io"
	"os/exec"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/tongxing/tongxing/format/qr/scan"
	"github.com/tongxing/tongxing/gate"
	"github.com/tongxing/tongxing/gate/server"
)

const (
	// pdfPages is how many pages of a PDF are looked at, and pdfTime how long drawing
	// them may take together.
	pdfPages = 4
	pdfTime  = 20 * time.Second
	// rendererMemory is the address space that drawing a page may take: a page of A2
	// takes a tenth.
	rendererMemory = 512 << 20
	// maxDrawn is the most bytes of a drawn page.
	maxDrawn = 32 << 20
	// leastDrawn is how many pixels wide the smallest page is that can hold a symbol.
	leastDrawn = 21
	// pdfResolution draws the smallest symbol that paper has at 4 pixels a module.
	pdfResolution = 200
)

// pictures reads the codes of pictures, and of PDFs with poppler's pdftoppm where the
// machine has it: Go has no renderer. Nothing is written: the PDF goes through a
// pipe. One is read at a time, for a large picture takes memory.
type pictures struct {
	mu       sync.Mutex
	renderer string // path of pdftoppm, "" where there is none
}

func newPictures() *pictures {
	path, err := exec.LookPath("pdftoppm")
	if err != nil {
		path = ""
	}
	return &pictures{renderer: path}
}

// Texts implements server.Pictures.
func (p *pictures) Texts(ctx context.Context, data []byte) ([]string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if bytes.HasPrefix(data, []byte("%PDF-")) {
		return p.pdf(ctx, data)
	}
	picture, err := scan.Decode(bytes.NewReader(data))
	switch {
	case errors.Is(err, scan.ErrTooLarge):
		return nil, server.ErrTooLarge
	case err != nil:
		return nil, server.ErrNotAPicture
	}
	return texts(picture)
}

func texts(picture image.Image) ([]string, error) {
	found, err := scan.Texts(picture)
	if errors.Is(err, scan.ErrNoCode) || err == nil && len(found) == 0 {
		return nil, server.ErrNoCode
	}
	return found, err
}

// pdf reads the codes of the first pages.
func (p *pictures) pdf(ctx context.Context, data []byte) ([]string, error) {
	if p.renderer == "" {
		return nil, server.ErrNoPDF
	}
	ctx, stop := context.WithTimeout(ctx, pdfTime)
	defer stop()
	var all []string
	large := false
	for page := 1; page <= pdfPages && len(all) < gate.MaxCodes; page++ {
		drawn, err := p.draw(ctx, data, page)
		if errors.Is(err, server.ErrTooLarge) { // a code may be on another one
			large = true
			continue
		}
		if err != nil && page == 1 {
			return nil, server.ErrNotAPicture
		}
		if err != nil { // no such page
			break
		}
		found, err := texts(drawn)
		if err != nil && !errors.Is(err, server.ErrNoCode) {
			return nil, err
		}
		for _, text := range found {
			if !slices.Contains(all, text) {
				all = append(all, text)
			}
		}
	}
	switch {
	case len(all) > 0:
		return all, nil
	case large:
		return nil, server.ErrTooLarge
	}
	return nil, server.ErrNoCode
}

// draw draws a page in a process of its own, with an empty environment and bounds
// that hold before it gets the first byte: a PDF is a stranger's. A page that takes
// more than they allow is server.ErrTooLarge.
func (p *pictures) draw(ctx context.Context, data []byte, page int) (image.Image, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop() // ends one that draws more than is read
	number := strconv.Itoa(page)
	c := exec.CommandContext(ctx, p.renderer, "-q", "-gray", "-png", "-r", strconv.Itoa(pdfResolution), "-f", number, "-l", number, "-")
	c.Env = []string{}
	in, err := c.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := c.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := c.Start(); err != nil {
		return nil, err
	}
	if err := bound(c.Process.Pid); err != nil {
		stop()
		return nil, errors.Join(err, c.Wait())
	}
	go func() {
		in.Write(data) // one that ends before it has read all says why by its status
		in.Close()
	}()
	drawn, err := io.ReadAll(io.LimitReader(out, maxDrawn+1))
	if len(drawn) > maxDrawn {
		stop()
	}
	err = errors.Join(err, c.Wait())
	var ended *exec.ExitError
	switch {
	case len(drawn) > maxDrawn, errors.As(err, &ended) && !ended.Exited(): // by a bound, or the end of the time
		return nil, server.ErrTooLarge
	case err != nil:
		return nil, err
	}
	return decodePage(drawn)
}

// decodePage decodes a page that was drawn. One that the memory did not suffice for is
// drawn as a dot.
func decodePage(drawn []byte) (image.Image, error) {
	page, err := scan.Decode(bytes.NewReader(drawn))
	switch {
	case errors.Is(err, scan.ErrTooLarge), err == nil && page.Bounds().Dx() < leastDrawn:
		return nil, server.ErrTooLarge
	case err != nil:
		return nil, err
	}
	return page, nil
}
