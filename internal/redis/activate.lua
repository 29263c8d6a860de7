-- Replaces what stands in tm:model, as long as it is still what the caller has read. Returns 1 where it did, 0 where not.
--
-- KEYS  tm:model
-- ARGV  hash, effective_at, previous_hash and previous_effective_at as read, each empty where it is missing; then (field, value)*
local stands = redis.call('HMGET', KEYS[1], 'hash', 'effective_at', 'previous_hash', 'previous_effective_at')
for i, value in ipairs({ARGV[1], ARGV[2], ARGV[3], ARGV[4]}) do
  if (stands[i] or '') ~= value then
    return 0
  end
end
redis.call('HDEL', KEYS[1], 'previous_hash', 'previous_source', 'previous_effective_at')
redis.call('HSET', KEYS[1], unpack(ARGV, 5))
return 1
