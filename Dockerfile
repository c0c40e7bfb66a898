# Redress and its tools on Debian's Python. Every service of docker-compose.yml runs this image.
ARG BASE=python:3.11-slim-bookworm
FROM ${BASE}

# No tool reports home; Airflow finds the project here and keeps what it writes in the data folder.
ENV AIRFLOW__USAGE_DATA_COLLECTION__ENABLED=False \
    DBT_SEND_ANONYMOUS_USAGE_STATS=False \
    DO_NOT_TRACK=1 \
    GX_ANALYTICS_ENABLED=False \
    AIRFLOW_HOME=/data/airflow \
    AIRFLOW__CORE__DAGS_FOLDER=/redress/dags \
    AIRFLOW__CORE__PLUGINS_FOLDER=/redress/plugins \
    AIRFLOW__CORE__LOAD_EXAMPLES=False \
    AIRFLOW__CORE__EXECUTOR=LocalExecutor \
    AIRFLOW__CORE__PARALLELISM=4 \
    AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION=False \
    AIRFLOW__CORE__DEFAULT_TIMEZONE=Europe/London \
    AIRFLOW__LOGGING__BASE_LOG_FOLDER=/data/logs \
    REDRESS_HOME=/data \
    REDRESS_COUNCILS=/councils \
    HOME=/tmp \
    USER=redress \
    PYTHONUNBUFFERED=1

WORKDIR /redress
COPY Makefile requirements.lock ./
COPY .ci/uv.lock .ci/setup .ci/
RUN apt-get update \
    && apt-get install --yes --no-install-recommends make=4.* \
    && rm -rf /var/lib/apt/lists/* \
    && make setup \
    && rm -rf /tmp/.cache
ENV PATH=/redress/.venv/bin:$PATH

COPY plugins plugins
COPY dbt_project dbt_project
COPY expectations expectations
COPY dags dags
COPY councils /councils
COPY pyproject.toml README.md LICENSE ./

RUN mkdir /data && chown 1000:1000 /data
USER 1000:1000
VOLUME /data

# The pseudonym key comes from its secret file, unless the environment holds it already.
ENTRYPOINT ["/bin/sh", "-c", "export REDRESS_PSEUDONYM_KEY=\"${REDRESS_PSEUDONYM_KEY:-$(cat /run/secrets/pseudonym_key 2>/dev/null)}\"; exec \"$@\"", "redress"]
CMD ["redress", "--help"]
