-- Moves marks of an idle shard, each only where it still is what its lane has seen committed, and returns the head.
-- The token stays. A shard that does not exist is not created.
--
-- KEYS  meta
-- ARGV  (mark, offset acked ('' for none), next offset)*
if redis.call('HEXISTS', KEYS[1], 'token') == 0 then return {} end
for i = 1, #ARGV, 3 do
  if (redis.call('HGET', KEYS[1], ARGV[i]) or '') == ARGV[i + 1] then
    redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 2])
  end
end
return redis.call('HGETALL', KEYS[1])
