-- wrk script: verifications of the certificates in a truth file, right names, in file order from a random start.
--   wrk ... -s verify.lua URL -- TRUTH_FILE ROWS
-- Answers are not checked here (tests/system/truth_test.cpp does that); a status other than 200 is counted by wrk.
local requests, at = {}, 0

function init(args)
  local limit = tonumber(args[2] or "100000")
  for line in io.lines(args[1]) do
    if #requests >= limit then break end
    local number = line:match('"certificate_number":"([^"]*)"')
    local name = line:match('"holder_name":"([^"]*)"')
    local body = '{"certificate_number":"' .. number .. '","holder_name":"' .. name .. '"}'
    requests[#requests + 1] = wrk.format("POST", "/v1/verifications", {["Content-Type"] = "application/json"}, body)
  end
  math.randomseed(os.time())
  at = math.random(#requests)
end

function request()
  at = at % #requests + 1
  return requests[at]
end
