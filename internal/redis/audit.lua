-- Reads a shard's head and the number of entries in its other keys, sentinels included, at one instant.
--
-- The script checks nothing and writes nothing: its caller compares the counts in the head with the numbers.
--
-- KEYS  meta, profiles, due, outbox; and erased, if the caller has doubts about its number
-- ARGV  the fields of the head that are wanted; none for all
return {
  head(1, #ARGV), redis.call('HLEN', KEYS[2]), redis.call('ZCARD', KEYS[3]), redis.call('LLEN', KEYS[4]),
  KEYS[5] and redis.call('HLEN', KEYS[5]) or 0
}
