package main

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/config"
	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/cmd/internal/program/holder"
	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/sqlite"
	"github.com/tongxing/tongxing/spec"
)

// orderFlags are what an order takes. There is no flag for an area, a name, a
// pattern, a job or a range, which a test holds: what is ordered about is named
// one by one.
type orderFlags struct {
	registry, from string
	reason, at     string
	confirm        int
}

// orderCommand builds revoke, suspend and resume.
func (a *app) orderCommand(action registry.Action) *cobra.Command {
	var f orderFlags
	name := action.String()
	c := a.Command(name, name, cobra.NoArgs, func(ctx context.Context, _ []string) error {
		return a.order(ctx, f, action)
	})
	c.Flags().StringVar(&f.registry, "registry", "", a.Lang.Say("flag_registry_there"))
	c.Flags().StringVar(&f.from, "from", "", a.Lang.Say("flag_references"))
	c.Flags().StringVar(&f.reason, "reason", "", a.Lang.Say("flag_reason", a.reasonsFor(action, ", ")))
	c.Flags().IntVar(&f.confirm, "confirm", 0, a.Lang.Say("flag_confirm_count"))
	c.Flags().StringVar(&f.at, "at", "", a.Lang.Say("flag_order_at"))
	var names []string
	for _, reason := range reasonsOf(action) {
		names = append(names, reason.Name+"\t"+a.reasonName(reason.Number))
	}
	completeFlag(c, "reason", names...)
	return c
}

// reasonsOf are the reasons of the closed table that allow an action.
func reasonsOf(action registry.Action) []spec.RevocationReason {
	var all []spec.RevocationReason
	for _, reason := range spec.RevocationReasons() {
		if reason.Allows(action.String()) {
			all = append(all, reason)
		}
	}
	return all
}

// reasonsFor lists them for people: number, name and what it means.
func (a *app) reasonsFor(action registry.Action, separator string) string {
	var all []string
	for _, reason := range reasonsOf(action) {
		all = append(all, fmt.Sprintf("%d %s (%s)", reason.Number, reason.Name, a.reasonName(reason.Number)))
	}
	return strings.Join(all, separator)
}

func (a *app) reasonName(number uint16) string {
	return spec.RevocationReasonName(number, string(a.Lang))
}

// reason reads a reason, by number or name, that allows the action.
func (a *app) reason(text string, action registry.Action) (uint16, error) {
	if text == "" {
		return 0, program.Usage("reason_needed", a.reasonsFor(action, "; "))
	}
	reason, known := spec.RevocationReasonByName(text)
	if number, err := strconv.ParseUint(text, 10, 16); err == nil {
		reason, known = spec.RevocationReasonByNumber(uint16(number))
	}
	if !known || !reason.Allows(action.String()) {
		return 0, program.Usage("reason_unknown", text, a.Lang.Say("action_"+action.String()), a.reasonsFor(action, "; "))
	}
	return reason.Number, nil
}

// order does one act on every credential that a file names, or on none.
func (a *app) order(ctx context.Context, f orderFlags, action registry.Action) error {
	at, err := a.at(f.at)
	if err != nil {
		return err
	}
	for _, required := range []place{{"--registry", f.registry}, {"--from", f.from}} {
		if required.path == "" {
			return program.Usage("flag_required", required.flag)
		}
	}
	reason, err := a.reason(f.reason, action)
	if err != nil {
		return err
	}
	given, err := a.readReferences(f.from)
	if err != nil {
		return err
	}
	reg, err := a.thereRegistry(ctx, f.registry)
	if err != nil {
		return err
	}
	defer reg.Close()
	if err := given.checkCodes(ctx, reg); err != nil {
		return aboutRegistry(f.registry, err)
	}
	act := &act{registry: reg, given: given, template: registry.Order{Action: action, Reason: reason, At: at.Unix()}}
	if err := act.preview(ctx); err != nil {
		return a.orderError(f.registry, given, err)
	}
	if err := a.confirmAct(act, f.confirm, f.from == "-"); err != nil {
		return err
	}
	done, err := act.record(ctx)
	if err != nil {
		return a.orderError(f.registry, given, err)
	}
	return a.tellOrdered(done)
}

