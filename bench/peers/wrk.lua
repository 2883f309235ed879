-- wrk.lua ROWS_FILE LOTS [SIZE]: so many lots of 64 (or SIZE) distinct rows, sent over and over.
local lots, at = {}, 0

local function request_of(line)
  local id, name, phone, email, dial_code, company, method =
    line:match('^([^,]+),"([^"]*)",([^,]*),([^,]*),([^,]*),([^,]*),([^\r]*)')
  local body = string.format(
    '{"name":"%s","phone":"%s","email":"%s","dial_code":"%s","company_name":"%s","default_payment_method":"%s"}',
    name, phone, email, dial_code, company, method)
  return wrk.format("PUT", "/svc/payment/api/v1/openapi/customers/" .. id, {
    ["Host"] = wrk.host .. ":" .. wrk.port, ["User-Agent"] = "wrk", ["Accept"] = "application/json",
    ["Content-Type"] = "application/json", ["X-Request-ID"] = id }, body)
end

function init(args)
  local lot, size = {}, tonumber(args[3] or 64)
  local file = assert(io.open(args[1]))
  file:read("*l")
  for line in file:lines() do
    lot[#lot + 1] = request_of(line)
    if #lot == size then
      lots[#lots + 1] = table.concat(lot)
      lot = {}
    end
    if #lots == tonumber(args[2]) then break end
  end
  file:close()
  assert(#lots > 0, "fewer rows than a lot")
  print("cpu_apart " .. os.clock())
end

function request()
  at = at % #lots + 1
  return lots[at]
end

function done(summary)
  local errors = summary.errors
  print("requests " .. summary.requests)
  print("failed " .. errors.status + errors.connect + errors.read + errors.write + errors.timeout)
  print("seconds " .. summary.duration / 1e6)
end
