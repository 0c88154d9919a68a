package packed

import "iter"

// Pages yields what next returns of the rows above a number, page after page, until
// a page is empty; number is that of a row, and they ascend. Nothing is held between
// two pages. After an error nothing comes.
func Pages[T any](after uint64, next func(after uint64) ([]T, error), number func(T) uint64) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for after := after; ; {
			page, err := next(after)
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			if len(page) == 0 {
				return
			}
			for _, row := range page {
				if !yield(row, nil) {
					return
				}
				after = number(row)
			}
		}
	}
}
