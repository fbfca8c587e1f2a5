# Two stages: the first builds the program; the second is the base image with the program, the
# libraries that the base image does not have, the CA certificates, and a default scenario.
#
#   docker build -t reprise .
#   docker run --rm -e TARGET=http://shop.example -e USERS=20 -e DURATION=1m reprise
#   docker run --rm -v ./scenarios:/scenarios:ro -e REPRISE_TARGET=http://shop.example reprise
#
# HTTP/3 needs the libcurl of Debian 13. Both stages must be of the same release, so BASE is for both:
#
#   docker build --build-arg BASE=docker.io/library/debian:trixie-slim -t reprise .
#
# For another architecture (amd64 or arm64), the first stage is an image for this machine with a cross
# compiler, and the second one runs nothing, so no emulation is needed. contrib/guide/platforms.md has the
# commands for Docker and Podman.
#
# Builds are reproducible: use `podman build --timestamp 0`, or SOURCE_DATE_EPOCH=0 with
# rewrite-timestamp in BuildKit. contrib/image-root prepares the content of the second stage.

ARG BASE=docker.io/library/debian:bookworm-slim
# The same image, under another name where one name cannot have two architectures.
ARG BUILDER=$BASE
# The older builder of Docker and Podman 4.3 do not set BUILDPLATFORM. There, "linux" is the architecture
# of this machine. A default for BUILDPLATFORM itself would replace the value that BuildKit sets.
ARG BUILDER_PLATFORM=${BUILDPLATFORM:-linux}
FROM $BASE AS base

FROM --platform=$BUILDER_PLATFORM $BUILDER AS build
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
ARG BASE
ARG VERSION=0.2.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="reprise" \
	org.opencontainers.image.description="Load tester and traffic replayer: scenarios in YAML, thresholds as exit status" \
	org.opencontainers.image.licenses="MIT" \
	org.opencontainers.image.version="$VERSION" \
	org.opencontainers.image.revision="$REVISION" \
	org.opencontainers.image.base.name="$BASE"
COPY --from=build /image/ /
WORKDIR /out
ENV LANG=C.UTF-8 HOME=/out
USER 10001:10001
ENTRYPOINT ["reprise"]
CMD ["run", "/scenarios/scenario.yaml"]
