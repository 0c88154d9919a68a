package batch

import "sync"

// inOrder makes count things, some at once, and takes them in order. It ends at
// the first error, in that order.
func inOrder[T any](atOnce, count int, produce func(int) (T, error), take func(T) error) error {
	type result struct {
		value T
		err   error
	}
	// A slot of the ring is filled again only after it was taken: what is made
	// ahead is bounded.
	ring := make([]chan result, 2*atOnce)
	for i := range ring {
		ring[i] = make(chan result, 1)
	}
	numbers := make(chan int, len(ring))
	var group sync.WaitGroup
	for range atOnce {
		group.Go(func() {
			for number := range numbers {
				value, err := produce(number)
				ring[number%len(ring)] <- result{value, err}
			}
		})
	}
	defer group.Wait()
	defer close(numbers)
	for number := range min(len(ring), count) {
		numbers <- number
	}
	for number := range count {
		r := <-ring[number%len(ring)]
		if r.err != nil {
			return r.err
		}
		if err := take(r.value); err != nil {
			return err
		}
		if ahead := number + len(ring); ahead < count {
			numbers <- ahead
		}
	}
	return nil
}
