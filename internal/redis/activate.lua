-- Replaces the models in tm:model.
--
-- The script checks that tm:model still holds what the caller read; then it removes the models before and writes all fields with one
-- command.
--
-- Returns 1 if the script has written, 0 if tm:model holds something else.
--
-- KEYS  tm:model
-- ARGV  1-4   hash, effective_at, previous_hash and previous_effective_at as read, each empty if it is missing
--       5-    (field, value)*
local stands = redis.call('HMGET', KEYS[1], 'hash', 'effective_at', 'previous_hash', 'previous_effective_at')
for i, value in ipairs({ARGV[1], ARGV[2], ARGV[3], ARGV[4]}) do
  if (stands[i] or '') ~= value then
    return 0
  end
end
redis.call('HDEL', KEYS[1], 'previous_hash', 'previous_source', 'previous_effective_at',
  'former_hash', 'former_source', 'former_effective_at', 'former_of')
redis.call('HSET', KEYS[1], unpack(ARGV, 5))
return 1
