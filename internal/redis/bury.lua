-- Adds tombstones of another edition to a shard.
--
-- The script checks every tombstone; then it writes those that are later than what the shard has of the same customer, as commit.lua does.
--
-- Mostly the shard does not exist yet: the commit that creates the shard counts its tombstones. If the shard exists, the script adds to the
-- count in the head, and leaves a new token: who has read the shard before does not know the new tombstones.
--
-- Returns the number of tombstones written. A repetition writes none.
--
-- KEYS  meta, erased
-- ARGV  token to leave; (hash of a customer, tombstone)*
local function instant(tombstone) return tonumber(string.match(tombstone, '^(%d+) ') or '') end
local function links(tombstone) return tonumber(string.match(tombstone, ' (%d+)$') or '') or instant(tombstone) end
local function after(a, b) return instant(a) > instant(b) or instant(a) == instant(b) and links(a) > links(b) end
local later = {}
for i = 2, #ARGV, 2 do
  local there, at = redis.call('HGET', KEYS[2], ARGV[i]), instant(ARGV[i + 1])
  if not at then return redis.error_reply('ERR a tombstone without its instant') end
  if there and not instant(there) then return redis.error_reply('ERR ' .. KEYS[2] .. ' holds a tombstone without an instant: ' .. there) end
  if not there or after(ARGV[i + 1], there) then later[#later + 1] = i end
end
local new = 0
for _, i in ipairs(later) do new = new + redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 1]) end
if #later > 0 and redis.call('HEXISTS', KEYS[1], 'token') == 1 then
  redis.call('HINCRBY', KEYS[1], 'erased', new)
  redis.call('HSET', KEYS[1], 'token', ARGV[1])
end
return #later
