package app

import "context"

// News returns what this version brings, in English, as plain text.
func (a *API) News() ([]string, error) {
	return do(a, "News", func(_ context.Context, app *App) ([]string, error) {
		return append([]string{}, app.config.News...), nil
	})
}
