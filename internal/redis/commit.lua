-- Commits one atomic step of a shard.
--
-- The script checks the token, the type and presence of each key, the counts and marks in the head, the size of the outbox, and the
-- arguments; then it writes profiles, due, lists, outbox, census, tombstones, and last the head: model, and the token with counts and marks.
--
-- A mark that stands above its offset in the commit stays, unless the commit rewinds. A marker leaves the token as it is. So a marker may
-- have moved the mark after the lane read the head.
--
-- An error does not undo what a script has already written. So the script makes all checks before the first write; after the first
-- write nothing can fail. To create a shard, the script begins its writes with the sentinels: it removes what the shard's keys may
-- still hold, and writes a sentinel to each. The tombstones stay, and the new head counts the tombstones.
--
-- Returns 'done' (now, or by an earlier run with the same token) or 'conflict' (the token is not the token read).
--
-- KEYS  meta, profiles, due, outbox, census, worklist, value; and erased, if the commit creates the shard or sets tombstones
-- ARGV  1     token read; '' to create the shard
--       2     token to leave
--       3     format
--       4     model; '' leaves the model as it is
--       5     number of outputs confirmed: entries to remove from the head of the outbox
--       6     '1' to rewind: to write marks also below those that stand; else '0'
--       7-19  lengths of the thirteen lists that follow, in values
--       20-   1 (customer, profile)*   2 (due time, customer)*    3 (customer whose due time is cleared)*
--             4 (output)*              5 (counter, increment)*    6 (mark, offset)*
--             7 (customer whose profile is removed)*              8 (hash of a customer, tombstone)*
--             9 (position in the outbox before confirmed entries go, from 0 after the sentinel; what takes its place)*
--             10 (rank, customer)* and 11 (customer to remove)* of the worklist    12, 13 the same of the value list
local first, last, from = {}, {}, 20
for list = 1, 13 do
  first[list], last[list] = from, from + tonumber(ARGV[6 + list]) - 1
  from = last[list] + 1
end
if from ~= #ARGV + 1 then return redis.error_reply('ERR the lists of the commit are not as long as it says') end

