package main

import (
	"io"
	"path/filepath"
	"strings"

	"github.com/tongxing/tongxing/issuer/paper"
)

// papers is what codes are printed into.
type papers interface {
	Add(e *paper.Entry) error
	Pages() int // that have been begun
	Close() error
}

// isZPL tells whether a file is meant for a label printer rather than to be a PDF.
func isZPL(path string) bool { return strings.EqualFold(filepath.Ext(path), ".zpl") }

// papers begins what a path asks for.
func (p *press) papers(path string, out io.Writer) (papers, error) {
	if isZPL(path) {
		return &labelRoll{printer: p.printer, out: out}, nil
	}
	document, err := p.printer.Begin(out, p.cover)
	if err != nil {
		return nil, unprintable(err, string(p.printer.Layout()))
	}
	return document, nil
}

// labelRoll is labels one after the other in the language of label printers.
type labelRoll struct {
	printer *paper.Printer
	out     io.Writer
	labels  int
}

func (r *labelRoll) Add(e *paper.Entry) error {
	r.labels++
	return r.printer.WriteLabel(r.out, e)
}

func (r *labelRoll) Pages() int { return r.labels }

func (r *labelRoll) Close() error { return nil }