// thereRegistry opens a registry that there is: nothing can be said of the
// credentials of one that would have to be made.
func (a *app) thereRegistry(ctx context.Context, path string) (*sqlite.Registry, error) {
	if err := config.CheckKept(a.Program, path); err != nil {
		return nil, err
	}
	reg, err := sqlite.OpenBy(ctx, path, holder.Opening(a.Program, func() string { return path }))
	if err != nil {
		return nil, holder.RegistryFault(path, err)
	}
	return reg, nil
}

// act is what one file orders. A file above [registry.MaxOrder] is several orders
// to the registry, all of which are tried before the first is recorded; a run that
// was killed between two is finished by the same command.
type act struct {
	registry registry.StateKeeper
	given    *references
	template registry.Order // action, reason and time
	orders   []registry.Order
	expected registry.OrderReceipt
}

// preview cuts the file into orders and finds out what they would do. Nothing is
// changed. A refusal counts what is wrong in all of the file.
func (t *act) preview(ctx context.Context) error {
	occasion, err := t.occasion(ctx)
	if err != nil {
		return err
	}
	var refused error
	for start := 0; start < len(t.given.all); start += registry.MaxOrder {
		order := t.template
		order.References = t.given.all[start:min(start+registry.MaxOrder, len(t.given.all))]
		order.Key = orderKey(order, occasion)
		receipt, err := t.registry.Preview(ctx, order)
		if err != nil {
			var further bool
			if refused, further = countedRefusal(refused, err); !further {
				return refused
			}
			continue
		}
		t.orders = append(t.orders, order)
		t.expected.Changed += receipt.Changed
		t.expected.Already += receipt.Already
	}
	return refused
}

// countedRefusal adds what is wrong in one more order of a file to what is wrong
// in those before it: the first kind of fault is told. Any other error than a
// refusal ends the counting.
func countedRefusal(before, err error) (refused error, further bool) {
	var unknown, unknownBefore *registry.UnknownReferencesError
	var impossible, impossibleBefore *registry.TransitionError
	isUnknown, isImpossible := errors.As(err, &unknown), errors.As(err, &impossible)
	switch {
	case !isUnknown && !isImpossible:
		return err, false
	case before == nil:
		return err, true
	case isUnknown && errors.As(before, &unknownBefore):
		sum := *unknownBefore
		sum.Total += unknown.Total
		return &sum, true
	case isImpossible && errors.As(before, &impossibleBefore):
		sum := *impossibleBefore
		sum.Total += impossible.Total
		return &sum, true
	}
	return before, true
}

// occasion tells two suspensions of the same credentials apart: how many events
// there were before. What is for good happens once.
func (t *act) occasion(ctx context.Context) (uint64, error) {
	if t.template.Action == registry.Revoke || t.template.Action == registry.Supersede {
		return 0, nil
	}
	mark, err := t.registry.Mark(ctx)
	return mark.Sequence, err
}

// orderKey makes the same order again the same one.
func orderKey(order registry.Order, occasion uint64) registry.OrderKey {
	digest := order.Digest()
	h := sha256.New()
	h.Write([]byte("tongxing/order/1"))
	h.Write(digest[:])
	h.Write(binary.BigEndian.AppendUint64(nil, occasion))
	return registry.OrderKey(h.Sum(nil)[:len(registry.OrderKey{})])
}

