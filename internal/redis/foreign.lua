-- Removes a key in whose place somebody has put another type than a hash.
--
-- The script checks the type and removes the key at one instant: another program may have removed the key, and written the hash, meanwhile.
--
-- Returns 1 if it has removed the key, else 0.
--
-- KEYS  a key that must be a hash
local kind = redis.call('TYPE', KEYS[1]).ok
if kind == 'hash' or kind == 'none' then return 0 end
return redis.call('DEL', KEYS[1])
