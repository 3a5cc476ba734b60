package app

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"

	"github.com/tincan-chat/tincan/backend/node"
	"github.com/tincan-chat/tincan/backend/proxy"
)

// settingName is the name under which the store keeps the settings.
const settingName = "interface"

// Start returns everything for the first paint and begins networking after it.
func (a *API) Start() (State, error) {
	return do(a, "Start", func(ctx context.Context, app *App) (State, error) {
		app.waitForPaint()
		return app.state(ctx)
	})
}

// Since returns the changes after a sequence number in one piece, or Reset.
func (a *API) Since(sequence int64) (Changes, error) {
	return do(a, "Since", func(_ context.Context, app *App) (Changes, error) {
		missing, _, known := app.changes.after(sequence)
		if !known {
			return Changes{Sequence: app.changes.last(), Reset: true}, nil
		}
		merged := Changes{Sequence: sequence}
		for _, one := range missing {
			merged = mergeChanges(merged, one)
		}
		return merged, nil
	})
}

// Painted tells that the window shows its first rows; networking starts now if it has not.
func (a *API) Painted() error {
	_, err := do(a, "Painted", func(ctx context.Context, app *App) (nothing, error) {
		app.mutex.Lock()
		first := !app.painted
		app.painted = true
		wish := app.asked
		app.asked = Changes{}
		app.mutex.Unlock()
		if first && (wish.PasteInvite != "" || wish.OpenConversation != "" || wish.OpenRequests) {
			app.changes.publish(wish)
		}
		if first {
			app.logger.InfoContext(ctx, "painted") // backend/bench waits for it
		}
		app.begin() //nolint:contextcheck // the device outlives this call
		return nothing{}, nil
	})
	return err
}

// CreateProfile makes this person: keys, name, colour. Errors: name-empty, name-long (64 characters), color,
// profile-exists.
func (a *API) CreateProfile(name string, color int) (State, error) {
	return ask(a, "CreateProfile", func(ctx context.Context, app *App, running Running) (State, error) {
		live, err := running.Live(ctx)
		if err != nil {
			return State{}, err
		}
		if !live.Self.Created.IsZero() {
			return State{}, refuse("profile-exists", "This profile has a name already. Change it in the settings.")
		}
		if err = running.SetProfile(ctx, name, color); err != nil {
			return State{}, err
		}
		if live, err = running.Live(ctx); err != nil {
			return State{}, err
		}
		app.arrangeHosting(running, live)
		return app.state(ctx)
	})
}

// SaveSettings keeps the choices of this install and returns them as they are now.
func (a *API) SaveSettings(settings Settings) (Settings, error) {
	return do(a, "SaveSettings", func(ctx context.Context, app *App) (Settings, error) {
		if _, err := proxy.Parse(settings.Proxy); err != nil {
			return Settings{}, refuse("proxy-address", "That is not the address of a proxy. It has a host, such as proxy.example or 192.0.2.7, and a port from 1 to 65535.")
		}
		if !acceptable(settings) {
			return Settings{}, refuse("settings", "This setting does not exist in this version.")
		}
		text, err := json.Marshal(settings)
		if err != nil {
			return Settings{}, err
		}
		if err := app.config.Store.SaveSetting(ctx, settingName, string(text)); err != nil {
			return Settings{}, err
		}
		app.mutex.Lock()
		rerouted := app.settings.Proxy != settings.Proxy
		app.settings = settings
		app.mutex.Unlock()
		app.config.Proxy.Set(settings.proxy())
		app.changes.mark(func(w *waiting) { w.settings = &settings })
		app.outside.choose(app.choices())
		if running := app.started(); running != nil {
			live, err := running.Live(ctx)
			if err != nil {
				return Settings{}, err
			}
			app.arrangeHosting(running, live)
			running.LinePorts(settings.LinePort)
			if rerouted { // what goes another way begins anew
				return settings, running.NetworkChanged(ctx)
			}
		}
		return settings, nil
	})
}

// standard are the settings of a new install.
func standard() Settings {
	return Settings{Theme: ThemeSystem, Language: "system", TextSize: 1, Hosting: true, Notifications: standardNotifications()}
}

