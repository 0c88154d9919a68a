package paper

import (
	"bytes"
	"errors"
	"slices"
	"testing"
)

func TestARequestIsPrintedAsItWouldBeOneByOne(t *testing.T) {
	p := printer(t, Options{Layout: Card})
	codes := people(t, 12)
	got, err := p.PDF(codes, source, Cover{Title: "宋家村", Created: created})
	if err != nil || !bytes.Equal(got, printed(t, p, codes...)) {
		t.Errorf("another document: %v", err)
	}
}

func TestARequestIsPrintedWholeOrNotAtAll(t *testing.T) {
	p := printer(t, Options{Layout: Sheet})
	good := code(t, rich())
	asked := source
	asked.FullName = "王小明"
	for name, c := range map[string]struct {
		codes  []string
		source Source
		want   error
	}{
		"none":           {nil, source, ErrRequest},
		"too many":       {slices.Repeat([]string{good}, MaxCodes+1), source, ErrRequest},
		"a name for two": {[]string{good, good}, asked, ErrRequest},
		"one is none":    {[]string{good, "TX1:ABC"}, source, ErrCode},
	} {
		data, err := p.PDF(c.codes, c.source, Cover{Created: created})
		if data != nil || !errors.Is(err, c.want) {
			t.Errorf("%s: %d bytes, %v", name, len(data), err)
		}
		var which *EntryError
		if errors.As(err, &which) && which.Index != 1 {
			t.Errorf("%s: code %d", name, which.Index)
		}
	}
	if data, err := p.PDF([]string{good}, asked, Cover{Created: created}); err != nil || len(data) == 0 {
		t.Error(err)
	}
}
