-- Reads a shard's token and its outbox at one instant: of one master, whatever a failover does between two calls.
--
-- KEYS  meta, outbox
return {redis.call('HGET', KEYS[1], 'token') or '', redis.call('LRANGE', KEYS[2], 1, -1)} -- the sentinel is at 0
