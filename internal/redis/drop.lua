-- Removes a shard.
--
-- The script checks nothing, and removes all keys of the shard with one command; memory is freed later.
--
-- KEYS  meta, profiles, due, outbox, census
return redis.call('UNLINK', unpack(KEYS))
