-- Removes a shard.
--
-- The script checks nothing, and removes the keys with one command; memory is freed later. The tombstones stay: the log may no longer
-- hold the events that made them.
--
-- KEYS  meta, profiles, due, outbox, census, worklist, value
return redis.call('UNLINK', unpack(KEYS))
