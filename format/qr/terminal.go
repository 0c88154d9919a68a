package qr

import (
	"fmt"
	"io"
)

// Colours says how a terminal's colours are to be used.
type Colours int

const (
	// BlackOnWhite sets the colours by escape sequences (ECMA-48, SGR), so that
	// the symbol is right on any terminal that knows them.
	BlackOnWhite Colours = iota
	// DarkTerminal uses no escape sequences, for light text on dark ground.
	DarkTerminal
	// LightTerminal uses no escape sequences, for dark text on light ground.
	LightTerminal
)

// halves are the characters for two modules, one above the other: [0] with none
// drawn, [1] the upper, [2] the lower, [3] both.
var halves = [4]string{" ", "▀", "▄", "█"}

// WriteTerminal writes the symbol with its quiet zone as lines of half blocks,
// each character one module wide and two high.
func (s *Symbol) WriteTerminal(w io.Writer, c Colours) error {
	begin, end := "", "\n"
	if c == BlackOnWhite {
		begin, end = "\x1b[30;107m", "\x1b[0m\n"
	}
	// On a dark terminal what is drawn is bright, so the light modules are.
	drawn := c != DarkTerminal
	var text []byte
	for y := -QuietZone; y < s.Size()+QuietZone; y += 2 {
		text = append(text, begin...)
		for x := -QuietZone; x < s.Size()+QuietZone; x++ {
			half := 0
			if s.Module(x, y) == drawn {
				half |= 1
			}
			// The size is odd: below the last line nothing is drawn.
			if y+1 < s.Size()+QuietZone && s.Module(x, y+1) == drawn {
				half |= 2
			}
			text = append(text, halves[half]...)
		}
		text = append(text, end...)
	}
	if _, err := w.Write(text); err != nil {
		return fmt.Errorf("write QR symbol: %w", err)
	}
	return nil
}
