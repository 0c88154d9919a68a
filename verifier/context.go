package verifier

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/verifier/policy"
)

// Context is what a venue knows beside the code. The zero value is nothing.
type Context struct {
	// Document is the identity document that the person presents; the zero
	// value is none.
	Document format.Document
	// Name is the person's name as on that document, or "".
	Name string
	// Class is the class of the venue (spec/codes/venue_classes.csv, or a number
	// that the policy names), and Region where it is, two digits: what may be
	// asked for there is the policy's word. Where no class is stated (0) nothing
	// is asked for, and no state restricts: one with a published rule is checked.
	Class  uint16
	Region string

	nobodys bool // what is presented is no document: no code can be its
}

// presents reports whether there is something to hold a code against.
func (c *Context) presents() bool {
	return c.nobodys || c.Name != "" || c.Document != (format.Document{})
}

// venue returns where the code is shown. A region means nothing without a class.
func (c *Context) venue() policy.Venue {
	if c.Class == 0 {
		return policy.Venue{}
	}
	return policy.Venue{Class: c.Class, Region: c.Region}
}

// Presented returns the context for what a device reads from a document: its type
// in two digits (spec/codes/document_types.csv; "01" is the identity card), its
// number as it is written there, and the name, "" where there is none. With
// neither type nor number there is no document.
//
// It has an answer to everything: a type or number that is none belongs to nobody,
// and every code that is held against it is a mismatch (spec/verification.md,
// section 9). Where a person types the number, [format.NewDocument] says at once
// that it is mistyped.
func Presented(documentType, number, name string) Context {
	context := Context{Name: name}
	if documentType == "" && number == "" {
		return context
	}
	class, ok := documentClass(documentType)
	document, err := format.NewDocument(class, number)
	if !ok || err != nil {
		context.nobodys = true
		return context
	}
	context.Document = document
	return context
}

// documentClass returns the class of a document type. The table grows: a type that
// it lacks is of the class of its number.
func documentClass(documentType string) (uint8, bool) {
	if row, ok := spec.DocumentTypeByNumber(documentType); ok {
		return row.Class, true
	}
	class, err := strconv.ParseUint(documentType, 10, 8)
	return uint8(class), err == nil && len(documentType) == 2
}

var errNoDocument = errors.New("what is presented is no document")

func checkHolder(c *format.Credential, context Context) (spec.Reason, error) {
	switch {
	case context.nobodys:
		return spec.ReasonHolderMismatch, errNoDocument
	case context.Document != (format.Document{}) && !c.Matches(context.Document):
		return spec.ReasonHolderMismatch, nil
	case context.Name == "":
		return 0, nil
	}
	masked, err := format.MaskName(context.Name)
	if err != nil {
		return spec.ReasonHolderMismatch, fmt.Errorf("name of the document: %w", err)
	}
	if masked != c.Holder.Name {
		return spec.ReasonHolderMismatch, nil
	}
	return 0, nil
}
