# Holds every #include of the library and its programs against layers.txt.
#   awk -f layers.awk layers.txt FILE…      with FILE as include/amend/… or src/…
# Says each offence as file:line and ends with 1 when there was one; with 2 when it was given nothing to look at.

# A header of include/amend itself is in the folder `amend`.
function stem(path) {
  sub(/^src\//, "", path); sub(/^include\//, "", path); sub(/\.(hpp|cpp)$/, "", path)
  if (path ~ /^amend\/.*\//) sub(/^amend\//, "", path)
  return path
}
function folder(part) { return part ~ /\// ? substr(part, 1, index(part, "/") - 1) : part }
function rule_of(part,   key) {
  key = part
  while (!(key in kind) && key ~ /\//) sub(/\/[^\/]*$/, "", key)
  return (key in kind) ? key : ""
}
function offend(text) { printf "%s:%d: %s\n", FILENAME, FNR, text; offences++ }
function pure(what) { return what ~ /^(noun|policy|shared)$/ }
function allowed(target,   i, n, list) {
  if (folder(target) == folder(part) || folder(target) == "row" || target == "amend/error" || target == "amend/config") return 1
  n = split(may[rule], list, " ")
  for (i = 1; i <= n; i++) if (target == list[i] || index(target, list[i] "/") == 1) return 1
  return 0
}

FILENAME == ARGV[1] {
  if ($0 ~ /^#/ || NF == 0) next
  kind[$1] = $2
  for (i = 3; i <= NF; i++) may[$1] = may[$1] " " $i
  next
}
FNR == 1 {
  files++
  part = stem(FILENAME); rule = rule_of(part); header = FILENAME ~ /^include\//
  if (rule == "") offend("stands in no folder that layers.txt knows")
}
rule == "" { next }
/^[ \t]*#[ \t]*include[ \t]*"/ {
  target = $0; sub(/^[^"]*"/, "", target); sub(/".*/, "", target)
  if (target !~ /\//) next  # a neighbour in the same folder
  target = stem(target)
  if (!allowed(target)) offend(part " must not include " target)
  next
}
/^[ \t]*#[ \t]*include[ \t]*</ {
  name = $0; sub(/^[^<]*</, "", name); sub(/>.*/, "", name)
  if (header && name ~ /^(boost\/beast|boost\/asio\/ssl|openssl\/)/) offend("a public header must not include <" name ">")
  if (pure(kind[rule]) && !(kind[rule] == "shared" && name == "mutex") &&
      name ~ /^(boost\/(asio|beast)|openssl\/|sys\/|netinet\/|arpa\/|unistd\.h|fcntl\.h|netdb\.h|thread|mutex|condition_variable|fstream|filesystem|cstdio)/)
    offend("a " kind[rule] " must not include <" name ">: no sockets, threads or files there")
  next
}
pure(kind[rule]) && /_clock::now\(/ && !/^[ \t]*\/\// { offend("a " kind[rule] " must not read a clock; take the time as an argument") }

END {
  if (files == 0) { print "layers: no file to look at"; exit 2 }
  if (offences > 0) { printf "layers: %d offence(s) in %d files\n", offences, files; exit 1 }
  printf "layers: %d files hold to layers.txt\n", files
}