// proxy is the chosen one. A Settings that was accepted has no other.
func (s Settings) proxy() proxy.Address {
	address, _ := proxy.Parse(s.Proxy)
	return address
}

// recentMost is how many bytes the emoji used last may take: those of the
// interface, several times over. Which of them exist the interface knows.
const recentMost = 2048

// What the first port of direct lines can be: those below are the system's, and
// 100 follow it.
const (
	leastLinePort = 1024
	mostLinePort  = 1<<16 - 100
)

// acceptable tells whether every choice exists.
func acceptable(s Settings) bool {
	_, err := proxy.Parse(s.Proxy)
	return slices.Contains([]Theme{ThemeSystem, ThemeLight, ThemeDark}, s.Theme) &&
		slices.Contains([]string{"system", "en", "zh-CN"}, s.Language) &&
		slices.Contains([]float64{0.9, 1, 1.15, 1.3}, s.TextSize) &&
		slices.Contains([]int{0, 1, 5, 15, 60}, s.LockAfter) &&
		(s.LinePort == 0 || leastLinePort <= s.LinePort && s.LinePort <= mostLinePort) &&
		err == nil &&
		0 <= s.EmojiTone && s.EmojiTone <= 5 &&
		len(s.RecentEmoji) <= recentMost &&
		s.Notifications.acceptable()
}

// readSettings returns the kept choices, or those of a new install for what
// cannot be read.
func (a *App) readSettings(ctx context.Context) Settings {
	text, err := a.config.Store.Setting(ctx, settingName)
	settings := standard()
	if err == nil && text != "" {
		err = json.Unmarshal([]byte(text), &settings)
	}
	if err != nil || !acceptable(settings) {
		a.logger.WarnContext(ctx, "the settings cannot be read, the standard ones are used", slog.Any("error", err))
		return standard()
	}
	return settings
}

// state collects everything, from the store alone while the device does not run.
func (a *App) state(ctx context.Context) (State, error) {
	state := State{Version: a.config.Version, Sequence: a.changes.last(), Settings: a.Settings()}
	running := a.started()
	if running == nil {
		return a.stateBefore(state)
	}
	live, err := running.Live(ctx)
	if errors.Is(err, node.ErrClosed) && a.context.Err() == nil {
		a.logger.ErrorContext(ctx, "the device has stopped; the history can still be read")
		return a.stateBefore(state)
	}
	if err != nil {
		return State{}, err
	}
	rows, err := a.config.Store.Rows(ctx)
	if err != nil {
		return State{}, err
	}
	state.FirstRun = live.Self.Created.IsZero()
	state.Problem = problemOf(live)
	state.Profile = a.profileOf(live)
	state.Network = a.networkOf(live)
	state.Conversations = a.conversationsOf(rows, nil)
	state.Requests = a.requestsOf(live.Requests)
	state.Notice, state.Repair = a.installNotice(), a.repairOf()
	return state, nil
}

// stateBefore is the state of the first paint.
func (a *App) stateBefore(state State) (State, error) {
	before, err := a.load()
	if err != nil {
		return State{}, err
	}
	state.FirstRun = before.snapshot.Self.Created.IsZero()
	state.Problem = storeProblem(before.snapshot.Problem)
	if state.Problem == nil && before.snapshot.ReadOnly {
		state.Problem = storeProblem(node.ErrReadOnly)
	}
	state.Profile = a.profileOf(node.Live{
		Self: before.snapshot.Self, Handles: handlesBefore(before.snapshot.Handles),
		Retired: retiredAt(before.snapshot.Retirements, a.config.Keys.Peer()),
	})
	state.Network = networkBefore(before.snapshot.Servers)
	state.Conversations = a.conversationsOf(before.rows, before.snapshot.Bans)
	state.Requests = a.requestsOf(before.snapshot.Requests)
	state.Notice, state.Repair = a.installNotice(), a.repairOf()
	return state, nil
}

// requestsOf makes requests plain, newest first.
func (a *App) requestsOf(requests []node.Request) []Request {
	sorted := slices.Clone(requests)
	slices.SortStableFunc(sorted, func(x, y node.Request) int { return y.Arrived.Compare(x.Arrived) })
	plain := make([]Request, 0, len(sorted))
	for _, request := range sorted {
		plain = append(plain, a.requestOf(request))
	}
	return plain
}
