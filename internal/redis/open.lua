-- Writes a hash where there is none yet, told by its first field, and returns what then stands there.
--
-- KEYS  tm:meta or tm:model
-- ARGV  (field, value)*
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then
  redis.call('HSET', KEYS[1], unpack(ARGV))
end
return redis.call('HGETALL', KEYS[1])
