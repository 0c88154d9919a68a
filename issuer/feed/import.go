package feed

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

	"github.com/tongxing/tongxing/issuer/record"
	"github.com/tongxing/tongxing/spec"
)

// Options of an import.
type Options struct {
	// Region is the province of the feeds: GB/T 2260, two digits.
	Region string
	// At is the time for which the records hold: what lies after it is in the
	// future, a status that ends at or before it has expired.
	At time.Time
	// Records takes the records as JSON Lines (package record), in the order in
	// which the people file first names each person.
	Records io.Writer
	// Rejects takes the refused rows as CSV in UTF-8 with the header 文件,行号,原因,
	// sorted by file and line; nil drops them.
	Rejects io.Writer
	// TempDir is where rows are spilled that do not fit in memory: about 1 KB for
	// each person. Empty means the system's folder, which may itself be in
	// memory. The files are readable by the owner alone and are always removed.
	TempDir string
	// BufferBytes bounds the memory in which rows are sorted; the whole process
	// takes about four times as much. 0 means 64 MiB.
	BufferBytes int
	// Progress, when set, is told now and then how far the import is.
	Progress func(Progress)
}

const (
	defaultBufferBytes = 64 << 20
	maxBufferBytes     = 1 << 30 // positions in the buffer are 32 bits wide
)

// check returns the first fault of the options.
func (o *Options) check() error {
	_, known := spec.RegionByNumber(o.Region)
	switch {
	case !known:
		return fmt.Errorf("%w: region %q is neither the two digits of a province in GB/T 2260 nor 00", ErrOptions, o.Region)
	case o.At.IsZero():
		return fmt.Errorf("%w: no time", ErrOptions)
	case o.Records == nil:
		return fmt.Errorf("%w: nowhere to write the records", ErrOptions)
	case o.BufferBytes < 0 || o.BufferBytes > maxBufferBytes:
		return fmt.Errorf("%w: a buffer of %d bytes, at most %d", ErrOptions, o.BufferBytes, maxBufferBytes)
	}
	return spec.CheckCodes()
}

// Import reads the feeds in the root of source and writes one record for each
// person with a claim, and the rows that it refuses. It goes on after a refused
// row and ends with an error on a fault of a file as a whole ([*FileError],
// [ErrNoPeople]), of the options ([ErrOptions]), of a writer or of the disk, or
// when ctx is done; what has been written by then is not complete.
func Import(ctx context.Context, source fs.FS, options Options) (Summary, error) {
	if err := options.check(); err != nil {
		return Summary{}, err
	}
	if options.Rejects == nil {
		options.Rejects = io.Discard
	}
	if options.BufferBytes == 0 {
		options.BufferBytes = defaultBufferBytes
	}
	files, err := locate(source)
	if err != nil {
		return Summary{}, err
	}
	run := newImportRun(ctx, source, files, options)
	err = run.all()
	if err := errors.Join(err, run.close()); err != nil {
		return Summary{}, err
	}
	return run.summary, nil
}

// importRun is one import under way.
type importRun struct {
	ctx     context.Context
	fsys    fs.FS
	files   [kinds]source
	options Options
	summary Summary
	meter   meter
	entries *sorter // rows, by person
	records *sorter // lines of JSON, by line of the people file
	rejects *sorter // refused rows, by file and line
	scratch []byte
}

func newImportRun(ctx context.Context, fsys fs.FS, files [kinds]source, options Options) *importRun {
	run := &importRun{
		ctx: ctx, fsys: fsys, files: files, options: options,
		meter:   meter{report: options.Progress},
		entries: newSorter(options.TempDir, options.BufferBytes),
		records: newSorter(options.TempDir, options.BufferBytes/2),
		rejects: newSorter(options.TempDir, options.BufferBytes/16),
		summary: Summary{Region: options.Region, At: options.At, Reasons: map[spec.Reject]int{}},
	}
	for _, file := range files {
		run.summary.Files = append(run.summary.Files, FileSummary{Feed: file.kind.String(), File: file.name})
	}
	return run
}

func (r *importRun) close() error {
	return errors.Join(r.entries.close(), r.records.close(), r.rejects.close())
}

func (r *importRun) all() error {
	var total int64
	for _, file := range r.files {
		total += file.size
	}
	r.meter.begin(StageRead, total)
	for _, file := range r.files {
		if file.name == "" {
			continue
		}
		if err := r.read(file); err != nil {
			return err
		}
	}
	if err := r.merge(); err != nil {
		return err
	}
	if err := r.writeRejects(); err != nil {
		return err
	}
	return r.writeRecords()
}

// merge turns the entries into records and rejects.
func (r *importRun) merge() error {
	r.meter.begin(StageMerge, r.entries.count)
	m := &merger{
		at: r.options.At.Unix(), summary: &r.summary,
		reject: r.addReject, record: r.addRecord,
	}
	err := r.entries.each(func(data []byte) error {
		if err := r.tick(1); err != nil {
			return err
		}
		return m.add(data)
	})
	if err != nil {
		return err
	}
	if err := m.finish(); err != nil {
		return err
	}
	return r.entries.close()
}

func (r *importRun) addRecord(line uint64, person *record.Record) error {
	data, err := record.AppendJSON(appendLineKey(r.scratch[:0], line), person)
	if err != nil {
		return err
	}
	r.scratch = data
	return r.records.add(data)
}

// tick counts n units of the stage and returns the context's error.
func (r *importRun) tick(n int64) error {
	if r.meter.add(n) {
		return r.ctx.Err()
	}
	return nil
}
