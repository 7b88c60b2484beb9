# Airflow, dbt, DuckDB and the product in one image: LocalExecutor runs the tasks where the warehouse is.
FROM python:3.12-slim-bookworm

RUN useradd --create-home --uid 10001 customer360 \
    && install --directory --owner customer360 --mode 700 /var/lib/customer360 /var/lib/customer360/backups /var/lib/airflow
WORKDIR /opt/customer360

COPY requirements.txt ./
RUN pip install --no-cache-dir uv==0.13.9 \
    && uv pip install --system --no-cache --require-hashes --requirement requirements.txt

COPY pyproject.toml README.md LICENSE ./
COPY src src
COPY dbt_project dbt_project
COPY expectations expectations
COPY dags dags
COPY ops ops
RUN uv pip install --system --no-cache --no-deps --editable .

USER customer360
ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOME=/tmp \
    CUSTOMER360_HOME=/var/lib/customer360 \
    AIRFLOW_HOME=/var/lib/airflow \
    AIRFLOW__CORE__DAGS_FOLDER=/opt/customer360/dags
ENTRYPOINT []
CMD ["customer360", "--help"]
