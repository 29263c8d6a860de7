// Package pipeline carries events through the engine and its answers out: one Lane per partition index.
//
// Read lane.go first: its drawing says who owns what. Then session.go, the loop.
//
// # Glossary
//
// Each of these words has one meaning in this package.
//
//	acked        marks that this lane has seen committed
//	announcement a transition on its way out: committed, then published
//	applied      the end of the last fully committed batch, per partition
//	checkpoint   each second: project, trim, move marks, commit offsets
//	conflict     the store's answer to a commit that did not read the newest token
//	dirty        of a customer: the view is out of date
//	due          when the next review of a customer is to run
//	head         what a shard says of itself: token, counts, model, marks (shard.Meta)
//	home         the shard of an id whose history is read together with that of another id
//	leftovers    entries of an outbox that an earlier session, or another owner, has left
//	mark         the next offset of a partition that a shard has not seen applied
//	migration    one pass over the profiles of a shard after a switch of model
//	muted        of a transition: recorded, but too old to be published
//	origin       the first record that a log held when it was first seen: it tells the log from another of the same name
//	outbox       the list of a shard's outputs, committed with the profiles that caused them
//	own          of a shard: this lane is its owner
//	part         one commit of one shard, and what follows from it
//	project      to rewrite what the public reads
//	retry        the same call again, after a growing pause, until it succeeds
//	review       to evaluate a silent customer at the due time
//	session      one takeover and the loop after it
//	takeover     to fence off the owner before, publish leftovers, and find where to resume
//	token        the fencing token of a shard: random, new with every commit
//	turn         of projection: all customers who were dirty at a checkpoint
//	view         what the public reads of one customer
//	watermark    W: everything written before it has been applied
//	work         what is to be done to one shard
//
// # What is not obvious
//
//   - The marks are the truth, and the offsets of the consumer group a hint. A shard's marks are committed with its profiles; an event
//     below the mark is skipped. So redelivery, a second owner and lost writes can neither lose an event nor count it twice.
//   - A marker moves a mark and leaves the token as it is. So a commit with the newest token may know an older mark. The commit leaves the
//     higher mark: everything below either mark has been applied. Only a takeover that finds another log, or a truncated log, sets marks back.
//   - Every shard has marks for the partitions of every lane, also for lanes that never write to the shard. Without them a lane could not
//     tell a shard that lost writes from a shard that has seen nothing.
//   - A checkpoint moves the marks of all own shards, and of a few others by turns. So the marks of an idle shard of another lane lag
//     behind, by V/8 checkpoints at most, and a lost write there is noticed as late. Nothing depends on when.
//   - The order of effects is: dead letters, commit, publish, project, trim and marks, offsets. A crash between two of them repeats what
//     follows, and loses nothing. TestCrashAnywhere injects a crash at every call.
//   - An answer that is lost is no failure: the retry sends the same token, and the store answers that the commit is done.
//   - A conflict does not end a session. The other owner may be a lane of another partition index, whose events belong to this shard.
//     The lane reads the shard again, and plans again what is left.
//   - A zombie stops at its first commit after the successor's takeover: the successor has changed the token, and by then the
//     generation's context has ended.
//   - Marks say nothing of a topic that was deleted and created again. So a takeover, and a fetcher after an error or a pause, compare the
//     log with its origin. Where what is remembered has expired in both logs, nothing tells them apart.
//   - Marks are read before the bounds of the log. A mark above the end then proves that the log was truncated.
//   - The outbox is read after the token. If it changes in between, the next commit conflicts.
//   - Entries stay in the outbox until the views of their customers are sure to follow: see outbox.
//   - A profile in the cache is never modified. A draft holds copies until they are committed.
//   - A profile leaves the cache only between two works, after the projection of what the work has announced: showAtOnce counts on it.
//   - A batch is split into commits by offset prefix, never by customer: marks can only say "everything below".
//   - The watermark never uses event times: one event from the future must not age every customer.
//   - A partition that is below its high watermark and has no fetched record stops the merge: its next record may come first.
//   - A message of links carries the marks of its shard as of the item that caused it, not those of its commit: of two messages of one commit
//     the later one must be newer.
//   - The progress says "not caught up" from before a loss is reported until everything has been read again.
//   - Of what a session has learnt of the shards, nothing outlives it but the customers whose views are out of date. What a lane keeps
//     for the generation are the offsets of the group, the breaker, the shards to be rebuilt, and the population.
package pipeline
