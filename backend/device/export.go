package device

import (
	"context"

	"github.com/tincan-chat/tincan/backend/app"
)

// Export implements app.Door.
func (d *Device) Export(context.Context, string) (app.SavedExport, error) {
	return app.SavedExport{}, nil
}
