package batch

// DeleteFirst does the first n steps of Delete, and reports whether there are more.
func (f *Forgetting) DeleteFirst(n int) (more bool, err error) {
	for step := range f.steps() {
		if n == 0 {
			return true, nil
		}
		n--
		if err := step(); err != nil {
			return false, err
		}
	}
	return false, nil
}
