# One image for AWS Lambda, the Runtime Interface Emulator and plain HTTP. To run it: docs/container.md.
ARG NODE_IMAGE=public.ecr.aws/docker/library/node:24-bookworm-slim
ARG NODE_DIGEST=@sha256:6f7b03f7c2c8e2e784dcf9295400527b9b1270fd37b7e9a7285cf83b6951452d
# When Debian's packages were last updated: npm run image:patch.
ARG PATCHED_ON=2026-11-27
# Folders in models/: the one that the image loads, and, with commas between them, others that it only holds.
ARG MODEL=resnet50
ARG OTHER_MODELS=efficientnet-lite2

# Compiles the native addon of Lambda's runtime interface client.
FROM ${NODE_IMAGE}${NODE_DIGEST} AS client
RUN apt-get update -qq \
 && apt-get install -y -qq --no-install-recommends cmake g++ make python3 xz-utils >/dev/null
WORKDIR /client
COPY scripts/image/client/package.json scripts/image/client/package-lock.json ./
# The base image includes Node's headers, so node-gyp does not download them.
RUN npm_config_nodedir=/usr/local npm ci --omit=dev --no-audit --no-fund
WORKDIR /out/node_modules
RUN mkdir -p aws-lambda-ric @aws \
 && cp /client/node_modules/aws-lambda-ric/index.mjs /client/node_modules/aws-lambda-ric/rapid-client.node \
       /client/node_modules/aws-lambda-ric/package.json /client/node_modules/aws-lambda-ric/LICENSE \
       /client/node_modules/aws-lambda-ric/NOTICE /client/node_modules/aws-lambda-ric/THIRD-PARTY-LICENSES aws-lambda-ric/ \
 && cp -r /client/node_modules/@aws/lambda-invoke-store @aws/

# The bundle, and the parts of its dependencies that this platform needs.
FROM ${NODE_IMAGE}${NODE_DIGEST} AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --no-audit --no-fund
# What the build steps share, and the emulator if scripts/dev/rie.sh has downloaded it.
COPY scripts/lib/paths.ts scripts/lib/
COPY lib/settings/nearest.ts lib/settings/
COPY scripts/lib/command scripts/lib/command
COPY scripts/lib/image scripts/lib/image
COPY scripts/image .ri[e] scripts/image/
RUN node scripts/image/collect.ts /out \
 && node scripts/image/fetch-rie.ts /out/aws-lambda-rie scripts/image
COPY scripts/build.ts scripts/
COPY LICENSE NOTICE THIRD-PARTY-NOTICES ./
COPY licences licences
COPY lambda lambda
RUN node scripts/build.ts

# The model bundles of the image.
FROM ${NODE_IMAGE}${NODE_DIGEST} AS models
COPY scripts/image/models.sh /
COPY models /models
ARG MODEL
ARG OTHER_MODELS
RUN /models.sh /models /out "${MODEL},${OTHER_MODELS}"

# The bundle with V8's compiled code, which Node.js finds by the paths of the files.
FROM ${NODE_IMAGE}${NODE_DIGEST} AS compiled
WORKDIR /var/task
COPY --from=build /out/node_modules node_modules/
COPY --from=build /build/dist ./
COPY scripts/image/compile.mjs /
RUN node /compile.mjs /var/task/compiled \
 && rm -r node_modules

# The system: Node.js and the Debian packages that the service needs.
FROM ${NODE_IMAGE}${NODE_DIGEST} AS system
COPY scripts/image/system.sh /
# A new date downloads the packages again, although the line below is the same.
ARG PATCHED_ON
RUN /system.sh /system \
 && mkdir -p /volumes/data

FROM scratch
COPY --from=system /system /
# Uploads, jobs and results. A new volume that is mounted here gets the same owner.
COPY --from=system --chown=1000:1000 /volumes /
WORKDIR /var/task
# Ordered by how rarely a layer changes: a change to the code rebuilds only the last one.
COPY --from=build /out/aws-lambda-rie /usr/local/bin/
COPY --from=client /out/node_modules node_modules/
COPY --from=build /out/node_modules node_modules/
COPY --from=models /out models/
COPY examples/cat.jpg canary.jpg
COPY scripts/image/entrypoint.mjs /lambda-entrypoint.mjs
COPY scripts/image/sam-shell.mjs /
COPY scripts/image/healthcheck.mjs ./
COPY --from=compiled /var/task ./

# JavaScript may use a quarter of the memory of the container, the function or the machine: 128 MiB of 512,
# 442 of 1769. V8's default is up to 55 %, but pixels, tensors, the model and uploads live outside its heap,
# and the kernel kills the process if the total exceeds the container's limit. V8 collects
# the young generation often, because it has only 1 MiB per semi-space: its objects keep uploads and pixels
# alive (docs/adr/0015, 0031).
ENV NODE_OPTIONS="--max-old-space-size-percentage=25 --max-semi-space-size=1"
# For memory outside V8's heap, glibc has one arena, and returns blocks of 4 MB when they are freed. With its
# defaults, it returns too little memory to the system (docs/adr/0015, 0031).
ENV MALLOC_ARENA_MAX=1 MALLOC_MMAP_THRESHOLD_=4000000 MALLOC_TRIM_THRESHOLD_=4000000

ARG MODEL
ENV PATH=/usr/local/bin \
    NODE_ENV=production \
    LAMBDA_TASK_ROOT=/var/task \
    MODEL_REPOSITORY=/var/task/models \
    MODELS=${MODEL} \
    CANARY_PHOTO=/var/task/canary.jpg \
    NODE_COMPILE_CACHE=/var/task/compiled \
    DATA_DIR=/data \
    HOST=0.0.0.0 \
    ORT_DISABLE_TELEMETRY=1
USER 1000:1000
# SAM CLI builds a copy of this image with its emulator added. Its RUN instruction needs root and a shell.
ONBUILD USER root
ONBUILD SHELL ["node", "/sam-shell.mjs"]
EXPOSE 8080
ENTRYPOINT ["/lambda-entrypoint.mjs"]
CMD ["index.handler"]
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s CMD ["node", "healthcheck.mjs"]

ARG OTHER_MODELS
ARG VERSION=0.0.0
ARG REVISION=unknown
# GET /model shows it.
ENV SERVICE_COMMIT=${REVISION}
# URL of the published repository.
ARG SOURCE=
LABEL org.opencontainers.image.title="resnet50-serverless" \
      org.opencontainers.image.description="ResNet-50 image classification on ONNX Runtime" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.source="${SOURCE}" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      com.amazonaws.lambda.feature.snapstart="Allow" \
      resnet50.models="${MODEL}${OTHER_MODELS:+,${OTHER_MODELS}}"
