package app

import (
	"context"
	"log/slog"
	"strconv"
	"time"

	"github.com/tincan-chat/tincan/backend/node"
)

// checkedDisk is what a check found of what is kept.
type checkedDisk struct {
	found node.Examined
	err   error
	took  time.Duration
}

// examine reads the database through. One that turns out to be damaged is not written to any more, as if it had
// been found when it was opened: the window offers the repair.
func (a *App) examine(ctx context.Context, running Running) checkedDisk {
	began := time.Now()
	found, err := a.config.Store.Examine(ctx)
	if err != nil && ctx.Err() == nil {
		a.logger.WarnContext(ctx, "the database could not be examined", slog.Any("error", err))
	}
	if found.Damaged {
		if failure := running.Damaged(ctx); failure != nil {
			a.complain(ctx, "the device did not hear of the damage", failure)
		}
	}
	return checkedDisk{found: found, err: err, took: time.Since(began)}
}

func (c checked) database() Finding {
	disk := c.disk
	took := []string{"took", strconv.Itoa(milliseconds(disk.took))}
	switch {
	case disk.err != nil, disk.found.Disturbed:
		return found(GradeUnknown, "database-unread", "The history on this disk could not be read through. Check again; if that stays so, look at the disk.")
	case disk.found.Damaged:
		return found(GradeBad, "database-damaged", "The history on this disk is damaged. What can be read is shown, and nothing more is written to it. Repair it with the button at the top of the window.")
	case !disk.found.Whole:
		return found(GradeUnknown, "database-large", "The history on this disk is sound as far as it was read; it is too large to be read through in one check.", took...)
	}
	return found(GradeGood, "database-sound", "The history on this disk is sound.", append(took, "messages", strconv.Itoa(disk.found.Messages))...)
}

func (c checked) mailbox() Finding {
	sealed := []string{"kept", strconv.Itoa(c.mail.Kept)}
	switch {
	case c.mailError != nil || c.mail.Servers == 0:
		return found(GradeUnknown, "mailbox-none", "No server of yours that is reached keeps mail, so what waits for you is not known.", sealed...)
	case c.mail.Waiting > 0:
		return found(GradeGood, "mailbox-waiting", "Something waits for you and is being fetched.", sealed...)
	}
	return found(GradeGood, "mailbox-empty", "Nothing waits for you.", sealed...)
}
