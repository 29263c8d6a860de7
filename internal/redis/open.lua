-- Writes the layout where there is none yet, and returns what then stands there.
--
-- KEYS  tm:meta
-- ARGV  (field, value)*
if redis.call('HEXISTS', KEYS[1], 'shards') == 0 then
  redis.call('HSET', KEYS[1], unpack(ARGV))
end
return redis.call('HGETALL', KEYS[1])
