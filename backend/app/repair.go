package app

import (
	"context"
	"errors"
	"log/slog"
	"strconv"
	"sync"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/node"
)

// Repair is how far the repair of a damaged history has come. One that is over
// is told by a [Notice] with the code "salvaged", and there is none any more.
type Repair struct {
	Running bool   `json:"running"`
	Saved   int    `json:"saved"`           // entries that came over so far
	Of      int    `json:"of"`              // entries that there were; 0 when that cannot be read
	Error   *Error `json:"error,omitempty"` // why it ended: nothing was changed
}

// Salvaged is what came over into the new history.
type Salvaged struct {
	Entries int
	Missing int    // entries of which it is known that they were there
	Kept    string // name of the damaged file in the data folder
}

// Salvage makes a new history beside a damaged one, which can be read meanwhile;
// told hears how many entries came over, of how many. It returns what puts the
// new one in place: the device must be closed by then, and nothing that was read
// of the store before counts after it. With a context that has ended that throws
// the new history away instead.
type Salvage func(ctx context.Context, told func(saved, of int)) (take func(context.Context) (Salvaged, error), err error)

// Codes of what a repair says.
const codeSalvaged = "salvaged"

var (
	errNotDamaged = refuse("not-damaged", "The history is not damaged, so there is nothing to repair.")
	errRepairing  = refuse("repairing", "The history is being repaired already.")
)

// Repair begins to make a new history of what can be read of a damaged one. How
// far it is comes as State.Repair and Changes.Repair; when it is done the whole
// state is new (Changes.Reset) and has a notice. Errors: not-damaged, repairing.
// A repair that fails changes nothing, and Repair.Error says why: repair-room,
// repair-read-only, salvage-nothing.
func (a *API) Repair() error {
	_, err := do(a, "Repair", func(ctx context.Context, app *App) (nothing, error) {
		damaged, err := app.damaged(ctx)
		if err != nil {
			return nothing{}, err
		}
		if !damaged || app.config.Salvage == nil {
			return nothing{}, errNotDamaged
		}
		app.mutex.Lock()
		defer app.mutex.Unlock()
		switch {
		case app.closed:
			return nothing{}, errClosed
		case app.repair != nil && app.repair.Running:
			return nothing{}, errRepairing
		}
		app.repair = &Repair{Running: true}
		app.changes.mark(func(w *waiting) { w.repair = true })
		app.done.Go(func() { app.repairAll(app.context) })
		return nothing{}, nil
	})
	return err
}

// damaged tells whether the history is known to be damaged.
func (a *App) damaged(ctx context.Context) (bool, error) {
	if running := a.started(); running != nil {
		live, err := running.Live(ctx)
		return errors.Is(live.Problem, node.ErrDamaged), err
	}
	before, err := a.load()
	return errors.Is(before.snapshot.Problem, node.ErrDamaged), err
}

// repairAll is the whole repair. It is the only one.
func (a *App) repairAll(ctx context.Context) {
	defer func() {
		reason := recover()
		a.ended("Repair", reason, nil)
		if reason != nil {
			a.setRepair(&Repair{Error: errInternal})
		}
	}()
	take, err := a.config.Salvage(ctx, func(saved, of int) {
		a.setRepair(&Repair{Running: true, Saved: saved, Of: max(of, saved)})
	})
	if err != nil {
		a.setRepair(&Repair{Error: a.repairError(err)})
		return
	}
	saved, err := a.exchange(ctx, take)
	switch {
	case ctx.Err() != nil:
		return
	case err != nil:
		a.setRepair(&Repair{Error: a.repairError(err)})
	default:
		a.noteSalvaged(ctx, saved)
		a.setRepair(nil)
	}
	if _, err = a.device(ctx); err != nil {
		a.complain(ctx, "the device did not start after the repair", err)
	}
	a.changes.publish(Changes{Reset: true})
}

// exchange puts the new history in place while no device runs, and forgets what
// was read of the old one.
func (a *App) exchange(ctx context.Context, take func(context.Context) (Salvaged, error)) (Salvaged, error) {
	a.starting.Lock()
	defer a.starting.Unlock()
	if a.running != nil {
		if err := a.forget(a.running); err != nil {
			a.logger.WarnContext(ctx, "closing the device before the repair", slog.Any("error", err))
		}
	}
	saved, err := take(ctx)
	first := sync.OnceValues(func() (loaded, error) { return a.read(ctx) })
	settings, kept := a.readSettings(ctx), a.readNotices(ctx)
	a.noticing.Lock()
	defer a.noticing.Unlock()
	a.mutex.Lock()
	defer a.mutex.Unlock()
	a.first, a.settings, a.notices, a.told = first, settings, kept, told{}
	a.replaced = err == nil
	a.live = make(map[uuid.UUID]node.LiveContact)
	a.marks = make(map[uuid.UUID]marks)
	return saved, err
}

// load returns what the store kept when it was opened.
func (a *App) load() (loaded, error) {
	a.mutex.Lock()
	first := a.first
	a.mutex.Unlock()
	return first()
}

func (a *App) setRepair(now *Repair) {
	a.mutex.Lock()
	a.repair = now
	a.mutex.Unlock()
	a.changes.mark(func(w *waiting) { w.repair = true })
}

// repairOf returns how far a repair is, nil for none.
func (a *App) repairOf() *Repair {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	if a.repair == nil {
		return nil
	}
	now := *a.repair
	return &now
}

// repairError says why nothing came of a repair.
func (a *App) repairError(err error) *Error {
	switch {
	case errors.Is(err, node.ErrDiskFull):
		return refuse("repair-room", "There is not enough room on the disk: a repair needs about as much as the history takes. Nothing was changed. Free some space, then try again.")
	case errors.Is(err, node.ErrReadOnly):
		return refuse("repair-read-only", "The data folder cannot be written to, so nothing was changed. Change its permissions, then try again.")
	}
	return a.sentence("Repair", err)
}

// keptSalvage is what a repair found, until that is dismissed.
type keptSalvage struct {
	When    string `json:"when"`
	Entries int    `json:"entries"`
	Missing int    `json:"missing"`
	File    string `json:"file"`
}

func (a *App) noteSalvaged(ctx context.Context, saved Salvaged) {
	if _, err := a.changeNotices(ctx, func(n *notices) bool {
		n.Salvaged = &keptSalvage{When: moment(a.now()), Entries: saved.Entries, Missing: saved.Missing, File: saved.Kept}
		return true
	}); err != nil {
		a.complain(ctx, "what was salvaged is not kept", err)
	}
}

func (k *keptSalvage) notice() *Notice {
	entries, all := strconv.Itoa(k.Entries), strconv.Itoa(k.Entries+k.Missing)
	what, came := "whole", "All "+entries+" entries that the damaged file is known to have had came over."
	if k.Missing > 0 {
		what, came = "short", entries+" of "+all+" entries came over; the rest comes back from your contacts, as far as they have it."
	}
	return &Notice{
		ID: k.When, Code: codeSalvaged,
		Params:  map[string]string{"what": what, "entries": entries, "all": all, "file": k.File},
		Message: "Your history was repaired. " + came + " The damaged file is kept in the data folder as " + k.File + ", with everything in it that you delete from now on. Delete it when nothing is missing.",
	}
}
