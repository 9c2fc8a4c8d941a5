# One image for every service and the worker: the command says which (`serve people`, `serve worker`).
# requirements-runtime.lock: uv pip compile pyproject.toml --universal --generate-hashes -c requirements.lock
FROM python:3.12-slim AS packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/venv
COPY requirements-runtime.lock /tmp/
RUN /opt/venv/bin/pip install --require-hashes -r /tmp/requirements-runtime.lock

FROM python:3.12-slim
LABEL org.opencontainers.image.title="Tremplin" \
      org.opencontainers.image.licenses="AGPL-3.0-or-later"
# The letters of receipts and agreements, beyond the few that Typst has with it.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends fonts-dejavu-core \
 && rm -rf /var/lib/apt/lists/*
RUN groupadd --gid 10001 tremplin \
 && useradd --uid 10001 --gid tremplin --no-create-home --home-dir /tmp --shell /usr/sbin/nologin tremplin \
 && install -d -o tremplin -g tremplin /data
COPY --from=packages /opt/venv /opt/venv
WORKDIR /app
COPY LICENSE README.md ./
COPY contracts contracts
COPY services services
COPY workflows workflows
COPY deploy deploy
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONPATH=/app \
    PYTHONUNBUFFERED=1 \
    TREMPLIN_HOST=0.0.0.0 \
    MOTOR_MAX_WORKERS=20
RUN python -m compileall -q contracts services workflows deploy
USER tremplin
EXPOSE 8000
ENTRYPOINT ["python", "-m", "deploy.local"]
CMD ["serve", "all"]
