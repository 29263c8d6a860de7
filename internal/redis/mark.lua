-- Moves marks of an idle shard, and returns the head after that.
--
-- The script checks that the shard exists, then goes through the marks in the order of the arguments: if a mark still is the offset
-- acked, which the lane has seen committed, the script writes the next offset.
--
-- Another mark stays. The token stays. A shard that does not exist is not created: the script then returns no fields.
--
-- KEYS  meta
-- ARGV  the number of fields of the head that are wanted, or 0 for all; these fields;
--       (mark, offset acked or '' for no mark, next offset)*
local many = tonumber(ARGV[1])
if redis.call('HEXISTS', KEYS[1], 'token') == 0 then return {} end
for i = many + 2, #ARGV, 3 do
  if (redis.call('HGET', KEYS[1], ARGV[i]) or '') == ARGV[i + 1] then
    redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 2])
  end
end
return head(2, many)
