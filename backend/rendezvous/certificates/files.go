package certificates

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync/atomic"
	"time"
)

// Errors of a certificate in files.
var (
	ErrExpired     = errors.New("certificates: the certificate has expired")
	ErrNotYetValid = errors.New("certificates: the certificate is not valid yet")
)

const (
	// warningTime is how long before the end of a certificate warnings begin.
	warningTime = 14 * 24 * time.Hour
	// warningInterval is between two warnings.
	warningInterval = 24 * time.Hour
	lookInterval    = 30 * time.Second
)

// FilesOptions name the files, in PEM: the certificate with its chain, and its key.
type FilesOptions struct {
	Certificate string
	Key         string
	Logger      *slog.Logger     // nil logs nothing
	Now         func() time.Time // nil for time.Now
	Interval    time.Duration    // between two looks at the files; 30 s
}

// files is a certificate that somebody else renews.
type files struct {
	options FilesOptions
	logger  *slog.Logger
	current atomic.Pointer[tls.Certificate]
	seen    [2]stamp // of the files when they were read, or tried
	warned  time.Time
}

// stamp tells whether a file changed.
type stamp struct {
	size     int64
	modified time.Time
}

// Files takes the certificate from files, and again when they change. A change
// that cannot be read is logged, and the last good certificate stays. Errors:
// ErrExpired, ErrNotYetValid, or what is wrong with the files.
func Files(options FilesOptions) (*Source, error) {
	if options.Now == nil {
		options.Now = time.Now
	}
	if options.Interval == 0 {
		options.Interval = lookInterval
	}
	f := &files{options: options, logger: loggerOr(options.Logger)}
	f.seen = f.stamps()
	if err := f.load(); err != nil {
		return nil, err
	}
	return &Source{
		config: webConfig(func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return f.current.Load(), nil }),
		watch:  f.run, isWeb: true,
	}, nil
}

func (f *files) run(ctx context.Context) {
	ticker := time.NewTicker(f.options.Interval)
	defer ticker.Stop()
	for {
		f.look()
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// look reads the files if they changed, and warns if the end is near.
func (f *files) look() {
	if stamps := f.stamps(); stamps != f.seen {
		// Remembered even if it fails: the same wrong file is not complained of twice.
		f.seen = stamps
		if err := f.load(); err != nil {
			f.logger.Error("the changed certificate cannot be used; the last one stays", "error", err)
		} else {
			f.logger.Info("the certificate was read again", "until", f.current.Load().Leaf.NotAfter)
			f.warned = time.Time{}
		}
	}
	now, until := f.options.Now(), f.current.Load().Leaf.NotAfter
	if until.Sub(now) > warningTime || now.Sub(f.warned) < warningInterval {
		return
	}
	f.warned = now
	if now.After(until) {
		f.logger.Error("the certificate has expired: clients refuse it", "file", f.options.Certificate, "until", until)
		return
	}
	f.logger.Warn("the certificate expires soon", "file", f.options.Certificate, "until", until)
}

func (f *files) stamps() (stamps [2]stamp) {
	for i, name := range []string{f.options.Certificate, f.options.Key} {
		if info, err := os.Stat(name); err == nil {
			stamps[i] = stamp{info.Size(), info.ModTime()}
		}
	}
	return stamps
}

func (f *files) load() error {
	certificate, err := tls.LoadX509KeyPair(f.options.Certificate, f.options.Key)
	if err != nil {
		return fmt.Errorf("certificates: reading %s and %s: %w", f.options.Certificate, f.options.Key, err)
	}
	if certificate.Leaf == nil {
		if certificate.Leaf, err = x509.ParseCertificate(certificate.Certificate[0]); err != nil {
			return fmt.Errorf("certificates: reading %s: %w", f.options.Certificate, err)
		}
	}
	switch now := f.options.Now(); {
	case now.After(certificate.Leaf.NotAfter):
		return fmt.Errorf("%w: %s ended on %s", ErrExpired, f.options.Certificate, certificate.Leaf.NotAfter.UTC().Format(time.DateTime))
	case now.Before(certificate.Leaf.NotBefore):
		return fmt.Errorf("%w: %s begins on %s", ErrNotYetValid, f.options.Certificate, certificate.Leaf.NotBefore.UTC().Format(time.DateTime))
	}
	f.current.Store(&certificate)
	return nil
}
