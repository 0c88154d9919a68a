package feed

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"slices"
)

// sorter sorts byte strings in bounded memory: what does not fit into its
// buffer is spilled in sorted runs to one temporary file, and the runs are
// merged while they are read. The file is readable by the owner alone; it has
// lost its name before anything is written, where the system allows that, so
// that no crash leaves personal data behind.
type sorter struct {
	folder string
	limit  int // bytes of the buffer
	buffer []byte
	items  []item
	file   *os.File
	named  bool // the file still has its name
	runs   []run
	size   int64 // bytes in the file
	count  int64
}

// item is one string in the buffer, its first bytes beside it: most
// comparisons need no more.
type item struct {
	prefix     uint64
	start, end uint32
}

type run struct{ start, end int64 }

// minSortBuffer holds more than the longest entry and the longest record.
const minSortBuffer = 256 << 10

func newSorter(folder string, limit int) *sorter {
	return &sorter{folder: folder, limit: max(limit, minSortBuffer)}
}

// itemSize is what one item costs beside its bytes.
const itemSize = 16

// add copies data into the sorter.
func (s *sorter) add(data []byte) error {
	if len(s.items) > 0 && len(s.buffer)+len(data)+(len(s.items)+1)*itemSize > s.limit {
		if err := s.spill(); err != nil {
			return err
		}
	}
	start := len(s.buffer)
	s.buffer = append(s.buffer, data...)
	var prefix [8]byte
	copy(prefix[:], data)
	s.items = append(s.items, item{binary.BigEndian.Uint64(prefix[:]), uint32(start), uint32(len(s.buffer))})
	s.count++
	return nil
}

func (s *sorter) bytes(i item) []byte { return s.buffer[i.start:i.end] }

func (s *sorter) sortBuffer() {
	slices.SortFunc(s.items, func(a, b item) int {
		if a.prefix != b.prefix {
			if a.prefix < b.prefix {
				return -1
			}
			return 1
		}
		return bytes.Compare(s.bytes(a), s.bytes(b))
	})
}

// spill writes the buffer as one sorted run.
func (s *sorter) spill() error {
	if s.file == nil {
		file, err := os.CreateTemp(s.folder, "tongxing-feed-*")
		if err != nil {
			return err
		}
		s.file, s.named = file, os.Remove(file.Name()) != nil
	}
	s.sortBuffer()
	writer := bufio.NewWriterSize(s.file, 256<<10)
	start := s.size
	var length [binary.MaxVarintLen64]byte
	for _, i := range s.items {
		n := binary.PutUvarint(length[:], uint64(i.end-i.start))
		writer.Write(length[:n]) // errors stay with the writer until Flush
		writer.Write(s.bytes(i))
		s.size += int64(n) + int64(i.end-i.start)
	}
	if err := writer.Flush(); err != nil {
		return err
	}
	s.runs = append(s.runs, run{start, s.size})
	s.buffer, s.items = s.buffer[:0], s.items[:0]
	return nil
}

// each calls use with every string in ascending order; the string is valid
// until use returns. Nothing can be added any more.
func (s *sorter) each(use func([]byte) error) error {
	if len(s.runs) == 0 {
		s.sortBuffer()
		for _, i := range s.items {
			if err := use(s.bytes(i)); err != nil {
				return err
			}
		}
		return nil
	}
	if len(s.items) > 0 {
		if err := s.spill(); err != nil {
			return err
		}
	}
	s.buffer, s.items = nil, nil
	return s.merge(use)
}

// merge reads all runs side by side.
func (s *sorter) merge(use func([]byte) error) error {
	window := min(max(s.limit/len(s.runs), 4<<10), 256<<10)
	heap := make([]*runReader, 0, len(s.runs))
	for _, r := range s.runs {
		reader := &runReader{source: bufio.NewReaderSize(io.NewSectionReader(s.file, r.start, r.end-r.start), window)}
		if err := reader.advance(); err != nil {
			return err
		}
		heap = append(heap, reader)
	}
	slices.SortFunc(heap, func(a, b *runReader) int { return bytes.Compare(a.head, b.head) })
	left := s.count
	for ; len(heap) > 0; left-- {
		if err := use(heap[0].head); err != nil {
			return err
		}
		err := heap[0].advance()
		if errors.Is(err, io.EOF) {
			heap[0] = heap[len(heap)-1]
			heap = heap[:len(heap)-1]
		} else if err != nil {
			return err
		}
		sink(heap)
	}
	if left != 0 {
		return errSpill
	}
	return nil
}

// sink restores the order of a binary heap whose first element has changed.
func sink(heap []*runReader) {
	for i := 0; ; {
		least := i
		for _, child := range [2]int{2*i + 1, 2*i + 2} {
			if child < len(heap) && bytes.Compare(heap[child].head, heap[least].head) < 0 {
				least = child
			}
		}
		if least == i {
			return
		}
		heap[i], heap[least] = heap[least], heap[i]
		i = least
	}
}

// runReader reads one run; head is its next string.
type runReader struct {
	source *bufio.Reader
	head   []byte
}

// advance reads the next string, or returns io.EOF at the end of the run.
func (r *runReader) advance() error {
	length, err := binary.ReadUvarint(r.source)
	if err != nil {
		return err
	}
	if length > minSortBuffer {
		return errSpill
	}
	r.head = slices.Grow(r.head[:0], int(length))[:length]
	if _, err := io.ReadFull(r.source, r.head); err != nil {
		return errors.Join(errSpill, err)
	}
	return nil
}

// close removes the temporary file.
func (s *sorter) close() error {
	s.buffer, s.items = nil, nil
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	if s.named {
		err = errors.Join(err, os.Remove(s.file.Name()))
	}
	s.file = nil
	return err
}
