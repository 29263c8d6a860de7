-- head returns the head of a shard: field, value, field, value. It returns all fields, or only those that are named from ARGV[first] on,
-- so many.
local function head(first, many)
  if many == 0 then return redis.call('HGETALL', KEYS[1]) end
  local names = {}
  for i = 1, many do names[i] = ARGV[first + i - 1] end
  local found = {}
  for i, value in ipairs(redis.call('HMGET', KEYS[1], unpack(names))) do
    if value then
      found[#found + 1] = names[i]
      found[#found + 1] = value
    end
  end
  return found
end
