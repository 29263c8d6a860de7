-- Writes a hash once, and returns all its fields after that.
--
-- The script checks that the hash does not have the first field yet, then writes all fields with one command.
--
-- KEYS  tm:meta or tm:model
-- ARGV  (field, value)*
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then
  redis.call('HSET', KEYS[1], unpack(ARGV))
end
return redis.call('HGETALL', KEYS[1])
