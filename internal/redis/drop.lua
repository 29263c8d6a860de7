-- Removes a shard altogether.
--
-- KEYS  meta, profiles, due, outbox, census
return redis.call('UNLINK', unpack(KEYS))
