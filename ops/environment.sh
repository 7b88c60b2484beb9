# Sourced by ops/run and ops/up: the virtual environment, where state lives, how Airflow runs, and which sources.
cd "$(dirname "${BASH_SOURCE[0]}")/.."

export PATH="$PWD/.venv/bin:$PATH"
export CUSTOMER360_HOME="${CUSTOMER360_HOME:-$PWD/data}"
mkdir -p "$CUSTOMER360_HOME"
CUSTOMER360_HOME="$(cd "$CUSTOMER360_HOME" && pwd)"
LOGS="$CUSTOMER360_HOME/logs"

set -a
. ops/airflow.env
AIRFLOW_HOME="$CUSTOMER360_HOME/airflow"
AIRFLOW__CORE__DAGS_FOLDER="$PWD/dags"
# SQLite lets one process write; the others wait for it this many seconds instead of failing after five.
AIRFLOW__DATABASE__SQL_ALCHEMY_CONN="${AIRFLOW__DATABASE__SQL_ALCHEMY_CONN:-sqlite:///$AIRFLOW_HOME/airflow.db?timeout=60}"
set +a
mkdir -p "$LOGS" "$AIRFLOW_HOME"
chmod 700 "$LOGS" "$AIRFLOW_HOME" # keys, passwords and logs are the operator's alone

# With no source named, the sample company stands in for all of them until this script ends.
start_sources() {
  local named="${CUSTOMER360_SHOP_URL:-}${CUSTOMER360_HELPDESK_URL:-}${CUSTOMER360_HELPDESK_TOKEN:-}${CUSTOMER360_MEMBERS_URL:-}"
  [ -z "$named" ] || return 0
  customer360 demo status >/dev/null 2>&1 || SAMPLE_STARTED=yes # another's to stop, if it is up already
  customer360 demo start
  . "$CUSTOMER360_HOME/sample/sources.env"
}

stop_sources() {
  [ -z "${SAMPLE_STARTED:-}" ] || customer360 demo stop >/dev/null
}
