package sync

import (
	"errors"
	"log/slog"
)

func asError(err error) (*Error, bool) { return errors.AsType[*Error](err) }

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }
