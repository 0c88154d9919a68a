package truetype

import (
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf16"
)

const (
	directoryHead  = 12
	directoryEntry = 16
)

// readDirectory finds the tables.
func (f *Font) readDirectory(data []byte) error {
	if len(data) < directoryHead || len(data) > MaxSize {
		return fmt.Errorf("%w: %d bytes", ErrFormat, len(data))
	}
	switch version := string(data[:4]); version {
	case "\x00\x01\x00\x00", "true":
	case "OTTO", "ttcf", "wOFF", "wOF2":
		return fmt.Errorf("%w: %q", ErrKind, version)
	default:
		return fmt.Errorf("%w: it does not begin like a font", ErrFormat)
	}
	n := int(binary.BigEndian.Uint16(data[4:]))
	if n == 0 || n > maxTables || len(data) < directoryHead+directoryEntry*n {
		return fmt.Errorf("%w: %d tables", ErrFormat, n)
	}
	f.tables = make(map[string][]byte, n)
	for i := range n {
		entry := data[directoryHead+directoryEntry*i:]
		tag := string(entry[:4])
		offset, length := uint64(binary.BigEndian.Uint32(entry[8:])), uint64(binary.BigEndian.Uint32(entry[12:]))
		if offset+length > uint64(len(data)) {
			return malformed(fmt.Sprintf("%q", tag), "it ends beyond the file")
		}
		if _, twice := f.tables[tag]; twice {
			return malformed(fmt.Sprintf("%q", tag), "it stands twice")
		}
		f.tables[tag] = data[offset : offset+length : offset+length]
	}
	return nil
}

// table returns a table of at least the given length.
func (f *Font) table(tag string, atLeast int) ([]byte, error) {
	t, ok := f.tables[tag]
	switch {
	case !ok:
		return nil, malformed(tag, "it is missing")
	case len(t) < atLeast:
		return nil, malformed(tag, "it is too short")
	}
	return t, nil
}

func signed(b []byte) int { return int(int16(binary.BigEndian.Uint16(b))) }

// readHead reads head, maxp, hhea, OS/2 and post: the measures of the font.
func (f *Font) readHead([]byte) error {
	head, err := f.table("head", 54)
	if err != nil {
		return err
	}
	m := &f.metrics
	m.UnitsPerEm = int(binary.BigEndian.Uint16(head[18:]))
	m.MinX, m.MinY, m.MaxX, m.MaxY = signed(head[36:]), signed(head[38:]), signed(head[40:]), signed(head[42:])
	switch {
	case binary.BigEndian.Uint32(head[12:]) != 0x5F0F3CF5:
		return malformed("head", "its mark is missing")
	case m.UnitsPerEm < 16 || m.UnitsPerEm > 16384:
		return malformed("head", "units per em are out of range")
	case m.MinX > m.MaxX || m.MinY > m.MaxY:
		return malformed("head", "the box around the glyphs is turned")
	}
	maxp, err := f.table("maxp", 32)
	if err != nil {
		return err
	}
	if f.glyphs = int(binary.BigEndian.Uint16(maxp[4:])); f.glyphs == 0 {
		return malformed("maxp", "there is no glyph")
	}
	hhea, err := f.table("hhea", 36)
	if err != nil {
		return err
	}
	m.Ascent, m.Descent = signed(hhea[4:]), signed(hhea[6:])
	return f.readStyle()
}

// readStyle reads OS/2 and post.
func (f *Font) readStyle() error {
	os2, err := f.table("OS/2", 78)
	if err != nil {
		return err
	}
	// Restricted licence embedding, and bitmap embedding only.
	if fsType := binary.BigEndian.Uint16(os2[8:]); fsType&0x000F == 2 || fsType&0x0200 != 0 {
		return ErrLicence
	}
	m := &f.metrics
	m.Weight = int(binary.BigEndian.Uint16(os2[4:]))
	m.CapHeight = m.Ascent
	if binary.BigEndian.Uint16(os2) >= 2 && len(os2) >= 96 {
		m.CapHeight = signed(os2[88:])
	}
	post, err := f.table("post", 32)
	if err != nil {
		return err
	}
	m.ItalicAngle = float64(int32(binary.BigEndian.Uint32(post[4:]))) / 65536
	return nil
}

// readAdvances checks hmtx.
func (f *Font) readAdvances([]byte) error {
	f.measured = int(binary.BigEndian.Uint16(f.tables["hhea"][34:]))
	if f.measured == 0 || f.measured > f.glyphs {
		return malformed("hhea", "the number of advances is out of range")
	}
	_, err := f.table("hmtx", 4*f.measured+2*(f.glyphs-f.measured))
	return err
}

const (
	postScriptName = 6
	maxNameLength  = 63
)

// readNames finds the PostScript name.
func (f *Font) readNames([]byte) error {
	table, err := f.table("name", 6)
	if err != nil {
		return err
	}
	n, storage := int(binary.BigEndian.Uint16(table[2:])), int(binary.BigEndian.Uint16(table[4:]))
	if len(table) < 6+12*n {
		return malformed("name", "it is too short")
	}
	for i := range n {
		r := table[6+12*i:]
		platform, id := binary.BigEndian.Uint16(r), binary.BigEndian.Uint16(r[6:])
		length, offset := int(binary.BigEndian.Uint16(r[8:])), int(binary.BigEndian.Uint16(r[10:]))
		if id != postScriptName {
			continue
		}
		if storage+offset+length > len(table) {
			return malformed("name", "a name ends beyond the table")
		}
		raw := table[storage+offset : storage+offset+length]
		if platform == 1 {
			f.name = string(raw)
		} else {
			f.name = fromUTF16(raw)
		}
		return f.checkName()
	}
	return malformed("name", "there is no PostScript name")
}

func fromUTF16(b []byte) string {
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = binary.BigEndian.Uint16(b[2*i:])
	}
	return string(utf16.Decode(units))
}

// checkName: the name goes into documents as a name object, so that it has
// nothing in it that would need escaping there.
func (f *Font) checkName() error {
	other := func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-'
	}
	if f.name == "" || len(f.name) > maxNameLength || strings.ContainsFunc(f.name, other) {
		return malformed("name", "the PostScript name is not one")
	}
	return nil
}
