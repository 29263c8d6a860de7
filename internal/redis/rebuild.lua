-- Begins, renews, switches or gives up a rebuild.
--
-- The rebuild of an owner is in the fields next_...: the layout that it makes, next_owner, next_until (the end of the owner's lease, in ms
-- of the server's clock) and next_stage. Each run of the script is one step of tm:meta, so nobody sees half a switch.
--
-- claim    begins a rebuild, or renews the owner's lease and sets the stage.
-- switch   puts the layout of the rebuild into force.
-- give up  ends a rebuild: for its owner at once, for others when the lease has ended.
--
-- Returns 'done', 'busy' (another owner's lease runs) or 'gone' (the rebuild is no longer the owner's).
--
-- KEYS  tm:meta
-- ARGV  verb, owner; claim: lease in ms, stage to leave, (field, value)* of the layout; switch: fields of the layout
local meta, verb, owner = KEYS[1], ARGV[1], ARGV[2]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local there = redis.call('HGET', meta, 'next_owner') or ''
local alive = there ~= '' and now < tonumber(redis.call('HGET', meta, 'next_until') or '0')
if verb == 'claim' then
  if there ~= owner and alive then return 'busy' end
  if there ~= owner and ARGV[4] ~= 'fill' then return 'gone' end
  redis.call('HSET', meta, 'next_owner', owner, 'next_until', string.format('%.0f', now + ARGV[3]), 'next_stage', unpack(ARGV, 4))
  return 'done'
end
if verb == 'give up' then
  if there == '' then return 'done' end
  if there ~= owner and alive then return 'busy' end
  if redis.call('HGET', meta, 'next_stage') == 'stop' then
    redis.call('HSET', meta, 'given_up', redis.call('HGET', meta, 'next_edition'))
  end
  redis.call('HDEL', meta, 'next_owner', 'next_until', 'next_stage')
  return 'done'
end
if there ~= owner or redis.call('HGET', meta, 'next_stage') ~= 'stop' then return 'gone' end
local layout = {}
for i = 3, #ARGV do
  layout[#layout + 1] = ARGV[i]
  layout[#layout + 1] = redis.call('HGET', meta, 'next_' .. ARGV[i]) or ''
end
redis.call('HSET', meta, unpack(layout))
redis.call('HDEL', meta, 'next_owner', 'next_until', 'next_stage')
return 'done'
