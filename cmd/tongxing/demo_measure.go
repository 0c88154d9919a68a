package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/tongxing/tongxing/cmd/internal/files"
	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/format/qr"
	"github.com/tongxing/tongxing/format/transport"
	"github.com/tongxing/tongxing/issuer/batch"
	"github.com/tongxing/tongxing/spec"
)

// provinceResult is one row of the table, all of it measured in this run.
type provinceResult struct {
	Region          string  `json:"region"`
	Name            string  `json:"name"`
	Algorithm       string  `json:"algorithm"`
	People          int     `json:"people"`
	Issued          int     `json:"issued"`
	Rejected        int     `json:"rows_rejected"`
	RefusedRecords  int     `json:"records_refused"`
	Verified        int     `json:"verified"`
	Checked         int     `json:"adverse_checked"`    // at the venue of the demo, under a published rule
	Restricted      int     `json:"adverse_restricted"` // the same
	Adverse         int     `json:"adverse_without_published_rule"`
	TakenBack       int     `json:"revoked_or_suspended"`
	Failed          int     `json:"failed"` // none of these: none is expected
	Tampered        int     `json:"tampered"`
	TamperedRefused int     `json:"tampered_refused"`
	Bytes           [3]int  `json:"bytes"`       // minimum, median, maximum
	Versions        [3]int  `json:"qr_versions"` // minimum, median, maximum
	IssueRate       float64 `json:"issued_per_second"`
	VerifyRate      float64 `json:"verified_per_second"`
}

type demoResults struct {
	Provinces    []provinceResult `json:"provinces"`
	Offline      string           `json:"offline"` // how the verifying process was cut off
	Pictures     int              `json:"pictures"`
	PicturesRead int              `json:"pictures_read"`
	PicturesSame int              `json:"pictures_same_text"`
	PicturesGood int              `json:"pictures_verified"`
	Seconds      float64          `json:"seconds"`
	Folder       string           `json:"folder"`
}

func (d *demo) keep(name string, data []byte) error { return files.Write(d.path(name), data, 0o600) }

func (d *demo) kept(name string, into any) error {
	data, err := files.Read(d.path(name), 1<<20)
	if err != nil {
		return err
	}
	return json.Unmarshal(data, into)
}

// measure verifies everything in a process without a network and counts.
func (d *demo) measure(ctx context.Context) (*demoResults, error) {
	offline, how := d.offline(ctx)
	r := &demoResults{Offline: how, Folder: d.folder}
	var codes []string
	d.tell("demo_verify")
	bar, total, done := d.app.progressOf("progress_verify", "unit_codes"), int64(0), int64(0)
	defer bar.end()
	for _, p := range demoProvinces {
		total += countLines(d.path(p.code + "-codes.jsonl"))
	}
	for _, p := range demoProvinces {
		bar.set(done, total)
		row, provinceCodes, err := d.province(ctx, p, offline)
		if err != nil {
			return nil, err
		}
		r.Provinces = append(r.Provinces, *row)
		codes = append(codes, provinceCodes...)
		done += int64(row.Issued)
	}
	bar.end()
	d.tell("demo_pictures")
	if err := d.pictures(ctx, codes, offline, r); err != nil {
		return nil, err
	}
	r.Seconds = time.Since(d.began).Seconds()
	return r, nil
}

// offline returns the words before a command that cut it off from every
// network, and how. Where the system does not allow it that is said.
func (d *demo) offline(ctx context.Context) ([]string, string) {
	for _, prefix := range [][]string{{"unshare", "-n"}, {"unshare", "-r", "-n"}} {
		if exec.CommandContext(ctx, prefix[0], append(slices.Clone(prefix[1:]), "true")...).Run() == nil {
			return prefix, strings.Join(prefix, " ")
		}
	}
	return nil, ""
}

// verifyOffline verifies the codes of a file in a process of its own.
func (d *demo) verifyOffline(ctx context.Context, offline []string, path string) (*verifySummary, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	args := append(slices.Clone(offline), self, "verify", "--bundle", d.path("national.bundle"),
		"--root", d.path("trust", "root.cose"), "--at", demoAt, "--class", demoClass, "--region", demoRegion, "--summary", "--json", path)
	c := exec.CommandContext(ctx, args[0], args[1:]...)
	var stderr bytes.Buffer
	c.Stderr = &stderr
	out, err := c.Output()
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	var exit *exec.ExitError
	if err != nil && !(errors.As(err, &exit) && exit.ExitCode() == statusNotPass) {
		return nil, program.Fail("demo_step_failed", "verify", said(stderr.Bytes()))
	}
	var sum verifySummary
	if err := json.Unmarshal(out, &sum); err != nil {
		return nil, fmt.Errorf("output of verify: %w", err)
	}
	return &sum, nil
}

