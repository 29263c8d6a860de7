-- Reads a shard's head and the sizes of its keys at one instant.
--
-- KEYS  meta, profiles, due, outbox
return {
  redis.call('HGETALL', KEYS[1]), redis.call('HLEN', KEYS[2]), redis.call('ZCARD', KEYS[3]), redis.call('LLEN', KEYS[4])
}
