# shellcheck shell=bash
# 'dvcr up' and 'dvcr down': one server, registry and controller together, in the background of this host. Sourced by
# ./dvcr, after deploy/host/install.sh.

# Prints the value of an option given as '--name value' or '--name=value', else the default.
option() {
    local name=$1 value=$2
    shift 2
    while (($# > 0)); do
        case "$1" in
            "$name") value=${2:-} ;;
            "$name="*) value=${1#*=} ;;
        esac
        shift
    done
    printf '%s\n' "$value"
}

# Prints where this user's server keeps its data unless told otherwise.
default_data_dir() {
    if ((EUID == 0)); then
        printf '/var/lib/dvcr\n'
    else
        printf '%s\n' "${XDG_DATA_HOME:-$HOME/.local/share}/dvcr"
    fi
}

# Prints the configuration file that a server of this user would read: --config, else DVCR_CONFIG, else the user's own.
configuration_file() {
    local default=/etc/dvcr/dvcr.yaml
    ((EUID == 0)) || default="${XDG_CONFIG_HOME:-$HOME/.config}/dvcr/dvcr.yaml"
    option --config "${DVCR_CONFIG:-$default}" "$@"
}

# Prints where the server keeps its data: --data, else what the configuration says if there is any, else the default.
data_dir() {
    local data file java=()
    data=$(option --data "${DVCR_DATA:-}" "$@")
    file=$(configuration_file "$@")
    if [[ -z "$data" && -f "$file" && -f "$DVCR_DIST/lib/dvcr.jar" ]]; then
        JAVA_HOME=$(find_java25) || fail "no JDK 25 to read $file with: set JAVA_HOME"
        java_command config
        data=$("${java[@]}" config show data --config "$file") ||
            fail "where the data lies cannot be read from $file: mend it, or name the directory by --data"
    fi
    realpath -m -- "${data:-$(default_data_dir)}"
}

# Prints the process that serves a data directory; fails if none does. A process that merely has its number is not it.
running_pid() {
    local pid argument
    [[ -r "$1/dvcr.pid" ]] || return 1
    pid=$(<"$1/dvcr.pid")
    [[ -n "$pid" && -r "/proc/$pid/cmdline" ]] || return 1
    while IFS= read -r -d '' argument; do
        if [[ "$argument" == */lib/dvcr.jar ]]; then
            printf '%s\n' "$pid"
            return 0
        fi
    done <"/proc/$pid/cmdline"
    return 1
}

# Prints the address that the server named in its log.
address_of() {
    sed -n 's/^dvcr is ready on //p' "$1/dvcr.log" | tail -n 1
}

# Tells where the server is and how to stop it.
describe() {
    local data=$1 pid=$2 stop="$DVCR_ROOT/dvcr down"
    [[ "$data" == "$(default_data_dir)" ]] || stop+=" --data $(printf '%q' "$data")"
    printf 'address  %s\ndata     %s\nlog      %s\nprocess  %s\nstop     %s\n' \
        "$(address_of "$data")" "$data" "$data/dvcr.log" "$pid" "$stop"
}

# Starts the server in a session of its own and prints its process.
launch() {
    local data=$1 lock=$2 java=()
    shift 2
    [[ ! -f "$data/dvcr.log" ]] || mv "$data/dvcr.log" "$data/dvcr.log.1"
    java_command serve
    LIBVIRT_DEFAULT_URI="$(libvirt_uri)" setsid "${java[@]}" serve --data "$data" "$@" \
        </dev/null >"$data/dvcr.log" 2>&1 {lock}>&- &
    printf '%s\n' "$!" >"$data/dvcr.pid"
}

# Waits until the server is ready, as long as it lives; what it said last is shown if it dies.
await_service() {
    local data=$1 pid attempt
    pid=$(<"$data/dvcr.pid")
    for ((attempt = 0; attempt < 1200; attempt++)); do
        [[ -z "$(address_of "$data")" ]] || return 0
        if [[ ! -d "/proc/$pid" ]]; then
            rm -f "$data/dvcr.pid"
            tail -n 20 "$data/dvcr.log" >&2
            fail "the server ended before it was ready, see $data/dvcr.log"
        fi
        sleep 0.1
    done
    fail "the server is not ready after two minutes, see $data/dvcr.log"
}

# Prints the options without --data, which the launcher has made absolute.
without_data() {
    while (($# > 0)); do
        case "$1" in
            --data) shift ;;
            --data=*) ;;
            *) printf '%s\0' "$1" ;;
        esac
        (($# == 0)) || shift
    done
}

# Installs what is missing, builds, and starts the server unless it runs.
service_up() {
    local data pid lock options=()
    mapfile -d '' -t options < <(without_data "$@")
    ensure_run_packages
    ensure_java25
    prepare
    data=$(data_dir "$@") || exit 1
    ensure_libvirt_running
    mkdir -p "$data" || fail "cannot make the data directory $data"
    exec {lock}>"$data/dvcr.lock"
    flock "$lock"
    if pid=$(running_pid "$data"); then
        printf 'dvcr is already running\n'
    else
        launch "$data" "$lock" "${options[@]}"
        await_service "$data"
        pid=$(<"$data/dvcr.pid")
        printf 'dvcr is up\n'
    fi
    describe "$data" "$pid"
}

# Stops the server and waits until it is gone.
service_down() {
    local data pid attempt
    data=$(data_dir "$@") || exit 1
    if ! pid=$(running_pid "$data"); then
        printf 'dvcr is not running on %s\n' "$data"
        return 0
    fi
    kill -TERM "$pid" || fail "cannot stop process $pid"
    for ((attempt = 0; attempt < 600; attempt++)); do
        if ! running_pid "$data" >/dev/null; then
            rm -f "$data/dvcr.pid"
            printf 'dvcr is down\n'
            return 0
        fi
        sleep 0.1
    done
    fail "process $pid still runs a minute after SIGTERM, see $data/dvcr.log"
}
