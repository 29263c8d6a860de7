package service

import (
	"sync"
	"time"

	"go.uber.org/zap"

	"tidemark/internal/pipeline"
)

// incidents turn the failures of single calls into two lines of the log: one when an operation begins to fail, and one when it works
// again. All lanes of the process share them. Each further failure is logged at debug, unless its error is of a new class.
type incidents struct {
	log *zap.Logger
	// remedy says what to do about an error; empty for nothing to say.
	remedy func(error) string

	mu   sync.Mutex
	open map[string]*incident
	// alone is when an operation that is not tried again has last been logged.
	alone map[string]time.Time
}

// incident is an operation that fails.
type incident struct {
	since   time.Time
	tries   int
	calls   int // how many calls fail at this moment
	classes map[string]bool
}

func newIncidents(log *zap.Logger, remedy func(error) string) *incidents {
	if remedy == nil {
		remedy = func(error) string { return "" }
	}
	return &incidents{log: log, remedy: remedy, open: map[string]*incident{}, alone: map[string]time.Time{}}
}

// report takes the notices Trouble, Recovered and GivenUp.
func (s *incidents) report(n pipeline.Notice) {
	switch {
	case n.Kind == pipeline.Trouble && n.Tries == 0:
		s.fallen(n.Operation, n.Err)
	case n.Kind == pipeline.Trouble:
		s.failed(n.Kind.String(), n.Operation, n.Err, n.Tries == 1)
	default:
		s.over(n.Kind.String(), n.Operation, n.Err, n.Took)
	}
}

// failed notes a failure. first says that it is the first failure of its call.
func (s *incidents) failed(message, operation string, err error, first bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := s.open[operation]
	if i == nil {
		i = &incident{since: time.Now(), classes: map[string]bool{}}
		s.open[operation] = i
	}
	i.tries++
	if first {
		i.calls++
	}
	fields := []zap.Field{zap.String("operation", operation), zap.Error(err)}
	if class := errorClass(err); !i.classes[class] {
		i.classes[class] = true
		s.log.Warn(message, s.advised(fields, err)...)
		return
	}
	s.log.Debug(message, append(fields, zap.Int("tries", i.tries))...)
}

// over notes that a call which failed has ended. The incident ends with the last of its calls. err says why it was given up; nil says
// that it succeeded.
func (s *incidents) over(message, operation string, err error, took time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := s.open[operation]
	if i == nil {
		return
	}
	if i.calls--; i.calls > 0 {
		return
	}
	delete(s.open, operation)
	if whole := time.Since(i.since); whole > took { // a call may have been slow before it was reported
		took = whole
	}
	fields := []zap.Field{zap.String("operation", operation), zap.Duration("took", took), zap.Int("tries", i.tries)}
	if err != nil {
		fields = append(fields, zap.String("why", err.Error()))
	}
	s.log.Info(message, fields...)
}

// fallen logs an error after which nothing is tried again, at most once a minute for each operation: the metric counts each.
func (s *incidents) fallen(operation string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	fields := []zap.Field{zap.String("operation", operation), zap.Error(err)}
	if now := time.Now(); now.Sub(s.alone[operation]) >= time.Minute {
		s.alone[operation] = now
		s.log.Warn(pipeline.Trouble.String(), s.advised(fields, err)...)
		return
	}
	s.log.Debug(pipeline.Trouble.String(), fields...)
}

func (s *incidents) advised(fields []zap.Field, err error) []zap.Field {
	if advice := s.remedy(err); advice != "" {
		return append(fields, zap.String("try", advice))
	}
	return fields
}

// Operations that are no lane's. They have one call.
const (
	joinGroup = "group"
	readModel = "model"
)

// lonely notes how the one call of an operation went.
func (s *incidents) lonely(message, operation string, err error) {
	s.mu.Lock()
	first := s.open[operation] == nil
	s.mu.Unlock()
	switch {
	case err != nil:
		s.failed(message, operation, err, first)
	case !first:
		s.over(pipeline.Recovered.String(), operation, nil, 0)
	}
}
