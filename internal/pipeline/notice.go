package pipeline

import (
	"time"

	"tidemark/internal/shard"
)

// Notice is something that an operator should know. The lane reports it; the owner of the lane logs it.
type Notice struct {
	Kind      NoticeKind
	Shard     int
	Partition shard.Partition
	// Offset is the place of the record, for Shortened; the last stable offset, for OpenTransaction.
	Offset int64
	// Operation names what was tried, for Trouble, Recovered and GivenUp; what is due, for Drift; what to do, for Paused, ReadOnly,
	// Refused and TombstonesLost.
	Operation string
	Err       error
	// Tries counts the tries of this call that have failed, and Took is the time since the first. For a Trouble that is not tried again,
	// Tries is 0.
	Tries int
	Took  time.Duration
}

// NoticeKind is what a notice is about.
type NoticeKind uint8

// The kinds of notices.
const (
	// Trouble is an error that is being retried, or a call that is not answered. There is one for each try that fails.
	Trouble NoticeKind = iota
	// LostWrites says that the store has lost what it had acknowledged; the lane rewinds.
	LostWrites
	// AllGone says that no shard is left although the group has committed offsets; everything is rebuilt from the log.
	AllGone
	// Damaged says that a shard does not hold what it must; the lane takes over again.
	Damaged
	// Rebuild says that a damaged shard is rebuilt from the log.
	Rebuild
	// DataLoss says that the log does not hold what a shard has not seen.
	DataLoss
	// OutOfRange says that the log does not hold the next offset; the lane takes over again, and compares its marks with the log.
	OutOfRange
	// AnotherLog says that the topic was deleted and created again while the lane read it; the lane takes over again, and judges the loss.
	AnotherLog
	// Paused says that too many records are bad, and for how long the lane pauses. Probing says that a pause is over: the lane goes on,
	// and counts. Resumed says that the incident is over.
	Paused
	Probing
	Resumed
	// TooManyBad says that too many records are bad, but that the lane is told not to pause.
	TooManyBad
	// Shortened says that a record is too large for its dead letter, which holds only the beginning of the record, or not even that.
	Shortened
	// Drift says that the forecasts of the model in force no longer hold.
	Drift
	// Recovered says that a call which was in trouble has succeeded, GivenUp that it is no longer tried.
	Recovered
	GivenUp
	// ReadOnly says that the store has taken no writes for long, because the server is a replica; the lane takes over again.
	ReadOnly
	// Refused says that the store refuses a call for good; the lane takes over again, and commits less at a time.
	Refused
	// OpenTransaction says that a partition cannot be read on, and for how long, because a transaction is open. The lane does not wait for
	// it any more with what other partitions hold, but runs no review in silence.
	OpenTransaction
	// NoRate says that the model in force has no rate for the currency of events, which went to the dead letters.
	NoRate
	// QuietHold says that a topic has fallen quiet altogether, so that reviews in silence wait; QuietOver that they go on.
	QuietHold
	QuietOver
	// StrangersHold says that reviews in silence wait for partitions of other lanes, which hold events of the same customers; StrangersRead
	// that these partitions have been read as far.
	StrangersHold
	StrangersRead
	// TombstonesLost says that a shard has lost tombstones of erased customers, and what to do.
	TombstonesLost
)

var noticeKinds = [...]string{
	"trouble", "lost writes", "all state gone", "damaged", "rebuild", "data loss", "offset out of range", "another log", "paused", "probing", "resumed", "too many bad records",
	"record too large: its dead letter holds only the beginning", "drift", "works again", "gives up", "read-only", "refused",
	"a transaction is open", "a rate is missing",
	"reviews held: a topic is quiet", "reviews go on: the topic speaks again", "reviews held for another partition", "reviews go on: the other partition is read",
	"tombstones of erased customers are lost",
}

func (k NoticeKind) String() string { return noticeKinds[k] }
