-- Stops a shard in favour of another edition, and returns its head after that.
--
-- The script checks whether the shard is stopped for that edition already; if not, it writes a new token, so that no commit that has
-- read the shard before takes effect, and says in the head which edition follows. The format grows by 1,000: a program that does not know
-- the field moved then refuses the shard. A shard that does not exist is stopped too, so that nobody creates it.
--
-- KEYS  meta
-- ARGV  token to leave, edition that follows, format of this program + 1,000
if redis.call('HGET', KEYS[1], 'moved') ~= ARGV[2] then
  if redis.call('HEXISTS', KEYS[1], 'token') == 0 then
    redis.call('HSET', KEYS[1], 'sequence', 0, 'profiles', 0, 'due', 0, 'outbox', 0)
  end
  redis.call('HSET', KEYS[1], 'token', ARGV[1], 'moved', ARGV[2], 'format', ARGV[3])
end
return redis.call('HGETALL', KEYS[1])
