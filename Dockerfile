# Two stages: the first builds the program; the second is the base image with the program, the
# libraries that the base image does not have, the CA certificates, and a default scenario.
#
#   docker build -t reprise .
#   docker run --rm -e TARGET=http://shop.example -e USERS=20 -e DURATION=1m reprise
#   docker run --rm -v ./scenarios:/scenarios:ro -e REPRISE_TARGET=http://shop.example reprise
#
# For another architecture (amd64 or arm64), the first stage is an image for this machine with a cross
# compiler, and the second one runs nothing, so no emulation is needed:
#
#   docker buildx build --platform linux/amd64,linux/arm64 .
#
# Podman 4.3 ignores BUILDPLATFORM: contrib/guide/platforms.md describes what to do there.
#
# Builds are reproducible: use `podman build --timestamp 0`, or SOURCE_DATE_EPOCH=0 with
# rewrite-timestamp in BuildKit. contrib/image-root prepares the content of the second stage.

ARG BUILDER=docker.io/library/debian:bookworm-slim
FROM docker.io/library/debian:bookworm-slim AS base

FROM --platform=$BUILDPLATFORM $BUILDER AS build
ARG TARGETARCH
RUN mkdir -p /src/contrib
WORKDIR /src
COPY contrib/install-deps contrib/install-deps
RUN contrib/install-deps -a "$TARGETARCH" build editor
# Another value forces a new build of the program: docker build --build-arg REBUILD=2
ARG REBUILD=
COPY --from=base /var/lib/dpkg/info/ /base/
COPY . .
RUN host=$(uname -m)-linux-gnu \
	&& case $TARGETARCH in amd64) host=x86_64-linux-gnu ;; arm64) host=aarch64-linux-gnu ;; esac \
	&& cat /base/*.list | grep '\.so' | sed 's|^/lib/|/usr/lib/|' | sort -u >/base-libraries \
	&& autoreconf -fi \
	&& mkdir -p /build \
	&& cd /build \
	&& /src/configure -q --host="$host" --prefix=/usr CFLAGS='-O2 -g0' \
	&& make -j "$(nproc)" \
	&& make install-exec DESTDIR=/image \
	&& /src/contrib/image-root /image /base-libraries "$host"

FROM base
ARG VERSION=0.2.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="reprise" \
	org.opencontainers.image.description="Load tester and traffic replayer: scenarios in YAML, thresholds as exit status" \
	org.opencontainers.image.licenses="MIT" \
	org.opencontainers.image.version="$VERSION" \
	org.opencontainers.image.revision="$REVISION" \
	org.opencontainers.image.base.name="docker.io/library/debian:bookworm-slim"
COPY --from=build /image/ /
WORKDIR /out
ENV LANG=C.UTF-8 HOME=/out
USER 10001:10001
ENTRYPOINT ["reprise"]
CMD ["run", "/scenarios/scenario.yaml"]