func (d *demo) province(ctx context.Context, p demoProvince, offline []string) (*provinceResult, []string, error) {
	row := &provinceResult{Region: p.code, Name: d.app.regionName(p.code, p.code), Algorithm: p.algorithm}
	var imported struct{ People, Rejected int } // of feed.Summary
	var issued issueSummary
	if err := errors.Join(d.kept(p.code+"-import.json", &imported), d.kept(p.code+"-issue.json", &issued)); err != nil {
		return nil, nil, err
	}
	row.People, row.Rejected = imported.People, imported.Rejected
	row.Issued, row.RefusedRecords, row.IssueRate = issued.Issued, issued.Refused, issued.CodesPerSecond
	codesFile := d.path(p.code + "-codes.jsonl")
	sum, err := d.verifyOffline(ctx, offline, codesFile)
	if err != nil {
		return nil, nil, err
	}
	row.Verified = sum.Reasons[spec.ReasonOK.Name()] + sum.Reasons[spec.ReasonNoStatus.Name()]
	row.Adverse = sum.Reasons[spec.ReasonAdverseWithoutRule.Name()]
	row.TakenBack, row.VerifyRate = takenBack(sum), sum.PerSecond
	row.Checked, row.Restricted = sum.Reasons[spec.ReasonStateChecked.Name()], sum.Reasons[spec.ReasonRestricted.Name()]
	row.Failed = sum.Codes - row.Verified - row.Checked - row.Restricted - row.Adverse - row.TakenBack
	codes, err := readCodes(codesFile)
	if err != nil {
		return nil, nil, err
	}
	if err := row.sizes(codes); err != nil {
		return nil, nil, err
	}
	// Those that are drawn were not taken back: a picture of one is there by itself.
	return row, codes[:len(codes)-demoTakenBack], d.tamper(ctx, row, codes, offline)
}

func readCodes(path string) ([]string, error) {
	f, err := files.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var codes []string
	for decoder := json.NewDecoder(f); decoder.More(); {
		var line batch.Line
		if err := decoder.Decode(&line); err != nil {
			return nil, &files.PathError{Path: path, Err: err}
		}
		codes = append(codes, line.Code)
	}
	return codes, nil
}

// sizes measures every code.
func (row *provinceResult) sizes(codes []string) error {
	var sizes, versions []int
	for _, code := range codes {
		data, err := transport.Decode(code)
		if err != nil {
			return err
		}
		version, err := qr.Version(code)
		if err != nil {
			return err
		}
		sizes, versions = append(sizes, len(data)), append(versions, version)
	}
	row.Bytes, row.Versions = spread(sizes), spread(versions)
	return nil
}

func spread(values []int) [3]int {
	if len(values) == 0 {
		return [3]int{}
	}
	slices.Sort(values)
	return [3]int{values[0], values[len(values)/2], values[len(values)-1]}
}

// tamper changes one byte of every code, at a different place from code to
// code, and counts how many of them are refused.
func (d *demo) tamper(ctx context.Context, row *provinceResult, codes []string, offline []string) error {
	var lines bytes.Buffer
	for n, code := range codes {
		data, err := transport.Decode(code)
		if err != nil {
			return err
		}
		data[n*7919%len(data)] ^= byte(1 + n%255)
		lines.WriteString(transport.Encode(data) + "\n")
	}
	path := d.path(row.Region + "-tampered.txt")
	if err := files.Write(path, lines.Bytes(), 0o600); err != nil {
		return err
	}
	sum, err := d.verifyOffline(ctx, offline, path)
	if err != nil {
		return err
	}
	row.Tampered = sum.Codes
	row.TamperedRefused = sum.Outcomes["unverified"] - sum.Reasons[spec.ReasonAdverseWithoutRule.Name()]
	return nil
}

// pictures prints codes as PNG, some as SVG too, both transports in turn, and
// verifies what an independent reader makes of the PNGs.
func (d *demo) pictures(ctx context.Context, codes []string, offline []string, r *demoResults) error {
	var texts bytes.Buffer
	bar := d.app.progressOf("progress_pictures", "unit_pictures")
	defer bar.end()
	for n := range demoPictures {
		bar.set(int64(n), demoPictures)
		text := codes[n*len(codes)/demoPictures]
		if n%2 == 1 {
			data, err := transport.Decode(text)
			if err != nil {
				return err
			}
			text = transport.EncodeDigits(data)
		}
		path := d.path("pictures", fmt.Sprintf("%02d.png", n+1))
		if err := d.draw(path, text); err != nil {
			return err
		}
		if n%10 == 0 {
			if err := d.draw(strings.TrimSuffix(path, ".png")+".svg", text); err != nil {
				return err
			}
		}
		r.Pictures++
		// Between the modules of a symbol zbar sees a bar code of another kind at times.
		out, err := exec.CommandContext(ctx, "zbarimg", "--nodbus", "-q", "--raw", "-Sdisable", "-Sqrcode.enable", path).Output()
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			return program.FailWith(err, "demo_zbarimg")
		}
		r.PicturesRead++
		read := strings.TrimSpace(string(out))
		if read == text {
			r.PicturesSame++
		}
		texts.WriteString(read + "\n")
	}
	path := d.path("pictures", "read.txt")
	if err := files.Write(path, texts.Bytes(), 0o600); err != nil {
		return err
	}
	sum, err := d.verifyOffline(ctx, offline, path)
	if err != nil {
		return err
	}
	for _, good := range []spec.Reason{spec.ReasonOK, spec.ReasonNoStatus, spec.ReasonStateChecked, spec.ReasonRestricted} {
		r.PicturesGood += sum.Reasons[good.Name()]
	}
	return nil
}

func (d *demo) draw(path, text string) error {
	symbol, err := qr.Encode(text)
	if err != nil {
		return err
	}
	w, err := files.Create(path, 0o600)
	if err != nil {
		return err
	}
	defer w.Discard()
	if strings.HasSuffix(path, ".svg") {
		err = symbol.WriteSVG(w, qr.Options{ModuleSize: 4})
	} else {
		err = symbol.WritePNG(w, qr.Options{ModuleSize: 4})
	}
	if err != nil {
		return err
	}
	return w.Commit()
}