-- One call reads the head, and after its five fields the marks that stand. One call can: the client refuses a commit of many marks.
local fields = {'token', 'sequence', 'profiles', 'due', 'outbox'}
for i = first[6], last[6], 2 do fields[#fields + 1] = ARGV[i] end
local head = redis.pcall('HMGET', KEYS[1], unpack(fields))
if head.err then return head end
local token = head[1] or ''
if token == ARGV[2] then return 'done' end -- the client retries a commit that has been carried out
if token ~= ARGV[1] then return 'conflict' end
local create = token == ''

local size = {}
for i, command in ipairs({'HLEN', 'ZCARD', 'LLEN', 'HLEN'}) do
  local n = redis.pcall(command, KEYS[i + 1])
  if type(n) == 'table' then return n end
  if n == 0 and not create then return redis.error_reply('DAMAGED shard without its key ' .. KEYS[i + 1]) end
  size[i] = n
end

-- The counts add up what commits add and remove. They are never read from the keys, so an audit shows a lost entry.
local sequence, profiles, due, outbox = 0, 1, 1, 1
if not create then
  sequence, profiles, due, outbox = tonumber(head[2]), tonumber(head[3]), tonumber(head[4]), tonumber(head[5])
  if not (sequence and profiles and due and outbox) then
    return redis.error_reply('DAMAGED head ' .. KEYS[1] .. ': a count is missing')
  end
end

-- A shard of a version without lists lacks their keys. They begin with their sentinels.
for i = 6, 7 do
  local n = redis.pcall('ZCARD', KEYS[i])
  if type(n) == 'table' then return n end
  size[i] = n
end

local confirmed = tonumber(ARGV[5])
if confirmed > 0 and (create or confirmed >= size[3]) then
  return redis.error_reply('DAMAGED outbox ' .. KEYS[4] .. ': more is confirmed than it holds')
end

for i = first[2], last[2], 2 do
  if not tonumber(ARGV[i]) then return redis.error_reply('ERR a due time is not a number') end
end
for i = first[5], last[5], 2 do
  local now = create and '0' or redis.call('HGET', KEYS[5], ARGV[i]) or '0'
  local sum = string.match(now, '^-?%d+$') and tonumber(ARGV[i + 1]) and tonumber(now) + tonumber(ARGV[i + 1])
  if not sum or math.abs(sum) > 4e18 then return redis.error_reply('DAMAGED census ' .. KEYS[5] .. ': not a number, or out of range: ' .. ARGV[i]) end
end
for list = 10, 12, 2 do
  for i = first[list], last[list], 2 do
    if not tonumber(ARGV[i]) then return redis.error_reply('ERR a rank is not a number') end
  end
end
-- A number of Lua holds no more than 53 bits. So marks are compared as text: of two offsets without leading zeros, the longer one is
-- higher, and of two equally long ones the one that sorts later.
local function above(a, b) return #a > #b or #a == #b and a > b end
for i = first[6], last[6], 2 do
  if not tonumber(ARGV[i + 1]) then return redis.error_reply('ERR a mark is not a number') end
end
if not create and ARGV[6] == '0' then
  for i = first[6], last[6], 2 do
    local stands = head[6 + (i - first[6]) / 2]
    if stands and not tonumber(stands) then return redis.error_reply('DAMAGED head ' .. KEYS[1] .. ': not a number: ' .. ARGV[i]) end
    if stands and above(stands, ARGV[i + 1]) then ARGV[i + 1] = stands end
  end
end
for i = first[9], last[9], 2 do
  local position = tonumber(ARGV[i])
  if create or not position or position < 0 or position > size[3] - 2 then
    return redis.error_reply('DAMAGED outbox ' .. KEYS[4] .. ': it has no entry to blank at ' .. ARGV[i])
  end
end

-- A tombstone begins with its instant, and ends with that up to which links are cut, if that is another one. Of two tombstones of a customer the
-- later one stays; of two of the same instant, the one that cuts more links.
local buried, later = 0, {}
if KEYS[8] then
  local n = redis.pcall('HLEN', KEYS[8])
  if type(n) == 'table' then return redis.error_reply('DAMAGED tombstones ' .. KEYS[8] .. ': the key is no hash') end
  buried = create and n or tonumber(redis.call('HGET', KEYS[1], 'erased') or '0')
  if not buried then return redis.error_reply('DAMAGED head ' .. KEYS[1] .. ': a count is missing') end
end
local function instant(tombstone) return tonumber(string.match(tombstone, '^(%d+) ') or '') end
local function links(tombstone) return tonumber(string.match(tombstone, ' (%d+)$') or '') or instant(tombstone) end
local function after(a, b) return instant(a) > instant(b) or instant(a) == instant(b) and links(a) > links(b) end
for i = first[8], last[8], 2 do
  local there, at = redis.call('HGET', KEYS[8], ARGV[i]), instant(ARGV[i + 1])
  if not at then return redis.error_reply('ERR a tombstone without its instant') end
  if there and not instant(there) then return redis.error_reply('ERR ' .. KEYS[8] .. ' holds a tombstone without an instant: ' .. there) end
  if not there or after(ARGV[i + 1], there) then later[#later + 1] = i end
end

-- unpack takes a limited number of values. So one call writes at most 1,000 values: an even number, which splits no pair.
local function write(command, key, list)
  local sum = 0
  for i = first[list], last[list], 1000 do
    sum = sum + redis.call(command, key, unpack(ARGV, i, math.min(i + 999, last[list])))
  end
  return sum
end

if create then
  -- Without a head nobody knows what the other keys hold. A new shard holds nothing but the sentinels.
  if redis.call('EXISTS', unpack(KEYS, 1, 7)) > 0 then redis.call('UNLINK', unpack(KEYS, 1, 7)) end
  redis.call('HSET', KEYS[2], '', '')
  redis.call('ZADD', KEYS[3], '+inf', '')
  redis.call('RPUSH', KEYS[4], '')
  redis.call('HSET', KEYS[5], '', '0')
end
profiles = profiles + write('HSET', KEYS[2], 1) - write('HDEL', KEYS[2], 7)
due = due + write('ZADD', KEYS[3], 2) - write('ZREM', KEYS[3], 3)
for i = 6, 7 do
  if create or size[i] == 0 then redis.call('ZADD', KEYS[i], '-inf', '') end
end
write('ZADD', KEYS[6], 10)
write('ZREM', KEYS[6], 11)
write('ZADD', KEYS[7], 12)
write('ZREM', KEYS[7], 13)
for i = first[9], last[9], 2 do redis.call('LSET', KEYS[4], ARGV[i] + 1, ARGV[i + 1]) end
write('RPUSH', KEYS[4], 4)
outbox = outbox + last[4] - first[4] + 1 - confirmed
if confirmed > 0 then
  redis.call('LTRIM', KEYS[4], confirmed, -1)
  redis.call('LSET', KEYS[4], 0, '') -- the last confirmed entry becomes the sentinel
end
for i = first[5], last[5], 2 do
  redis.call('HINCRBY', KEYS[5], ARGV[i], ARGV[i + 1])
end
for _, i in ipairs(later) do buried = buried + redis.call('HSET', KEYS[8], ARGV[i], ARGV[i + 1]) end
if ARGV[4] ~= '' then redis.call('HSET', KEYS[1], 'model', ARGV[4]) end
local function integer(n) return string.format('%.0f', n) end -- tostring would turn 1e14 into "1e+14"
redis.call('HSET', KEYS[1], 'token', ARGV[2], 'format', ARGV[3], 'sequence', integer(sequence + 1),
  'profiles', integer(profiles), 'due', integer(due), 'outbox', integer(outbox), unpack(ARGV, first[6], last[6]))
if buried > 0 then redis.call('HSET', KEYS[1], 'erased', integer(buried)) end
return 'done'
