-- Writes a long made-up text, builds an index of its words, prunes the index
-- and renders it: small strings and tables that live for different times,
-- arrays that grow by doubling, and a few buffers above 128 KiB.

local seed = 20240229

local function random(limit)
  seed = (seed * 1103515245 + 12345) % 2147483648
  return seed // 65536 % limit
end

local syllables = {
  "ba", "ke", "li", "mo", "nu", "ra", "se", "ti", "vo", "zu", "dar", "fen",
  "gil", "hom", "jur", "pax", "quen", "stra", "wyn", "thol",
}

local function make_word()
  local parts = {}
  for i = 1, 1 + random(4) do
    parts[i] = syllables[1 + random(#syllables)]
  end
  return table.concat(parts)
end

local function make_text(word_count)
  local words = {}
  for i = 1, word_count do
    words[i] = make_word()
  end
  return table.concat(words, " ")
end

-- word -> the places where it stands, growing as more are found
local function index_words(text)
  local index = {}
  local place = 0
  for word in text:gmatch("%a+") do
    place = place + 1
    local places = index[word]
    if not places then
      places = {}
      index[word] = places
    end
    places[#places + 1] = place
  end
  return index
end

-- Every second word goes, which leaves holes between the ones that stay.
local function prune(index)
  local words = {}
  for word in pairs(index) do
    words[#words + 1] = word
  end
  table.sort(words)
  for i = 1, #words, 2 do
    index[words[i]] = nil
  end
  collectgarbage()
end

local function render(index)
  local lines = {}
  for word, places in pairs(index) do
    lines[#lines + 1] = word .. ": " .. table.concat(places, ", ")
  end
  table.sort(lines)
  return table.concat(lines, "\n")
end

local function histogram(text)
  local counts = {}
  for i = 1, #text do
    counts[i] = text:byte(i) % 32
  end
  return #counts
end

local index = index_words(make_text(2600))
prune(index)
local rendered = render(index)
print(#rendered, histogram(rendered))

local second = index_words(make_text(900))
local both = { render(index), render(second), rendered:rep(8) }
index = nil
collectgarbage()
print(#table.concat(both, "\n"))

-- Leaves without closing the interpreter, so the trace ends with a heap in use.
os.exit(true, false)
