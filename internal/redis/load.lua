-- Reads a shard's head and some of its profiles at one instant.
--
-- The script checks nothing and writes nothing; it returns the head, then pages of at most 1,000 profiles in the order of the customers.
--
-- KEYS  meta, profiles
-- ARGV  customers
local reply = {redis.call('HGETALL', KEYS[1])}
for i = 1, #ARGV, 1000 do
  reply[#reply + 1] = redis.call('HMGET', KEYS[2], unpack(ARGV, i, math.min(i + 999, #ARGV)))
end
return reply
