# One image for web, workers, beat and migrations; docker-compose.yml says which command each runs.
FROM node:24-slim AS front-end
WORKDIR /portal
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev

FROM python:3.11-slim AS portal
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 RUN_DIR=/tmp ENV_FILE=/dev/null
WORKDIR /portal
COPY requirements.txt ./
RUN pip install --require-hashes -r requirements.txt
COPY --from=front-end /portal/node_modules node_modules
COPY . .
# The key and the addresses are the build's own: nothing is asked there, and none is kept.
RUN SECRET_KEY=build DATABASE_URL=django.db.backends.dummy://nobody@nowhere/none REDIS_URL=redis://nowhere \
    python manage.py build
RUN useradd --system --no-create-home portal && install --directory --owner portal --mode 0700 /photos
USER portal
EXPOSE 8000
