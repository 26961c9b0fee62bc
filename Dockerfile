# syntax=docker/dockerfile:1
# docker build -t lockstep .
# The image runs as an unprivileged user on a root file system that may be read-only. Only SQLite writes, to /data.

FROM node:24-bookworm-slim AS build
WORKDIR /app
# The image already contains Node, and no other package needs its install script.
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY scripts/build.ts scripts/console.ts scripts/console-types.ts scripts/
COPY console console
COPY src src
RUN node scripts/build.ts

FROM node:24-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:24-bookworm-slim
WORKDIR /app
ENV NODE_ENV=production \
    NODE_OPTIONS=--max-semi-space-size=16 \
    HOST=0.0.0.0 \
    PORT=8080 \
    LOCKSTEP_DATABASE=sqlite:/data/lockstep.db
COPY --from=packages /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json LICENSE CHANGELOG.md ./
RUN ln -s /app/dist/cli/main.js /usr/local/bin/lockstep && install -d -o node -g node -m 0700 /data
USER node
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/readyz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["lockstep"]
CMD ["serve"]
