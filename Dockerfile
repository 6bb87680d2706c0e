# The bot. Workers run on the Hyper-V hosts themselves. Node runs the .ts files: nothing is built.
# CI runs these very commands in a plain folder (test/packaging/image.chaos.ts).
FROM node:24-slim

ENV NODE_ENV=production
ENV FERRY_STATE=/home/node/state

# What runs belongs to root: the bot cannot change its own code.
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund
COPY manifest.json ./
COPY jobs ./jobs
COPY src ./src

USER node
# Made before it is a volume, so that the volume belongs to this user as well.
RUN mkdir -p /home/node/state
VOLUME /home/node/state

# The bot writes down every 10 s whether its store answers and how many connections to Slack it has.
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 \
  CMD ["node", "--disable-warning=ExperimentalWarning", "src/cli.js", "health"]
STOPSIGNAL SIGTERM
CMD ["node", "--disable-warning=ExperimentalWarning", "src/cli.js", "bot"]
