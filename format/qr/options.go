package qr

import (
	"errors"
	"fmt"
)

// ErrOptions says that a picture cannot be drawn in the wanted size.
var ErrOptions = errors.New("picture size is out of range")

// MaxSide is the most pixels on a side of a picture, which is what the reader of
// this project still opens.
const MaxSide = 8000

// DefaultModuleSize is the width of a module in pixels where none is given: on
// paper at 300 dots per inch a symbol of version 9 is then 41 mm wide.
const DefaultModuleSize = 8

// Options are those of a picture.
type Options struct {
	// ModuleSize is the width and height of a module in pixels, at least 1;
	// 0 stands for DefaultModuleSize. Cameras want 4 and more, and the whole
	// picture may not be wider than MaxSide.
	ModuleSize int
}

// side returns the width of a module and that of the whole picture with its quiet
// zone, in pixels.
func (o Options) side(s *Symbol) (module, side int, err error) {
	module = o.ModuleSize
	if module == 0 {
		module = DefaultModuleSize
	}
	modules := s.Size() + 2*QuietZone
	if module < 1 || module > MaxSide/modules {
		return 0, 0, fmt.Errorf("%w: a module of %d pixels, want 1 to %d for a symbol of version %d",
			ErrOptions, module, MaxSide/modules, s.version)
	}
	return module, module * modules, nil
}
