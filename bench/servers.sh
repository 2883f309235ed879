# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154  # names are shared with those that source this
# The servers that the clients are run against; to be sourced after measuring.sh.
#   start_server trivial|nginx [OPTION of trivial-server …]   sets server_url
#   stop_server   sets server_answers, server_cpu (seconds) and, of trivial-server, first_request (ns, wall clock)

PATH=$PATH:/usr/sbin:/sbin
server_seconds=1800  # no server is left behind for longer, whatever becomes of this script

has_nginx() { command -v nginx >/dev/null; }

start_server() {
  server_kind=$1
  shift
  "start_$server_kind" "$@"
}

stop_server() { "stop_$server_kind"; }

start_trivial() {
  : >"$place/server.out"
  "${server_core[@]}" "$build/bin/trivial-server" --cert "$place/keys/server.pem" --key "$place/keys/server.key" \
    --die-with-parent --max-runtime "${server_seconds}s" --count-file "$place/count" "$@" >"$place/server.out" 2>&1 &
  server_pid=$!
  local tries
  for ((tries = 0; tries < 200; tries++)); do
    server_url=$(sed -n 's/^listening //p' "$place/server.out")
    [ -z "$server_url" ] || return 0
    kill -0 "$server_pid" 2>/dev/null || break
    sleep 0.05
  done
  die "trivial-server did not start: $(cat "$place/server.out")"
}

stop_trivial() {
  end_process "$server_pid"
  server_pid=
  server_answers=$(figure_in "$place/count" requests)
  server_cpu=$(figure_in "$place/count" cpu_seconds)
  first_request=$(figure_in "$place/count" first_request_ns)
  [ "$(figure_in "$place/count" malformed)" -eq 0 ] || die 'the server got what is no PUT of a customer'
}

# The same answer as trivial-server's. The second port tells how many requests were answered.
write_nginx_conf() {  # port, port of the count
  local user='' body
  if [ "$(id -u)" -eq 0 ]; then user="user $(id -un);"; fi
  body=$("$build/bin/trivial-server" --show-body)
  cat >"$place/nginx/nginx.conf" <<CONF
daemon off;
$user
worker_processes 1;
pid $place/nginx/nginx.pid;
events { worker_connections 512; }
http {
  access_log off;
  default_type application/json;
  keepalive_requests 1000000000;
  client_body_temp_path $place/nginx/body;
  proxy_temp_path $place/nginx/proxy;
  fastcgi_temp_path $place/nginx/fastcgi;
  uwsgi_temp_path $place/nginx/uwsgi;
  scgi_temp_path $place/nginx/scgi;
  server {
    listen 127.0.0.1:$1 ssl;
    ssl_protocols TLSv1.3;
    ssl_certificate $place/keys/server.pem;
    ssl_certificate_key $place/keys/server.key;
    location ~ ^/svc/payment/api/v1/openapi/customers/(?<id>[0-9a-f-]+)\$ { return 200 '$body'; }
  }
  server {
    listen 127.0.0.1:$2;
    location / { stub_status; }
  }
}
CONF
}

nginx_answers() {
  local answers
  exec 9<>"/dev/tcp/127.0.0.1/$nginx_count_port" || return 1
  printf 'GET / HTTP/1.0\r\n\r\n' >&9
  answers=$(awk '/^ *[0-9]+ [0-9]+ [0-9]+ *\r?$/ { print $3 }' <&9)
  exec 9>&-
  [ -n "$answers" ] && echo $((answers - nginx_counts_asked - 1))
}

try_nginx() {
  local port=$((20000 + RANDOM % 12000)) tries
  nginx_count_port=$((port + 1)) nginx_counts_asked=0
  rm -rf "$place/nginx"
  mkdir "$place/nginx"
  write_nginx_conf "$port" "$nginx_count_port"
  "${server_core[@]}" "$build/bin/measured" "$place/server_measured" "$server_seconds" nginx -c "$place/nginx/nginx.conf" \
    -p "$place/nginx" -e "$place/nginx/error.log" >"$place/server.out" 2>&1 &
  server_pid=$!
  server_url=https://127.0.0.1:$port
  for ((tries = 0; tries < 100; tries++)); do
    kill -0 "$server_pid" 2>/dev/null || return 1
    if [ -s "$place/nginx/nginx.pid" ] && { nginx_answers >/dev/null; } 2>/dev/null; then
      nginx_counts_asked=1
      return 0
    fi
    sleep 0.05
  done
  return 1
}

# It takes no port 0: a port may be another's.
start_nginx() {
  local tries
  for tries in 1 2 3 4 5; do
    ! try_nginx || return 0
    end_process "$server_pid"
    server_pid=
  done
  die "nginx did not start: $(cat "$place/nginx/error.log" "$place/server.out")"
}

stop_nginx() {
  server_answers=$(nginx_answers) || die 'nginx does not tell what it answered'
  end_process "$server_pid"
  server_pid=
  server_cpu=$(figure_in "$place/server_measured" cpu_seconds)
}
