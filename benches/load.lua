-- What `scripts/bench` has wrk send. OPERATION says what, TOKENS is a file with an access token a line, RUN makes ids
-- unique, BARE is set for benches/bare.rs.

local operation, run, bare = os.getenv("OPERATION"), os.getenv("RUN"), os.getenv("BARE")
local cramps, tag, cursor = tonumber(os.getenv("CRAMPS")), os.getenv("TAG"), os.getenv("CURSOR")
local since, at_end, sync_tag = os.getenv("SINCE"), os.getenv("END"), os.getenv("SYNC_TAG")
local diary = "/v1/diaries/me"
local tokens, threads = {}, 0
for line in io.lines(os.getenv("TOKENS")) do tokens[#tokens + 1] = "Bearer " .. line end

function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

function init()
  math.randomseed(7 + number)
  sent = 0
end

local function ask(method, path, body, more)
  local headers = {["Authorization"] = tokens[math.random(#tokens)], ["Content-Type"] = "application/json"}
  for name, value in pairs(more or {}) do headers[name] = value end
  return wrk.format(method, path, headers, body)
end

local function id() return string.format("%s-%d-%d", run, number, sent) end

local operations = {
  register = function()
    return ask("POST", "/v1/auth/register",
      string.format('{"email": "%s@load.example", "password": "seven cramps before breakfast"}', id()))
  end,
  ["sign in"] = function()
    return ask("POST", "/v1/auth/login", string.format(
      '{"email": "person-%d@load.example", "password": "seven cramps before breakfast"}', math.random(#tokens) - 1))
  end,
  create = function()
    if bare then
      return ask("POST", diary .. "/episodes", string.format(
        '{"id": "%s", "started_at": %d, "intensity": 7}', id(), 1700000000000000 + math.random(80000000) * 1000000))
    end
    local onset = os.date("!%Y-%m-%dT%H:%M:%SZ", 1700000000 + math.random(80000000))
    return ask("POST", diary .. "/episodes", string.format(
      '{"id": "%s", "started_at": "%s", "intensity": 7, "duration_seconds": 180, "context": "asleep", ' ..
      '"interrupted_sleep": true, "sites": [{"part": "calf", "side": "left"}], "triggers": ["long_walk"], ' ..
      '"relief": [{"measure": "stretching", "seconds_to_relief": 15}]}', id(), onset))
  end,
  get = function() return ask("GET", diary .. "/episodes/load-" .. math.random(cramps) - 1) end,
  list = function() return ask("GET", diary .. "/episodes?limit=50") end,
  -- The same, compressed by the service.
  ["list gzip"] = function()
    return ask("GET", diary .. "/episodes?limit=50", nil, {["Accept-Encoding"] = "gzip"})
  end,
  ["deep page"] = function() return ask("GET", diary .. "/episodes?limit=50&cursor=" .. cursor) end,
  ["night share"] = function()
    return ask("GET", diary .. "/analytics/night-share" .. (bare and "?from=19910&to=20000" or ""))
  end,
  summary = function() return ask("GET", diary .. "/analytics/summary") end,
  trend = function() return ask("GET", diary .. "/analytics/trend") end,
  ["time of day"] = function() return ask("GET", diary .. "/analytics/time-of-day") end,
  soreness = function() return ask("GET", diary .. "/analytics/soreness") end,
  ["before/after"] = function() return ask("GET", diary .. "/analytics/treatments/load-treatment") end,
  -- All there is, years of it.
  ["all summary"] = function() return ask("GET", diary .. "/analytics/summary?from=1970-01-01") end,
  ["report page"] = function() return ask("GET", diary .. "/report") end,
  ["report PDF"] = function() return ask("GET", diary .. "/report?format=pdf") end,
  -- The tag is one of the first person's.
  ["known share"] = function()
    return ask("GET", diary .. "/analytics/night-share", nil, {["Authorization"] = tokens[1], ["If-None-Match"] = tag})
  end,
  -- A page of five hundred rows, as a new device asks for.
  ["first sync"] = function() return ask("GET", diary .. "/changes?limit=500") end,
  -- The last thirty changes, of the first person.
  ["week's sync"] = function()
    return ask("GET", diary .. "/changes?since=" .. since, nil, {["Authorization"] = tokens[1]})
  end,
  ["known sync"] = function()
    return ask("GET", diary .. "/changes?since=" .. at_end, nil,
      {["Authorization"] = tokens[1], ["If-None-Match"] = sync_tag})
  end,
  -- A hundred rows in one batch.
  ["push 100"] = function()
    local changes = {}
    for row = 1, 100 do
      changes[row] = string.format('{"table": "episodes", "id": "%s-%d", "op": "put", "row": {"started_at": "%s", ' ..
        '"intensity": 7, "duration_seconds": 180, "context": "asleep", "sites": [{"part": "calf", "side": "left"}]}}',
        id(), row, os.date("!%Y-%m-%dT%H:%M:%SZ", 1700000000 + math.random(80000000)))
    end
    return ask("POST", diary .. "/changes", '{"changes": [' .. table.concat(changes, ",") .. ']}')
  end,
  patch = function()
    return ask("PATCH", diary .. "/episodes/load-" .. math.random(cramps) - 1,
      string.format('{"intensity": %d}', math.random(0, 10)), {["Content-Type"] = "application/merge-patch+json"})
  end,
}

-- What an app does after a week away: mostly it finds that nothing is new.
operations["sync mix"] = function()
  local dice = math.random(100)
  if dice <= 70 then return operations["known share"]() end
  if dice <= 90 then return operations.list() end
  if dice <= 98 then return operations.create() end
  return operations.patch()
end

function request()
  sent = sent + 1
  return operations[operation]()
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format("RESULT %d %.3f %.3f %.3f %d\n", summary.requests, summary.duration / 1e6,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    errors.status + errors.connect + errors.read + errors.write + errors.timeout))
end
