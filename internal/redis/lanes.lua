-- Writes what a lane tells of itself, and returns what all lanes have told, and the time.
--
-- The script checks nothing. With an empty text it writes nothing and only returns.
--
-- Returns {(index, reading)*} and the time of the server in ms since 1970.
--
-- KEYS  tm:lanes
-- ARGV  index of the lane, its reading
if ARGV[2] ~= '' then redis.call('HSET', KEYS[1], ARGV[1], ARGV[2]) end
local time = redis.call('TIME')
return {redis.call('HGETALL', KEYS[1]), string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))}