// ordered is the receipt of an act, for programs. It names nobody.
type ordered struct {
	Action     string       `json:"action"`
	Reason     uint16       `json:"reason"`
	ReasonName string       `json:"reason_name"`
	At         time.Time    `json:"at"`
	References int          `json:"references"`
	Duplicates int          `json:"duplicates"`
	Changed    int          `json:"changed"`
	Already    int          `json:"already"`
	Repeated   bool         `json:"repeated"` // all of it was recorded before
	Orders     []string     `json:"orders"`   // keys
	Events     [2]uint64    `json:"events"`   // first and last; 0 when nothing changed
	Lists      []listAmount `json:"lists"`
	Mark       markView     `json:"mark"`
}

// markView is a mark of a registry for programs.
type markView struct {
	Sequence uint64 `json:"sequence"`
	Hash     string `json:"hash"`
}

func viewMark(m registry.Mark) markView { return markView{m.Sequence, hexHash(m.Hash)} }

// record records the orders.
func (t *act) record(ctx context.Context) (*ordered, error) {
	reason, _ := spec.RevocationReasonByNumber(t.template.Reason)
	done := &ordered{
		Action: t.template.Action.String(), Reason: reason.Number, ReasonName: reason.Name, At: time.Unix(t.template.At, 0).UTC(),
		References: len(t.given.all), Duplicates: t.given.duplicates, Repeated: true, Lists: amounts(t.given.all),
	}
	for _, order := range t.orders {
		receipt, err := t.registry.Record(ctx, order)
		if err != nil {
			return nil, err
		}
		done.Changed += receipt.Changed
		done.Already += receipt.Already
		done.Repeated = done.Repeated && receipt.Repeated
		done.Orders = append(done.Orders, hex.EncodeToString(order.Key[:]))
		if receipt.FirstEvent != 0 {
			if done.Events[0] == 0 {
				done.Events[0] = receipt.FirstEvent
			}
			done.Events[1] = receipt.LastEvent
		}
	}
	mark, err := t.registry.Mark(ctx)
	if err != nil {
		return nil, err
	}
	done.Mark = viewMark(mark)
	return done, nil
}

// orderError gives what the registry says of an order its words.
func (a *app) orderError(path string, given *references, err error) error {
	var unknown *registry.UnknownReferencesError
	if errors.As(err, &unknown) {
		return given.unknown(unknown)
	}
	var impossible *registry.TransitionError
	if errors.As(err, &impossible) {
		first := impossible.Standings[0]
		return &program.UserError{
			Key: "order_impossible", Err: err, Told: true, Place: given.place(given.lines[first.Reference]),
			Args: []any{referenceText(first.Reference), a.Lang.Say("status_" + first.State.String()), a.Lang.Say("action_" + impossible.Action.String()), impossible.Total},
		}
	}
	return aboutRegistry(path, err)
}

// confirmAct holds the act to the number of credentials that somebody has counted:
// by a flag, or typed at a terminal that shows where they are.
func (a *app) confirmAct(t *act, confirmed int, piped bool) error {
	count, what := len(t.given.all), a.Lang.Say("action_"+t.template.Action.String())
	if confirmed != 0 {
		if confirmed != count {
			return program.Fail("count_differs", count, confirmed)
		}
		return nil
	}
	input, ok := a.Stdin.(*os.File)
	if piped || !ok || !terminal(input) {
		return program.Usage("count_needed", what, count, count)
	}
	a.tellAct(t)
	if err := a.Out.Flush(); err != nil {
		return err
	}
	fmt.Fprint(a.Stderr, a.Lang.Say("ask_count", what, count))
	answer, err := a.answer(input, func() ([]byte, error) { return bufio.NewReader(input).ReadBytes('\n') })
	if a.ctx.Err() != nil {
		return a.ctx.Err()
	}
	if err == nil && strings.TrimSpace(string(answer)) != strconv.Itoa(count) {
		err = errors.New("another answer than the count")
	}
	if err != nil {
		return program.FailFor(fmt.Errorf("%w: %w", errNotConfirmed, err), "count_not_confirmed")
	}
	return nil
}
